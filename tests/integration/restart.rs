//! A new process begins where the last one ended.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use cronwright::{
    api::WorkflowScheduleStatus,
    decide::{Known, Object, Wish},
    domain::{Seconds, Timestamp},
    github::{Client, Credentials, Settings},
    metrics::Metrics,
    observe::{Observatory, Site},
    round::workflow_schedule_round,
    simulate::{FLEET_TOKEN, Fault, FaultKind, SharedWorld, face, fleet},
    store::Store,
};
use serde_json::json;

const INTERVAL: Seconds = Seconds(300);
/// When the process before looked last, in seconds.
const LAST_LOOK: i64 = 11_100;

/// A repository of two workflows with some days behind it, and the store that outlives processes.
struct Town {
    world: SharedWorld,
    store: Store,
    folder: tempfile::TempDir,
}

/// What lives in one process.
struct Process {
    site: Site,
    clock: Arc<AtomicI64>,
}

impl Town {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut world = fleet(3, 1, 2, &folder.path().join("github"), at(0)).unwrap();
        world.backfill(4);
        let store = open(folder.path()).await;
        Self {
            world: world.share(),
            store,
            folder,
        }
    }

    fn process(&self) -> Process {
        let clock = Arc::new(AtomicI64::new(0));
        let told = clock.clone();
        let client = Client::with_service(
            Settings::new(Credentials::Token(FLEET_TOKEN.into())),
            Observatory::cache(&self.store),
            Arc::new(move || at(told.load(Ordering::Relaxed))),
            face::router(self.world.clone()),
        );
        let observatory = Observatory::new(
            "ci/acme",
            client.unwrap(),
            self.store.clone(),
            INTERVAL,
            Metrics::default(),
        );
        Process {
            site: Known::Known(Arc::new(observatory)),
            clock,
        }
    }

    /// Whether each request since the last call was answered with 304.
    fn asked(&self) -> Vec<bool> {
        let mut world = self.world.lock().unwrap();
        let log = world.requests().log().iter();
        let asked = log.map(|request| request.status == 304).collect();
        world.requests_mut().clear();
        asked
    }
}

impl Process {
    /// Makes a round of both workflows at an instant; the statuses as they became.
    async fn round(
        &self,
        seconds: i64,
        before: &[WorkflowScheduleStatus],
    ) -> Vec<WorkflowScheduleStatus> {
        self.clock.store(seconds, Ordering::Relaxed);
        let mut after = Vec::new();
        for (number, before) in before.iter().enumerate() {
            let spec = json!({
                "connectionRef": {"name": "acme"},
                "repository": "fleet/r0000",
                "workflow": format!("w{number:02}.yml"),
            });
            let object = Object {
                identity: format!("ci/w{number}"),
                generation: 1,
                requested_at: None,
                deleting: false,
                finalizer: false,
                elder: None,
                ration: None,
                wish: Wish::read(&serde_json::from_value(spec).unwrap()),
                before: before.clone(),
            };
            let end = workflow_schedule_round(&object, &self.site, async || Ok(()), at(seconds));
            after.push(end.await.status);
        }
        after
    }
}

/// A town in which a process has seen everything there is, and what it told.
async fn seen() -> (Town, Vec<WorkflowScheduleStatus>) {
    let town = Town::new().await;
    let process = town.process();
    let mut told = vec![WorkflowScheduleStatus::default(); 2];
    // A lesson holds an hour, and each asks for the jobs of some more runs.
    for seconds in [0, 3_700, 7_400, LAST_LOOK] {
        told = process.round(seconds, &told).await;
    }
    assert!(
        told.iter().all(|status| status.failures.is_none()),
        "{told:?}"
    );
    assert!(!town.asked().is_empty(), "the first looks ask");
    (town, told)
}

async fn open(folder: &Path) -> Store {
    let path = folder.join("history.db");
    Store::open(&format!("sqlite://{}", path.display()))
        .await
        .unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_789_000_000 + seconds, 0).unwrap()
}

#[tokio::test]
async fn a_restart_within_the_interval_asks_nothing_and_tells_the_same() {
    let (mut town, told) = seen().await;
    town.store.close().await;
    town.store = open(town.folder.path()).await;

    let after = town.process().round(LAST_LOOK + 60, &told).await;

    assert_eq!(town.asked(), [false; 0]);
    assert_eq!(after, told);
}

#[tokio::test]
async fn a_restart_after_the_interval_asks_one_conditional_request_for_all_workflows() {
    let (town, told) = seen().await;

    let after = town.process().round(LAST_LOOK + 300, &told).await;

    assert_eq!(town.asked(), [true]);
    assert_eq!(after, told);
}

#[tokio::test]
async fn a_restart_with_a_clock_that_was_set_back_asks_again() {
    let (town, told) = seen().await;

    town.process().round(10, &told).await;

    assert_eq!(town.asked(), [true]);
}

#[tokio::test]
async fn a_limit_makes_the_next_look_later_and_is_no_news() {
    let (town, told) = seen().await;
    let process = town.process();
    let limited = Fault::once("/actions/runs", FaultKind::RateLimited);
    town.world.lock().unwrap().faults().push(limited);

    let after = process.round(LAST_LOOK + 300, &told).await;

    assert_eq!(after, told);
}

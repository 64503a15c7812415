//! Webhooks make news come sooner and change nothing else, however little the post can be relied on.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use cronwright::{
    domain::{Seconds, Timestamp},
    metrics::Metrics,
    simulate::{Behaviour, Deed, Delivery, Disorder},
    web::webhooks::{Heard, PATH, Receiver},
};
use tokio::sync::mpsc;
use tower::ServiceExt as _;

use super::town::{FILE, NIGHTLY, PINNED, Town, app, nightly};

/// The secret that the hook and the connection share.
const SECRET: &str = "a secret between two";

/// The receiver of a town's connection.
struct Letterbox {
    receiver: Receiver,
    queue: mpsc::Receiver<Heard>,
}

impl Letterbox {
    /// Hangs up a letterbox and registers a hook that sends there.
    fn of(town: &Town, disorder: Disorder) -> Self {
        let (receiver, queue) = Receiver::new(Metrics::default());
        let keyring = receiver.keyring();
        keyring.put("ci/acme", vec![SECRET.into()]).unwrap();
        town.on(|world| world.register_hook(SECRET, disorder));
        Self { receiver, queue }
    }

    async fn post(&self, delivery: &Delivery) -> StatusCode {
        let request = Request::post(PATH)
            .header("x-github-event", delivery.event)
            .header("x-github-delivery", &delivery.id)
            .header("x-hub-signature-256", &delivery.signature)
            .body(Body::from(delivery.body.clone()))
            .unwrap();
        self.receiver
            .router()
            .oneshot(request)
            .await
            .unwrap()
            .status()
    }

    /// Brings what arrives to the town; how many objects were woken, and how many deliveries refused.
    async fn deliver(&mut self, town: &mut Town) -> (usize, usize) {
        let arriving = town.on(|world| world.take_deliveries());
        let mut refused = 0;
        for delivery in &arriving {
            refused += usize::from(self.post(delivery).await == StatusCode::UNAUTHORIZED);
        }
        let mut woken = 0;
        while let Ok(heard) = self.queue.try_recv() {
            assert_eq!(heard.connections.len(), 1);
            woken += town.hear(&heard.news);
        }
        (woken, refused)
    }
}

/// A town at rest just before a night, with a workflow of two minutes.
async fn evening(mode: &str) -> Town {
    let mut town = Town::new().await;
    town.on(|world| world.behave(&nightly(), Behaviour::fixed(Seconds::minutes(2))));
    town.declare("nightly", &PINNED.replace("PullRequest", mode));
    town.rest().await;
    let three: Timestamp = "2026-06-02T03:00:00Z".parse().unwrap();
    let before = Seconds::between(town.now(), three);
    town.pass(Seconds(before.0 - 60 - 360)).await;
    // Longer than an interval without a round, so that everything is due, and done, a minute before three.
    town.on(|world| world.advance(Seconds(360)));
    town.round().await;
    town
}

/// The run that the status tells of, and the newest that ended.
fn last_runs(town: &Town) -> (Option<i64>, Option<i64>) {
    let told = town.status("nightly").last_run.as_ref().map(|run| run.id);
    let runs = town.on(|world| world.runs(&app())).unwrap();
    let newest = runs
        .iter()
        .map(|run| i64::try_from(run.id.0).unwrap())
        .max();
    (told, newest)
}

#[tokio::test]
async fn with_webhooks_a_finished_run_is_in_status_at_once_and_without_at_the_next_poll() {
    for with in [false, true] {
        let mut town = evening("Observe").await;
        let mut letterbox = Letterbox::of(&town, Disorder::default());
        letterbox.deliver(&mut town).await;
        // The poll before was at a minute to three, the next one is at four past.
        town.on(|world| world.advance(Seconds(60 + 180)));
        town.clear_requests();
        if with {
            assert_eq!(letterbox.deliver(&mut town).await, (1, 0));
        }
        town.round().await;
        let (told, newest) = last_runs(&town);
        assert_eq!(
            told == newest && newest.is_some(),
            with,
            "{told:?} {newest:?}"
        );
        // The listing, and the jobs of the run that was new.
        let asked = town.on(|world| {
            let log = world.requests().log().iter();
            log.filter(|one| one.path.contains("/acme/app")).count()
        });
        assert_eq!(asked, if with { 2 } else { 0 });
    }
}

#[tokio::test]
async fn with_webhooks_a_merged_pull_request_is_in_sync_at_once() {
    let mut town = Town::new().await;
    town.declare("nightly", PINNED);
    town.rest().await;
    let mut letterbox = Letterbox::of(&town, Disorder::default());
    letterbox.deliver(&mut town).await;
    town.on(|world| world.merge(&app(), 1)).unwrap();
    town.round().await;
    assert_ne!(town.condition("nightly", "InSync"), "True/AsWished");
    letterbox.deliver(&mut town).await;
    town.round().await;
    assert_eq!(town.condition("nightly", "InSync"), "True/AsWished");
}

#[tokio::test]
async fn forged_deliveries_wake_nobody_and_cost_no_request() {
    let mut town = evening("Observe").await;
    let disorder = Disorder {
        forged: 1.0,
        lost: 1.0,
        ..Disorder::default()
    };
    let mut letterbox = Letterbox::of(&town, disorder);
    town.on(|world| world.advance(Seconds(60 + 180)));
    town.clear_requests();
    let (woken, refused) = letterbox.deliver(&mut town).await;
    assert_eq!(
        (woken, refused),
        (0, 2),
        "the forged ping and the forged end of the run"
    );
    town.round().await;
    assert_eq!(town.requests(), 0);
}

/// Three nights in which a person merges the pull request, looked at every other minute; what is known and done at the end.
async fn nights(disorder: Option<Disorder>) -> String {
    let mut town = Town::new().await;
    town.on(|world| world.behave(&nightly(), Behaviour::fixed(Seconds::minutes(2))));
    town.declare("nightly", PINNED);
    town.rest().await;
    let mut letterbox = disorder.map(|disorder| Letterbox::of(&town, disorder));
    let begin: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
    let end = begin + Seconds::hours(66).to_delta();
    let touched = NIGHTLY.replace("'0 3 * * *'", "'30 3 * * *'");
    town.on(|world| {
        world.schedule(
            begin + Seconds::hours(20).to_delta(),
            Deed::Merge {
                repository: app(),
                number: 1,
            },
        );
        world.schedule(
            begin + Seconds::hours(40).to_delta(),
            Deed::Push {
                repository: app(),
                branch: "main".to_owned(),
                path: FILE.to_owned(),
                bytes: touched.into_bytes(),
            },
        );
    });
    while town.now() < end {
        town.on(|world| world.advance(Seconds(120)));
        if let Some(letterbox) = &mut letterbox {
            letterbox.deliver(&mut town).await;
        }
        town.round().await;
    }
    town.rest().await;
    let mut status = town.status("nightly").clone();
    for condition in &mut status.conditions {
        condition.last_transition_time = begin;
    }
    let pulls: Vec<_> = town
        .pulls()
        .into_iter()
        .map(|pull| (pull.number, pull.open, pull.head_branch))
        .collect();
    format!(
        "{status:#?}\n{pulls:#?}\n{:#?}",
        town.on(|world| world.runs(&app())).unwrap()
    )
}

#[tokio::test]
async fn a_post_that_loses_repeats_reorders_and_forges_changes_nothing_but_latency() {
    let without = nights(None).await;
    let bad = Disorder {
        lost: 0.3,
        repeated: 0.5,
        held: 0.5,
        forged: 0.5,
    };
    for disorder in [Disorder::default(), bad] {
        let with = nights(Some(disorder)).await;
        assert!(
            with == without,
            "{}",
            similar::TextDiff::from_lines(&without, &with).unified_diff()
        );
    }
}

//! The simulated GitHub and the store: a fleet with a history, all of it observed before the controller starts.
//!
//! The store is filled through the very same rounds as in production, on a clock that runs ahead of the budget's limits: a
//! fleet's first observation is paced by GitHub's points for a quarter of an hour and more, and is not what is measured.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use cronwright::{
    api::{WorkflowScheduleSpec, WorkflowScheduleStatus},
    decide::{Known, Object, Wish, connection::ConnectionObject},
    domain::{RepositoryName, Timestamp, WorkflowId},
    github::{Client, Credentials, Settings},
    metrics::Metrics,
    observe::{Observatory, Site},
    round::{connection_round, workflow_schedule_round},
    simulate::{self, FLEET_TOKEN, SharedWorld, World},
    store::Store,
};
use serde_json::json;

use crate::{
    Asked,
    objects::{CONNECTION, FLEET},
};

const SEED: u64 = 7;
const WORKFLOWS_PER_REPOSITORY: u32 = 10;
/// Longer than the last looks take with all that comes before them.
const STANDS_BEFORE_THE_PRESENT: TimeDelta = TimeDelta::minutes(20);

/// The world behind the controller.
pub struct Stage {
    pub address: SocketAddr,
    pub asked: Asked,
    pub workflows: Vec<WorkflowId>,
    repositories: Vec<RepositoryName>,
    world: SharedWorld,
    folder: tempfile::TempDir,
}

/// The process that looked before the one that is measured.
struct Former {
    site: Site,
    observatory: Arc<Observatory>,
    store: Store,
    clock: Arc<AtomicI64>,
}

impl Stage {
    /// Builds a world that stands still and serves it on loopback.
    ///
    /// It stands a while before the present, so that no look of the bench finds a run of the future: such a run is news once
    /// more when its time has come, and rest would not be rest.
    pub async fn set(asked: Asked) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repositories = asked.schedules / WORKFLOWS_PER_REPOSITORY;
        let world = folder.path().join("github");
        let begin = now() - STANDS_BEFORE_THE_PRESENT;
        let made = simulate::fleet(SEED, repositories, WORKFLOWS_PER_REPOSITORY, &world, begin);
        let mut world = made.unwrap_or_else(|refusal| panic!("no fleet: {refusal:?}"));
        world.backfill(asked.history_days);
        world.requests_mut().set_hourly_limit(100_000_000);
        let repositories = world.repositories();
        let workflows = world.workflows().into_iter().map(|(id, _)| id).collect();
        let world = world.share();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(simulate::face::serve(world.clone(), listener));
        Self {
            address,
            asked,
            workflows,
            repositories,
            world,
            folder,
        }
    }

    /// Where the controller finds its store.
    pub fn store_url(&self) -> String {
        format!("sqlite://{}", self.file("history.db").display())
    }

    /// A file of the bench's own folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Observes everything for the first time.
    pub async fn fill_store(&self) {
        let former = self.former().await;
        for workflow in &self.workflows {
            let jobs = self.world(|world| world.jobs(&workflow.repository, &workflow.file));
            let jobs = jobs.unwrap_or_default();
            former
                .store
                .record_jobs(&workflow.repository, &jobs)
                .await
                .unwrap();
        }
        // A repository is asked some fourteen times at first, and not quite fifteen points may be spent each second.
        let begin = now() - TimeDelta::hours(3);
        for (turn, repository) in (0_i64..).zip(&self.repositories) {
            former.set_clock(begin + TimeDelta::seconds(2 * turn));
            for (_, object) in self.objects(repository) {
                former.round(&object).await;
            }
        }
        former.store.close().await;
    }

    /// Asks every repository twice more, at instants spread over the two intervals that end now, as in a process that has run
    /// for long, and plans the timetable; returns what every object's status shall be, in the order of their numbers.
    ///
    /// The first of the two finds what ran since the first observation, which was made on a clock that lay behind, and moves
    /// the listings on; the second is answered as every later one is.
    pub async fn look_once_more(&self) -> Vec<WorkflowScheduleStatus> {
        let former = self.former().await;
        let interval = i64::try_from(self.asked.interval.0).unwrap();
        let begin = now() - TimeDelta::seconds(interval);
        self.look_at_all(&former, begin - TimeDelta::seconds(interval))
            .await;
        let wishes = self.look_at_all(&former, begin).await;
        // Just before the first repository is due again.
        former.set_clock(begin + TimeDelta::seconds(interval - 1));
        self.plan(&former, wishes).await;
        let mut statuses = Vec::new();
        for repository in &self.repositories {
            for (number, object) in self.objects(repository) {
                statuses.push((number, former.round(&object).await));
            }
        }
        former.store.close().await;
        statuses.sort_by_key(|(number, _)| *number);
        statuses.into_iter().map(|(_, status)| status).collect()
    }

    /// Looks at every object, spread over the interval that begins at an instant, and tells what each wishes for.
    async fn look_at_all(&self, former: &Former, begin: Timestamp) -> Vec<(String, Wish)> {
        let interval = i64::try_from(self.asked.interval.0).unwrap();
        let turns = i64::try_from(self.repositories.len()).unwrap();
        let mut wishes = Vec::new();
        for (turn, repository) in (0_i64..).zip(&self.repositories) {
            former.set_clock(begin + TimeDelta::seconds(interval * turn / turns));
            for (number, object) in self.objects(repository) {
                former.round(&object).await;
                wishes.push((name(number), object.wish.unwrap()));
            }
        }
        wishes
    }

    async fn plan(&self, former: &Former, wishes: Vec<(String, Wish)>) {
        let object = ConnectionObject {
            identity: format!("{FLEET}/{CONNECTION}"),
            generation: 1,
            requested_at: None,
            suspend: false,
            interval: self.asked.interval,
            before: Default::default(),
        };
        let round = connection_round(&object, &former.site, wishes, former.now()).await;
        let told = round.conclusion.status;
        assert!(!round.changed.is_empty(), "no timetable: {told:?}");
    }

    /// Forgets what was asked so far.
    pub fn forget_requests(&self) {
        self.world(|world| world.requests_mut().clear());
    }

    /// How many requests were answered with 304, and how many otherwise.
    pub fn requests(&self) -> (u32, u32) {
        self.world(|world| {
            let all = world.requests().log().len();
            let free = world.requests().conditional_hits();
            (
                u32::try_from(free).unwrap(),
                u32::try_from(all - free).unwrap(),
            )
        })
    }

    /// Counts the requests of every second from now on, until the task is ended; the most that came in any minute.
    pub fn watch_minutes(&self) -> Minutes {
        let (world, most) = (self.world.clone(), Arc::new(AtomicUsize::new(0)));
        let told = most.clone();
        let task = tokio::spawn(async move {
            let mut counts = VecDeque::new();
            loop {
                let asked = locked(&world).requests().log().len();
                // Sixty seconds lie between the first and the last of sixty-one counts.
                counts.push_back(asked);
                if counts.len() > 61 {
                    counts.pop_front();
                }
                let first = counts.front().copied().unwrap_or(asked);
                told.fetch_max(asked.saturating_sub(first), Ordering::Relaxed);
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        Minutes { most, task }
    }

    /// The spec of every object, by number.
    pub fn spec(&self, workflow: &WorkflowId) -> WorkflowScheduleSpec {
        let spec = json!({
            "connectionRef": {"name": CONNECTION},
            "repository": workflow.repository.to_string(),
            "workflow": workflow.file.to_string(),
            "policy": {"mode": "Recommend"},
            "interval": format!("{}s", self.asked.interval.0),
        });
        serde_json::from_value(spec).unwrap()
    }

    fn objects(&self, repository: &RepositoryName) -> Vec<(usize, Object)> {
        let ours = |(_, workflow): &(usize, &WorkflowId)| workflow.repository == *repository;
        let object = |(number, workflow): (usize, &WorkflowId)| {
            let object = Object {
                identity: format!("{FLEET}/{}", name(number)),
                generation: 1,
                requested_at: None,
                deleting: false,
                finalizer: false,
                elder: None,
                ration: None,
                wish: Wish::read(&self.spec(workflow)),
                before: seen_before(),
            };
            (number, object)
        };
        self.workflows
            .iter()
            .enumerate()
            .filter(ours)
            .map(object)
            .collect()
    }

    async fn former(&self) -> Former {
        let store = Store::open(&self.store_url()).await.unwrap();
        let clock = Arc::new(AtomicI64::new(0));
        let credentials = Credentials::Token(FLEET_TOKEN.into());
        let settings = Settings {
            // The same address as the controller's, so that the answers it is told to have are its own.
            api_url: format!("http://{}", self.address),
            ..Settings::new(credentials)
        };
        let told = clock.clone();
        let client = Client::with_service(
            settings,
            Observatory::cache(&store),
            Arc::new(move || instant(told.load(Ordering::Relaxed))),
            simulate::face::router(self.world.clone()),
        );
        let client = client.unwrap();
        let store = store.of(client.host());
        let observatory = Arc::new(Observatory::new(
            &format!("{FLEET}/{CONNECTION}"),
            client,
            store.clone(),
            self.asked.interval,
            Metrics::default(),
        ));
        Former {
            site: Known::Known(observatory.clone()),
            observatory,
            store,
            clock,
        }
    }

    fn world<T>(&self, deed: impl FnOnce(&mut World) -> T) -> T {
        deed(&mut locked(&self.world))
    }
}

/// The requests of the fullest minute so far.
pub struct Minutes {
    most: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Minutes {
    /// How many there were; nothing is counted any more.
    pub fn most(self) -> usize {
        self.task.abort();
        self.most.load(Ordering::Relaxed)
    }
}

fn locked(world: &SharedWorld) -> std::sync::MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Former {
    async fn round(&self, object: &Object) -> WorkflowScheduleStatus {
        let end = workflow_schedule_round(object, &self.site, async || Ok(()), self.now()).await;
        assert_eq!(end.status.failures, None, "{:?}", end.status.conditions);
        end.status
    }

    fn set_clock(&self, now: Timestamp) {
        self.clock.store(now.timestamp(), Ordering::Relaxed);
    }

    fn now(&self) -> Timestamp {
        instant(self.clock.load(Ordering::Relaxed))
    }
}

/// The name of the object with a number.
pub fn name(number: usize) -> String {
    format!("w{number:05}")
}

/// What an object's status begins with: it was observed, and everything else is to be written again.
pub fn seen_before() -> WorkflowScheduleStatus {
    WorkflowScheduleStatus {
        observed_generation: Some(1),
        ..WorkflowScheduleStatus::default()
    }
}

fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(seconds, 0).unwrap()
}

#[allow(clippy::disallowed_methods, reason = "a bench is a shell")]
fn now() -> Timestamp {
    instant(chrono::Utc::now().timestamp())
}

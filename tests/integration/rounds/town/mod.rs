//! A town: a simulated GitHub with one connection that looks at it, and the objects that are declared there.
//!
//! Owns the order of rounds, as a shell has it, and simulated time. At its end it fails when a request went to an endpoint
//! that GitHub does not have.

mod sight;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use cronwright::{
    api::{
        GitHubConnectionStatus, WorkflowScheduleStatus, workflow_schedule::WorkflowScheduleSpec,
    },
    decide::{Event, Known, Object, Rivals, Wish, connection::ConnectionObject},
    domain::{RepositoryName, Seconds, Timestamp, WorkflowId},
    github::{Client, Credentials, Settings},
    metrics::Metrics,
    observe::{Observatory, Site},
    round::{connection_round, workflow_schedule_round},
    simulate::{NewRepository, Permissions, Settings as WorldSettings, SharedWorld, World, face},
    store::Store,
};
use tempfile::TempDir;

/// A token that may do everything.
pub const TOKEN: &str = "github_pat_11SECRETSECRETSECRET";
/// When every town begins: a Monday morning.
pub const BEGINS: &str = "2026-06-01T06:00:00Z";
/// How often a connection looks.
pub const INTERVAL: Seconds = Seconds::minutes(5);
/// The workflow file of the usual repository.
pub const FILE: &str = ".github/workflows/nightly.yml";
/// A nightly workflow with a comment that its bytes must keep.
pub const NIGHTLY: &str = "name: Nightly\non:\n  schedule:\n    - cron: '0 3 * * *' # while all sleep\n  workflow_dispatch:\njobs:\n  build: {runs-on: ubuntu-latest, steps: []}\n";
/// What most tests declare: the nightly, pinned to another time, by pull request.
pub const PINNED: &str = "
connectionRef: {name: acme}
repository: acme/app
workflow: nightly.yml
timing: {cron: ['17 2 * * *']}
policy: {mode: PullRequest, maxChangesPerWeek: 5}
pullRequest: {labels: [ci], reviewers: [grace]}
";

/// One declared object and what the rounds made of it.
#[derive(Clone)]
pub struct Resident {
    spec: WorkflowScheduleSpec,
    created_at: Timestamp,
    generation: i64,
    deleting: bool,
    finalizer: bool,
    pub status: WorkflowScheduleStatus,
    pub events: Vec<Event>,
    pub again: Seconds,
    due: Option<Timestamp>,
}

pub struct Town {
    pub world: SharedWorld,
    pub folder: TempDir,
    pub store: Store,
    pub site: Site,
    pub residents: BTreeMap<String, Resident>,
    pub connection: GitHubConnectionStatus,
    token: String,
    timeout: Duration,
    connection_due: Option<Timestamp>,
}

impl Town {
    /// A town with one repository `acme/app` and its nightly workflow, without a past.
    pub async fn new() -> Self {
        Self::with(|world| add(world, "app", &[(FILE, NIGHTLY)])).await
    }

    /// A town whose world is built by the test.
    pub async fn with(build: impl FnOnce(&mut World)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let begins = BEGINS.parse().unwrap();
        let mut world = World::new(WorldSettings::new(7, begins, folder.path().join("github")));
        world.add_token(TOKEN, "ada", Permissions::all());
        build(&mut world);
        let world = world.share();
        let store = open(&folder, "history.db").await;
        let mut town = Self {
            site: Known::Unknown(nobody()),
            world,
            folder,
            store,
            residents: BTreeMap::new(),
            connection: GitHubConnectionStatus::default(),
            token: TOKEN.to_owned(),
            timeout: Duration::from_secs(20),
            connection_due: None,
        };
        town.reconnect();
        town
    }

    /// A new observatory over the same store, as after a restart of the process.
    pub fn observatory(&self) -> Site {
        let mut settings = Settings::new(Credentials::Token(self.token.clone().into()));
        settings.api_url = "https://api.github.test".to_owned();
        settings.request_timeout = self.timeout;
        let world = self.world.clone();
        let clock = Arc::new(move || locked(&world).now());
        let face = face::router(self.world.clone());
        let client =
            Client::with_service(settings, Observatory::cache(&self.store), clock, face).unwrap();
        Known::Known(Arc::new(Observatory::new(
            "ci/acme",
            client,
            self.store.clone(),
            INTERVAL,
            Metrics::default(),
        )))
    }

    pub fn reconnect(&mut self) {
        self.site = self.observatory();
        self.connection_due = None;
    }

    /// Uses another token from now on.
    pub fn use_token(&mut self, token: &str) {
        token.clone_into(&mut self.token);
        self.reconnect();
    }

    /// Waits for an answer no longer than this, so that a hang is short.
    pub fn wait_at_most(&mut self, timeout: Duration) {
        self.timeout = timeout;
        self.reconnect();
    }

    /// The process ends and starts again: statuses live on in the cluster, the history in its file.
    pub async fn restart(&mut self) {
        self.store.close().await;
        self.store = open(&self.folder, "history.db").await;
        self.reconnect();
        self.everybody_is_due();
    }

    /// Everything of ours is lost but what is declared: a new store, no status.
    pub async fn forget_everything(&mut self) {
        self.store.close().await;
        let name = format!("history-{}.db", self.now().timestamp());
        self.store = open(&self.folder, &name).await;
        for resident in self.residents.values_mut() {
            resident.status = WorkflowScheduleStatus::default();
        }
        self.reconnect();
        self.everybody_is_due();
    }

    pub fn everybody_is_due(&mut self) {
        self.connection_due = None;
        for resident in self.residents.values_mut() {
            resident.due = None;
        }
    }

    /// Declares a WorkflowSchedule, or changes its spec.
    pub fn declare(&mut self, name: &str, spec: &str) {
        let spec: WorkflowScheduleSpec = serde_saphyr::from_str(spec).unwrap();
        let created_at = self.now();
        let resident = self
            .residents
            .entry(name.to_owned())
            .or_insert_with(|| Resident {
                spec: spec.clone(),
                created_at,
                generation: 0,
                deleting: false,
                finalizer: false,
                status: WorkflowScheduleStatus::default(),
                events: Vec::new(),
                again: Seconds(0),
                due: None,
            });
        resident.spec = spec;
        resident.generation += 1;
        resident.due = None;
        self.connection_due = None;
    }

    /// Deletes an object; it is gone once its finalizer is.
    pub fn delete(&mut self, name: &str) {
        let resident = self.residents.get_mut(name).unwrap();
        resident.deleting = true;
        resident.due = None;
    }

    pub fn now(&self) -> Timestamp {
        self.on(|world| world.now())
    }

    /// Does something in the world.
    pub fn on<T>(&self, deed: impl FnOnce(&mut World) -> T) -> T {
        deed(&mut locked(&self.world))
    }

    /// Makes every round that is due now, the connection's before and after, as the shells do.
    pub async fn round(&mut self) {
        let site = self.site.clone();
        self.round_through(&site).await;
    }

    async fn round_through(&mut self, site: &Site) {
        let now = self.now();
        if self.connection_due.is_none_or(|due| due <= now) {
            self.connection_round(site).await;
        }
        let due = |resident: &Resident| resident.due.is_none_or(|due| due <= now);
        let names: Vec<_> = self.names(due);
        let looked = !names.is_empty();
        for name in names {
            self.schedule_round(site, &name).await;
        }
        if looked {
            for name in self.connection_round(site).await {
                self.schedule_round(site, &name).await;
            }
        }
    }

    fn names(&self, which: impl Fn(&Resident) -> bool) -> Vec<String> {
        let named = self.residents.iter().filter(|(_, one)| which(one));
        named.map(|(name, _)| name.clone()).collect()
    }

    /// Makes the connection's round; the names of those whose line of the timetable is new.
    pub async fn connection_round(&mut self, site: &Site) -> Vec<String> {
        let now = self.now();
        let input = ConnectionObject {
            identity: "ci/acme".to_owned(),
            generation: 1,
            requested_at: None,
            suspend: false,
            interval: INTERVAL,
            before: self.connection.clone(),
        };
        let wishes = self
            .residents
            .iter()
            .filter(|(name, _)| self.elder(name).is_none())
            .filter_map(|(name, resident)| Some((name.clone(), Wish::read(&resident.spec).ok()?)));
        let round = connection_round(&input, site, wishes.collect(), now).await;
        self.connection = round.conclusion.status;
        self.connection_due = Some(now + round.conclusion.again.to_delta());
        round.changed.into_iter().collect()
    }

    /// An object as a shell hands it to its round.
    pub fn object(&self, name: &str) -> Object {
        let resident = &self.residents[name];
        Object {
            identity: format!("ci/{name}"),
            generation: resident.generation,
            requested_at: None,
            deleting: resident.deleting,
            finalizer: resident.finalizer,
            elder: self.elder(name),
            wish: Wish::read(&resident.spec),
            before: resident.status.clone(),
        }
    }

    /// The older resident that acts on the same workflow.
    fn elder(&self, name: &str) -> Option<String> {
        let mut rivals = Rivals::default();
        for (name, one) in &self.residents {
            rivals.put(&format!("ci/{name}"), Some(one.created_at), &one.spec);
        }
        rivals.elder(&format!("ci/{name}"), |_| Some("github.test".to_owned()))
    }

    pub async fn schedule_round(&mut self, site: &Site, name: &str) {
        let (now, object) = (self.now(), self.object(name));
        let end = workflow_schedule_round(&object, site, async || Ok(()), now).await;
        let resident = self.residents.get_mut(name).unwrap();
        resident.status = end.status;
        resident.finalizer = end.finalizer;
        resident.events.extend(end.events);
        resident.again = end.again;
        resident.due = Some(now + end.again.to_delta());
        if resident.deleting && !resident.finalizer {
            self.residents.remove(name);
        }
    }

    /// When the next round is due.
    fn next(&self) -> Timestamp {
        let residents = self.residents.values().map(|resident| resident.due);
        let due = residents.chain([self.connection_due]).flatten().min();
        due.unwrap_or_else(|| self.now() + INTERVAL.to_delta())
    }

    /// Makes rounds, each when it is due, until two in a row change nothing and ask for nothing sooner than an interval.
    pub async fn rest(&mut self) {
        let mut quiet = 0;
        for _ in 0..80 {
            let before = self.picture();
            self.round().await;
            let calm = self.residents.values().all(|one| one.again >= INTERVAL);
            quiet = if calm && self.picture() == before {
                quiet + 1
            } else {
                0
            };
            if quiet == 2 {
                return;
            }
            let next = self.next().max(self.now() + TimeDelta::seconds(1));
            self.on(|world| world.advance_to(next));
        }
        panic!("no rest after 80 rounds: {:#?}", self.connection);
    }

    /// Everything that rest must leave alone: statuses without their counters of time, and GitHub's branches and pulls.
    fn picture(&self) -> String {
        let status = |resident: &Resident| {
            let pull = resident.status.pull_request.clone();
            format!("{:?} {pull:?}", sight::reasons(&resident.status.conditions))
        };
        let statuses: Vec<_> = self.residents.values().map(status).collect();
        let names = self.on(|world| world.repositories());
        let pulls: Vec<_> = names.iter().map(|name| self.pulls_of(name)).collect();
        format!("{statuses:?} {pulls:?}")
    }

    /// Lets time pass with the rounds that come due.
    pub async fn pass(&mut self, span: Seconds) {
        let end = self.now() + span.to_delta();
        while self.now() < end {
            let next = self.next().max(self.now() + TimeDelta::seconds(1)).min(end);
            self.on(|world| world.advance_to(next));
            self.round().await;
        }
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let unknown = self.on(|world| format!("{:?}", world.requests().unknown_endpoints()));
            assert_eq!(unknown, "[]", "requests that GitHub does not know");
        }
    }
}

/// Opens a store in the town's folder.
pub async fn open(folder: &TempDir, name: &str) -> Store {
    let path = folder.path().join(name);
    Store::open(&format!("sqlite://{}", path.display()))
        .await
        .unwrap()
}

/// Adds a private repository of `acme`.
pub fn add(world: &mut World, name: &str, files: &[(&str, &str)]) {
    let name = format!("acme/{name}").parse().unwrap();
    world
        .add_repository(NewRepository::new(name, files))
        .unwrap();
}

pub fn app() -> RepositoryName {
    "acme/app".parse().unwrap()
}

pub fn nightly() -> WorkflowId {
    workflow("nightly.yml")
}

pub fn workflow(file: &str) -> WorkflowId {
    WorkflowId {
        repository: app(),
        file: file.parse().unwrap(),
    }
}

fn nobody() -> cronwright::decide::Why {
    cronwright::decide::Why {
        cause: cronwright::decide::Cause::ConnectionNotReady,
        message: "not connected".to_owned(),
        retry: cronwright::decide::Retry::Never,
    }
}

fn locked(world: &Mutex<World>) -> std::sync::MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Town {
    /// Looks and plans through one of several observatories, without acting: every object is as if suspended meanwhile.
    pub async fn round_of_one(&mut self, site: &Site) {
        let before = self.residents.clone();
        for resident in self.residents.values_mut() {
            resident.spec.policy.mode = cronwright::api::Mode::Recommend;
        }
        for name in self.names(|_| true) {
            self.schedule_round(site, &name).await;
        }
        self.residents = before;
        self.connection_round(site).await;
    }
}

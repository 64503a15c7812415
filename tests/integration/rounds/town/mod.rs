//! A town: a simulated GitHub with one connection that looks at it, and the objects that are declared there.
//!
//! Owns what is declared, the store and the connection, and how they begin, change and are lost. At its end it fails when a
//! request went to an endpoint that GitHub does not have.

mod rounds;
mod telling;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use cronwright::{
    api::{
        GitHubConnectionStatus, WorkflowScheduleStatus, workflow_schedule::WorkflowScheduleSpec,
    },
    decide::{Event, Known, ration::Limits},
    domain::{RepositoryName, Seconds, Timestamp, WorkflowId},
    github::{Client, Credentials, Settings},
    metrics::Metrics,
    observe::{Observatory, Site},
    simulate::{
        Fault, FaultKind, NewRepository, Permissions, Settings as WorldSettings, SharedWorld,
        World, face,
    },
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
    pub spec: WorkflowScheduleSpec,
    pub created_at: Timestamp,
    generation: i64,
    pub deleting: bool,
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
    pub connection_events: Vec<Event>,
    /// The limits of a set to which every resident belongs.
    pub limits: Option<Limits>,
    /// Where the town's GitHub is said to be.
    url: String,
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
        let store = open(&folder, "history.db").await;
        Self::over(folder, store, build)
    }

    /// A town whose history is somewhere else.
    pub fn over(folder: TempDir, store: Store, build: impl FnOnce(&mut World)) -> Self {
        let begins = BEGINS.parse().unwrap();
        let mut world = World::new(WorldSettings::new(7, begins, folder.path().join("github")));
        world.add_token(TOKEN, "ada", Permissions::all());
        build(&mut world);
        let world = world.share();
        let mut town = Self {
            site: Known::Unknown(nobody()),
            world,
            folder,
            store,
            residents: BTreeMap::new(),
            connection: GitHubConnectionStatus::default(),
            connection_events: Vec::new(),
            limits: None,
            url: "https://api.github.com".to_owned(),
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
        self.url.clone_into(&mut settings.api_url);
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

    /// Its GitHub is another server than github.com.
    pub fn lead_to(&mut self, url: &str) {
        url.clone_into(&mut self.url);
        self.reconnect();
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
        self.declare_spec(name, serde_saphyr::from_str(spec).unwrap());
    }

    /// The same with a spec that was read already.
    pub fn declare_spec(&mut self, name: &str, spec: WorkflowScheduleSpec) {
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

    pub fn fault(&self, fault: Fault) {
        self.on(|world| world.faults().push(fault));
    }

    pub fn once(&self, matching: &str, kind: FaultKind) {
        self.fault(Fault::once(matching, kind));
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

//! A simulated GitHub with one nightly and an observatory that looks at it, for tests of this room and of rounds.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Observatory, Site};
use crate::{
    api::WorkflowScheduleStatus,
    decide::{Known, Object, Wish},
    domain::{Seconds, Timestamp, WorkflowId},
    github::{Client, Credentials, Settings},
    metrics::Metrics,
    simulate::{self, Behaviour, NewRepository, Permissions, SharedWorld, World, face},
    store::Store,
};

const TOKEN: &str = "github_pat_letmein";

/// A simulated GitHub with forty days behind it, a store in a file, and an observatory.
pub(crate) struct Stage {
    world: SharedWorld,
    pub(crate) store: Store,
    pub(crate) observatory: Arc<Observatory>,
    /// Vanishes with the stage.
    _folder: tempfile::TempDir,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let begins: Timestamp = "2026-06-01T06:00:00Z".parse().unwrap();
        let settings = simulate::Settings::new(7, begins, folder.path().join("github"));
        let mut world = World::new(settings);
        world.add_token(TOKEN, "ada", Permissions::all());
        let text = "on:\n  schedule:\n    - cron: '0 3 * * *'\njobs: {}\n";
        let files = [(".github/workflows/nightly.yml", text)];
        let app = NewRepository::new(nightly().repository, &files);
        world.add_repository(app).unwrap();
        world.behave(&nightly(), Behaviour::fixed(Seconds::minutes(12)));
        world.backfill(40);
        let world = world.share();
        let path = folder.path().join("history.db");
        let url = format!("sqlite://{}", path.display());
        let store = Store::open(&url).await.unwrap();
        let observatory = connect("ci/acme", &world, &store);
        Self {
            world,
            store: store.of(observatory.github().host()),
            observatory: Arc::new(observatory),
            _folder: folder,
        }
    }

    /// Another connection to the same GitHub, with the same store.
    pub(crate) fn another_site(&self) -> Site {
        let observatory = connect("team/acme", &self.world, &self.store);
        Known::Known(Arc::new(observatory))
    }

    /// How often GitHub was asked since the last time.
    pub(crate) fn take_requests(&self) -> usize {
        let mut world = locked(&self.world);
        let count = world.requests().log().len();
        world.requests_mut().clear();
        count
    }

    pub(crate) fn site(&self) -> Site {
        Known::Known(self.observatory.clone())
    }

    pub(crate) fn now(&self) -> Timestamp {
        locked(&self.world).now()
    }

    pub(crate) fn pass(&self, span: Seconds) {
        locked(&self.world).advance(span);
    }
}

fn connect(identity: &str, world: &SharedWorld, store: &Store) -> Observatory {
    let mut settings = Settings::new(Credentials::Token(TOKEN.to_owned().into()));
    settings.api_url = "https://api.github.test".to_owned();
    let clock = {
        let world = world.clone();
        Arc::new(move || locked(&world).now())
    };
    let cache = Observatory::cache(store);
    let face = face::router(world.clone());
    let client = Client::with_service(settings, cache, clock, face).unwrap();
    let store = store.of(client.host());
    Observatory::new(
        identity,
        client,
        store,
        Seconds::minutes(5),
        Metrics::default(),
    )
}

fn locked(world: &Mutex<World>) -> std::sync::MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The workflow of every stage.
pub(crate) fn nightly() -> WorkflowId {
    WorkflowId {
        repository: "acme/app".parse().unwrap(),
        file: "nightly.yml".parse().unwrap(),
    }
}

/// The object that observes it.
pub(crate) fn object() -> Object {
    let spec = "{connectionRef: {name: acme}, repository: acme/app, workflow: nightly.yml, policy: {mode: Observe}}";
    Object {
        identity: "ci/nightly".to_owned(),
        generation: 1,
        requested_at: None,
        deleting: false,
        finalizer: false,
        elder: None,
        ration: None,
        wish: Wish::read(&serde_saphyr::from_str(spec).unwrap()),
        before: WorkflowScheduleStatus::default(),
    }
}

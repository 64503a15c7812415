//! A fleet that was observed already, before a simulated GitHub in the same process, and one clock for both.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, MutexGuard, PoisonError};

use chrono::TimeDelta;
use cronwright::{
    api::WorkflowScheduleSpec,
    decide::{Known, Object, Wish},
    domain::{RepositoryName, RunId, Seconds, Timestamp, WorkflowId},
    github::{
        Client, Credentials, Settings,
        webhook::{Event, News},
    },
    metrics::Metrics,
    observe::{Observatory, Site, concerns},
    round::workflow_schedule_round,
    simulate::{self, Deed, Disorder, FLEET_TOKEN, Request, SharedWorld, World},
    store::Store,
};
use serde_json::json;

use crate::Asked;

const SEED: u64 = 7;
const CONNECTION: &str = "fleet/github";
/// How many seconds a repository's first look is given: it asks some fourteen times, and not quite fifteen points may be spent each
/// second.
const PACE_SECONDS: i64 = 3;
/// Every how many pushes one touches a workflow file.
const TOUCHES: usize = 20;

/// A fleet.
pub struct Fleet {
    world: SharedWorld,
    observatory: Arc<Observatory>,
    site: Site,
    members: Vec<Member>,
    hears: bool,
    /// How many rounds a limit has put off.
    put_off: u64,
    _folder: tempfile::TempDir,
}

/// One repository, its objects, and what was seen of it.
struct Member {
    repository: RepositoryName,
    objects: Vec<(WorkflowId, Object)>,
    ended: BTreeMap<WorkflowId, BTreeSet<RunId>>,
}

impl Fleet {
    /// Builds a world, lets the fleet be observed for the first time, and forgets what that cost.
    pub async fn observed(asked: Asked, begin: Timestamp) -> Self {
        let pass = TimeDelta::seconds(i64::from(asked.repositories) * PACE_SECONDS);
        let first = pass * 2;
        let folder = tempfile::tempdir().unwrap();
        let mut world = world(asked, begin - first, folder.path());
        push(&mut world, asked, begin);
        let names = world.repositories();
        let ids: Vec<_> = world.workflows().into_iter().map(|(id, _)| id).collect();
        let world = world.share();
        let store = Store::open("sqlite::memory:").await.unwrap();
        let observatory = Arc::new(observatory(&world, store, asked.interval));
        let members = names.into_iter().map(|repository| {
            let ours = ids.iter().filter(|id| id.repository == repository);
            Member {
                objects: ours.map(|id| (id.clone(), object(id, asked))).collect(),
                ended: BTreeMap::new(),
                repository,
            }
        });
        let mut fleet = Self {
            site: Known::Known(observatory.clone()),
            observatory,
            members: members.collect(),
            hears: false,
            put_off: 0,
            world,
            _folder: folder,
        };
        // What ran meanwhile is known, too, before anything is counted.
        for (pass, begins) in [(0, begin - first), (1, begin - pass)] {
            for place in 0..asked.repositories {
                let after = TimeDelta::seconds(i64::from(place) * PACE_SECONDS);
                fleet.world().advance_to(begins + after);
                fleet.poll(place).await;
            }
            println!("observed {} times", pass + 1);
        }
        fleet.take_requests();
        fleet.put_off = 0;
        fleet
    }

    /// Hears of what happens from now on.
    pub fn listen(&mut self) {
        self.world().register_hook("secret", Disorder::default());
        self.hears = true;
    }

    /// Lets the world live until an instant, and looks at once where a delivery says so.
    pub async fn advance(&mut self, until: Timestamp) {
        let next = |world: &World| world.next_event_at().filter(|at| *at <= until);
        while let Some(at) = self.hears.then(|| next(&self.world())).flatten() {
            self.world().advance_to(at);
            self.hear().await;
        }
        self.world().advance_to(until);
    }

    /// The look that an interval brings: one object stands for all while none of the others has news.
    pub async fn poll(&mut self, place: u32) {
        let member = &mut self.members[place as usize];
        let runs = locked(&self.world).runs(&member.repository).unwrap();
        let mut ended: BTreeMap<WorkflowId, BTreeSet<RunId>> = BTreeMap::new();
        for run in runs.iter().filter(|run| run.conclusion.is_some()) {
            let id = WorkflowId {
                repository: member.repository.clone(),
                file: run.workflow.clone(),
            };
            ended.entry(id).or_default().insert(run.id);
        }
        let is_news = |id: &WorkflowId| ended.get(id) != member.ended.get(id);
        let due = |(index, (id, _)): &(usize, &(WorkflowId, Object))| *index == 0 || is_news(id);
        let due: Vec<_> = member.objects.iter().enumerate().filter(due).collect();
        let due: Vec<_> = due.into_iter().map(|(_, (_, one))| one.clone()).collect();
        member.ended = ended;
        let mut again = Vec::new();
        for object in due {
            if !self.round(&object).await {
                again.extend(object.wish.map(|wish| wish.workflow));
            }
        }
        for id in again {
            self.members[place as usize].ended.remove(&id);
        }
    }

    /// How many rounds a limit has put off to a later look.
    pub fn put_off(&self) -> u64 {
        self.put_off
    }

    /// What was asked since the last time.
    pub fn take_requests(&mut self) -> Vec<Request> {
        let mut world = self.world();
        let log = world.requests().log().to_vec();
        world.requests_mut().clear();
        log
    }

    async fn hear(&mut self) {
        let arrived = self.world().take_deliveries();
        for delivery in arrived {
            let event = Event::read(delivery.event);
            let news = event.and_then(|event| News::read(event, delivery.body.as_bytes()).ok());
            let Some(news) = news.flatten() else { continue };
            let concerned: Vec<_> = self
                .members
                .iter()
                .filter(|member| news.repository() == Some(&member.repository))
                .flat_map(|member| &member.objects)
                .filter(|(id, _)| concerns(&news, id))
                .map(|(_, object)| object.clone())
                .collect();
            let now = self.world().now();
            if !concerned.is_empty() && self.observatory.hear(&news, now) {
                for object in concerned {
                    self.round(&object).await;
                }
            }
        }
    }

    /// Whether a round was made; a limit may put it off.
    async fn round(&mut self, object: &Object) -> bool {
        let now = self.world().now();
        let end = workflow_schedule_round(object, &self.site, async || Ok(()), now).await;
        let made = end.status.failures.is_none();
        self.put_off += u64::from(!made);
        made
    }

    fn world(&self) -> MutexGuard<'_, World> {
        locked(&self.world)
    }
}

fn locked(world: &SharedWorld) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

fn world(asked: Asked, now: Timestamp, folder: &std::path::Path) -> World {
    let (repositories, workflows) = (asked.repositories, asked.workflows);
    let made = simulate::fleet(SEED, repositories, workflows, &folder.join("github"), now);
    let mut world = made.unwrap_or_else(|refusal| panic!("no fleet: {refusal:?}"));
    world.backfill(asked.history_days);
    // What GitHub would grant is compared, not enforced.
    world.requests_mut().set_hourly_limit(100_000_000);
    world
}

/// Arranges the pushes of the hours, evenly over them and over the repositories.
fn push(world: &mut World, asked: Asked, begin: Timestamp) {
    let names = world.repositories();
    let total = names.len() * (asked.pushes_a_day * asked.hours) as usize / 24;
    let span = f64::from(asked.hours) * 3_600.0;
    for (number, repository) in (0..total).zip(names.iter().cycle()) {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
        let after = (span * number as f64 / total as f64) as i64;
        let touches = number % TOUCHES == 0;
        let (path, text) = if touches {
            let cron = "name: Extra\non:\n  schedule:\n    - cron: '7 3 * * 1'\njobs: {}\n";
            (".github/workflows/extra.yml", format!("{cron}# {number}\n"))
        } else {
            ("README.md", format!("{number}\n"))
        };
        let deed = Deed::Push {
            repository: repository.clone(),
            branch: "main".to_owned(),
            path: path.to_owned(),
            bytes: text.into_bytes(),
        };
        world.schedule(begin + TimeDelta::seconds(after), deed);
    }
}

fn observatory(world: &SharedWorld, store: Store, interval: Seconds) -> Observatory {
    let settings = Settings {
        api_url: "http://127.0.0.1".to_owned(),
        ..Settings::new(Credentials::Token(FLEET_TOKEN.into()))
    };
    let clock = {
        let world = world.clone();
        Arc::new(move || locked(&world).now())
    };
    let face = simulate::face::router(world.clone());
    let client = Client::with_service(settings, Observatory::cache(&store), clock, face);
    let client = client.unwrap();
    let store = store.of(client.host());
    Observatory::new(CONNECTION, client, store, interval, Metrics::default())
}

fn object(id: &WorkflowId, asked: Asked) -> Object {
    let spec = json!({
        "connectionRef": {"name": "github"},
        "repository": id.repository.to_string(),
        "workflow": id.file.to_string(),
        "policy": {"mode": "Recommend"},
        "interval": format!("{}s", asked.interval.0),
    });
    let spec: WorkflowScheduleSpec = serde_json::from_value(spec).unwrap();
    Object {
        identity: format!("fleet/{}-{}", id.repository.name(), id.file),
        generation: 1,
        requested_at: None,
        deleting: false,
        finalizer: false,
        elder: None,
        ration: None,
        wish: Wish::read(&spec),
        before: cronwright::api::WorkflowScheduleStatus {
            observed_generation: Some(1),
            ..Default::default()
        },
    }
}

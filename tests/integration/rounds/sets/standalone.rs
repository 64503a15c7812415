//! Sets without a cluster: the example of a whole organisation, on a standalone shell over real HTTP and simulated time.

use std::{path::Path, sync::Arc};

use chrono::TimeDelta;
use cronwright::{
    api::condition::find,
    cli::standalone::{Manifests, Shell, table},
    decide::ration::is_waiting,
    domain::{RepositoryName, Timestamp},
    github::webhook::News,
    metrics::Metrics,
    simulate::{Permissions, Settings, SharedWorld, World, face},
    store::Store,
    web::webhooks::Heard,
};
use tempfile::TempDir;

use super::{
    super::town::{BEGINS, FILE, TOKEN},
    estate::nightlies,
};

/// A change that is wanted at once, and one pull request for all.
const PINNED: &str = "{timing: {cron: ['17 2 * * *']}, policy: {mode: PullRequest}}";

struct House {
    world: SharedWorld,
    shell: Shell,
    _folder: TempDir,
}

impl House {
    /// The example before a world with three nightlies, one of which it declares by hand.
    async fn with(change: impl FnOnce(&mut Manifests)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let begins = BEGINS.parse().unwrap();
        let mut world = World::new(Settings::new(7, begins, folder.path().join("github")));
        world.add_token(TOKEN, "ada", Permissions::all());
        nightlies(&mut world, &["app", "payments", "web"]);
        let world = world.share();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(face::serve(world.clone(), listener));
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/organisation");
        let mut manifests = Manifests::read(&example).unwrap();
        let connection = manifests.connections.get_mut("default/acme").unwrap();
        connection.spec.url = format!("http://{address}");
        let secret = manifests.secrets.get_mut("default/github").unwrap();
        secret.insert("token".to_owned(), TOKEN.to_owned());
        change(&mut manifests);
        let clock = {
            let world = world.clone();
            Arc::new(move || world.lock().unwrap().now())
        };
        let store = Store::open("sqlite::memory:").await.unwrap();
        Self {
            world,
            shell: Shell::new(manifests, store, Metrics::default(), clock),
            _folder: folder,
        }
    }

    fn now(&self) -> Timestamp {
        self.world.lock().unwrap().now()
    }

    /// Makes the rounds that are due within so many minutes.
    async fn live(&mut self, minutes: i64) {
        let end = self.now() + TimeDelta::minutes(minutes);
        self.shell.round(|_| {}).await;
        while self.now() < end {
            let due = self.shell.next_due().unwrap_or(end);
            let next = due.max(self.now() + TimeDelta::seconds(1)).min(end);
            self.world.lock().unwrap().advance_to(next);
            self.shell.round(|_| {}).await;
        }
    }

    /// The repositories with an open pull request.
    fn proposed(&self) -> Vec<&'static str> {
        let mut names = vec!["acme/app", "acme/payments", "acme/web"];
        let world = self.world.lock().unwrap();
        names.retain(|name| {
            let pulls = world.pulls(&repository(name)).unwrap();
            pulls.iter().any(|pull| pull.open)
        });
        names
    }

    /// How many objects wait for the set's limits.
    fn waiting(&self) -> usize {
        let statuses = self.shell.schedules().values();
        let in_sync = statuses.filter_map(|status| find(&status.conditions, "InSync"));
        in_sync.filter(|told| is_waiting(&told.reason)).count()
    }
}

fn repository(name: &str) -> RepositoryName {
    name.parse().unwrap()
}

#[tokio::test]
async fn an_owner_is_managed_without_a_cluster_and_what_the_folder_declares_wins() {
    let mut house = House::with(|_| {}).await;

    // One round is all that `--once` makes.
    house.shell.round(|_| {}).await;

    assert!(house.shell.is_ready());
    let set = &house.shell.sets()["default/acme"];
    assert_eq!((set.repositories, set.found, set.managed), (3, 3, 2));
    assert_eq!(set.unmanaged_workflows[0].reason, "ByHand");
    let told = table(&house.shell);
    let of_set: Vec<_> = told.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(of_set[..5], ["acme", "acme", "3", "2", "1"]);
    for name in ["app-nightly-", "payments-nightly ", "web-nightly-"] {
        let lines = told.lines().filter(|line| line.starts_with(name)).count();
        assert_eq!(lines, 1, "{told}");
    }
    let made = house.shell.manifests().schedules.values();
    let labelled = made.filter(|one| {
        let labels = one.metadata.labels.as_ref();
        labels.is_some_and(|labels| labels.get("team").is_some_and(|team| team == "platform"))
    });
    assert_eq!(labelled.count(), 2);
}

#[tokio::test]
async fn limits_hold_and_what_is_taken_back_closes_its_pull_request_and_makes_room() {
    let mut house = House::with(|manifests| {
        let set = manifests.sets.get_mut("default/acme").unwrap();
        set.spec.template.spec = serde_saphyr::from_str(PINNED).unwrap();
        set.spec.limits.open_pull_requests = 1;
    })
    .await;
    house.live(15).await;
    let first = house.proposed();
    assert_eq!((first.len(), house.waiting()), (1, 1));

    let push = |world: &mut World, name: &str, text: &str| {
        world
            .push_to(&repository(name), "main", FILE, text.as_bytes())
            .unwrap();
    };
    push(
        &mut house.world.lock().unwrap(),
        first[0],
        "on: push\njobs: {}\n",
    );
    house.live(90).await;

    let second = house.proposed();
    assert_eq!((second.len(), house.waiting()), (1, 0));
    assert_ne!(first, second);
    assert_eq!(house.shell.schedules().len(), 2);
    assert_eq!(house.shell.sets()["default/acme"].managed, 1);
    let unknown = house.world.lock().unwrap();
    assert_eq!(unknown.requests().unknown_endpoints().len(), 0);
}

#[tokio::test]
async fn with_webhooks_a_new_nightly_is_managed_at_once_and_without_at_the_next_look() {
    let changed = |name: &str| News::RepositoryChanged {
        repository: repository(name),
        former_owner: None,
    };
    let pushed = News::FilesPushed {
        repository: repository("acme/late"),
        files: Some(["nightly.yml".parse().unwrap()].into()),
    };
    for (news, managed) in [
        (pushed, 3),
        (changed("acme/late"), 3),
        (changed("other/late"), 2),
        (News::Ping, 2),
    ] {
        let mut house = House::with(|_| {}).await;
        house.live(1).await;
        nightlies(&mut house.world.lock().unwrap(), &["late"]);

        house.shell.hear(&Heard {
            connections: ["default/acme".to_owned()].into(),
            news: news.clone(),
            marks: Vec::new(),
        });
        house.shell.round(|_| {}).await;

        let set = &house.shell.sets()["default/acme"];
        assert_eq!(set.managed, managed, "{news:?}");
    }
}

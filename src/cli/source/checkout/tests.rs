//! A checkout, cloned from a repository of the simulated GitHub, told like any store.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use git2::Repository;
use tempfile::TempDir;

use super::CheckoutArgs;
use crate::{
    cli::{
        inventory,
        page::Format,
        recorded::{self, StoreArgs},
        report,
        source::SourceArgs,
    },
    domain::{Seconds, Timestamp},
    github::Clock,
    report::Report,
    simulate::{DEMO_TOKEN, Fault, FaultKind, Histories, SharedWorld, World, demo_world, face},
};

/// The repository that is checked out: three workflows, two of which start at midnight.
const REPOSITORY: &str = "acme/data-pipeline";

/// A simulated GitHub on loopback, and a checkout of one of its repositories.
struct Stage {
    world: SharedWorld,
    folder: TempDir,
    args: CheckoutArgs,
}

impl Stage {
    async fn set() -> Self {
        Self::behind(&format!("https://github.com/{REPOSITORY}.git")).await
    }

    /// A checkout whose remote is at an address.
    async fn behind(address: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let begins: Timestamp = "2026-09-14T06:00:00Z".parse().unwrap();
        let github = folder.path().join("github");
        let world = demo_world(7, &github, begins, &Histories::default());
        let world = world.unwrap().share();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api_url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(face::serve(world.clone(), listener));
        let bare = github.join(format!("{REPOSITORY}.git"));
        let checkout = folder.path().join("checkout");
        let clone = Repository::clone(bare.to_str().unwrap(), &checkout).unwrap();
        clone.remote_set_url("origin", address).unwrap();
        let token_file = folder.path().join("token");
        fs::write(&token_file, format!("{DEMO_TOKEN}\n")).unwrap();
        let args = CheckoutArgs {
            checkout: Some(checkout),
            token_file: Some(token_file),
            api_url: Some(api_url),
            cache_dir: Some(folder.path().join("cache")),
        };
        Self {
            world,
            folder,
            args,
        }
    }

    fn checkout(&self) -> PathBuf {
        self.folder.path().join("checkout")
    }

    async fn look(&self) -> anyhow::Result<StoreArgs> {
        let world = self.world.clone();
        let clock: Clock = Arc::new(move || locked(&world).now());
        self.args.look(&self.checkout(), None, clock).await
    }

    fn on<T>(&self, deed: impl FnOnce(&mut World) -> T) -> T {
        deed(&mut locked(&self.world))
    }

    /// How many requests were made since the last question, and whether none could have changed anything.
    fn asked(&self) -> usize {
        self.on(|world| {
            assert_eq!(world.requests().writes(), Vec::<&_>::new());
            assert_eq!(world.requests().unknown_endpoints(), Vec::<&_>::new());
            let number = world.requests().log().len();
            world.requests_mut().clear();
            number
        })
    }
}

fn locked(world: &Mutex<World>) -> std::sync::MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn reported(store: &StoreArgs) -> (Report, String) {
    let inventory = inventory::read(store).await.unwrap();
    let args = report::ReportArgs {
        store: store.clone(),
        source: SourceArgs::default(),
        format: Format::Text,
    };
    let mut out = Vec::new();
    report::run(&args, &mut out).await.unwrap();
    (Report::of(&inventory), String::from_utf8(out).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkout_is_reported_like_any_store_and_its_github_only_read() {
    let stage = Stage::set().await;

    let store = stage.look().await.unwrap();

    assert!(
        store
            .store
            .ends_with("cache/github.com/acme/data-pipeline.db")
    );
    let (report, text) = reported(&store).await;
    // A simulated GitHub has another port every time.
    let api = stage.args.api_url.as_deref().unwrap_or_default();
    let host = api.trim_start_matches("http://");
    insta::assert_snapshot!(text.replace(&format!("{host}/"), ""));
    assert_eq!(report.inventory.schedulable, 3);
    let first = stage.asked();
    assert!(first > 10, "{first}");

    stage.look().await.unwrap();
    let again = stage.asked();
    assert!(
        again < first / 2,
        "{again} requests for what was known after {first}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_later_the_forecasts_of_the_first_look_are_compared() {
    let stage = Stage::set().await;
    stage.look().await.unwrap();
    stage.on(|world| world.advance(Seconds::days(2)));

    let store = stage.look().await.unwrap();

    let recorded = recorded::read(&store).await.unwrap();
    let compared: usize = recorded.iter().map(|one| one.scores.len()).sum();
    assert!(compared >= 3, "{compared}");
    stage.asked();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_keeps_what_was_read_and_a_wrong_token_tells_nothing() {
    let stage = Stage::set().await;
    stage.on(|world| {
        let limit = Fault::always(
            "GET /repos/acme/data-pipeline/actions/runs",
            FaultKind::RateLimited,
        );
        world.faults().push(limit);
    });
    let told = stage.look().await.unwrap_err().to_string();
    assert!(told.contains("is reached: what was read is kept"), "{told}");

    stage.on(|world| world.faults().clear());
    stage.on(|world| world.advance(Seconds::hours(2)));
    let store = stage.look().await.unwrap();
    assert_eq!(reported(&store).await.0.inventory.schedulable, 3);

    // What is known is told with a word of warning while GitHub does not answer ...
    stage.on(|world| {
        let status = FaultKind::Status {
            status: 503,
            retry_after_seconds: None,
        };
        world.faults().push(Fault::always("", status));
    });
    stage.on(|world| world.advance(Seconds::hours(2)));
    let store = stage.look().await.unwrap();
    assert_eq!(reported(&store).await.0.inventory.schedulable, 3);
    stage.on(|world| world.faults().clear());
    stage.asked();

    // ... and not to somebody whom GitHub would tell nothing.
    stage.on(|world| world.revoke_token(DEMO_TOKEN));
    stage.on(|world| world.advance(Seconds::hours(2)));
    let told = format!("{:#}", stage.look().await.unwrap_err());
    assert!(
        told.contains("github.com does not take the token"),
        "{told}"
    );
    assert!(!told.contains(DEMO_TOKEN), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_on_the_way_tells_what_was_read_until_then_and_the_next_look_goes_on_from_there() {
    let stage = Stage::set().await;
    stage.on(|world| world.requests_mut().set_hourly_limit(24));

    let store = stage.look().await.unwrap();

    let (report, _) = reported(&store).await;
    assert_eq!((report.inventory.total, report.timetables.len()), (3, 0));
    let first = stage.asked();
    assert!(first <= 12, "half of 24 are its owner's: {first}");
    stage.on(|world| world.requests_mut().set_hourly_limit(5_000));
    stage.on(|world| world.advance(Seconds::hours(2)));
    let store = stage.look().await.unwrap();
    let (report, _) = reported(&store).await;
    assert_eq!(report.inventory.without_forecast, 0);
    assert_eq!(report.timetables.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_token_cannot_see_is_told_with_what_to_check() {
    let stage = Stage::behind("git@github.com:acme/elsewhere.git").await;

    let told = format!("{:#}", stage.look().await.unwrap_err());

    assert!(
        told.starts_with("github.com shows no repository acme/elsewhere: is 'origin' of"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_that_github_does_not_have_yet_is_no_reason_to_tell_nothing_of_the_others() {
    let stage = Stage::set().await;
    let new = ".github/workflows/new.yml";
    let text = "on: {schedule: [{cron: '5 5 * * *'}]}\njobs: {}\n";
    fs::write(stage.checkout().join(new), text).unwrap();

    let store = stage.look().await.unwrap();

    let (report, _) = reported(&store).await;
    let forecast = report.workflows.iter().filter(|one| one.duration.is_some());
    assert_eq!(forecast.count(), 3);
}

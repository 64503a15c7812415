//! A store that fails becomes a condition, and nothing is lost once it works again.

use cronwright::{
    domain::Seconds,
    simulate::{Behaviour, World},
    store::{Store, StoreError},
};
use sqlx::Connection as _;

use crate::postgres::Server;

use super::town::{FILE, NIGHTLY, PINNED, Town, add, nightly};

fn steady(world: &mut World) {
    add(world, "app", &[(FILE, NIGHTLY)]);
    world.behave(&nightly(), Behaviour::fixed(Seconds::minutes(12)));
    world.backfill(40);
}

/// Another program at the same file, which can make every write of ours fail as a full disk does.
async fn run(town: &Town, statement: &'static str) {
    let url = format!(
        "sqlite://{}",
        town.folder.path().join("history.db").display()
    );
    let mut other = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut other).await.unwrap();
    other.close().await.unwrap();
}

#[tokio::test]
async fn runs_that_could_not_be_stored_are_stored_once_the_store_takes_them_again() {
    let mut town = Town::with(steady).await;
    run(&town, "CREATE TRIGGER full BEFORE INSERT ON runs BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END").await;
    town.declare("nightly", PINNED);
    town.round().await;
    assert_eq!(town.condition("nightly", "Ready"), "False/StoreUnavailable");
    town.pass(Seconds::minutes(20)).await;
    assert_eq!(town.store.counts().await.unwrap().runs, 0);

    run(&town, "DROP TRIGGER full").await;
    town.pass(Seconds::hours(1)).await;
    town.rest().await;
    assert_eq!(town.store.counts().await.unwrap().runs, 30);
    assert_eq!(town.condition("nightly", "Ready"), "True/Observed");
}

#[tokio::test]
async fn a_run_that_ended_while_the_disk_was_full_is_not_lost() {
    let mut town = Town::with(steady).await;
    town.declare("nightly", &PINNED.replace("PullRequest", "Observe"));
    town.rest().await;
    run(&town, "CREATE TRIGGER full BEFORE INSERT ON runs BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END").await;
    town.pass(Seconds::days(1)).await;
    assert_eq!(town.condition("nightly", "Ready"), "False/StoreUnavailable");
    assert!(town.status("nightly").prediction.is_some());
    run(&town, "DROP TRIGGER full").await;
    town.pass(Seconds::hours(1)).await;
    assert_eq!(town.store.counts().await.unwrap().runs, 31);
    assert_eq!(town.condition("nightly", "Ready"), "True/Observed");
}

#[tokio::test]
async fn a_deed_that_could_not_be_stored_is_known_from_github() {
    let mut town = Town::new().await;
    run(&town, "CREATE TRIGGER full BEFORE INSERT ON deeds BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END").await;
    town.declare("nightly", PINNED);
    town.rest().await;
    town.on(|world| world.close(&super::town::app(), 1))
        .unwrap();
    town.restart().await;
    town.rest().await;
    assert_eq!(town.pulls().len(), 1);
    assert_eq!(town.condition("nightly", "InSync"), "False/Declined");
}

#[tokio::test]
async fn a_corrupted_store_is_refused_and_left_as_it_is() {
    let town = Town::new().await;
    town.store.close().await;
    let path = town.folder.path().join("history.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let length = bytes.len();
    bytes[100..length.min(6_000)].fill(0xA5);
    std::fs::write(&path, &bytes).unwrap();
    let opened = Store::open(&format!("sqlite://{}", path.display())).await;
    let error: StoreError = opened.expect_err("refused");
    assert!(error.to_string().contains("history.db"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[tokio::test]
async fn ten_minutes_without_postgresql_cost_nothing_and_end_without_a_restart() {
    let Some(mut server) = Server::start("", &[]) else {
        return;
    };
    let store = Store::open(&server.database()).await.unwrap();
    let mut town = Town::over(tempfile::tempdir().unwrap(), store, steady);
    town.declare("nightly", &PINNED.replace("PullRequest", "Observe"));
    town.rest().await;
    assert_eq!(town.store.counts().await.unwrap().runs, 30);
    let before = town.status("nightly").prediction.clone();

    server.stop();
    town.pass(Seconds::minutes(10)).await;

    assert_eq!(town.condition("nightly", "Ready"), "False/StoreUnavailable");
    let told = town.message("nightly", "Ready");
    assert!(
        told.contains("cannot be reached") && told.contains("tried again"),
        "{told}"
    );
    assert!(!told.contains(crate::postgres::PASSWORD), "{told}");
    assert_eq!(town.status("nightly").prediction, before);
    server.start_again();
    town.pass(Seconds::days(1)).await;
    assert_eq!(town.condition("nightly", "Ready"), "True/Observed");
    assert_eq!(town.store.counts().await.unwrap().runs, 31);
}

//! A start while PostgreSQL is away: the process lives, says why it is not ready, leads nobody, and goes on.

use k8s_openapi::api::coordination::v1::Lease;

use super::{
    super::wait,
    pair::{LEASE, Pair, until_told},
};
use crate::postgres::{PASSWORD, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_while_the_database_is_away_waits_says_so_and_goes_on_when_it_is_back() {
    let Some(mut server) = Server::start("", &[]) else {
        return;
    };
    let pair = Pair::set_over("store-away", server.database()).await;
    server.stop();

    let mut replica = pair.replica(0, &[]).await;

    wait::poll("the replica says that it waits", async || {
        let (status, told) = replica.get("/readyz");
        (status == 503 && told.contains("the store of the history is away")).then_some(())
    })
    .await;
    assert_eq!(replica.get("/healthz").0, 200);
    let lease = pair.stage.scope.api::<Lease>().get_opt(LEASE).await;
    assert!(lease.unwrap().is_none(), "who has no store does not lead");
    assert!(replica.is_alive());
    server.start_again();
    until_told(&replica, "ready: leading\n").await;
    pair.stage.observe_nightly().await;
    let log = replica.log();
    let told = |words: &str| log.lines().filter(|line| line.contains(words)).count();
    assert!(
        (1..=2).contains(&told("the start waits for the store")),
        "{log}"
    );
    assert!(
        log.contains("cannot be reached") && !log.contains(PASSWORD),
        "{log}"
    );
    assert_eq!(told("the store is there; the start goes on"), 1);

    // Who waits is told to end as well.
    assert_eq!(replica.terminate().await.code(), Some(0));
    server.stop();
    let mut waiting = pair.replica(1, &[]).await;
    assert_eq!(waiting.terminate().await.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_the_database_refuses_ends_so_that_the_next_one_reads_the_corrected_url() {
    let Some(server) = crate::postgres::shared() else {
        return;
    };
    let wrong = server.database().replace(PASSWORD, "correct-horse");
    let pair = Pair::set_over("store-refuses", wrong).await;

    let mut replica = pair
        .replica(0, &["--webhooks-address", "127.0.0.1:0"])
        .await;

    let ended = async || (!replica.is_alive()).then_some(());
    wait::poll("the process ends", ended).await;
    let log = replica.log();
    assert!(
        log.contains("refuses us") && !log.contains("correct-horse"),
        "{log}"
    );
}

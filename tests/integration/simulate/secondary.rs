//! Secondary limits: a caller who bursts is asked to slow down, and let in again after the time it was told.

use std::time::Duration;

use cronwright::{
    domain::Seconds,
    simulate::{Fault, FaultKind, SecondaryLimits},
};
use serde_json::{Value, json};

use super::{Reply, Site};

const APP: &str = "/repos/acme/app";

async fn read(site: &Site) -> Reply {
    site.ask("GET", APP, Value::Null).await
}

async fn write(site: &Site) -> Reply {
    let blob = json!({"content": "x", "encoding": "utf-8"});
    site.ask("POST", "/repos/acme/app/git/blobs", blob).await
}

fn wait(site: &Site, seconds: &str) {
    let seconds = Seconds(seconds.parse().unwrap());
    site.world.lock().unwrap().advance(seconds);
}

#[tokio::test]
async fn a_burst_of_reads_is_asked_to_wait_and_let_in_when_it_did() {
    let site = Site::new();
    for _ in 0..900 {
        assert_eq!(read(&site).await.status, 200);
    }
    let refused = read(&site).await;
    assert_eq!((refused.status, refused.header("retry-after")), (403, "60"));
    assert!(
        refused
            .header("x-ratelimit-remaining")
            .parse::<u32>()
            .unwrap()
            > 0
    );
    let told = refused.body["message"].as_str().unwrap();
    assert!(told.contains("secondary rate limit"), "{told}");
    wait(&site, "59");
    assert_eq!(read(&site).await.header("retry-after"), "1");
    wait(&site, "1");
    assert_eq!(read(&site).await.status, 200);
}

#[tokio::test]
async fn content_writes_have_a_limit_of_their_own_and_a_refused_one_has_written_nothing() {
    let site = Site::new();
    for _ in 0..80 {
        assert_eq!(write(&site).await.status, 201);
    }
    site.branch("move", "README.md", "x\n");
    let refused = site.propose("move").await;
    assert_eq!((refused.status, refused.header("retry-after")), (403, "60"));
    wait(&site, "60");
    assert_eq!(site.propose("move").await.body["number"], 1);
}

#[tokio::test]
async fn whoever_asks_on_while_told_to_wait_is_refused_whatever_is_asked() {
    let site = Site::new();
    while write(&site).await.status == 201 {}
    assert_eq!(read(&site).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_requests_at_once_are_answered_and_the_next_is_too_many() {
    let site = Site::new();
    let slow = Fault {
        times: 100,
        ..Fault::once(APP, FaultKind::Slow(Duration::from_secs(10)))
    };
    site.world.lock().unwrap().faults().push(slow);
    let many = futures::future::join_all((0..101).map(|_| read(&site)));

    let mut statuses: Vec<_> = many.await.iter().map(|reply| reply.status).collect();

    statuses.sort_unstable();
    assert_eq!((statuses[99], statuses[100]), (200, 429));
    assert_eq!(read(&site).await.status, 200);
}

#[tokio::test]
async fn a_caller_who_went_away_is_no_longer_under_way() {
    let site = Site::new();
    let limits = SecondaryLimits {
        concurrent: 1,
        ..SecondaryLimits::published()
    };
    site.world.lock().unwrap().set_secondary_limits(limits);
    let hang = Fault::once(APP, FaultKind::Hang);
    site.world.lock().unwrap().faults().push(hang);
    let hanging = read(&site);
    assert!(futures::FutureExt::now_or_never(hanging).is_none());
    assert_eq!(read(&site).await.status, 200);
}

#[tokio::test]
async fn a_server_without_limits_lets_everything_in() {
    let site = Site::with(|settings| settings.secondary = SecondaryLimits::none());
    for _ in 0..1_000 {
        assert_eq!(read(&site).await.status, 200);
    }
}

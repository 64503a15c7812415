//! Bad days on demand.

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use cronwright::simulate::{Fault, FaultKind, face};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Reply, Site, app};

async fn after(kind: FaultKind) -> (Site, Reply) {
    let site = Site::new();
    site.world
        .lock()
        .unwrap()
        .faults()
        .push(Fault::once("/repos/acme/app", kind));
    let reply = site.ask("GET", "/repos/acme/app", Value::Null).await;
    (site, reply)
}

#[tokio::test]
async fn a_status_is_answered_with_githubs_words_and_its_retry_after() {
    for status in [401, 403, 404, 409, 422, 429, 500, 502, 503] {
        let kind = FaultKind::Status {
            status,
            retry_after_seconds: Some(17),
        };
        let (site, reply) = after(kind).await;
        assert_eq!((reply.status, reply.header("retry-after")), (status, "17"));
        assert!(reply.body["message"].is_string() && reply.body["documentation_url"].is_string());
        assert_eq!(
            site.ask("GET", "/repos/acme/app", Value::Null).await.status,
            200
        );
    }
}

#[tokio::test]
async fn an_exhausted_hour_can_be_played() {
    let (_, reply) = after(FaultKind::RateLimited).await;
    assert_eq!(
        (reply.status, reply.header("x-ratelimit-remaining")),
        (403, "0")
    );
}

#[tokio::test]
async fn a_lost_answer_has_done_its_deed() {
    let site = Site::new();
    site.branch("move", "README.md", "x\n");
    site.world.lock().unwrap().faults().push(Fault::once(
        "POST /repos/acme/app/pulls",
        FaultKind::LostAnswer,
    ));
    assert_eq!(site.propose("move").await.status, 502);
    assert_eq!(site.world.lock().unwrap().pulls(&app()).unwrap().len(), 1);
    assert_eq!(site.propose("move").await.status, 422);
}

#[tokio::test]
async fn a_refusing_status_has_not_done_the_deed() {
    let site = Site::new();
    site.branch("move", "README.md", "x\n");
    let fault = Fault::once(
        "POST",
        FaultKind::Status {
            status: 502,
            retry_after_seconds: None,
        },
    );
    site.world.lock().unwrap().faults().push(fault);
    assert_eq!(site.propose("move").await.status, 502);
    assert_eq!(site.world.lock().unwrap().pulls(&app()).unwrap().len(), 0);
}

#[tokio::test]
async fn garbage_is_no_json() {
    let (_, reply) = after(FaultKind::Garbage).await;
    assert_eq!((reply.status, reply.body), (200, json!("<html>unicorn")));
}

#[tokio::test]
async fn a_cut_answer_announces_more_than_it_sends() {
    let site = Site::new();
    site.world
        .lock()
        .unwrap()
        .faults()
        .push(Fault::always("/rate_limit", FaultKind::Cut));
    let request = Request::builder()
        .uri("/rate_limit")
        .body(Body::empty())
        .unwrap();
    let response = face::router(site.world.clone())
        .oneshot(request)
        .await
        .unwrap();
    assert!(
        response.headers()["content-length"]
            .to_str()
            .unwrap()
            .parse::<usize>()
            .unwrap()
            > 100
    );
    assert!(to_bytes(response.into_body(), usize::MAX).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_outlasts_every_patience_and_leaves_the_world_unlocked() {
    let site = Site::new();
    site.world
        .lock()
        .unwrap()
        .faults()
        .push(Fault::once("/repos/acme/app", FaultKind::Hang));
    let asked = site.ask("GET", "/repos/acme/app", Value::Null);
    assert!(
        tokio::time::timeout(Duration::from_secs(3_600), asked)
            .await
            .is_err()
    );
    assert_eq!(
        site.ask("GET", "/repos/acme/app", Value::Null).await.status,
        200
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_takes_its_time() {
    let begun = tokio::time::Instant::now();
    let (_, reply) = after(FaultKind::Slow(Duration::from_secs(30))).await;
    assert_eq!((reply.status, begun.elapsed().as_secs()), (200, 30));
}

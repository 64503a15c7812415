//! A GitHub that hangs, cuts, fails and refuses.

use std::time::Duration;

use axum::{body::Body, response::Response};
use futures::stream;
use tokio::time::Instant;

use super::fake::{Fake, REPOSITORY, TOKEN, acme, answer, at};
use crate::{
    domain::Seconds,
    github::{Client, Credentials, Error, MemoryCache, Retry, Settings, Wrote},
};

#[tokio::test(start_paused = true)]
async fn a_silent_server_costs_the_time_limit_and_no_more() {
    let fake = Fake::acting(|_| std::future::pending());
    let (client, started) = (fake.client(), Instant::now());
    let read = client.repository(&acme()).await.unwrap_err();
    let write = client.comment(&acme(), 1, "hello").await.unwrap_err();
    assert!(
        matches!(
            read,
            Error::Timeout {
                after: Seconds(20),
                wrote: Wrote::No,
                ..
            }
        ),
        "{read}"
    );
    assert_eq!(write.wrote(), Wrote::Maybe);
    assert_eq!(started.elapsed().as_secs(), 40);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_a_silent_server() {
    let fake = Fake::answering(|_| {
        Response::new(Body::from_stream(stream::pending::<
            Result<String, std::io::Error>,
        >()))
    });
    let error = fake.client().repository(&acme()).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
}

fn cut() -> Response {
    let parts = [
        Ok(REPOSITORY[..20].to_owned()),
        Err(std::io::Error::other("reset")),
    ];
    let mut response = Response::new(Body::from_stream(stream::iter(parts)));
    response
        .headers_mut()
        .insert("etag", "\"half\"".parse().unwrap());
    response
}

#[tokio::test]
async fn a_cut_answer_is_no_answer_and_is_not_remembered() {
    let fake = Fake::answering(|_| cut());
    let client = fake.client();
    for _ in 0..2 {
        let error = client.repository(&acme()).await.unwrap_err();
        assert!(
            matches!(
                error,
                Error::Transport {
                    wrote: Wrote::No,
                    ..
                }
            ),
            "{error}"
        );
    }
    assert_eq!(fake.asked()[1].if_none_match, None);
    assert_eq!(
        client.comment(&acme(), 1, "x").await.unwrap_err().wrote(),
        Wrote::Maybe
    );
}

#[tokio::test]
async fn a_failing_server_is_asked_once_per_write_and_leaves_doubt() {
    for status in [500, 502, 503, 504] {
        let fake = Fake::answering(move |_| answer(status, &[("retry-after", "120")], "<html>"));
        let error = fake
            .client()
            .create_branch(&acme(), "b", "abc")
            .await
            .unwrap_err();
        assert_eq!((fake.count(), error.wrote()), (1, Wrote::Maybe));
        assert_eq!(error.retry(), Retry::After(Seconds(120)));
    }
}

#[tokio::test]
async fn an_answer_to_a_write_that_cannot_be_read_was_still_a_write() {
    let fake = Fake::answering(|_| answer(201, &[], "<html>"));
    let error = fake.client().close_pull(&acme(), 1, "").await.unwrap_err();
    assert_eq!(error.wrote(), Wrote::Yes, "{error}");
}

#[tokio::test]
async fn each_refusal_says_what_failed_and_whether_waiting_helps() {
    let refusals = [
        (401, "unauthorized"),
        (403, "missing_permission"),
        (404, "not_found"),
        (409, "conflict"),
        (422, "unprocessable"),
    ];
    for (status, name) in refusals {
        let fake = Fake::answering(move |_| {
            answer(
                status,
                &[("x-accepted-github-permissions", "workflows=write")],
                r#"{"message":"no"}"#,
            )
        });
        let error = fake.client().repository(&acme()).await.unwrap_err();
        assert_eq!(error.name(), name);
        assert!(
            error
                .to_string()
                .contains("read the repository acme/payments"),
            "{error}"
        );
        assert_eq!(error.retry() == Retry::Never, status != 409);
        assert_eq!(error.to_string().contains("workflows=write"), status == 403);
    }
}

#[tokio::test]
async fn a_request_that_is_given_up_leaves_no_trace_in_the_count() {
    let fake = Fake::acting(|_| std::future::pending());
    let mut settings = Settings::new(Credentials::Token(TOKEN.into()));
    settings.budget.concurrent_requests = 1;
    let client = fake.client_with(settings);
    for _ in 0..3 {
        let given_up =
            tokio::time::timeout(Duration::from_millis(5), client.repository(&acme())).await;
        assert!(given_up.is_err());
    }
    assert_eq!(fake.count(), 3, "each found the slot free again");
}

#[tokio::test]
async fn a_refused_connection_wrote_nothing() {
    let port = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let mut settings = Settings::new(Credentials::Token(TOKEN.into()));
    settings.api_url = format!("http://127.0.0.1:{port}");
    let client = Client::new(
        settings,
        std::sync::Arc::new(MemoryCache::default()),
        std::sync::Arc::new(|| at(0)),
    )
    .unwrap();
    let error = client.comment(&acme(), 1, "x").await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Transport {
                wrote: Wrote::No,
                ..
            }
        ),
        "{error}"
    );
}

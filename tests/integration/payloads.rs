//! Real webhook payloads, published by GitHub's community and reduced to the fields that are read (tests/webhooks), against
//! the reading of deliveries.

use std::collections::BTreeMap;

use cronwright::github::webhook::{Event, News};
use serde_json::Value;

const EXAMPLES: &str = include_str!("../webhooks/examples.json");

/// What each real payload of an event is news of.
fn news(event: &str) -> Vec<(Value, Option<News>)> {
    let examples: BTreeMap<String, Vec<Value>> = serde_json::from_str(EXAMPLES).unwrap();
    let known = Event::read(event).unwrap();
    let read = |body: &Value| match News::read(known, body.to_string().as_bytes()) {
        Ok(news) => news,
        Err(error) => panic!("{error}: {body}"),
    };
    let of_event = examples[event].iter();
    of_event.map(|body| (body.clone(), read(body))).collect()
}

#[test]
fn every_real_payload_of_every_event_is_read() {
    for event in [
        "ping",
        "workflow_run",
        "workflow_job",
        "push",
        "pull_request",
        "installation",
        "installation_repositories",
        "repository",
    ] {
        assert!(!news(event).is_empty(), "{event}");
    }
}

#[test]
fn real_runs_that_ended_are_news_of_their_workflow_whichever_server_tells_of_them() {
    for (body, news) in news("workflow_run") {
        let ended = matches!(news, Some(News::RunEnded(_)));
        assert_eq!(ended, body["action"] == "completed", "{body}");
    }
}

#[test]
fn real_pushes_that_touch_no_workflow_file_are_no_news() {
    for (body, news) in news("push") {
        assert_eq!(news, None, "{body}");
    }
}

#[test]
fn real_pull_requests_are_news_when_they_close_reopen_or_get_commits() {
    for (body, news) in news("pull_request") {
        let action = body["action"].as_str().unwrap();
        let expected = ["closed", "reopened", "synchronize"].contains(&action);
        assert_eq!(news.is_some(), expected, "{action}");
    }
}

#[test]
fn real_changes_of_repositories_are_news_and_a_transfer_names_the_owner_before() {
    let mut transferred = 0;
    for (body, news) in news("repository") {
        let Some(News::RepositoryChanged { former_owner, .. }) = news else {
            panic!("{body}");
        };
        assert_eq!(
            former_owner.is_some(),
            body["action"] == "transferred",
            "{body}"
        );
        transferred += usize::from(former_owner.is_some());
    }
    assert!(transferred > 0);
}

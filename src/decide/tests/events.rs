//! Events: for deeds and for turns, never for rest.

use super::support::{now, object, pull, round, seen, settled, wanted, why, with_pulls};
use crate::{
    api::Mode,
    decide::{
        Cause, Deed, Event, EventKind, Known, Object, Outcome, PullState, Retry, Seen, conclude,
        decide,
    },
};

fn reasons(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.reason.as_str()).collect()
}

#[test]
fn an_opened_pull_request_is_an_event_with_its_address() {
    let decision = decide(&object(Mode::PullRequest), &seen(), now());
    let opened = Deed::Opened {
        number: 9,
        url: "https://github.com/acme/payments/pull/9".to_owned(),
        digest: wanted(),
        at: now(),
        shortfall: Some("the label 'ci' could not be set".to_owned()),
    };
    let end = conclude(
        &object(Mode::PullRequest),
        &seen(),
        &decision,
        &[Outcome::Done(opened)],
        now(),
    );
    let event = &end.events[0];
    assert_eq!(
        (event.kind, event.reason.as_str()),
        (EventKind::Warning, "PullRequestOpened")
    );
    assert!(
        event.message.contains("pull/9") && event.message.contains("label"),
        "{}",
        event.message
    );
}

#[test]
fn nothing_done_is_no_event() {
    let decision = decide(&object(Mode::PullRequest), &seen(), now());
    let overtaken = [Outcome::Overtaken("moved".to_owned())];
    let end = conclude(
        &object(Mode::PullRequest),
        &seen(),
        &decision,
        &overtaken,
        now(),
    );
    assert!(end.events.is_empty(), "{:?}", end.events);
}

#[test]
fn a_failure_is_one_event_when_it_starts() {
    let blind = Seen {
        pulls: Known::Unknown(why(Cause::GitHubUnavailable, Retry::Backoff)),
        ..seen()
    };
    let first = round(&object(Mode::PullRequest), &blind);
    assert_eq!(reasons(&first.events), ["GitHubUnavailable"]);
    let second = Object {
        before: first.status,
        ..object(Mode::PullRequest)
    };
    assert!(round(&second, &blind).events.is_empty());
}

#[test]
fn a_stall_is_one_event_and_not_two() {
    let blind = Seen {
        pulls: Known::Unknown(why(Cause::PermissionMissing, Retry::Never)),
        ..seen()
    };
    assert_eq!(
        reasons(&round(&object(Mode::PullRequest), &blind).events),
        ["PermissionMissing"]
    );
}

#[test]
fn a_file_that_comes_in_sync_is_an_event_and_one_that_always_was_is_none() {
    let out = round(
        &object(Mode::PullRequest),
        &with_pulls([pull(7, PullState::Open, &wanted())]),
    );
    let merged = Object {
        before: out.status,
        ..object(Mode::PullRequest)
    };
    assert_eq!(reasons(&round(&merged, &settled()).events), ["InSync"]);
    assert!(
        round(&object(Mode::PullRequest), &settled())
            .events
            .is_empty()
    );
}

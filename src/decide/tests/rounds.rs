//! When to look again.

use super::support::{
    now, object, pull, round, seen, settled, told, wanted, why, wishing, with_pulls,
};
use crate::{
    api::{
        Mode,
        condition::{
            self,
            ConditionStatus::{False, True},
        },
    },
    decide::{Cause, Deed, Known, Object, Outcome, PullState, Retry, Seen, conclude, decide},
    domain::Seconds,
};

#[test]
fn a_quiet_round_looks_again_at_the_interval_a_busy_one_at_once_and_an_overtaken_one_soon() {
    let interval = Seconds::minutes(5);
    assert_eq!(
        round(&object(Mode::PullRequest), &settled()).again,
        interval
    );
    assert_eq!(
        round(
            &object(Mode::PullRequest),
            &Seen {
                line: Known::Known(None),
                ..seen()
            }
        )
        .again,
        Seconds(15)
    );
    let decision = decide(&object(Mode::PullRequest), &seen(), now());
    let overtaken = [Outcome::Overtaken("moved".to_owned())];
    assert_eq!(
        conclude(
            &object(Mode::PullRequest),
            &seen(),
            &decision,
            &overtaken,
            now()
        )
        .again,
        Seconds(15)
    );
    let done = [Outcome::Done(Deed::Updated {
        number: 7,
        digest: "a".to_owned(),
    })];
    assert_eq!(
        conclude(&object(Mode::PullRequest), &seen(), &decision, &done, now()).again,
        Seconds(2)
    );
}

#[test]
fn who_awaits_nothing_but_news_is_at_rest_and_nobody_else_is() {
    let (observes, proposes) = (object(Mode::Observe), object(Mode::PullRequest));
    let rests = |object: &Object, seen: &Seen| round(object, seen).at_rest;
    assert!(rests(&observes, &seen()) && rests(&proposes, &settled()));
    let declined = with_pulls([pull(7, PullState::Declined, &wanted())]);
    assert!(rests(&proposes, &declined), "a person's no stays");

    let open = with_pulls([pull(7, PullState::Open, &wanted())]);
    let unplanned = Seen {
        line: Known::Known(None),
        ..seen()
    };
    let unread = Seen {
        pulls: Known::Unknown(why(Cause::GitHubUnavailable, Retry::Backoff)),
        ..settled()
    };
    for busy in [seen(), open, unplanned, unread] {
        assert!(!rests(&proposes, &busy), "{busy:?}");
    }
    let weekly = wishing(|wish| wish.max_changes_per_week = 0);
    assert!(!rests(&weekly, &seen()), "it waits for its week");
    let elder = Object {
        elder: Some("ci/older".to_owned()),
        ..observes
    };
    assert!(!rests(&elder, &settled()), "it has not looked");
}

#[test]
fn a_limit_is_waited_out_to_the_instant_and_a_fault_with_backoff() {
    let without = |retry| Seen {
        file: Known::Unknown(why(Cause::RateLimited, retry)),
        ..seen()
    };
    let reset = now() + chrono::TimeDelta::minutes(40);
    assert_eq!(
        round(&object(Mode::PullRequest), &without(Retry::At(reset))).again,
        Seconds(2_401)
    );
    let first = round(&object(Mode::PullRequest), &without(Retry::Backoff));
    assert!(first.again <= Seconds(6));
    let tenth = Object {
        before: first.status,
        ..object(Mode::PullRequest)
    };
    assert!(round(&tenth, &without(Retry::Backoff)).again > first.again);
    assert_eq!(
        round(&object(Mode::PullRequest), &without(Retry::Never)).again,
        Seconds::minutes(5)
    );
}

#[test]
fn failures_are_counted_in_a_row_and_forgotten_after_a_success() {
    let blind = Seen {
        file: Known::Unknown(why(Cause::GitHubUnavailable, Retry::Backoff)),
        ..seen()
    };
    let mut object = object(Mode::PullRequest);
    for expected in 1..4 {
        object.before = round(&object, &blind).status;
        assert_eq!(object.before.failures, Some(expected));
    }
    assert_eq!(round(&object, &settled()).status.failures, None);
}

#[test]
fn a_farewell_that_waits_says_for_what_and_retries_soon() {
    let mut going = object(Mode::PullRequest);
    going.deleting = true;
    let blind = Seen {
        pulls: Known::Unknown(why(Cause::GitHubUnavailable, Retry::Backoff)),
        ..seen()
    };
    let end = round(&going, &blind);
    assert_eq!(told(&end, condition::READY), Some((False, "Deleting")));
    assert!(end.finalizer && end.again <= Seconds(6));
}

#[test]
fn an_object_with_an_elder_does_nothing_outside_and_says_whose_the_workflow_is() {
    let mut object = object(Mode::PullRequest);
    object.elder = Some("ci/older".to_owned());
    let open = with_pulls([pull(7, PullState::Open, "0ther")]);
    for deleting in [false, true] {
        object.deleting = deleting;
        let decision = decide(&object, &open, now());
        assert!(decision.effects.is_empty(), "{:?}", decision.effects);
        assert_eq!(decision.finalizer, !deleting);
    }
    object.deleting = false;
    let end = round(&object, &open);
    assert_eq!(told(&end, condition::STALLED), Some((True, "Duplicate")));
    assert_eq!(told(&end, condition::READY), Some((False, "Duplicate")));
    assert_eq!(end.status.failures, None);
    assert_eq!(end.again, Seconds::minutes(5));
    let message = &condition::find(&end.status.conditions, condition::STALLED)
        .unwrap()
        .message;
    assert!(message.starts_with("ci/older is older"), "{message}");
}

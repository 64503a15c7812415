//! What status tells, and when to look again.

use super::support::{
    line, now, object, pull, round, seen, settled, told, wanted, why, wishing, with_pulls,
};
use crate::{
    api::{
        Mode,
        condition::{
            self,
            ConditionStatus::{False, True, Unknown},
        },
    },
    decide::{
        Cause, Deed, FileSeen, Known, Object, Outcome, Problem, PullState, Retry, Seen, conclude,
        decide,
    },
    plan::Violation,
};

#[test]
fn the_same_facts_give_the_same_status_to_the_byte() {
    let looks = [
        seen(),
        settled(),
        with_pulls([pull(7, PullState::Open, &wanted())]),
        with_pulls([pull(7, PullState::Merged, "another")]),
        Seen {
            line: Known::Known(None),
            ..seen()
        },
        Seen {
            file: Known::Known(FileSeen::Missing),
            ..seen()
        },
    ];
    for look in looks {
        let first = object(Mode::PullRequest);
        let before = round(&first, &look).status;
        let second = Object {
            before: before.clone(),
            ..first
        };
        let later = now() + chrono::TimeDelta::hours(1);
        let after = conclude(&second, &look, &decide(&second, &look, later), &[], later);
        assert_eq!(after.status, before);
        assert!(after.events.is_empty(), "{:?}", after.events);
    }
}

#[test]
fn a_condition_keeps_its_transition_until_its_status_changes() {
    let first = round(&object(Mode::PullRequest), &seen());
    let second = Object {
        before: first.status,
        ..object(Mode::PullRequest)
    };
    let later = now() + chrono::TimeDelta::hours(1);
    let end = conclude(
        &second,
        &settled(),
        &decide(&second, &settled(), later),
        &[],
        later,
    );
    let at = |kind| {
        condition::find(&end.status.conditions, kind)
            .unwrap()
            .last_transition_time
    };
    assert_eq!(at(condition::READY), now());
    assert_eq!(at(condition::IN_SYNC), later);
}

#[test]
fn an_observed_workflow_is_ready_and_neither_reconciling_nor_stalled() {
    let end = round(&object(Mode::PullRequest), &settled());
    assert_eq!(told(&end, condition::READY), Some((True, "Observed")));
    assert_eq!(told(&end, condition::IN_SYNC), Some((True, "AsWished")));
    assert_eq!(told(&end, condition::RECONCILING), None);
    assert_eq!(told(&end, condition::STALLED), None);
}

#[test]
fn in_sync_says_what_is_in_the_way() {
    let cases = [
        (
            with_pulls([pull(7, PullState::Open, &wanted())]),
            "PullRequestOpen",
        ),
        (
            with_pulls([pull(7, PullState::Declined, &wanted())]),
            "Declined",
        ),
        (
            with_pulls([pull(7, PullState::Merged, &wanted())]),
            "Reverted",
        ),
        (
            with_pulls([pull(7, PullState::Merged, "another")]),
            "Postponed",
        ),
        (seen(), "Proposed"),
    ];
    for (look, reason) in cases {
        assert_eq!(
            told(
                &round(&object(Mode::PullRequest), &look),
                condition::IN_SYNC
            ),
            Some((False, reason))
        );
    }
    assert_eq!(
        told(
            &round(&object(Mode::Recommend), &seen()),
            condition::IN_SYNC
        ),
        Some((False, "Recommended"))
    );
    assert_eq!(
        told(&round(&object(Mode::Observe), &seen()), condition::IN_SYNC),
        Some((Unknown, "Observing"))
    );
}

#[test]
fn an_intent_that_cannot_hold_is_not_called_in_sync() {
    let mut line = line("17 2 * * *", "17 2 * * *");
    line.violations = vec![Violation::Window];
    let end = round(
        &object(Mode::PullRequest),
        &Seen {
            line: Known::Known(Some(line)),
            ..settled()
        },
    );
    assert_eq!(
        told(&end, condition::IN_SYNC),
        Some((False, "IntentNotMet"))
    );
}

#[test]
fn a_bad_spec_is_stalled_and_names_the_field() {
    let mut broken = object(Mode::PullRequest);
    broken.wish = Err(Problem {
        field: "timing.cron[0]".to_owned(),
        message: "minute 61".to_owned(),
    });
    let end = round(&broken, &seen());
    assert_eq!(told(&end, condition::READY), Some((False, "InvalidSpec")));
    assert_eq!(told(&end, condition::STALLED), Some((True, "InvalidSpec")));
    assert_eq!(told(&end, condition::RECONCILING), None);
    let message = &condition::find(&end.status.conditions, condition::STALLED)
        .unwrap()
        .message;
    assert_eq!(message, "spec.timing.cron[0]: minute 61");
}

#[test]
fn what_waiting_cannot_mend_is_stalled_and_what_it_can_is_reconciling() {
    let without = |retry| Seen {
        pulls: Known::Unknown(why(Cause::PermissionMissing, retry)),
        ..seen()
    };
    let never = round(&object(Mode::PullRequest), &without(Retry::Never));
    assert_eq!(
        told(&never, condition::STALLED),
        Some((True, "PermissionMissing"))
    );
    assert_eq!(told(&never, condition::RECONCILING), None);
    let backoff = round(&object(Mode::PullRequest), &without(Retry::Backoff));
    assert_eq!(told(&backoff, condition::STALLED), None);
    assert_eq!(
        told(&backoff, condition::RECONCILING),
        Some((True, "Retrying"))
    );
    assert_eq!(
        told(&backoff, condition::READY),
        Some((False, "PermissionMissing"))
    );
}

#[test]
fn a_failed_effect_is_told_like_a_failed_look() {
    let decision = decide(&object(Mode::PullRequest), &seen(), now());
    let outcome = Outcome::Failed(why(Cause::GitHubUnavailable, Retry::Backoff));
    let end = conclude(
        &object(Mode::PullRequest),
        &seen(),
        &decision,
        &[outcome],
        now(),
    );
    assert_eq!(
        told(&end, condition::READY),
        Some((False, "GitHubUnavailable"))
    );
    assert_eq!(end.status.failures, Some(1));
    assert_eq!(end.status.pull_request, None);
}

#[test]
fn a_missing_workflow_is_stalled_and_no_longer_called_in_sync() {
    let before = round(&object(Mode::PullRequest), &settled()).status;
    let gone = Seen {
        file: Known::Known(FileSeen::Missing),
        ..settled()
    };
    let end = round(
        &Object {
            before,
            ..object(Mode::PullRequest)
        },
        &gone,
    );
    assert_eq!(
        told(&end, condition::STALLED),
        Some((True, "WorkflowMissing"))
    );
    assert_eq!(
        told(&end, condition::IN_SYNC),
        Some((Unknown, "WorkflowMissing"))
    );
}

#[test]
fn a_suspended_object_keeps_what_was_said_of_its_workflow() {
    let before = round(&object(Mode::PullRequest), &settled()).status;
    let mut suspended = wishing(|wish| wish.suspend = true);
    suspended.before = before.clone();
    let end = round(&suspended, &seen());
    assert_eq!(told(&end, condition::READY), Some((False, "Suspended")));
    for kind in [
        condition::FORECAST,
        condition::IN_SYNC,
        condition::ON_TIME,
        condition::ACCURATE,
        condition::ANOMALOUS,
    ] {
        assert_eq!(
            condition::find(&end.status.conditions, kind),
            condition::find(&before.conditions, kind)
        );
    }
    assert_eq!(end.status.current, before.current);
}

#[test]
fn what_is_not_known_keeps_its_last_value() {
    let before = round(
        &object(Mode::PullRequest),
        &with_pulls([pull(7, PullState::Open, &wanted())]),
    )
    .status;
    let unknown = || why(Cause::GitHubUnavailable, Retry::Backoff);
    let blind = Seen {
        repository: Known::Unknown(unknown()),
        file: Known::Unknown(unknown()),
        learned: Known::Unknown(unknown()),
        line: Known::Unknown(unknown()),
        pulls: Known::Unknown(unknown()),
    };
    let end = round(
        &Object {
            before: before.clone(),
            ..object(Mode::PullRequest)
        },
        &blind,
    );
    assert_eq!(end.status.current_cron, before.current_cron);
    assert_eq!(end.status.recommendation, before.recommendation);
    assert_eq!(end.status.pull_request, before.pull_request);
    assert_eq!(
        told(&end, condition::IN_SYNC),
        Some((Unknown, "GitHubUnavailable"))
    );
}

#[test]
fn status_follows_deeds_and_claims_none_in_advance() {
    let decision = decide(&object(Mode::PullRequest), &seen(), now());
    let end = |outcome| {
        conclude(
            &object(Mode::PullRequest),
            &seen(),
            &decision,
            &[outcome],
            now(),
        )
        .status
        .pull_request
    };
    assert_eq!(end(Outcome::Overtaken("one is open".to_owned())), None);
    let opened = Deed::Opened {
        number: 9,
        url: "u".to_owned(),
        digest: wanted(),
        at: now(),
        shortfall: None,
    };
    assert_eq!(end(Outcome::Done(opened)).unwrap().label, "#9 open");
}

#[test]
fn a_closed_duplicate_leaves_the_kept_one_in_status() {
    let look = with_pulls([
        pull(7, PullState::Open, &wanted()),
        pull(8, PullState::Open, &wanted()),
    ]);
    let decision = decide(&object(Mode::PullRequest), &look, now());
    let closed = Deed::Closed {
        number: 8,
        reason: crate::decide::effect::CloseReason::Duplicate,
    };
    let end = conclude(
        &object(Mode::PullRequest),
        &look,
        &decision,
        &[Outcome::Done(closed)],
        now(),
    );
    assert_eq!(end.status.pull_request.unwrap().label, "#7 open");
}

#[test]
fn the_served_request_and_generation_are_told() {
    let asked = Object {
        requested_at: Some("now".to_owned()),
        ..object(Mode::PullRequest)
    };
    let status = round(&asked, &seen()).status;
    assert_eq!(status.last_handled_reconcile_at.as_deref(), Some("now"));
    assert_eq!(status.observed_generation, Some(3));
}

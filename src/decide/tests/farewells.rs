//! What holds an object back that is suspended, broken or being deleted, and how it takes leave of its pull request.

use super::support::{now, object, pull, seen, wanted, why, wishing, with_pulls};
use crate::{
    api::Mode,
    decide::{
        Cause, Effect, Known, Outcome, PullState, Retry, Seen, conclude, decide,
        effect::CloseReason,
    },
};

#[test]
fn a_suspended_object_has_no_effects_and_keeps_its_finalizer() {
    let object = wishing(|wish| wish.suspend = true);
    let decision = decide(
        &object,
        &with_pulls([pull(7, PullState::Open, "older")]),
        now(),
    );
    assert!(decision.effects.is_empty());
    assert!(decision.finalizer);
}

#[test]
fn a_finalizer_is_asked_for_before_the_first_pull_request_and_stays_until_the_farewell() {
    let mut fresh = object(Mode::PullRequest);
    fresh.finalizer = false;
    assert!(decide(&fresh, &seen(), now()).finalizer);
    assert!(decide(&object(Mode::Recommend), &seen(), now()).finalizer);
    let mut quiet = object(Mode::Recommend);
    quiet.finalizer = false;
    assert!(!decide(&quiet, &seen(), now()).finalizer);
}

#[test]
fn a_deleted_object_closes_its_pull_request_first_and_leaves_a_persons_alone() {
    let mut going = object(Mode::PullRequest);
    going.deleting = true;
    let mut theirs = pull(8, PullState::Open, "x");
    theirs.touched = true;
    let decision = decide(
        &going,
        &with_pulls([pull(7, PullState::Open, &wanted()), theirs.clone()]),
        now(),
    );
    assert!(matches!(
        decision.effects.as_slice(),
        [Effect::ClosePull {
            number: 7,
            reason: CloseReason::ObjectDeleted,
            ..
        }]
    ));
    assert!(decision.finalizer);
    assert!(!decide(&going, &with_pulls([theirs]), now()).finalizer);
}

#[test]
fn a_farewell_waits_for_what_passes_and_not_for_a_connection_that_is_gone() {
    let mut going = object(Mode::PullRequest);
    going.deleting = true;
    let without = |cause| Seen {
        pulls: Known::Unknown(why(cause, Retry::Backoff)),
        ..seen()
    };
    for cause in [
        Cause::RateLimited,
        Cause::GitHubUnavailable,
        Cause::StoreUnavailable,
        Cause::NotYetSeen,
    ] {
        let decision = decide(&going, &without(cause), now());
        assert!(
            decision.finalizer && decision.effects.is_empty(),
            "{cause:?}"
        );
    }
    for cause in [
        Cause::ConnectionNotReady,
        Cause::CredentialsRefused,
        Cause::PermissionMissing,
        Cause::NotFound,
    ] {
        assert!(
            !decide(&going, &without(cause), now()).finalizer,
            "{cause:?}"
        );
    }
}

#[test]
fn a_farewell_that_is_refused_for_good_lets_the_object_go() {
    let mut going = object(Mode::PullRequest);
    going.deleting = true;
    let seen = with_pulls([pull(7, PullState::Open, &wanted())]);
    let decision = decide(&going, &seen, now());
    let end = |cause| {
        conclude(
            &going,
            &seen,
            &decision,
            &[Outcome::Failed(why(cause, Retry::Backoff))],
            now(),
        )
        .finalizer
    };
    assert!(!end(Cause::RequestRefused));
    assert!(end(Cause::GitHubUnavailable));
}

#[test]
fn an_invalid_spec_has_no_effects_and_can_be_deleted() {
    let mut broken = object(Mode::PullRequest);
    broken.wish = Err(crate::decide::Problem {
        field: "repository".to_owned(),
        message: "bad".to_owned(),
    });
    let decision = decide(
        &broken,
        &with_pulls([pull(7, PullState::Open, "older")]),
        now(),
    );
    assert!(decision.effects.is_empty() && decision.finalizer);
    broken.deleting = true;
    assert!(!decide(&broken, &seen(), now()).finalizer);
}

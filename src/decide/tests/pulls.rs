//! The pull request: at most one, never against a person's word.

use super::support::{kinds, now, object, pull, seen, settled, wanted, wishing, with_pulls};
use crate::{
    api::Mode,
    decide::{
        Effect, Known, PullSeen, PullState, Seen, decide, effect::CloseReason, pull::PullStanding,
    },
};

fn acts(seen: &Seen) -> Vec<&'static str> {
    kinds(&decide(&object(Mode::PullRequest), seen, now()))
}

#[test]
fn a_wanted_change_is_proposed() {
    assert_eq!(acts(&seen()), ["open"]);
}

#[test]
fn a_change_whose_pull_request_is_open_waits() {
    assert!(acts(&with_pulls([pull(7, PullState::Open, &wanted())])).is_empty());
}

#[test]
fn a_declined_plan_is_not_proposed_again() {
    let seen = with_pulls([pull(7, PullState::Declined, &wanted())]);
    let decision = decide(&object(Mode::PullRequest), &seen, now());
    assert!(decision.effects.is_empty());
    assert!(matches!(decision.pull, PullStanding::Declined(pull) if pull.number == 7));
}

#[test]
fn a_plan_that_was_merged_and_taken_back_is_not_proposed_again() {
    let decision = decide(
        &object(Mode::PullRequest),
        &with_pulls([pull(7, PullState::Merged, &wanted())]),
        now(),
    );
    assert!(decision.effects.is_empty());
    assert!(matches!(decision.pull, PullStanding::Reverted(_)));
}

#[test]
fn a_plan_that_we_withdrew_is_proposed_again_when_it_is_wished_for_again() {
    let mut withdrawn = pull(7, PullState::Withdrawn, &wanted());
    withdrawn.created_at = now() - chrono::TimeDelta::days(8);
    assert_eq!(acts(&with_pulls([withdrawn])), ["open"]);
}

#[test]
fn a_no_to_another_plan_is_no_answer_to_this_one() {
    let decline = pull(7, PullState::Declined, "another");
    let object = wishing(|wish| wish.max_changes_per_week = 2);
    assert_eq!(
        kinds(&decide(&object, &with_pulls([decline]), now())),
        ["open"]
    );
}

#[test]
fn a_pull_request_with_an_older_change_is_updated_in_place_at_the_commit_that_was_seen() {
    let decision = decide(
        &object(Mode::PullRequest),
        &with_pulls([pull(7, PullState::Open, "older")]),
        now(),
    );
    let [
        Effect::UpdatePull {
            number: 7,
            branch,
            proposal,
            precondition,
        },
    ] = decision.effects.as_slice()
    else {
        panic!("{:?}", decision.effects)
    };
    assert_eq!(branch, "cronwright/nightly-yml-older");
    assert_eq!(proposal.digest.short(), wanted());
    assert_eq!(
        *precondition,
        crate::decide::Precondition::OpenAndUntouched {
            head_sha: "sha-7".to_owned()
        }
    );
}

#[test]
fn a_pull_request_whose_text_speaks_of_another_change_is_brought_to_one() {
    assert_eq!(
        acts(&with_pulls([pull(7, PullState::Open, "")])),
        ["update"]
    );
}

#[test]
fn an_open_pull_request_is_closed_rather_than_given_a_change_that_was_declined() {
    let pulls = [
        pull(6, PullState::Declined, &wanted()),
        pull(7, PullState::Open, "older"),
    ];
    assert_eq!(acts(&with_pulls(pulls)), ["close"]);
}

#[test]
fn a_pull_request_that_a_person_pushed_to_is_left_alone() {
    for digest in [wanted().as_str(), "older", ""] {
        let mut touched = pull(7, PullState::Open, digest);
        touched.touched = true;
        for seen in [
            with_pulls([touched.clone()]),
            Seen {
                pulls: Known::Known(vec![touched.clone()]),
                ..settled()
            },
        ] {
            for mode in [Mode::Observe, Mode::Recommend, Mode::PullRequest] {
                let decision = decide(&object(mode), &seen, now());
                assert!(decision.effects.is_empty(), "{digest} {mode:?}");
                assert!(matches!(decision.pull, PullStanding::LeftAlone(_)));
            }
        }
    }
}

/// A pull request that an object of another namespace opened.
fn foreign(number: u64, digest: &str) -> PullSeen {
    PullSeen {
        object: Some("team-b/nightly".to_owned()),
        ..pull(number, PullState::Open, digest)
    }
}

#[test]
fn a_pull_request_of_an_object_in_another_namespace_is_left_alone_and_no_second_one_opened() {
    for digest in [wanted().as_str(), "older", ""] {
        let wished = with_pulls([foreign(7, digest)]);
        let aligned = Seen {
            pulls: wished.pulls.clone(),
            ..settled()
        };
        for seen in [wished, aligned] {
            for mode in [Mode::Observe, Mode::Recommend, Mode::PullRequest] {
                let mut object = object(mode);
                let decision = decide(&object, &seen, now());
                assert!(decision.effects.is_empty(), "{digest} {mode:?}");
                assert!(matches!(decision.pull, PullStanding::AnotherObject(_)));
                (object.deleting, object.finalizer) = (true, true);
                let farewell = decide(&object, &seen, now());
                assert!(farewell.effects.is_empty() && !farewell.finalizer);
            }
        }
    }
}

#[test]
fn a_pull_request_of_an_object_with_another_name_in_this_namespace_is_tended() {
    let mut theirs = foreign(7, "older");
    theirs.object = Some(object(Mode::PullRequest).identity.replace('/', "/former-"));
    assert_eq!(acts(&with_pulls([theirs])), ["update"]);
}

#[test]
fn beside_an_older_one_of_another_namespace_ours_is_closed_and_never_theirs() {
    let both = |ours, theirs| {
        let ours = pull(ours, PullState::Open, &wanted());
        with_pulls([ours, foreign(theirs, "older")])
    };
    assert_eq!(acts(&both(8, 7)), ["close"]);
    assert!(acts(&both(7, 8)).is_empty());
}

#[test]
fn of_two_open_ones_the_older_stays() {
    let decision = decide(
        &object(Mode::PullRequest),
        &with_pulls([
            pull(8, PullState::Open, &wanted()),
            pull(7, PullState::Open, &wanted()),
        ]),
        now(),
    );
    assert!(matches!(
        decision.effects.as_slice(),
        [Effect::ClosePull {
            number: 8,
            reason: CloseReason::Duplicate,
            ..
        }]
    ));
}

#[test]
fn of_two_open_ones_the_one_that_a_person_pushed_to_stays() {
    let mut theirs = pull(8, PullState::Open, &wanted());
    theirs.touched = true;
    let decision = decide(
        &object(Mode::PullRequest),
        &with_pulls([pull(7, PullState::Open, &wanted()), theirs]),
        now(),
    );
    assert!(matches!(
        decision.effects.as_slice(),
        [Effect::ClosePull { number: 7, .. }]
    ));
}

#[test]
fn modes_below_pull_request_withdraw_an_open_one_and_open_none() {
    for mode in [Mode::Recommend, Mode::Observe] {
        let open = with_pulls([pull(7, PullState::Open, &wanted())]);
        assert_eq!(kinds(&decide(&object(mode), &open, now())), ["close"]);
        assert!(decide(&object(mode), &seen(), now()).effects.is_empty());
    }
}

#[test]
fn a_pull_request_for_what_the_file_already_has_is_closed() {
    let seen = Seen {
        pulls: Known::Known(vec![pull(7, PullState::Open, &wanted())]),
        ..settled()
    };
    assert!(matches!(
        decide(&object(Mode::PullRequest), &seen, now())
            .effects
            .as_slice(),
        [Effect::ClosePull {
            reason: CloseReason::Moot,
            ..
        }]
    ));
}

#[test]
fn a_weekly_limit_postpones_until_the_oldest_of_the_week_is_a_week_old() {
    let decision = decide(
        &object(Mode::PullRequest),
        &with_pulls([pull(7, PullState::Merged, "another")]),
        now(),
    );
    assert!(decision.effects.is_empty());
    assert_eq!(
        decision.pull,
        PullStanding::Postponed(Some(now() + chrono::TimeDelta::days(6)))
    );
}

#[test]
fn pull_requests_older_than_a_week_do_not_count_and_withdrawn_ones_do() {
    let mut old = pull(6, PullState::Merged, "another");
    old.created_at = now() - chrono::TimeDelta::days(7);
    assert_eq!(acts(&with_pulls([old.clone()])), ["open"]);
    let withdrawn = pull(7, PullState::Withdrawn, "third");
    assert!(acts(&with_pulls([old, withdrawn])).is_empty());
}

#[test]
fn a_limit_of_none_opens_none_and_says_the_same_in_every_round() {
    let object = wishing(|wish| wish.max_changes_per_week = 0);
    assert_eq!(
        decide(&object, &seen(), now()).pull,
        PullStanding::Postponed(None)
    );
    let later = now() + chrono::TimeDelta::hours(1);
    assert_eq!(
        decide(&object, &seen(), now()),
        decide(&object, &seen(), later)
    );
}

#[test]
fn branches_of_workflows_with_alike_names_are_apart() {
    use crate::{decide::effect::branch_prefix, domain::WorkflowId};
    let id = |file: &str| WorkflowId {
        repository: "acme/payments".parse().unwrap(),
        file: file.parse().unwrap(),
    };
    let prefixes: std::collections::BTreeSet<_> =
        ["a.yml", "a.yaml", "a-yml.yml", "a b.yml", "a~b.yml"]
            .iter()
            .map(|file| branch_prefix(&id(file)))
            .collect();
    assert_eq!(prefixes.len(), 5);
    assert!(prefixes.iter().all(|name| {
        name.chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "/-_".contains(letter))
    }));
}

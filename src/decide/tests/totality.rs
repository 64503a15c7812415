//! Whatever was seen, there is a decision and a status; and nothing rests on what is not known.

use proptest::prelude::*;

use super::support::{FILE, file, line, now, object, pull, schedule, wanted, why};
use crate::{
    api::Mode,
    decide::{
        Cause, Deed, FileSeen, Known, Learned, Object, Outcome, Problem, PullSeen, PullState,
        RepositorySeen, Retry, Seen, conclude, decide, effect::CloseReason,
    },
    domain::Timestamp,
    plan::{Action, Line, Reason, Violation},
};

fn causes() -> impl Strategy<Value = Cause> {
    prop::sample::select(vec![
        Cause::ConnectionNotReady,
        Cause::CredentialsRefused,
        Cause::PermissionMissing,
        Cause::NotFound,
        Cause::RateLimited,
        Cause::GitHubUnavailable,
        Cause::RequestRefused,
        Cause::StoreUnavailable,
        Cause::NotYetSeen,
    ])
}

fn instants() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        Just(Timestamp::MIN_UTC),
        Just(Timestamp::MAX_UTC),
        (-10_i64..10).prop_map(|days| now() + chrono::TimeDelta::days(days)),
    ]
}

fn known<T: std::fmt::Debug + Clone>(
    fact: impl Strategy<Value = T>,
) -> impl Strategy<Value = Known<T>> {
    let retry = prop_oneof![
        Just(Retry::Never),
        Just(Retry::Backoff),
        instants().prop_map(Retry::At)
    ];
    let unknown = (causes(), retry).prop_map(|(cause, retry)| Known::Unknown(why(cause, retry)));
    prop_oneof![3 => fact.prop_map(Known::Known), 1 => unknown]
}

fn files() -> impl Strategy<Value = FileSeen> {
    let texts = [
        FILE,
        "on: push\n",
        "on: [",
        "",
        "# DO NOT EDIT\non:\n  schedule:\n    - cron: '17 2 * * *'\n",
    ];
    prop_oneof![
        Just(FileSeen::Missing),
        prop::sample::select(texts.to_vec()).prop_map(file),
        // Bytes and schedules that do not belong together.
        prop::sample::select(texts.to_vec()).prop_map(|text| match file(text) {
            FileSeen::Found {
                blob, bytes, state, ..
            } => {
                FileSeen::Found {
                    blob,
                    bytes,
                    state,
                    schedules: Ok(vec![schedule("0 0 * * *")]),
                }
            }
            FileSeen::Missing => FileSeen::Missing,
        }),
    ]
}

fn lines() -> impl Strategy<Value = Line> {
    let crons = || prop::sample::select(vec!["0 0 * * *", "17 2 * * *", "41 3 * * *"]);
    let actions = prop::sample::select(vec![
        Action::Apply,
        Action::Review,
        Action::NeedsData,
        Action::None,
    ]);
    let reasons = prop::sample::select(vec![
        Reason::Pinned,
        Reason::AsPinned,
        Reason::NotMovable,
        Reason::NoConflict,
    ]);
    let violations = prop::sample::select(vec![
        Vec::new(),
        vec![Violation::Window],
        vec![Violation::PinnedTooOften],
    ]);
    (
        crons(),
        crons(),
        actions,
        reasons,
        violations,
        any::<bool>(),
    )
        .prop_map(|(from, to, action, reason, violations, stray)| {
            let mut line = line(from, to);
            (line.action, line.reasons, line.violations) = (action, vec![reason], violations);
            if stray {
                line.moves.iter_mut().for_each(|moved| moved.index = 99);
            }
            line
        })
}

fn pulls() -> impl Strategy<Value = PullSeen> {
    let states = vec![
        PullState::Open,
        PullState::Merged,
        PullState::Declined,
        PullState::Withdrawn,
    ];
    let digests = vec![wanted(), "older".to_owned(), String::new()];
    let numbers = prop_oneof![1_u64..4, Just(u64::MAX)];
    (
        numbers,
        prop::sample::select(states),
        prop::sample::select(digests),
        any::<bool>(),
        instants(),
    )
        .prop_map(|(number, state, digest, touched, created_at)| PullSeen {
            touched,
            created_at,
            ..pull(number, state, &digest)
        })
}

fn looks() -> impl Strategy<Value = Seen> {
    let repository = any::<bool>().prop_map(|archived| RepositorySeen {
        default_branch: "main".to_owned(),
        archived,
    });
    (
        known(repository),
        known(files()),
        known(Just(Learned::default())),
        known(prop::option::of(lines())),
        known(prop::collection::vec(pulls(), 0..4)),
    )
        .prop_map(|(repository, file, learned, line, pulls)| Seen {
            repository,
            file,
            learned,
            line,
            pulls,
        })
}

fn objects() -> impl Strategy<Value = Object> {
    let modes = prop::sample::select(vec![Mode::Observe, Mode::Recommend, Mode::PullRequest]);
    (
        modes,
        any::<[bool; 4]>(),
        0_u32..3,
        prop::option::of(any::<u32>()),
    )
        .prop_map(|(mode, flags, most, failures)| {
            let mut object = object(mode);
            let wish = object.wish.as_mut().unwrap();
            (wish.suspend, wish.max_changes_per_week) = (flags[0], most);
            (object.deleting, object.finalizer, object.before.failures) =
                (flags[1], flags[2], failures);
            if flags[3] && flags[0] {
                object.wish = Err(Problem {
                    field: "repository".to_owned(),
                    message: "bad".to_owned(),
                });
            }
            object
        })
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    let reasons = prop::sample::select(vec![
        CloseReason::Moot,
        CloseReason::ObjectDeleted,
        CloseReason::Duplicate,
    ]);
    prop_oneof![
        reasons.prop_map(|reason| Outcome::Done(Deed::Closed {
            number: u64::MAX,
            reason
        })),
        Just(Outcome::Done(Deed::Updated {
            number: 1,
            digest: "d".to_owned()
        })),
        Just(Outcome::Overtaken("moved".to_owned())),
        causes().prop_map(|cause| Outcome::Failed(why(cause, Retry::Backoff))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_look_has_a_decision_and_a_status(
        object in objects(), seen in looks(), now in instants(), outcomes in prop::collection::vec(outcomes(), 0..3),
    ) {
        let decision = decide(&object, &seen, now);
        let end = conclude(&object, &seen, &decision, &outcomes, now);
        let count = |kind: &str| end.status.conditions.iter().filter(|found| found.kind == kind).count();
        prop_assert_eq!(count("Ready"), 1);
        prop_assert!(count("Reconciling") + count("Stalled") <= 1);
        prop_assert!(end.status.conditions.iter().all(|found| !found.reason.is_empty() && !found.message.is_empty()));
        prop_assert_eq!(decide(&object, &seen, now), decision);
    }

    #[test]
    fn nothing_rests_on_what_is_not_known(object in objects(), seen in looks()) {
        let decision = decide(&object, &seen, now());
        if seen.pulls.known().is_none() {
            prop_assert!(decision.effects.is_empty());
        }
        let blind = [seen.repository.why(), seen.file.why()].iter().any(Option::is_some);
        if blind && !object.deleting {
            let only_duplicates = decision.effects.iter().all(|effect| {
                matches!(effect, crate::decide::Effect::ClosePull { reason: CloseReason::Duplicate, .. })
            });
            prop_assert!(only_duplicates, "{:?}", decision.effects);
        }
        if object.wish.as_ref().is_ok_and(|wish| wish.suspend) && !object.deleting || object.wish.is_err() {
            prop_assert!(decision.effects.is_empty());
        }
    }

    #[test]
    fn no_effect_touches_a_branch_with_a_persons_commit(object in objects(), seen in looks()) {
        for effect in decide(&object, &seen, now()).effects {
            let (number, head) = match effect {
                crate::decide::Effect::OpenPull { .. } => continue,
                crate::decide::Effect::UpdatePull { number, .. } => (number, "update"),
                crate::decide::Effect::ClosePull { number, .. } => (number, "close"),
            };
            let pulls = seen.pulls.known().unwrap();
            let meant = pulls.iter().any(|pull| {
                pull.number == number && pull.state == PullState::Open && !pull.touched
            });
            prop_assert!(meant, "{head} #{number}");
        }
    }
}

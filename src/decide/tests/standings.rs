//! Where the file stands against the wish.

use super::support::{FILE, file, line, now, object, schedule, seen, settled, wishing};
use crate::{
    api::Mode,
    decide::{FileSeen, Hold, Known, RepositorySeen, Seen, Standing, decide},
    plan::{Action, Reason, Violation},
};

fn stand(seen: &Seen) -> Standing {
    decide(&object(Mode::PullRequest), seen, now()).standing
}

fn hold(standing: Standing) -> Hold {
    let Standing::Held { hold, .. } = standing else {
        panic!("not held: {standing:?}")
    };
    hold
}

#[test]
fn a_file_as_wished_is_aligned() {
    assert_eq!(stand(&settled()), Standing::Aligned);
}

#[test]
fn a_file_that_already_has_the_proposed_schedule_is_aligned_although_the_timetable_is_older() {
    let seen = Seen {
        line: Known::Known(Some(line("0 0 * * *", "17 2 * * *"))),
        ..settled()
    };
    assert_eq!(stand(&seen), Standing::Aligned);
}

#[test]
fn a_file_that_moved_elsewhere_waits_for_the_next_timetable() {
    let seen = Seen {
        file: Known::Known(file(&FILE.replace("0 0", "5 5"))),
        ..seen()
    };
    assert_eq!(stand(&seen), Standing::Unplanned);
}

#[test]
fn a_timetable_made_for_another_pin_neither_proposes_nor_aligns() {
    let repinned = wishing(|wish| wish.pinned = Some(vec![schedule("41 3 * * *").cron]));
    assert_eq!(
        decide(&repinned, &seen(), now()).standing,
        Standing::Unplanned
    );
    assert_eq!(
        decide(&repinned, &settled(), now()).standing,
        Standing::Unplanned
    );
}

#[test]
fn a_timetable_made_for_a_pin_that_is_gone_neither_proposes_nor_aligns() {
    let unpinned = wishing(|wish| wish.pinned = None);
    assert_eq!(
        decide(&unpinned, &seen(), now()).standing,
        Standing::Unplanned
    );
}

#[test]
fn a_file_with_the_pinned_cron_is_aligned_whatever_the_timetable_says() {
    let seen = Seen {
        line: Known::Known(Some(line("17 2 * * *", "41 3 * * *"))),
        ..settled()
    };
    assert_eq!(stand(&seen), Standing::Aligned);
}

#[test]
fn a_number_of_crons_that_the_file_does_not_have_is_said_and_not_called_aligned() {
    let two = wishing(|wish| {
        wish.pinned = Some(vec![
            schedule("17 2 * * *").cron,
            schedule("1 1 * * *").cron,
        ])
    });
    let mut line = line("0 0 * * *", "0 0 * * *");
    line.violations = vec![Violation::PinnedCount { pinned: 2, file: 1 }];
    let seen = Seen {
        line: Known::Known(Some(line)),
        ..seen()
    };
    assert!(matches!(
        hold(decide(&two, &seen, now()).standing),
        Hold::Impossible(_)
    ));
}

#[test]
fn a_pin_that_the_planner_may_not_obey_is_held() {
    let mut line = line("0 0 * * *", "0 0 * * *");
    line.reasons = vec![Reason::NotMovable];
    assert_eq!(
        hold(stand(&Seen {
            line: Known::Known(Some(line)),
            ..seen()
        })),
        Hold::NotMovable
    );
}

#[test]
fn mode_observe_proposes_nothing_and_calls_nothing_aligned() {
    for seen in [seen(), settled()] {
        assert_eq!(
            hold(decide(&object(Mode::Observe), &seen, now()).standing),
            Hold::Observe
        );
    }
}

#[test]
fn mode_recommend_holds_the_change_and_shows_it() {
    let Standing::Held {
        hold: Hold::Recommend,
        proposal: Some(proposal),
    } = decide(&object(Mode::Recommend), &seen(), now()).standing
    else {
        panic!("not recommended")
    };
    assert_eq!(proposal.changes[0].to, schedule("17 2 * * *"));
}

/// A look whose last 20 forecasts did worse than repeating the last duration, and a planned move.
fn distrusted() -> Seen {
    let comparison = |day: u32| crate::domain::Score {
        run: crate::domain::RunId(day.into()),
        finished_at: now() + chrono::TimeDelta::days(day.into()),
        forecast_made_at: now(),
        model: "test/1".into(),
        duration: Some(crate::domain::DurationScore {
            p50: crate::domain::Seconds(1_200),
            p90: crate::domain::Seconds(1_300),
            naive: Some(crate::domain::Seconds(1_100)),
            actual: crate::domain::Seconds(1_000),
            error_permille: 200,
            covered: true,
        }),
        success: crate::domain::Permille(900),
        succeeded: true,
    };
    let scores: Vec<_> = (0..20).map(comparison).collect();
    Seen {
        learned: Known::Known(crate::decide::Learned {
            accuracy: crate::track::accuracy(&scores),
            ..Default::default()
        }),
        ..seen()
    }
}

#[test]
fn a_change_that_rests_on_forecasts_which_the_last_value_beats_is_recommended_only() {
    let mut line = line("0 0 * * *", "17 2 * * *");
    line.reasons = vec![];
    let seen = Seen {
        line: Known::Known(Some(line)),
        ..distrusted()
    };
    let unpinned = wishing(|wish| wish.pinned = None);

    let Standing::Held { hold, proposal } = decide(&unpinned, &seen, now()).standing else {
        panic!("not held")
    };

    assert_eq!(hold, Hold::Demoted(crate::track::Distrust::NoSkill));
    assert!(proposal.is_some(), "the recommendation stays visible");
}

#[test]
fn a_pinned_cron_rests_on_no_forecast_and_is_proposed_whatever_they_were_worth() {
    assert!(matches!(
        decide(&object(Mode::PullRequest), &distrusted(), now()).standing,
        Standing::Wanted(_)
    ));
}

#[test]
fn a_change_that_is_not_trusted_enough_is_held() {
    for action in [Action::Review, Action::NeedsData] {
        let mut line = line("0 0 * * *", "17 2 * * *");
        line.action = action;
        assert_eq!(
            hold(stand(&Seen {
                line: Known::Known(Some(line)),
                ..seen()
            })),
            Hold::Confidence(action)
        );
    }
}

#[test]
fn a_generated_file_is_refused_unless_the_spec_allows_it() {
    let generated = format!("# Code generated by x. DO NOT EDIT.\n{FILE}");
    let seen = Seen {
        file: Known::Known(file(&generated)),
        ..seen()
    };
    assert!(matches!(hold(stand(&seen)), Hold::Refused(_)));
    let allowed = wishing(|wish| wish.edit_generated_files = true);
    assert!(matches!(
        decide(&allowed, &seen, now()).standing,
        Standing::Wanted(_)
    ));
}

#[test]
fn what_only_a_change_of_the_repository_can_mend_is_final() {
    let archived = RepositorySeen {
        default_branch: "main".to_owned(),
        archived: true,
    };
    let cases = [
        (
            Seen {
                repository: Known::Known(archived),
                ..seen()
            },
            Hold::Archived,
        ),
        (
            Seen {
                file: Known::Known(FileSeen::Missing),
                ..seen()
            },
            Hold::WorkflowMissing,
        ),
        (
            Seen {
                file: Known::Known(file("on: push\njobs: {}\n")),
                ..seen()
            },
            Hold::NoSchedule,
        ),
    ];
    for (seen, expected) in cases {
        let hold = hold(stand(&seen));
        assert!(hold.is_final());
        assert_eq!(hold, expected);
    }
    let broken = Seen {
        file: Known::Known(file("on: [\n")),
        ..seen()
    };
    assert!(hold(stand(&broken)).is_final());
}

#[test]
fn the_digest_is_of_the_base_and_the_edits_and_of_nothing_else() {
    let digest = |seen: &Seen, object| {
        let standing = decide(&object, seen, now()).standing;
        let Standing::Wanted(proposal) = standing else {
            panic!("not wanted: {standing:?}")
        };
        proposal.digest
    };
    let plain = digest(&seen(), object(Mode::PullRequest));
    let mut reasoned = line("0 0 * * *", "17 2 * * *");
    reasoned.confidence = crate::domain::Percent(99);
    let reasoned = Seen {
        line: Known::Known(Some(reasoned)),
        ..seen()
    };
    let labelled = wishing(|wish| wish.pull_request.labels = vec!["ci".to_owned()]);
    assert_eq!(plain, digest(&reasoned, labelled));
    let moved_base = Seen {
        file: Known::Known(file(&format!("{FILE}# more\n"))),
        ..seen()
    };
    assert_ne!(plain, digest(&moved_base, object(Mode::PullRequest)));
}

//! What is advised of workflows that could run less often, and what a move saves, by example.

use super::{
    examples::account,
    support::{jobs, now, run},
};
use crate::{
    cost::{Account, Advice, Estimate, FAILURES, Saving, UNCHANGED},
    domain::{Conclusion, Job, Money, Run, Schedule, TimeZone},
};

fn nightly(number: u64, conclusion: Conclusion, commit: impl Fn(u64) -> String) -> Account {
    let runs: Vec<Run> = (0..number)
        .map(|night| Run {
            head_sha: commit(night),
            ..run(
                night + 1,
                24 * i64::try_from(number - night).unwrap(),
                300,
                conclusion,
            )
        })
        .collect();
    let known: Vec<Job> = runs
        .iter()
        .flat_map(|run| jobs(run, &["ubuntu-latest"], &[300]))
        .collect();
    account(&runs, &known)
}

#[test]
fn twenty_scheduled_runs_of_one_commit_suggest_once_a_week_with_what_that_spares() {
    let same = |_| "0f".repeat(20);
    let few = UNCHANGED as u64 - 1;
    assert_eq!(nightly(few, Conclusion::Success, same).advice, []);
    assert_eq!(
        nightly(25, Conclusion::Success, |night| format!("{night:040x}")).advice,
        []
    );

    let advice = nightly(25, Conclusion::Success, same).advice;
    // 25 runs of five minutes at $0.006, of which one a week stays.
    let [
        Advice::NothingChanges {
            runs,
            spares,
            spares_minutes,
            ..
        },
    ] = advice.as_slice()
    else {
        panic!("{advice:?}");
    };
    assert_eq!(
        (*runs, spares.likely, *spares_minutes),
        (25, Money(630_000), 105)
    );
    assert_eq!(
        advice[0].words(),
        "its last 25 scheduled runs, since 2026-08-20, were all of commit 0f0f0f0: nothing in the repository changed. Unless it watches something outside of it, once a week is enough, which spares $0.63 and 105 billed minutes in 30 days"
    );
}

#[test]
fn thirty_failures_in_a_row_are_told_with_what_they_cost() {
    let same = |_| "0f".repeat(20);
    let few = FAILURES as u64 - 1;
    let advice = nightly(few, Conclusion::Failure, same).advice;
    assert!(matches!(advice.as_slice(), [Advice::NothingChanges { .. }]));

    let advice = nightly(40, Conclusion::Failure, same).advice;
    let [Advice::KeepsFailing { runs, .. }] = advice.as_slice() else {
        panic!("{advice:?}");
    };
    assert_eq!(*runs, 40);
    assert_eq!(
        advice[0].words(),
        "it has failed 40 times in a row since 2026-08-05: mend it or switch it off; until then it costs $0.87 and 145 billed minutes in 30 days"
    );
}

/// Scheduled runs every so many minutes, the last one just now, with what each says of itself.
fn every(minutes: i64, number: u64, says: impl Fn(u64, Run) -> Run) -> Account {
    let runs: Vec<Run> = (0..number)
        .map(|index| {
            let before = minutes * i64::try_from(number - index).unwrap();
            let created_at = now() - chrono::TimeDelta::minutes(before);
            let run = run(index + 1, 0, 60, Conclusion::Success);
            says(
                index,
                Run {
                    created_at,
                    started_at: created_at,
                    updated_at: created_at + chrono::TimeDelta::minutes(1),
                    ..run
                },
            )
        })
        .collect();
    let known: Vec<Job> = runs
        .iter()
        .flat_map(|run| jobs(run, &["ubuntu-latest"], &[60]))
        .collect();
    account(&runs, &known)
}

#[test]
fn a_quiet_weekend_of_a_frequent_cron_suggests_nothing() {
    let same = |_, run: Run| Run {
        head_sha: "0f".repeat(20),
        ..run
    };
    assert_eq!(every(15, 4 * 24 * 3, same).advice, []);
    assert_eq!(every(60, 24 * 6, same).advice, []);
    assert_eq!(every(60, 24 * 8, same).advice.len(), 1);
    let failed = |_, run: Run| Run {
        conclusion: Some(Conclusion::Failure),
        ..run
    };
    assert_eq!(every(60, 24 * 6, failed).advice, []);
    assert_eq!(every(60, 24 * 8, failed).advice.len(), 1);
}

#[test]
fn only_runs_of_the_commit_of_the_run_before_are_spared_and_only_failed_ones_cost_while_failing() {
    // Two hundred runs of a commit each, then two hundred of one.
    let half = |index, run: Run| match index {
        0..200 => run,
        _ => Run {
            head_sha: "0f".repeat(20),
            ..run
        },
    };
    let advice = every(60, 400, half).advice;
    // Of the 199 that are like the one before, one is kept after a week.
    assert_eq!(advice[0].spares().1, 198);

    let failing = |index, run: Run| match index {
        0..200 => run,
        _ => Run {
            conclusion: Some(Conclusion::Failure),
            ..run
        },
    };
    assert_eq!(every(60, 400, failing).advice[0].spares().1, 200);
}

#[test]
fn a_move_saves_what_the_runs_that_fall_away_cost_and_nothing_where_none_does() {
    let schedule = |cron: &str| {
        vec![Schedule {
            cron: cron.parse().unwrap(),
            time_zone: TimeZone::UTC,
        }]
    };
    let per_run = Estimate {
        low: Money(10_000),
        likely: Money(20_000),
        high: Money(30_000),
    };
    let same = Saving::of(
        &schedule("0 0 * * *"),
        &schedule("17 3 * * *"),
        per_run,
        now(),
    );
    assert_eq!(
        same.words(),
        "nothing: it runs as often as before (30 times)"
    );
    let fewer = Saving::of(
        &schedule("0 */6 * * *"),
        &schedule("17 3 * * *"),
        per_run,
        now(),
    );
    assert_eq!(
        fewer.words(),
        "about $0.60 ($0.30 to $0.90) instead of about $2.40 ($1.20 to $3.60): 30 runs instead of 120"
    );
}

#[test]
fn a_move_to_another_hour_of_the_same_days_never_seems_to_save_anything() {
    let schedule = |cron: &str| {
        vec![Schedule {
            cron: cron.parse().unwrap(),
            time_zone: TimeZone::UTC,
        }]
    };
    let per_run = Estimate {
        low: Money(10_000),
        likely: Money(20_000),
        high: Money(30_000),
    };
    for days in ["* * 2", "* * 1-5", "1 * *", "31 * *", "1 */3 *"] {
        for hours_on in 0..24 * 35 {
            let (current, moved) = (format!("0 2 {days}"), format!("30 3 {days}"));
            let from = now() + chrono::TimeDelta::minutes(60 * hours_on + 10);
            let saving = Saving::of(&schedule(&current), &schedule(&moved), per_run, from);
            assert_eq!(saving.now, saving.after, "{current} from {from}");
            assert_eq!(saving.fires_now, saving.fires_after);
        }
    }
    let weekly = Saving::of(
        &schedule("0 2 * * 1-5"),
        &schedule("30 3 * * 2"),
        per_run,
        now(),
    );
    assert_eq!((weekly.fires_now, weekly.fires_after), (21, 4));
    assert_eq!(weekly.after.likely, Money(85_714));
}

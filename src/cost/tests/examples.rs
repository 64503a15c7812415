//! What runs cost, by example.

use super::support::{jobs, now, private, run};
use crate::{
    cost::{Account, Estimate, Prices, Terms, billed_minutes},
    domain::{Conclusion, Job, Money, Run, Visibility},
};

pub(super) fn account(runs: &[Run], jobs: &[Job]) -> Account {
    Account::of(runs, jobs, &private(), now())
}

#[test]
fn each_job_is_rounded_up_for_itself_and_what_had_no_runner_is_free() {
    let of = |seconds, conclusion| {
        let run = run(1, 1, seconds, conclusion);
        billed_minutes(&jobs(&run, &["ubuntu-latest"], &[seconds])[0])
    };
    let ended = |seconds| of(seconds, Conclusion::Success);
    assert_eq!(
        [0, 1, 59, 60, 61, 120].map(ended),
        [1, 1, 1, 1, 2, 2].map(Some)
    );
    assert_eq!(of(300, Conclusion::Skipped), Some(0));
    assert_eq!(of(0, Conclusion::Cancelled), Some(0));
    assert_eq!(of(61, Conclusion::Cancelled), Some(2));
    let waiting = Job {
        conclusion: None,
        completed_at: None,
        ..jobs(&run(1, 1, 1, Conclusion::Success), &[], &[1]).remove(0)
    };
    assert_eq!(billed_minutes(&waiting), None);
}

#[test]
fn measured_runs_cost_what_their_jobs_do_to_the_millionth_however_they_ended() {
    let runs = [
        run(1, 30, 130, Conclusion::Success),
        run(2, 20, 70, Conclusion::Failure),
        run(3, 10, 200, Conclusion::Cancelled),
    ];
    let mut known = jobs(&runs[0], &["ubuntu-latest"], &[61, 130]);
    known.extend(jobs(&runs[1], &["windows-latest"], &[70]));
    known.extend(jobs(&runs[2], &["ubuntu-latest"], &[10]));

    let account = account(&runs, &known);

    // 2 + 3 minutes and 1 minute of Linux, 2 minutes of Windows.
    let cost = account.recent.cost;
    assert_eq!(cost.likely, Money(6 * 6_000 + 2 * 10_000));
    assert!(cost.low == cost.likely && cost.high == cost.likely);
    assert_eq!(account.recent.measured, cost.likely);
    assert_eq!(account.recent.minutes(), 8);
    assert_eq!(
        account.runners["ubuntu-latest"].amount.cost.likely,
        Money(36_000)
    );
    assert_eq!(account.runners["ubuntu-latest"].amount.runs, 2);
}

#[test]
fn a_public_repository_pays_nothing_for_the_same_minutes() {
    let runs = [run(1, 30, 130, Conclusion::Success)];
    let known = jobs(&runs[0], &["ubuntu-latest"], &[61, 130]);
    let public = Terms {
        visibility: Some(Visibility::Public),
        ..Terms::default()
    };
    let unknown = Terms::default();

    let free = Account::of(&runs, &known, &public, now()).recent;
    let either = Account::of(&runs, &known, &unknown, now()).recent;

    assert_eq!((free.cost, free.minutes()), (Estimate::ZERO, 5));
    assert_eq!(either.cost.low, Money::ZERO);
    assert_eq!(either.cost.high, Money(30_000));
}

#[test]
fn what_nobody_measured_is_estimated_between_the_least_and_the_most_of_its_like() {
    // Three that succeeded are known: 4, 5 and 6 minutes.
    let mut runs: Vec<Run> = (1..=3)
        .map(|id| {
            run(
                id,
                100 - i64::try_from(id).unwrap(),
                180 + 60 * i64::try_from(id).unwrap(),
                Conclusion::Success,
            )
        })
        .collect();
    let known: Vec<Job> = runs
        .iter()
        .flat_map(|run| {
            jobs(
                run,
                &["ubuntu-latest"],
                &[run.duration_seconds().unwrap().0.cast_signed()],
            )
        })
        .collect();
    let measured = account(&runs, &known).recent;
    assert_eq!(measured.cost.likely, Money(15 * 6_000));

    runs.push(run(4, 3, 600, Conclusion::Success));
    let with_clean = account(&runs, &known).recent;
    let added = |amount: crate::cost::Amount| {
        [amount.cost.low, amount.cost.likely, amount.cost.high].map(|sum| (sum.0 - 90_000) / 6_000)
    };
    // Ten minutes are more than what the others took: it may have used as much of them as they did of theirs.
    assert_eq!(added(with_clean), [4, 5, 10]);
    runs[3] = run(4, 3, 120, Conclusion::Success);
    assert_eq!(added(account(&runs, &known).recent), [2, 2, 2]);
    assert_eq!((with_clean.runs, with_clean.measured_runs), (4, 3));
    assert_eq!(with_clean.measured, Money(90_000));

    // One that failed after two minutes may have ended in its first second, and had one job at most all the while.
    runs[3] = run(4, 3, 120, Conclusion::Failure);
    assert_eq!(added(account(&runs, &known).recent), [0, 2, 2]);
}

#[test]
fn an_attempt_that_was_run_again_before_anybody_saw_it_counts_too() {
    let again = Run {
        attempt: 2,
        ..run(1, 10, 300, Conclusion::Success)
    };
    let known = jobs(&again, &["ubuntu-latest"], &[300]);

    let amount = account(&[again], &known).recent;

    assert_eq!((amount.runs, amount.measured_runs), (2, 1));
    assert_eq!(amount.cost.low, Money(5 * 6_000));
    assert_eq!(amount.cost.high, Money(10 * 6_000));
}

#[test]
fn an_attempt_that_nobody_saw_may_have_cost_nothing_whatever_its_like_cost() {
    let failed = |id| {
        run(
            id,
            10 + i64::try_from(id).unwrap(),
            300,
            Conclusion::Failure,
        )
    };
    let again = Run {
        attempt: 2,
        ..run(9, 10, 300, Conclusion::Failure)
    };
    let runs = [failed(1), failed(2), failed(3), again];
    let known: Vec<Job> = runs
        .iter()
        .flat_map(|run| jobs(run, &["ubuntu-latest"], &[300]))
        .collect();

    let cost = account(&runs, &known).recent.cost;

    assert_eq!(cost.low, Money(20 * 6_000));
    assert_eq!(cost.likely, Money(25 * 6_000));
}

#[test]
fn jobs_that_an_attempt_took_over_from_the_one_before_are_not_paid_for_twice() {
    let first = run(1, 10, 300, Conclusion::Failure);
    let again = Run {
        attempt: 2,
        started_at: first.updated_at,
        updated_at: first.updated_at + chrono::TimeDelta::seconds(60),
        conclusion: Some(Conclusion::Success),
        ..first.clone()
    };
    let mut known = jobs(&first, &["ubuntu-latest"], &[240, 300]);
    // The first job succeeded and is listed again; the other one ran again.
    let listed = known[0].clone();
    known.push(Job {
        id: 7,
        attempt: 2,
        ..listed
    });
    let anew = jobs(&again, &["ubuntu-latest"], &[360]).remove(0);
    known.push(Job {
        id: 8,
        started_at: Some(again.started_at),
        ..anew
    });

    let amount = account(&[first, again], &known).recent;

    assert_eq!((amount.runs, amount.measured_runs), (2, 2));
    assert_eq!(amount.minutes(), 4 + 5 + 1);
}

#[test]
fn what_ran_without_a_price_is_never_told_as_nothing() {
    let runs = [run(1, 10, 300, Conclusion::Success)];
    let unpriced = account(&runs, &jobs(&runs[0], &["gpu-large"], &[300]));
    assert_eq!(unpriced.per_scheduled_run(), None);
    let priced = account(&runs, &jobs(&runs[0], &["ubuntu-latest"], &[300]));
    assert!(priced.per_scheduled_run().is_some());

    // Runs of which nothing is known come on top.
    let mut total = priced.recent;
    total += account(&runs, &[]).recent;
    assert_eq!(
        (total.words(), total.likely()),
        ("$0.03 and more".to_owned(), "$0.03 and more".to_owned())
    );
}

#[test]
fn of_a_workflow_without_any_known_job_nothing_is_made_up() {
    let runs = [
        run(1, 10, 300, Conclusion::Success),
        run(2, 5, 0, Conclusion::Skipped),
    ];
    let amount = account(&runs, &[]).recent;
    assert_eq!((amount.runs, amount.unknown_runs), (1, 1));
    assert_eq!((amount.cost, amount.minutes()), (Estimate::ZERO, 0));
}

#[test]
fn a_label_without_a_price_is_counted_in_minutes_and_not_in_money_until_it_has_one() {
    let runs = [run(1, 10, 300, Conclusion::Success)];
    let known = jobs(&runs[0], &["gpu-large"], &[300]);
    let without = account(&runs, &known);
    assert_eq!(without.recent.unpriced_minutes(), 5);
    assert_eq!(without.recent.cost, Estimate::ZERO);
    assert!(!without.runners["gpu-large"].rate.is_known());

    let terms = Terms {
        prices: Prices::new([("gpu-large".to_owned(), Money(70_000))]),
        ..private()
    };
    let priced = Account::of(&runs, &known, &terms, now());
    assert_eq!(priced.recent.unpriced_minutes(), 0);
    assert_eq!(priced.recent.cost.likely, Money(350_000));
}

#[test]
fn months_are_those_of_the_calendar_and_the_last_days_do_not_mind_them() {
    let runs = [
        run(1, 24 * 50, 60, Conclusion::Success),
        run(2, 24 * 20, 60, Conclusion::Success),
        run(3, 24, 60, Conclusion::Success),
    ];
    let known: Vec<Job> = runs
        .iter()
        .flat_map(|run| jobs(run, &["ubuntu-latest"], &[60]))
        .collect();
    let account = account(&runs, &known);
    let months: Vec<_> = account
        .months
        .iter()
        .map(|(month, amount)| (month.to_string(), amount.runs))
        .collect();
    assert_eq!(
        months,
        [
            ("2026-07".to_owned(), 1),
            ("2026-08".to_owned(), 1),
            ("2026-09".to_owned(), 1)
        ]
    );
    assert_eq!(account.recent.runs, 2);
}

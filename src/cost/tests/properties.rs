//! What holds of every bill.

use proptest::prelude::*;

use super::support::{jobs, now, private, run};
use crate::{
    cost::{Account, Estimate, Terms, billed_minutes},
    domain::{Conclusion, Job, Money, Run, Visibility},
};

const LABELS: [&str; 4] = [
    "ubuntu-latest",
    "windows-latest",
    "self-hosted",
    "unheard-of",
];

fn conclusion() -> impl Strategy<Value = Conclusion> {
    prop_oneof![
        4 => Just(Conclusion::Success),
        2 => Just(Conclusion::Failure),
        1 => Just(Conclusion::Cancelled),
        1 => Just(Conclusion::Skipped),
    ]
}

prop_compose! {
    /// A run with its jobs, no longer than it, and whether anybody asked for these.
    fn paid(id: u64)(
        hours_ago in 0..2_000_i64,
        attempt in 1..3_u32,
        seconds in prop::collection::vec(0..4_000_i64, 1..4),
        ended in conclusion(),
        label in 0..LABELS.len(),
        is_asked in any::<bool>(),
    ) -> (Run, Vec<Job>, bool) {
        let lasts = seconds.iter().copied().max().unwrap_or(0);
        let run = Run { attempt, ..run(id, hours_ago, lasts, ended) };
        let jobs = jobs(&run, &[LABELS[label]], &seconds);
        (run, jobs, is_asked)
    }
}

fn history() -> impl Strategy<Value = Vec<(Run, Vec<Job>, bool)>> {
    (1..20_u64).prop_flat_map(|number| (0..number).map(paid).collect::<Vec<_>>())
}

fn account(history: &[(Run, Vec<Job>, bool)], terms: &Terms) -> Account {
    let runs: Vec<Run> = history.iter().map(|(run, ..)| run.clone()).collect();
    let asked = history.iter().filter(|(.., is_asked)| *is_asked);
    let jobs: Vec<Job> = asked.flat_map(|(_, jobs, _)| jobs.clone()).collect();
    Account::of(&runs, &jobs, terms, now())
}

proptest! {
    #[test]
    fn a_job_is_billed_its_time_and_less_than_a_minute_more(seconds in 1..100_000_i64) {
        let run = run(1, 1, seconds, Conclusion::Success);
        let billed = billed_minutes(&jobs(&run, &["ubuntu-latest"], &[seconds])[0]).unwrap() * 60;
        let lasted = seconds.cast_unsigned();
        prop_assert!(billed >= lasted && billed < lasted + 60);
    }

    #[test]
    fn what_is_likely_lies_between_the_least_and_the_most_and_holds_what_was_measured(history in history()) {
        let account = account(&history, &private());
        for amount in account.months.values().chain([&account.recent, &account.scheduled]) {
            let Estimate { low, likely, high } = amount.cost;
            prop_assert!(low <= likely && likely <= high, "{amount:?}");
            prop_assert!(amount.measured <= low, "{amount:?}");
            prop_assert!(amount.measured_runs + amount.unknown_runs <= amount.runs);
            prop_assert!(amount.unpriced_milli <= amount.minutes_milli);
        }
    }

    #[test]
    fn sums_by_runner_and_by_month_are_the_whole(history in history()) {
        let account = account(&history, &private());
        let by_runner: Estimate = account.runners.values().map(|one| one.amount.cost).sum();
        prop_assert_eq!(by_runner, account.recent.cost);
        let everything = Account::of(
            &history.iter().map(|(run, ..)| Run {
                // The same runs, all of them of late.
                created_at: now(), ..run.clone()
            }).collect::<Vec<_>>(),
            &history.iter().filter(|one| one.2).flat_map(|one| one.1.clone()).collect::<Vec<_>>(),
            &private(),
            now(),
        );
        let months: Estimate = account.months.values().map(|one| one.cost).sum();
        prop_assert_eq!(months, everything.recent.cost);
    }

    #[test]
    fn two_workflows_measured_whole_cost_together_what_each_does(history in history(), at in any::<prop::sample::Index>()) {
        let whole: Vec<_> = history.into_iter().map(|(run, jobs, _)| {
            let jobs = jobs.into_iter().map(|job| Job { attempt: 1, ..job }).collect();
            (Run { attempt: 1, ..run }, jobs, true)
        }).collect();
        let (a, b) = whole.split_at(at.index(whole.len()));
        let parts = account(a, &private()).recent.cost + account(b, &private()).recent.cost;
        prop_assert_eq!(parts, account(&whole, &private()).recent.cost);
    }

    #[test]
    fn public_repositories_pay_nothing_for_standard_runners(history in history()) {
        let public = Terms { visibility: Some(Visibility::Public), ..Terms::default() };
        prop_assert_eq!(account(&history, &public).recent.cost, Estimate::ZERO);
    }

    #[test]
    fn one_more_run_that_nobody_measured_is_never_cheaper(history in history(), (more, ..) in paid(99)) {
        let before = account(&history, &private()).recent.cost;
        let mut longer = history;
        longer.push((more, Vec::new(), false));
        let after = account(&longer, &private()).recent.cost;
        prop_assert!(after.low >= before.low && after.likely >= before.likely && after.high >= before.high);
    }

    #[test]
    fn one_more_measured_run_never_lowers_what_was_measured(history in history(), (more, jobs, _) in paid(99)) {
        let before = account(&history, &private()).recent.measured;
        let mut longer = history;
        longer.push((more, jobs, true));
        prop_assert!(account(&longer, &private()).recent.measured >= before);
    }

    #[test]
    fn the_most_is_never_too_little_while_few_are_measured(
        lasts in prop::collection::vec(60..3_000_i64, 12), ends_at in prop::collection::vec(0..100_i64, 12),
    ) {
        // Two jobs side by side, of which one of a failed run ends early. The jobs of one run are known.
        let nights: Vec<_> = lasts.iter().zip(&ends_at).zip(0_u64..).map(|((lasts, early), night)| {
            let ended = if night % 4 == 3 { Conclusion::Failure } else { Conclusion::Success };
            let run = run(night, 24, *lasts, ended);
            let other = if night % 4 == 3 { lasts * early / 100 } else { *lasts };
            let jobs = jobs(&run, &["ubuntu-latest"], &[*lasts, other]);
            (run, jobs, night == 0)
        }).collect();
        let told = account(&nights, &private()).recent.cost;
        let whole: Vec<_> = nights.into_iter().map(|(run, jobs, _)| (run, jobs, true)).collect();
        let truth = account(&whole, &private()).recent.cost.likely;
        prop_assert!(told.low <= truth && truth <= told.high, "{told:?} {truth:?}");
    }
}

#[test]
fn no_sum_overflows() {
    let much = Estimate {
        low: Money(u64::MAX),
        likely: Money(u64::MAX),
        high: Money(u64::MAX),
    };
    assert_eq!(much + much, much);
    assert_eq!(much.times(3.0), much);
}

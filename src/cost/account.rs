//! What one workflow's runs cost: of late, by runner and by month.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::{Datelike as _, TimeDelta};
use serde::{Serialize, Serializer};

use super::{
    Advice, Amount, Estimate, Rate, Terms,
    advice::advise,
    bill::{Bill, bill},
    guess::{Known, Measured, Minutes, is_clean, wall_minutes},
};
use crate::domain::{Conclusion, Job, Run, RunId, RunStatus, Timestamp};

/// Of how many days costs are told: as many as jobs are asked for, so that most of it is measured.
pub const WINDOW_DAYS: i64 = 30;
/// How far back costs are told by month: this month, the two before, and what is left of a third.
pub const SPAN_DAYS: i64 = 92;

/// A month of the calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

/// What a workflow's runs cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Of the last [`WINDOW_DAYS`].
    pub recent: Amount,
    /// How much of that its cron started.
    pub scheduled: Amount,
    /// The recent ones by the labels that they ran on.
    pub runners: BTreeMap<String, ByRunner>,
    /// By the month in which a run was created, as far back as [`SPAN_DAYS`]; the oldest may not be whole.
    pub months: BTreeMap<Month, Amount>,
    /// What could be spared.
    pub advice: Vec<Advice>,
    /// The oldest run that is kept, where older ones of the last [`WINDOW_DAYS`] are not: it runs too often for that.
    pub cut_off_at: Option<Timestamp>,
}

/// What runs cost on runners with the same labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByRunner {
    /// What it comes to.
    pub amount: Amount,
    /// What a minute costs, and why.
    pub rate: Rate,
}

/// An attempt as it is paid for.
struct Paid {
    created_at: Timestamp,
    is_scheduled: bool,
    amount: Amount,
    parts: Vec<(String, ByRunner)>,
}

impl Account {
    /// What runs cost that were created up to an instant, by the jobs that are known of some of them.
    ///
    /// Every attempt counts, however it ended: failed and cancelled ones, and each re-run. Jobs of an attempt are all of its
    /// jobs, or none.
    #[must_use]
    pub fn of(runs: &[Run], jobs: &[Job], terms: &Terms, until: Timestamp) -> Self {
        let ended: Vec<&Run> = runs.iter().filter(|run| has_ended(run, until)).collect();
        let bills = bills(&ended, jobs);
        let known = known(&ended, &bills);
        let mut account = Self::default();
        let mut by_run = BTreeMap::<RunId, Amount>::new();
        let recently = until - TimeDelta::days(WINDOW_DAYS);
        for run in &ended {
            let paid = match bills.get(&(run.id, run.attempt)) {
                Some(bill) => Some(measured(run, bill, terms)),
                None => may_cost(run)
                    .then(|| guessed(run, known.guess(is_clean(run), wall_minutes(run)), terms)),
            };
            if let Some(paid) = paid {
                *by_run.entry(run.id).or_default() += account.add(paid, recently);
            }
        }
        for run in unseen(&ended) {
            // It was run again before anybody saw how it ended.
            let wall = known.usual_wall().unwrap_or(1.0);
            let paid = guessed(run, known.guess_unseen(wall), terms);
            *by_run.entry(run.id).or_default() += account.add(paid, recently);
        }
        account.advice = advise(&ended, &by_run);
        account
    }

    /// Adds an attempt, and tells what came of it that is of late.
    fn add(&mut self, paid: Paid, recently: Timestamp) -> Amount {
        *self.months.entry(Month::of(paid.created_at)).or_default() += paid.amount;
        if paid.created_at <= recently {
            return Amount::default();
        }
        self.recent += paid.amount;
        if paid.is_scheduled {
            self.scheduled += paid.amount;
        }
        for (name, part) in paid.parts {
            let runner = self.runners.entry(name).or_insert(ByRunner {
                amount: Amount::default(),
                rate: part.rate,
            });
            runner.amount += part.amount;
        }
        paid.amount
    }

    /// What a scheduled run costs, on average of the last days; none where none ran whose cost can be told.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // Counts far below 2^52.
    pub fn per_scheduled_run(&self) -> Option<Estimate> {
        let told = self.scheduled.runs - self.scheduled.unknown_runs;
        let is_told = self.scheduled.is_told();
        is_told.then(|| self.scheduled.cost.times(1.0 / told as f64))
    }
}

fn has_ended(run: &Run, until: Timestamp) -> bool {
    run.status == RunStatus::Completed && run.created_at <= until
}

/// Whether a run of which no job is known may have had a runner.
#[must_use]
pub fn may_cost(run: &Run) -> bool {
    !matches!(
        run.conclusion,
        Some(
            Conclusion::Skipped
                | Conclusion::StartupFailure
                | Conclusion::ActionRequired
                | Conclusion::Stale
        )
    )
}

/// What each attempt used whose jobs are known.
///
/// GitHub lists those jobs with an attempt too that were taken over from the one before, where only failed ones ran again:
/// they had ended before it began, and were paid for with the other.
fn bills(ended: &[&Run], jobs: &[Job]) -> BTreeMap<(RunId, u32), Bill> {
    let again = ended.iter().filter(|run| run.attempt > 1);
    let began: BTreeMap<(RunId, u32), Timestamp> = again
        .map(|run| ((run.id, run.attempt), run.started_at))
        .collect();
    let is_its_own = |job: &&Job| {
        let ended_before = |began: &Timestamp| job.completed_at.is_some_and(|ended| ended < *began);
        !began
            .get(&(job.run_id, job.attempt))
            .is_some_and(ended_before)
    };
    let mut by_attempt = BTreeMap::<_, Vec<&Job>>::new();
    for job in jobs.iter().filter(is_its_own) {
        let of = by_attempt.entry((job.run_id, job.attempt)).or_default();
        of.push(job);
    }
    let billed = |(attempt, jobs): (_, Vec<&Job>)| (attempt, bill(&jobs));
    by_attempt.into_iter().map(billed).collect()
}

fn known(ended: &[&Run], bills: &BTreeMap<(RunId, u32), Bill>) -> Known {
    let of = |run: &&Run| {
        let bill = bills.get(&(run.id, run.attempt))?;
        let used = Measured {
            is_clean: is_clean(run),
            wall: wall_minutes(run),
            bill: bill.clone(),
        };
        // One that was skipped tells nothing of those that ran.
        (!bill.is_empty()).then_some(used)
    };
    Known::of(ended.iter().filter_map(of).collect())
}

/// Attempts before a later one that nobody saw, each as the run that it was one of.
fn unseen<'a>(ended: &[&'a Run]) -> Vec<&'a Run> {
    let seen: BTreeSet<(RunId, u32)> = ended.iter().map(|run| (run.id, run.attempt)).collect();
    let mut last = BTreeMap::<RunId, &Run>::new();
    for run in ended {
        let newest = last.entry(run.id).or_insert(run);
        if run.attempt > newest.attempt {
            *newest = run;
        }
    }
    let of = |run: &'a Run| {
        let missing = (1..run.attempt).filter(|attempt| !seen.contains(&(run.id, *attempt)));
        // GitHub lets a run be run again fifty times.
        std::iter::repeat_n(run, missing.take(50).count())
    };
    last.into_values().flat_map(of).collect()
}

fn measured(run: &Run, bill: &Bill, terms: &Terms) -> Paid {
    let parts = bill.iter().map(|(name, used)| {
        #[allow(clippy::cast_precision_loss)] // Minutes of a run stay far below 2^52.
        let minutes = used.minutes as f64;
        let minutes = Minutes {
            labels: used.labels.clone(),
            low: minutes,
            likely: minutes,
            high: minutes,
        };
        (name.clone(), minutes)
    });
    let mut paid = priced(run, parts, terms, true);
    if bill.is_empty() {
        // It was measured to have cost nothing.
        paid.amount.runs = 1;
        paid.amount.measured_runs = 1;
    }
    paid
}

fn guessed(run: &Run, guess: Option<BTreeMap<String, Minutes>>, terms: &Terms) -> Paid {
    guess.map_or_else(
        || {
            let amount = Amount {
                runs: 1,
                unknown_runs: 1,
                ..Amount::default()
            };
            Paid {
                created_at: run.created_at,
                is_scheduled: run.is_scheduled(),
                amount,
                parts: Vec::new(),
            }
        },
        |guess| priced(run, guess.into_iter(), terms, false),
    )
}

/// What a run costs by the minutes that it used on each kind of runner.
fn priced(
    run: &Run,
    minutes: impl Iterator<Item = (String, Minutes)>,
    terms: &Terms,
    is_measured: bool,
) -> Paid {
    let part = |(name, minutes): (String, Minutes)| {
        let rate = terms.rate(&minutes.labels);
        (name, part(&minutes, rate, is_measured))
    };
    let parts: Vec<(String, ByRunner)> = minutes.map(part).collect();
    let sum: Amount = parts.iter().map(|(_, part)| part.amount).sum();
    Paid {
        created_at: run.created_at,
        is_scheduled: run.is_scheduled(),
        amount: Amount {
            runs: 1,
            measured_runs: u64::from(is_measured),
            ..sum
        },
        parts,
    }
}

fn part(minutes: &Minutes, rate: Rate, is_measured: bool) -> ByRunner {
    let cost = Estimate {
        low: rate.low.times(minutes.low),
        likely: rate.high.times(minutes.likely),
        high: rate.high.times(minutes.high),
    };
    // The same conversion as money's: whole, saturating, never below zero.
    let milli = crate::domain::Money(1_000).times(minutes.likely).0;
    let amount = Amount {
        runs: 1,
        measured_runs: u64::from(is_measured),
        unknown_runs: 0,
        minutes_milli: milli,
        unpriced_milli: if rate.is_known() { 0 } else { milli },
        cost,
        measured: if is_measured {
            cost.likely
        } else {
            crate::domain::Money::ZERO
        },
    };
    ByRunner { amount, rate }
}

impl Month {
    /// The month of an instant.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self {
            year: at.year(),
            month: at.month(),
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year, self.month))
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

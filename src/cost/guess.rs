//! What a run used whose jobs nobody asked for, told from those of its workflow whose jobs are known.
//!
//! A run that succeeded at once did all of the work, and used what its like used, or as much of its own time as they did of
//! theirs. Any other may have ended early or repeated a part: it used so much for each minute that it lasted. Neither used
//! more than all of its jobs would have, at work all the while.

use std::collections::{BTreeMap, BTreeSet};

use super::bill::Bill;
use crate::domain::Run;

/// From how many measured runs of a kind on these speak for the kind.
const ENOUGH: usize = 3;

/// A run whose jobs are known.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    /// Whether it succeeded at the first attempt.
    pub(super) is_clean: bool,
    /// How long it lasted, in minutes, its waits included.
    pub(super) wall: f64,
    pub(super) bill: Bill,
}

/// Minutes on runners with the same labels: at least, about, and at most.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Minutes {
    pub(super) labels: Vec<String>,
    pub(super) low: f64,
    pub(super) likely: f64,
    pub(super) high: f64,
}

/// The runs of a workflow whose jobs are known.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    runs: Vec<Measured>,
    /// Every name of labels that one of them used.
    labels: BTreeMap<String, Vec<String>>,
}

/// How long a run lasted in minutes, one at least: a run of no time had a runner for some of it.
#[allow(clippy::cast_precision_loss)] // Minutes of a run stay far below 2^52.
pub(super) fn wall_minutes(run: &Run) -> f64 {
    let seconds = run.duration_seconds().unwrap_or_default();
    seconds.0.div_ceil(60).max(1) as f64
}

/// Whether a run succeeded at its first attempt.
pub(super) fn is_clean(run: &Run) -> bool {
    run.evident_duration().is_some()
}

impl Known {
    pub(super) fn of(runs: Vec<Measured>) -> Self {
        let used = runs.iter().flat_map(|run| &run.bill);
        let labels = used.map(|(name, used)| (name.clone(), used.labels.clone()));
        Self {
            labels: labels.collect(),
            runs,
        }
    }

    /// How long its measured runs last, on average; none without one.
    pub(super) fn usual_wall(&self) -> Option<f64> {
        let number = count(self.runs.len());
        let walls: f64 = self.runs.iter().map(|run| run.wall).sum();
        (number > 0.0).then(|| walls / number)
    }

    /// What a run of a kind used that lasted so long, by the name of the labels; none where no job is known.
    pub(super) fn guess(&self, is_clean: bool, wall: f64) -> Option<BTreeMap<String, Minutes>> {
        let alike: Vec<&Measured> = self
            .runs
            .iter()
            .filter(|run| run.is_clean == is_clean)
            .collect();
        let speaks = alike.len() >= ENOUGH;
        let kin: Vec<&Measured> = if speaks {
            alike
        } else {
            self.runs.iter().collect()
        };
        if kin.is_empty() {
            return None;
        }
        let names: BTreeSet<&String> = self.labels.keys().collect();
        let of = |name: &String| {
            let labels = self.labels[name].clone();
            let minutes = self.minutes(&kin, name, wall, is_clean, speaks);
            (name.clone(), Minutes { labels, ..minutes })
        };
        Some(names.into_iter().map(of).collect())
    }

    /// What an attempt used that nobody saw: perhaps nothing. How long it lasted is a guess itself, so that the most is no
    /// bound.
    pub(super) fn guess_unseen(&self, wall: f64) -> Option<BTreeMap<String, Minutes>> {
        let mut guess = self.guess(false, wall)?;
        for minutes in guess.values_mut() {
            minutes.low = 0.0;
        }
        Some(guess)
    }

    fn minutes(
        &self,
        kin: &[&Measured],
        name: &str,
        wall: f64,
        is_clean: bool,
        speaks: bool,
    ) -> Minutes {
        let used = |run: &&Measured| run.bill.get(name).map_or(0.0, |used| real(used.minutes));
        let jobs = self.runs.iter().filter_map(|run| run.bill.get(name));
        let most = jobs.map(|used| real(used.jobs)).fold(0.0, f64::max) * wall;
        let mean = kin.iter().map(used).sum::<f64>() / count(kin.len());
        let walls: f64 = kin.iter().map(|run| run.wall).sum();
        let by_wall = kin.iter().map(used).sum::<f64>() / walls * wall;
        let scaled = |run: &&Measured| used(run) / run.wall * wall;
        let (low, likely, high) = match (is_clean, speaks) {
            (true, true) => (
                least(kin, used).min(least(kin, scaled)),
                mean,
                greatest(kin, used).max(greatest(kin, scaled)),
            ),
            (false, true) => (least(kin, scaled), by_wall, greatest(kin, scaled)),
            // It did all of its work, each job a minute at least.
            (true, false) => (least(kin, |run| jobs_of(run, name)), mean, most),
            // It may have ended with the first job, before one that runs elsewhere.
            (false, false) => (0.0, mean.min(by_wall), most),
        };
        let high = high.min(most);
        Minutes {
            labels: Vec::new(),
            low: low.min(high),
            likely: likely.clamp(low.min(high), high),
            high,
        }
    }
}

fn jobs_of(run: &&Measured, name: &str) -> f64 {
    run.bill.get(name).map_or(0.0, |used| real(used.jobs))
}

fn least(kin: &[&Measured], of: impl Fn(&&Measured) -> f64) -> f64 {
    kin.iter().map(of).fold(f64::INFINITY, f64::min)
}

fn greatest(kin: &[&Measured], of: impl Fn(&&Measured) -> f64) -> f64 {
    kin.iter().map(of).fold(0.0, f64::max)
}

#[allow(clippy::cast_precision_loss)] // Minutes and jobs of a run stay far below 2^52.
fn real(count: u64) -> f64 {
    count as f64
}

fn count(of: usize) -> f64 {
    real(of as u64)
}

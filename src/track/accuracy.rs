//! What scores add up to: how far forecasts can be believed.
//!
//! Invariant: the order of the scores does not matter; the work is linear in their number.

use serde::{Deserialize, Serialize};

use super::{
    statistics::{median, moments},
    trust::{Demotion, demotion},
};
use crate::domain::{DurationScore, Percent, Permille, Score, Timestamp};

/// How many scores of a workflow an accuracy rests on at most, the newest: a run a day in three years. All who ask read as
/// many, so that they judge alike.
pub const SCORES: u32 = 1_000;

/// The errors up to which a forecast is excellent, good and fair, in permille of the actual.
const BOUNDS: [u32; 3] = [100, 250, 500];
/// The share of intervals that should hold the outcome.
const NOMINAL_COVERAGE: f64 = 0.9;
/// How far the coverage may stray from it however many scores there are: the band asked of nine series in ten.
const COVERAGE_BAND: f64 = 0.05;

/// How many forecasts fell into each band of error.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Distribution {
    /// Within 10 % of the actual.
    pub excellent: u32,
    /// Within 25 %.
    pub good: u32,
    /// Within 50 %.
    pub fair: u32,
    /// Farther off.
    pub poor: u32,
}

/// The verdict on a score.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
)]
pub enum Health {
    /// More than 80 % of the forecasts landed within 25 %.
    Good,
    /// 60 to 80 %.
    Warning,
    /// Less than 60 %.
    Critical,
}

/// How forecasts compared with what happened. Errors are absolute, relative to the actual, in whole percent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Accuracy {
    /// How many forecast durations were compared.
    pub comparisons: u32,
    /// The mean error.
    pub mean_error: u32,
    /// The median error; of an even number, the mean of the middle two.
    pub median_error: u32,
    /// The smallest error.
    pub min_error: u32,
    /// The largest error.
    pub max_error: u32,
    /// The standard deviation of the errors, over all of them.
    pub standard_deviation: u32,
    /// How many forecasts fell into each band of error.
    pub distribution: Distribution,
    /// The share of forecasts within 25 %.
    pub score: Percent,
    /// The verdict on that share.
    pub health: Health,
    /// The share of outcomes that lay in the forecast's 90 % interval.
    pub coverage: Percent,
    /// Whether that share is as close to 90 % as the number of comparisons lets one ask.
    pub calibrated: bool,
    /// By how much the absolute errors lie below those of the naive forecast, in percent; below zero when they lie above.
    /// `None` when no naive forecast could be made, or none of them erred.
    pub skill: Option<i32>,
    /// The mean squared error of the success probability (Brier, 1950); 250 is what a coin flip gets.
    pub brier: Permille,
    /// By how much the median error of the newer half of the comparisons lies below that of the older half, in percent;
    /// below zero when it grew. `None` before there are ten in each.
    pub improvement: Option<i32>,
    /// Since when forecasts have not earned that anything is done by them.
    pub demotion: Option<Demotion>,
}

/// How many comparisons a half must have before the two are compared.
const HALF: usize = 10;

/// Sums up scores; `None` when none of them compares a duration.
#[must_use]
pub fn accuracy(scores: &[Score]) -> Option<Accuracy> {
    let in_order = in_order(scores);
    let durations: Vec<DurationScore> = in_order.iter().map(|(_, score)| *score).collect();
    let mut errors: Vec<u32> = durations
        .iter()
        .map(|duration| duration.error_permille)
        .collect();
    let (min, max) = (*errors.iter().min()?, *errors.iter().max()?);
    let (mean, deviation) = moments(&errors);
    let distribution = distribute(&errors);
    let score = share(distribution.excellent + distribution.good, errors.len());
    let covered = durations.iter().filter(|duration| duration.covered).count();
    Some(Accuracy {
        comparisons: count(errors.len()),
        mean_error: percent(mean),
        median_error: percent(median(&mut errors)),
        min_error: percent(f64::from(min)),
        max_error: percent(f64::from(max)),
        standard_deviation: percent(deviation),
        distribution,
        score,
        health: Health::of(
            distribution.excellent + distribution.good,
            count(errors.len()),
        ),
        coverage: share(count(covered), durations.len()),
        calibrated: is_calibrated(covered, durations.len()),
        skill: skill(&durations),
        brier: brier(scores),
        improvement: improvement(&durations),
        demotion: demotion(&in_order),
    })
}

/// The comparisons of durations in order of their runs' ends.
fn in_order(scores: &[Score]) -> Vec<(Timestamp, DurationScore)> {
    let mut compared: Vec<&Score> = scores
        .iter()
        .filter(|score| score.duration.is_some())
        .collect();
    // The whole score breaks ties, so that the order of arrival cannot matter.
    compared.sort_by_key(|score| (score.finished_at, *score));
    let ended = |score: &&Score| Some((score.finished_at, score.duration?));
    compared.iter().filter_map(ended).collect()
}

#[allow(clippy::cast_possible_truncation)] // The cast saturates.
fn improvement(in_order: &[DurationScore]) -> Option<i32> {
    let (older, newer) = in_order.split_at(in_order.len() / 2);
    if older.len() < HALF {
        return None;
    }
    let of = |half: &[DurationScore]| {
        let mut errors: Vec<u32> = half.iter().map(|score| score.error_permille).collect();
        median(&mut errors)
    };
    let (before, now) = (of(older), of(newer));
    (before > 0.0).then(|| ((1.0 - now / before) * 100.0).round() as i32)
}

fn distribute(errors: &[u32]) -> Distribution {
    let within = |bound: u32| count(errors.iter().filter(|error| **error <= bound).count());
    let [excellent, good, fair] = BOUNDS.map(within);
    Distribution {
        excellent,
        good: good - excellent,
        fair: fair - good,
        poor: count(errors.len()) - fair,
    }
}

/// A score in two words: the band of its error, and whether the interval held the outcome; `none` where no duration was
/// compared.
#[must_use]
pub fn band(score: &Score) -> (&'static str, &'static str) {
    let Some(duration) = score.duration else {
        return ("none", "none");
    };
    let [excellent, good, fair] = BOUNDS;
    let error = match duration.error_permille {
        error if error <= excellent => "excellent",
        error if error <= good => "good",
        error if error <= fair => "fair",
        _ => "poor",
    };
    (
        error,
        if duration.covered {
            "inside"
        } else {
            "outside"
        },
    )
}

impl Health {
    /// Judges how many of the comparisons were close, by the counts: a share that is rounded first would turn 80.4 % into 80.
    #[must_use]
    pub fn of(close: u32, comparisons: u32) -> Self {
        let (close, comparisons) = (u64::from(close), u64::from(comparisons));
        if close * 5 > comparisons * 4 {
            Self::Good
        } else if close * 5 >= comparisons * 3 {
            Self::Warning
        } else {
            Self::Critical
        }
    }
}

impl Accuracy {
    /// The share of forecasts within 25 %, with the digit that tells it from a bound: `80.4%`.
    #[must_use]
    pub fn close_share(&self) -> String {
        let close = self.distribution.excellent + self.distribution.good;
        let share = 100.0 * f64::from(close) / f64::from(self.comparisons.max(1));
        format!("{share:.1}%")
    }
}

/// Within the band, or within two standard errors of a share of that many.
#[allow(clippy::cast_precision_loss)]
fn is_calibrated(covered: usize, comparisons: usize) -> bool {
    let number = comparisons as f64;
    let allowed =
        COVERAGE_BAND.max(2.0 * (NOMINAL_COVERAGE * (1.0 - NOMINAL_COVERAGE) / number).sqrt());
    (covered as f64 / number - NOMINAL_COVERAGE).abs() <= allowed + f64::EPSILON
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // The cast saturates.
fn skill(durations: &[DurationScore]) -> Option<i32> {
    let both = || {
        durations
            .iter()
            .filter_map(|duration| Some((duration, duration.naive?)))
    };
    let ours: u128 = both()
        .map(|(duration, _)| u128::from(duration.p50.0.abs_diff(duration.actual.0)))
        .sum();
    let naive: u128 = both()
        .map(|(duration, naive)| u128::from(naive.0.abs_diff(duration.actual.0)))
        .sum();
    (naive > 0).then(|| ((1.0 - ours as f64 / naive as f64) * 100.0).round() as i32)
}

#[allow(clippy::cast_precision_loss)]
fn brier(scores: &[Score]) -> Permille {
    let miss = |score: &Score| {
        u64::from(
            score
                .success
                .0
                .min(1000)
                .abs_diff(if score.succeeded { 1000 } else { 0 }),
        )
    };
    let squares: u128 = scores
        .iter()
        .map(|score| u128::from(miss(score) * miss(score)))
        .sum();
    Permille::from_share(squares as f64 / 1e6 / scores.len() as f64)
}

fn share(part: u32, whole: usize) -> Percent {
    Percent::from_share(f64::from(part) / f64::from(count(whole)))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Never negative, and the cast saturates.
fn percent(permille: f64) -> u32 {
    (permille / 10.0).round() as u32
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "accuracy_tests.rs"]
mod tests;

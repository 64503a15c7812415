//! Whether what is said comes true as often as it is said: of success by tenths, of durations by quantile, and both by model
//! and by week.

use std::collections::BTreeMap;

use chrono::{DurationRound as _, TimeDelta};

use crate::{
    domain::{Percent, Permille, Score, Seconds, Timestamp},
    track::{Accuracy, accuracy},
};

/// How many weeks back are told.
const WEEKS: usize = 12;
/// From a Monday to a Thursday, on which 1970 began: whole weeks are counted from there.
const TO_MONDAY: TimeDelta = TimeDelta::days(3);

/// How what was said compares with what came.
#[derive(Debug, Default)]
pub(crate) struct Calibration {
    /// Of runs that were told to succeed with about the same probability, how many did.
    pub(crate) success: Vec<Bin>,
    /// The share of durations up to what was told for one in two and for nine in ten, and inside of the interval.
    pub(crate) durations: Vec<Quantile>,
    /// The same figures for each model that made forecasts.
    pub(crate) models: Vec<(String, Accuracy)>,
    /// The same figures for each of the last weeks, by their Mondays, oldest first.
    pub(crate) weeks: Vec<(Timestamp, Accuracy)>,
}

/// Runs that were told to succeed with about the same probability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bin {
    /// The smallest probability of these, in percent.
    pub(crate) from: u8,
    /// How many there are.
    pub(crate) runs: u32,
    /// The mean probability that was told.
    pub(crate) told: Permille,
    /// The share that succeeded.
    pub(crate) came: Permille,
}

/// A promise about durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quantile {
    /// What was promised.
    pub(crate) promise: &'static str,
    /// In how many of a hundred runs it should hold.
    pub(crate) told: Percent,
    /// In how many it did.
    pub(crate) came: Percent,
    /// Out of how many.
    pub(crate) runs: u32,
}

impl Calibration {
    /// What scores say about what was told, whatever their order.
    pub(crate) fn of<'a>(scores: impl Iterator<Item = &'a Score> + Clone) -> Self {
        Self {
            success: success(scores.clone()),
            durations: durations(scores.clone()),
            models: grouped(scores.clone(), |score| score.model.clone()),
            weeks: weeks(scores),
        }
    }
}

fn success<'a>(scores: impl Iterator<Item = &'a Score>) -> Vec<Bin> {
    let mut tenths = [(0_u32, 0_u64, 0_u64); 10];
    for score in scores {
        let told = score.success.0.min(1000);
        let (runs, sum, successes) = &mut tenths[usize::from(told / 100).min(9)];
        *runs += 1;
        *sum += u64::from(told);
        *successes += u64::from(score.succeeded);
    }
    let bins = (0_u8..).zip(tenths).filter(|(_, (runs, ..))| *runs > 0);
    let bin = |(tenth, (runs, sum, successes)): (u8, (u32, u64, u64))| Bin {
        from: tenth * 10,
        runs,
        told: permille(sum, runs),
        came: permille(successes * 1000, runs),
    };
    bins.map(bin).collect()
}

/// A mean of so many, in permille.
fn permille(sum: u64, number: u32) -> Permille {
    let number = u64::from(number.max(1));
    let mean = (sum + number / 2) / number;
    Permille(u16::try_from(mean).unwrap_or(1000))
}

fn durations<'a>(scores: impl Iterator<Item = &'a Score>) -> Vec<Quantile> {
    let (mut runs, mut half, mut nine, mut inside) = (0_u32, 0_u32, 0_u32, 0_u32);
    for duration in scores.filter_map(|score| score.duration) {
        runs += 1;
        half += up_to(duration.actual, duration.p50);
        nine += up_to(duration.actual, duration.p90);
        inside += u32::from(duration.covered);
    }
    if runs == 0 {
        return Vec::new();
    }
    let quantile = |promise, told, held: u32| Quantile {
        promise,
        told: Percent(told),
        came: Percent::from_share(f64::from(held) / f64::from(runs)),
        runs,
    };
    vec![
        quantile("takes up to the p50", 50, half),
        quantile("takes up to the p90", 90, nine),
        quantile("lies in the 90% interval", 90, inside),
    ]
}

fn up_to(actual: Seconds, bound: Seconds) -> u32 {
    u32::from(actual <= bound)
}

fn weeks<'a>(scores: impl Iterator<Item = &'a Score>) -> Vec<(Timestamp, Accuracy)> {
    let mut weeks = grouped(scores, |score| monday(score.finished_at));
    let old = weeks.len().saturating_sub(WEEKS);
    weeks.drain(..old);
    weeks
}

/// The Monday on which an instant's week began, in UTC.
pub(crate) fn monday(at: Timestamp) -> Timestamp {
    let whole = (at + TO_MONDAY).duration_trunc(TimeDelta::weeks(1));
    whole.map_or(at, |week| week - TO_MONDAY)
}

/// The figures of each group, in order of what groups them; without those that compare no duration.
fn grouped<'a, K: Ord>(
    scores: impl Iterator<Item = &'a Score>,
    by: impl Fn(&Score) -> K,
) -> Vec<(K, Accuracy)> {
    let mut groups: BTreeMap<K, Vec<Score>> = BTreeMap::new();
    for score in scores {
        groups.entry(by(score)).or_default().push(score.clone());
    }
    let figures = groups.into_iter();
    figures
        .filter_map(|(key, scores)| Some((key, accuracy(&scores)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn a_week_begins_on_its_monday() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        for day in ["2026-09-14T00:00:00Z", "2026-09-20T23:59:59Z"] {
            assert_eq!(monday(at(day)), at("2026-09-14T00:00:00Z"), "{day}");
        }
    }

    #[test]
    fn what_was_told_is_held_against_what_came() {
        let scores = sample::scores(40, 90);

        let calibration = Calibration::of(scores.iter());

        // All were told 97.3% and succeeded; every actual is below its p50; one in ten is outside.
        let bin = Bin {
            from: 90,
            runs: 40,
            told: Permille(973),
            came: Permille(1000),
        };
        assert_eq!(calibration.success, [bin]);
        let came: Vec<u8> = calibration.durations.iter().map(|one| one.came.0).collect();
        assert_eq!(came, [100, 100, 90]);
        assert_eq!(calibration.models.len(), 1);
        let compared: u32 = calibration
            .weeks
            .iter()
            .map(|(_, one)| one.comparisons)
            .sum();
        assert_eq!(compared, 40);
    }

    #[test]
    fn of_nothing_nothing_is_told() {
        let calibration = Calibration::of([].iter());
        assert!(calibration.success.is_empty() && calibration.durations.is_empty());
        assert!(calibration.models.is_empty() && calibration.weeks.is_empty());
    }
}

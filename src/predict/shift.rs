//! Where the level of a series shifted for good.
//!
//! A shift needs three runs in a row that lie beyond everything the level has seen lately, by clearly more than its noise,
//! on one side and close together. One or two outliers are never enough. The search only looks back, so what it finds for
//! a past instant is what it would have found then.

use super::quantile::{Weighted, quantile};

/// Runs in a row that make a shift; with two, one outlier and its re-run would do.
const RUN_LENGTH: usize = 3;
/// Runs that a level must have before it can be left.
pub(super) const LEVEL_RUNS: usize = 4;
/// How many runs of the level are compared with.
const MEMORY_RUNS: usize = 15;
/// The least shift, as a logarithm: 25 %, the error at which a forecast stops being good.
const LEAST_SHIFT: f64 = 0.22;
/// The least shift in standard deviations of the level: the customary three.
const DEVIATIONS: f64 = 3.0;
/// Scales a median absolute deviation to the standard deviation of a normal distribution.
const NORMAL_CONSISTENCY: f64 = 1.4826;

/// Where a new level begins among the values of the one that held, if the newest three make one.
///
/// Asked after every run, so the newest three are all that can have made it.
pub(super) fn newest(values: &[f64]) -> Option<usize> {
    let at = values.len().checked_sub(RUN_LENGTH)?;
    let level = &values[at.saturating_sub(MEMORY_RUNS)..at];
    (at >= LEVEL_RUNS && leaves(level, &values[at..])).then_some(at)
}

fn leaves(level: &[f64], next: &[f64]) -> bool {
    let centre = median(level);
    let least = LEAST_SHIFT.max(DEVIATIONS * deviation(level));
    let ((low, high), (next_low, next_high)) = (range(level), range(next));
    let above = next_low > high.max(centre + least);
    let below = next_high < low.min(centre - least);
    (above || below) && next_high - next_low < least
}

/// The standard deviation that the median absolute deviation stands for.
pub(super) fn deviation(values: &[f64]) -> f64 {
    let centre = median(values);
    let deviations: Vec<f64> = values.iter().map(|value| (value - centre).abs()).collect();
    NORMAL_CONSISTENCY * median(&deviations)
}

pub(super) fn median(values: &[f64]) -> f64 {
    let even: Vec<Weighted> = values
        .iter()
        .map(|value| Weighted {
            value: *value,
            weight: 1.0,
        })
        .collect();
    quantile(&even, 0.5).unwrap_or(0.0)
}

fn range(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(levels: &[(f64, usize)]) -> Vec<f64> {
        levels
            .iter()
            .flat_map(|(value, count)| std::iter::repeat_n(*value, *count))
            .collect()
    }

    /// The indices at which new levels begin, found run by run.
    fn shifts(values: &[f64]) -> Vec<usize> {
        let (mut found, mut begin) = (Vec::new(), 0);
        for count in 1..=values.len() {
            if let Some(at) = newest(&values[begin..count]) {
                begin += at;
                found.push(begin);
            }
        }
        found
    }

    #[test]
    fn a_shift_begins_at_the_first_run_of_the_new_level() {
        assert_eq!(shifts(&steps(&[(5.0, 10), (6.4, 5), (5.0, 6)])), [10, 15]);
    }

    #[test]
    fn two_runs_beyond_the_level_are_no_shift() {
        assert_eq!(
            shifts(&steps(&[(5.0, 10), (6.4, 2), (5.0, 6)])),
            [0_usize; 0]
        );
    }

    #[test]
    fn a_new_level_is_known_only_once_three_of_its_runs_were_seen() {
        let values = steps(&[(5.0, 10), (6.4, 3)]);
        assert_eq!((newest(&values[..12]), newest(&values)), (None, Some(10)));
        assert_eq!(newest(&[]), None);
    }

    #[test]
    fn a_level_of_three_runs_cannot_be_left() {
        assert_eq!(newest(&steps(&[(5.0, 3), (6.4, 3)])), None);
    }
}

//! Whether a workflow's forecasts have earned that anything is done by them.
//!
//! Judged over the last twenty comparisons, run by run from the oldest, so that the verdict follows from the scores alone.
//! The bounds for losing trust and for winning it back differ, so that one run more or less does not turn it over again.

use serde::{Deserialize, Serialize};

use crate::domain::{DurationScore, Timestamp};

/// Over how many comparisons trust is lost and won.
const RUNS: usize = 20;
/// Trust is lost when the absolute errors exceed those of repeating the last value by more than a tenth.
///
/// On 211 public series the mean ratio over twenty runs is 0.79, so a tenth above one is no noise of a forecast that helps.
/// It is won back when they do not exceed them any more.
const LOSES_AT_TENTHS: u128 = 11;
/// Trust is lost when fewer than 15 of 20 outcomes lay in a 90 % interval: a chance of one in ninety where it holds.
const LOSES_COVERED: usize = 15;
/// It is won back from 17 of 20 on, the lower end of the band that is asked of a workflow.
const REGAINS_COVERED: usize = 17;

/// Why forecasts are not acted on.
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
pub enum Distrust {
    /// Repeating the last value did better.
    NoSkill,
    /// Too many outcomes fell outside of their intervals.
    LowCoverage,
}

/// Since when forecasts are not acted on, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Demotion {
    /// Why.
    pub distrust: Distrust,
    /// The end of the run that cost the trust.
    pub since: Timestamp,
}

/// The verdict after comparisons in order of their runs' ends; `None` while forecasts are trusted.
pub(super) fn demotion(comparisons: &[(Timestamp, DurationScore)]) -> Option<Demotion> {
    comparisons.windows(RUNS).fold(None, |before, window| {
        let scores: Vec<&DurationScore> = window.iter().map(|(_, score)| score).collect();
        let (covered, errors) = (covered(&scores), Errors::of(&scores));
        match before {
            None => distrust(covered, &errors).map(|distrust| Demotion {
                distrust,
                since: window[RUNS - 1].0,
            }),
            Some(_) if covered >= REGAINS_COVERED && !errors.exceed(10) => None,
            Some(demotion) => Some(demotion),
        }
    })
}

fn distrust(covered: usize, errors: &Errors) -> Option<Distrust> {
    if errors.exceed(LOSES_AT_TENTHS) {
        Some(Distrust::NoSkill)
    } else if covered < LOSES_COVERED {
        Some(Distrust::LowCoverage)
    } else {
        None
    }
}

fn covered(scores: &[&DurationScore]) -> usize {
    scores.iter().filter(|score| score.covered).count()
}

/// The sums of absolute errors over some runs, in seconds.
struct Errors {
    ours: u128,
    last_value: u128,
    runs: u128,
}

impl Errors {
    fn of(scores: &[&DurationScore]) -> Self {
        let none = Self {
            ours: 0,
            last_value: 0,
            runs: 0,
        };
        let compared = scores
            .iter()
            .filter_map(|score| Some((score, score.naive?)));
        compared.fold(none, |sums, (score, last)| Self {
            ours: sums.ours + u128::from(score.p50.0.abs_diff(score.actual.0)),
            last_value: sums.last_value + u128::from(last.0.abs_diff(score.actual.0)),
            runs: sums.runs + 1,
        })
    }

    /// Whether ours exceed so many tenths of the last value's, by more than a second a run: that is the grain of what GitHub
    /// tells, and no forecast is blamed for less.
    fn exceed(&self, tenths: u128) -> bool {
        self.ours > self.last_value + self.runs && self.ours * 10 > self.last_value * tenths
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::Seconds;

    fn at(day: usize) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::days(day as i64)
    }

    /// Runs of 1,000 s, forecast and repeated with these errors, inside of their interval or not.
    fn history(runs: &[(usize, u64, u64, bool)]) -> Vec<(Timestamp, DurationScore)> {
        let each = runs.iter().flat_map(|(count, ours, naive, covered)| {
            std::iter::repeat_n((ours, naive, covered), *count)
        });
        let score = |(day, (ours, naive, covered)): (usize, (&u64, &u64, &bool))| {
            let actual = 1_000;
            let score = DurationScore {
                p50: Seconds(actual + ours),
                p90: Seconds(actual + ours),
                naive: Some(Seconds(actual + naive)),
                actual: Seconds(actual),
                error_permille: 0,
                covered: *covered,
            };
            (at(day), score)
        };
        each.enumerate().map(score).collect()
    }

    #[test]
    fn forecasts_that_beat_the_last_value_are_trusted() {
        assert_eq!(demotion(&history(&[(60, 50, 80, true)])), None);
        assert_eq!(demotion(&history(&[(60, 0, 0, true)])), None);
        assert_eq!(demotion(&[]), None);
    }

    #[test]
    fn twenty_runs_worse_than_the_last_value_cost_the_trust_and_nineteen_do_not() {
        assert_eq!(demotion(&history(&[(19, 120, 100, true)])), None);
        assert_eq!(
            demotion(&history(&[(20, 120, 100, true)])),
            Some(Demotion {
                distrust: Distrust::NoSkill,
                since: at(19)
            })
        );
    }

    #[test]
    fn six_misses_in_twenty_cost_the_trust_and_five_do_not() {
        let misses = |count| {
            demotion(&history(&[
                (20 - count, 50, 80, true),
                (count, 50, 80, false),
            ]))
        };
        assert_eq!(misses(5), None);
        assert_eq!(
            misses(6).map(|one| one.distrust),
            Some(Distrust::LowCoverage)
        );
    }

    #[test]
    fn trust_comes_back_only_when_the_last_value_is_no_better_any_more() {
        let worse = (20, 120, 100, true);
        let slightly_worse = (20, 105, 100, true);
        assert!(demotion(&history(&[slightly_worse])).is_none());
        assert!(demotion(&history(&[worse, slightly_worse])).is_some());
        assert!(demotion(&history(&[worse, (20, 90, 100, true)])).is_none());
    }

    #[test]
    fn a_second_a_run_is_nobodys_fault() {
        assert_eq!(demotion(&history(&[(40, 1, 0, true)])), None);
        assert!(demotion(&history(&[(40, 2, 0, true)])).is_some());
    }
}

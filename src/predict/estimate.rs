//! What estimators take and give: samples in, a level with the errors around it out.
//!
//! Everything here is in natural logarithms of seconds, because durations err by factors: a run is "a fifth longer" far
//! more steadily than "a minute longer". Floats stay inside `predict`; what leaves is whole seconds and percent.

use super::quantile::{Weighted, quantile};
use crate::domain::{Interval, Percent, Quantiles, Seconds, Timestamp};

/// One evident duration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    /// When the run ended.
    pub(super) ended_at: Timestamp,
    /// The natural logarithm of its seconds.
    pub(super) log_duration: f64,
}

/// A belief about the next duration.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Estimate {
    /// The logarithm of the expected duration.
    pub(super) level: f64,
    /// By how much (actual less level, in logarithms) the next run may err, with the weight of each possibility.
    pub(super) errors: Vec<Weighted>,
    /// How many runs are evidence.
    pub(super) samples: u32,
    /// How many of them belong to the level that now holds.
    pub(super) settled: u32,
    /// When that level began, if it replaced another.
    pub(super) drift_since: Option<Timestamp>,
    /// The expected share of such forecasts within 25 % of the outcome, 0 to 1.
    pub(super) confidence: f64,
}

/// History in, belief out. Samples are in order of their ends; `None` without any.
pub(super) trait Estimator {
    /// Estimates the next duration.
    fn estimate(&self, history: &[Sample]) -> Option<Estimate>;
}

impl Estimate {
    /// The median and the 90 % quantile.
    pub(super) fn duration(&self) -> Quantiles {
        let p50 = seconds(self.level);
        Quantiles {
            p50,
            p90: self.at(0.9).max(p50),
        }
    }

    /// The central 90 % interval, which holds both of the other quantiles.
    pub(super) fn interval(&self) -> Interval {
        let Quantiles { p50, p90 } = self.duration();
        Interval {
            lower: self.at(0.05).min(p50),
            upper: self.at(0.95).max(p90),
        }
    }

    /// The confidence in whole percent.
    pub(super) fn confidence(&self) -> Percent {
        Percent::from_share(self.confidence)
    }

    fn at(&self, share: f64) -> Seconds {
        seconds(self.level + quantile(&self.errors, share).unwrap_or(0.0))
    }
}

/// Whole seconds, at least one: no run takes none.
fn seconds(log_duration: f64) -> Seconds {
    Seconds::from_f64(log_duration.exp()).max(Seconds(1))
}

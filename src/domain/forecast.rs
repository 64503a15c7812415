//! What is expected of a workflow's next run, said before the run.

use serde::{Deserialize, Serialize};

use super::{Percent, Permille, Seconds, Timestamp};

/// Two quantiles of an uncertain span of time.
///
/// Invariant kept by its makers: `p50 <= p90`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Quantiles {
    /// Half of the outcomes are expected at or below it.
    pub p50: Seconds,
    /// Nine in ten outcomes are expected at or below it.
    pub p90: Seconds,
}

/// A central range that is expected to hold nine in ten outcomes.
///
/// Invariant kept by its makers: `lower <= upper`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Interval {
    /// One in twenty outcomes is expected below it.
    pub lower: Seconds,
    /// One in twenty outcomes is expected above it.
    pub upper: Seconds,
}

impl Interval {
    /// Whether an outcome lies in the range, its ends included.
    #[must_use]
    pub fn contains(&self, actual: Seconds) -> bool {
        (self.lower..=self.upper).contains(&actual)
    }
}

/// A range that is expected to hold a probability nine times in ten.
///
/// Invariant kept by its makers: `lower <= upper`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProbabilityInterval {
    /// The probability lies below it once in twenty.
    pub lower: Permille,
    /// The probability lies above it once in twenty.
    pub upper: Permille,
}

impl Default for ProbabilityInterval {
    /// Nothing is known.
    fn default() -> Self {
        Self {
            lower: Permille(0),
            upper: Permille(1000),
        }
    }
}

/// The forecast of a workflow's next run.
///
/// It is stored before the run it is about, scored after it, and never re-written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Forecast {
    /// When it was made.
    pub made_at: Timestamp,
    /// The model that made it, with its version, such as `decayed-quantile/1`.
    pub model: String,
    /// How long the run takes once it has started.
    pub duration: Quantiles,
    /// The 90 % interval of the duration; it holds the p50.
    pub interval: Interval,
    /// How long the first job waits for a runner.
    pub queue: Quantiles,
    /// From the fire to the run's creation, of scheduled runs.
    pub lateness: Quantiles,
    /// The probability that the run succeeds.
    pub success: Permille,
    /// The 90 % interval of that probability: wide where few outcomes are known.
    #[serde(default)]
    pub success_interval: ProbabilityInterval,
    /// How far the forecast can be trusted: the expected share of such forecasts within 25 % of the outcome.
    pub confidence: Percent,
    /// How many runs are evidence for the duration.
    pub samples: u32,
    /// The last instant at which the duration's level was seen to shift.
    pub drift_since: Option<Timestamp>,
}

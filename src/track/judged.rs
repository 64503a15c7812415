//! One replayed forecast, reduced to the numbers that figures are made of.

use super::Replay;
use crate::domain::DurationScore;

/// A forecast duration against the actual one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// The actual duration in seconds, above zero.
    pub actual: f64,
    /// The forecast median.
    pub p50: f64,
    /// The forecast 90 % quantile.
    pub p90: f64,
    /// What repeating the last value would have said.
    pub last: f64,
    /// What the median of all that was known would have said.
    pub running_median: f64,
    /// The width of the 90 % interval.
    pub width: f64,
    /// Whether the actual lay in it.
    pub covered: bool,
    /// The confidence in percent.
    pub confidence: u8,
    /// How many evident durations were known.
    pub history: usize,
}

/// A success probability against the outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The probability that was told.
    pub probability: f64,
    /// The share of successes until then.
    pub running_rate: f64,
    /// Whether the run succeeded.
    pub succeeded: bool,
}

impl Judged {
    /// The duration's part of a replay, where the run was evidence of one.
    #[must_use]
    pub fn of(replay: &Replay) -> Option<Self> {
        let DurationScore {
            p50,
            p90,
            naive,
            actual,
            covered,
            error_permille: _,
        } = replay.score.duration?;
        let interval = replay.forecast.interval;
        Some(Self {
            actual: actual.as_f64(),
            p50: p50.as_f64(),
            p90: p90.as_f64(),
            last: naive?.as_f64(),
            running_median: replay.running_median.as_f64(),
            width: interval.upper.as_f64() - interval.lower.as_f64(),
            covered,
            confidence: replay.forecast.confidence.0,
            history: replay.history,
        })
    }

    /// The error of a forecast of this run, relative to the actual.
    #[must_use]
    pub fn error_of(&self, forecast: f64) -> f64 {
        (forecast - self.actual).abs() / self.actual
    }

    /// The error of the p50.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.error_of(self.p50)
    }

    /// The pinball loss of a quantile (Koenker and Bassett, 1978), relative to the actual.
    #[must_use]
    pub fn pinball(&self, forecast: f64, share: f64) -> f64 {
        let under = (self.actual - forecast) / self.actual;
        if under >= 0.0 {
            share * under
        } else {
            (share - 1.0) * under
        }
    }
}

impl Outcome {
    /// The success's part of a replay.
    #[must_use]
    pub fn of(replay: &Replay) -> Self {
        Self {
            probability: f64::from(replay.score.success.0) / 1e3,
            running_rate: f64::from(replay.running_rate_ppm) / 1e6,
            succeeded: replay.score.succeeded,
        }
    }

    /// The squared error of a probability.
    #[must_use]
    pub fn square(&self, probability: f64) -> f64 {
        (probability - f64::from(u8::from(self.succeeded))).powi(2)
    }
}

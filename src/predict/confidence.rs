//! How far a forecast can be trusted: the share of its like that land within 25 % of the outcome.
//!
//! [`Trust`] counts how often the model did on this workflow; [`Maturity`] discounts what rests on few runs at the level
//! that now holds, so that confidence rises with samples and falls with spread and drift.

use super::estimate::{Estimate, Estimator, Sample};

/// An error that counts as close: 25 % of the actual, the bound of "good" in the accuracy report.
const CLOSE: f64 = 0.25;

/// Takes the decayed share of close errors, shrunk to that of other workflows, as the confidence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trust<E> {
    /// The share of close forecasts over all workflows, 0 to 1.
    pub(super) prior_share: f64,
    /// What that share weighs, in runs.
    pub(super) prior_runs: f64,
    /// The estimator.
    pub(super) inner: E,
}

impl<E: Estimator> Estimator for Trust<E> {
    fn estimate(&self, history: &[Sample]) -> Option<Estimate> {
        let estimate = self.inner.estimate(history)?;
        let (mut close, mut total) = (self.prior_share * self.prior_runs, self.prior_runs);
        for error in &estimate.errors {
            total += error.weight;
            close += if is_close(error.value) {
                error.weight
            } else {
                0.0
            };
        }
        Some(Estimate {
            confidence: close / total,
            ..estimate
        })
    }
}

/// Whether a forecast that missed by the factor `exp(error)` was close, relative to the actual.
fn is_close(error: f64) -> bool {
    ((-error).exp() - 1.0).abs() <= CLOSE
}

/// Discounts confidence by the runs seen at the current level: half of the doubt goes every half-life.
///
/// One run gives 60 % of the confidence, three 75 %, six 88 %, twelve 97 %. One run says nothing about spread, whatever
/// other workflows do; the discount, not the data, keeps a new workflow below the bar of an automatic change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Maturity<E> {
    /// Half of the doubt goes every so many runs.
    pub(super) half_life_runs: f64,
    /// The estimator.
    pub(super) inner: E,
}

impl<E: Estimator> Estimator for Maturity<E> {
    fn estimate(&self, history: &[Sample]) -> Option<Estimate> {
        let estimate = self.inner.estimate(history)?;
        let doubt = 0.5 * 0.5_f64.powf(f64::from(estimate.settled) / self.half_life_runs);
        Some(Estimate {
            confidence: estimate.confidence * (1.0 - doubt),
            ..estimate
        })
    }
}

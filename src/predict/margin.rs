//! What few samples hide: two imagined errors, so that an interval is wide until runs have shown that it need not be.

use super::{
    estimate::{Estimate, Estimator, Sample},
    quantile::Weighted,
};

/// Widens the errors of another estimator.
///
/// The imagined errors weigh a fixed amount, so their part shrinks as real errors gather: alone after one run, outside
/// the 90 % interval after about twenty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Margin<E> {
    /// How far the imagined errors lie on either side, as a logarithm.
    pub(super) reach: f64,
    /// What each weighs, in runs.
    pub(super) weight: f64,
    /// The estimator.
    pub(super) inner: E,
}

impl<E: Estimator> Estimator for Margin<E> {
    fn estimate(&self, history: &[Sample]) -> Option<Estimate> {
        let mut estimate = self.inner.estimate(history)?;
        let imagined = [-self.reach, self.reach].map(|value| Weighted {
            value,
            weight: self.weight,
        });
        estimate.errors.extend(imagined);
        Some(estimate)
    }
}

//! Tells metrics of the store's calls; the same for both shells.

use std::sync::Arc;

use crate::{metrics::Metrics, store::StoreObserver};

/// An observer of a store that counts into these metrics.
#[must_use]
pub fn timed(metrics: &Metrics) -> StoreObserver {
    let metrics = metrics.clone();
    Arc::new(move |took, ok| metrics.store(took, ok))
}

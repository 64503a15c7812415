//! Who learns how long the store's calls take.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use tokio::time::Instant;
use tracing::Instrument as _;

/// Receives the time that a call took, and whether it succeeded. It must return at once.
pub type StoreObserver = Arc<dyn Fn(Duration, bool) + Send + Sync>;

/// The observer of a store, where it has one.
#[derive(Clone, Default)]
pub(super) struct Observed(Option<StoreObserver>);

impl Observed {
    pub(super) fn by(observer: StoreObserver) -> Self {
        Self(Some(observer))
    }

    /// Does some work and tells how long it took; work that is given up is not told.
    pub(super) async fn watch<T, E>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let start = Instant::now();
        // On the heap: whoever calls holds a future of many calls, and a copy of each lies on the stack when it begins.
        let work = Box::pin(work).instrument(tracing::debug_span!("store call"));
        let result = work.await;
        if let Some(observer) = &self.0 {
            observer(start.elapsed(), result.is_ok());
        }
        result
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observed").field(&self.0.is_some()).finish()
    }
}

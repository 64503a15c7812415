//! Where the fleet's numbers come from when somebody asks.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use super::Fleet;

type Ask = Arc<dyn Fn() -> Fleet + Send + Sync>;

/// Who is asked for the fleet, if anybody.
#[derive(Clone, Default)]
pub(super) struct Source(Arc<Mutex<Option<Ask>>>);

impl Source {
    pub(super) fn set(&self, ask: Option<Ask>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = ask;
    }

    pub(super) fn ask(&self) -> Option<Fleet> {
        let ask = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        ask.map(|ask| ask())
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

/// While it lives, the fleet is asked for with every scrape; afterwards there is none.
#[derive(Debug)]
pub struct Watched(pub(super) super::Metrics);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.source.set(None);
        self.0.fleet(&Fleet::default());
    }
}

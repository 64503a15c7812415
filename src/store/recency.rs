//! Which cached answers were used lately, noted in memory so that reading one costs no write.
//!
//! Holds each key once: its size is bounded by the cache's.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Which answers were used since the last one was stored, in order of use.
#[derive(Debug, Default)]
pub(super) struct Recency(Mutex<Uses>);

#[derive(Debug, Default)]
struct Uses {
    count: i64,
    by_key: BTreeMap<String, i64>,
}

impl Recency {
    /// Notes a use.
    pub(super) fn note(&self, key: &str) {
        let mut uses = self.lock();
        uses.count += 1;
        let count = uses.count;
        uses.by_key.insert(key.to_owned(), count);
    }

    /// The keys used, least recently first; the notes begin anew.
    pub(super) fn take(&self) -> Vec<String> {
        let mut uses: Vec<_> = std::mem::take(&mut self.lock().by_key)
            .into_iter()
            .collect();
        uses.sort_by_key(|(_, used)| *used);
        uses.into_iter().map(|(key, _)| key).collect()
    }

    /// A panic elsewhere leaves the notes usable: each is whole.
    fn lock(&self) -> MutexGuard<'_, Uses> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

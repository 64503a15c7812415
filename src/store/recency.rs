//! Which cached answers were used lately, noted in memory so that reading one costs no write.
//!
//! Holds each key once: its size is bounded by the cache's.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many notes are written with one answer: whoever stores one holds the lock of all writers for that long.
const MOST: usize = 200;

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

    /// The keys that were used least recently, in order of use; the notes of the others remain.
    pub(super) fn take(&self) -> Vec<String> {
        let mut noted = self.lock();
        let mut uses: Vec<_> = std::mem::take(&mut noted.by_key).into_iter().collect();
        uses.sort_unstable_by_key(|(_, used)| *used);
        let later = uses.split_off(uses.len().min(MOST));
        noted.by_key = later.into_iter().collect();
        uses.into_iter().map(|(key, _)| key).collect()
    }

    /// A panic elsewhere leaves the notes usable: each is whole.
    fn lock(&self) -> MutexGuard<'_, Uses> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_taken_a_few_at_a_time_and_those_of_longest_ago_first() {
        let recency = Recency::default();
        let key = |number: usize| format!("{:04}", 9_999 - number);
        (0..MOST + 5).for_each(|number| recency.note(&key(number)));
        recency.note(&key(0));

        assert_eq!(recency.take(), (1..=MOST).map(key).collect::<Vec<_>>());
        let rest = (MOST + 1..MOST + 5).chain([0]);
        assert_eq!(recency.take(), rest.map(key).collect::<Vec<_>>());
        assert_eq!(recency.take(), [""; 0]);
    }
}

//! When each object's next round is due by the clock: what the queue of a controller does not tell of itself.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// When rounds are due, by object. An object that is being looked at, or that nobody put down, has no entry.
#[derive(Default)]
pub(super) struct Agenda(Mutex<BTreeMap<String, Instant>>);

impl Agenda {
    /// Puts down when an object's next round is due.
    pub(super) fn put(&self, key: String, wait: Duration) {
        // A wait beyond what the clock can tell is no date.
        if let Some(due) = Instant::now().checked_add(wait) {
            self.due().insert(key, due);
        }
    }

    /// Takes an object off because its round begins; how late it is, where it was due.
    pub(super) fn begin(&self, key: &str) -> Option<Duration> {
        let due = self.due().remove(key)?;
        Instant::now().checked_duration_since(due)
    }

    /// Takes off an object that is gone.
    pub(super) fn forget(&self, key: &str) {
        self.due().remove(key);
    }

    /// How many rounds are due and have not begun.
    pub(super) fn waiting(&self) -> u64 {
        let now = Instant::now();
        self.due().values().filter(|due| **due <= now).count() as u64
    }

    fn due(&self) -> MutexGuard<'_, BTreeMap<String, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_due_waits_until_it_begins_and_tells_how_late_it_is() {
        let agenda = Agenda::default();
        agenda.put("a".to_owned(), Duration::from_secs(10));
        agenda.put("b".to_owned(), Duration::from_secs(20));
        assert_eq!(agenda.begin("b"), None, "woken before its time");
        tokio::time::advance(Duration::from_secs(13)).await;
        assert_eq!(agenda.waiting(), 1);
        assert_eq!(agenda.begin("a"), Some(Duration::from_secs(3)));
        assert_eq!(agenda.waiting(), 0);
        assert_eq!(agenda.begin("never"), None);
    }
}

//! Opening the store at the start of a process that stays: a server that is away is waited for. The same for both shells.

use std::time::Duration;

use crate::store::{Store, StoreError};

/// The longest wait between two attempts: an outage's end is noticed about as soon as by a process that runs already.
const LONGEST_SECONDS: u64 = 15;

/// Opens a store, attempt by attempt.
pub struct Opening {
    /// Never shown: it may hold a password.
    url: String,
    failures: u32,
    told: String,
}

/// What an attempt came to.
pub enum Opened {
    /// The store is there.
    Store(Store),
    /// It is not, and may be after this long.
    Again(Duration),
}

impl Opening {
    /// Takes the store's URL.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            failures: 0,
            told: String::new(),
        }
    }

    /// Makes one attempt. Why there has to be another is told in the log, once.
    ///
    /// # Errors
    /// When no waiting helps, or a correction would come with another start, such as a password's in the environment.
    pub async fn step(&mut self) -> Result<Opened, StoreError> {
        let error = match Store::open(&self.url).await {
            Ok(store) => {
                if self.failures > 0 {
                    tracing::info!(
                        store = store.name(),
                        "the store is there; the start goes on"
                    );
                }
                return Ok(Opened::Store(store));
            }
            Err(error) if error.passes() => error,
            Err(error) => return Err(error),
        };
        let why = error.to_string();
        if why != self.told {
            tracing::warn!(error = %why, "the start waits for the store");
            self.told = why;
        }
        self.failures = self.failures.saturating_add(1);
        Ok(Opened::Again(wait(self.failures)))
    }
}

/// The wait after so many failures in a row: a second, doubling.
fn wait(failures: u32) -> Duration {
    let doubled = 1_u64 << failures.saturating_sub(1).min(16);
    Duration::from_secs(doubled.min(LONGEST_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_a_minute() {
        let waits = [1, 2, 3, 4, 5, 6, u32::MAX].map(|failures| wait(failures).as_secs());
        assert_eq!(waits, [1, 2, 4, 8, 15, 15, 15]);
    }

    #[tokio::test]
    async fn a_server_that_is_away_is_tried_again_and_a_url_that_cannot_be_used_is_not() {
        let mut opening = Opening::new("postgres://robot:hunter2@127.0.0.1:1/history");
        for seconds in [1, 2] {
            let opened = opening.step().await.unwrap();
            assert!(matches!(opened, Opened::Again(wait) if wait.as_secs() == seconds));
        }
        assert!(opening.told.contains("refused") && !opening.told.contains("hunter2"));
        let mut opening = Opening::new("mysql://db/history");
        assert!(opening.step().await.is_err());
        let mut opening = Opening::new("sqlite::memory:");
        assert!(matches!(opening.step().await, Ok(Opened::Store(_))));
    }
}

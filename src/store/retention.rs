//! How much of the past is kept.
//!
//! GitHub forgets runs, so what is kept here is the only history there is: it is let go by these rules and by nothing else.
//! What forecasts, the ledger and accuracy read is always among what is kept.

use std::str::FromStr;

use crate::domain::{Seconds, seconds::SecondsError};

/// How long the past is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    keep: Seconds,
}

/// Why a text says not how long the past is kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RetentionError {
    /// It is no span of time.
    #[error(transparent)]
    NoSpan(#[from] SecondsError),
    /// It is too short for what is read of the past.
    #[error("{0} is too short: the ledger of fires reads 30 days, and a run may last 35; write {least} or more", least = Retention::LEAST)]
    TooShort(Seconds),
}

impl Retention {
    /// The shortest span: a run may wait and work for 35 days, and the ledger of fires reads 30 days back.
    pub const LEAST: Seconds = Seconds::days(60);
    /// The newest attempts of a workflow that are kept whatever their age; forecasts rest on 300 at most.
    pub const LEAST_RUNS: u32 = 500;
    /// The attempts that are kept of a workflow at most: ten years of one run a day, a fortnight of one every five minutes.
    pub const MOST_RUNS: u32 = 5_000;
    /// For how many times the span those newest attempts are kept where nothing new comes: the last year of a yearly workflow
    /// says something of the next one, and that of a file renamed long ago says nothing.
    const OUTLIVES: u64 = 5;
    /// For how long every job and every forecast is kept. A run's duration and wait need its first job alone, and a score holds
    /// what was forecast, so that older ones are compacted to these.
    pub(super) const DETAIL: Seconds = Seconds::days(60);
    /// For how long a repository counts as looked at after its view was last kept.
    pub(super) const WATCHED: Seconds = Seconds::days(30);

    /// How long runs, scores and fires are kept.
    #[must_use]
    pub const fn keep(self) -> Seconds {
        self.keep
    }

    /// How long the newest of them are kept where nothing new comes.
    pub(super) const fn outlives(self) -> Seconds {
        Seconds(self.keep.0.saturating_mul(Self::OUTLIVES))
    }
}

impl Default for Retention {
    /// As long as GitHub keeps runs itself, 400 days: a year, and the same month of the one before.
    fn default() -> Self {
        Self {
            keep: Seconds::days(400),
        }
    }
}

impl FromStr for Retention {
    type Err = RetentionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let keep: Seconds = text.parse()?;
        if keep < Self::LEAST {
            return Err(RetentionError::TooShort(keep));
        }
        Ok(Self { keep })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_that_readers_of_the_past_need_is_the_shortest_that_is_taken() {
        assert_eq!(
            "60d".parse::<Retention>().map(Retention::keep),
            Ok(Seconds::days(60))
        );
        let error = "59d".parse::<Retention>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "59d is too short: the ledger of fires reads 30 days, and a run may last 35; write 60d or more"
        );
        assert!(matches!(
            "soon".parse::<Retention>(),
            Err(RetentionError::NoSpan(_))
        ));
    }
}

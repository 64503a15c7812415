//! How far GitHub's clock is ahead of ours, measured by the dates of its answers.
//!
//! Only the dates that GitHub compares with its own clock rest on it: those of an App's JSON web tokens.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta};
use http::{
    HeaderMap,
    header::{AGE, DATE},
};

use super::Error;
use crate::domain::Timestamp;

/// The largest difference that is made up for (ours). A wrong clock is off by a time zone or by minutes; beyond a day the
/// answer's date is as doubtful as our own, and a token dated so far ahead would outlive its use.
const MOST: TimeDelta = TimeDelta::hours(24);
/// Differences that a token survives: it is dated a minute back, and lives ten (GitHub).
const HARMLESS: TimeDelta = TimeDelta::seconds(30);

/// The difference as last measured, in seconds; nothing before the first answer.
#[derive(Debug, Default)]
pub(super) struct Skew {
    ahead_seconds: AtomicI64,
}

impl Skew {
    /// Learns from an answer that came just now. One that a proxy kept for a while says nothing.
    pub(super) fn learn(&self, headers: &HeaderMap, now: Timestamp) {
        let date = headers
            .get(DATE)
            .filter(|_| !headers.contains_key(AGE))
            .and_then(|date| DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
        if let Some(date) = date {
            let ahead = date.to_utc().signed_duration_since(now).num_seconds();
            self.ahead_seconds.store(ahead, Ordering::Relaxed);
        }
    }

    /// The present by GitHub's clock, as far as ours can be made up for.
    pub(super) fn corrected(&self, now: Timestamp) -> Timestamp {
        let ahead = self.ahead();
        if ahead.abs() > MOST { now } else { now + ahead }
    }

    /// Whether a token dated by the one instant would be refused where the other is the present.
    pub(super) fn matters(dated: Timestamp, present: Timestamp) -> bool {
        dated.signed_duration_since(present).abs() > HARMLESS
    }

    /// A refusal of credentials with the likely cause, where our clock is off by more than is made up for.
    pub(super) fn explain(&self, error: Error) -> Error {
        let ahead = self.ahead();
        let Error::Unauthorized { what, message } = error else {
            return error;
        };
        if ahead.abs() <= MOST {
            return Error::Unauthorized { what, message };
        }
        let behind = ahead > TimeDelta::zero();
        let side = if behind { "behind" } else { "ahead of" };
        let hours = ahead.num_hours().abs();
        let message = format!(
            "{message}; this machine's clock is {hours} hours {side} GitHub's: set it right"
        );
        Error::Unauthorized { what, message }
    }

    fn ahead(&self) -> TimeDelta {
        TimeDelta::seconds(self.ahead_seconds.load(Ordering::Relaxed))
    }
}

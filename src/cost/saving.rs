//! What a move saves: the fires that fall away, each at what a scheduled run costs.
//!
//! A move that keeps how often a workflow runs saves time in queues, which nobody bills, and no money.

use chrono::TimeDelta;
use serde::Serialize;

use super::{Estimate, WINDOW_DAYS};
use crate::domain::{Schedule, Timestamp};

/// Fires of the days that follow that are counted at most: one every five minutes.
const MOST: usize = 30 * 24 * 12;

/// What a workflow costs in the days to come, as it is and after its move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Saving {
    /// How often it fires now ...
    pub fires_now: u64,
    /// ... and after the move.
    pub fires_after: u64,
    /// What that costs now ...
    pub now: Estimate,
    /// ... and after the move.
    pub after: Estimate,
}

impl Saving {
    /// What a move comes to in the days after an instant, by what a scheduled run costs.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // Counts far below 2^52.
    pub fn of(
        current: &[Schedule],
        proposed: &[Schedule],
        per_run: Estimate,
        from: Timestamp,
    ) -> Self {
        let (fires_now, fires_after) = (fires(current, from), fires(proposed, from));
        Self {
            fires_now,
            fires_after,
            now: per_run.times(fires_now as f64),
            after: per_run.times(fires_after as f64),
        }
    }

    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        if self.fires_now == self.fires_after {
            return format!(
                "nothing: it runs as often as before ({} times)",
                self.fires_now
            );
        }
        format!(
            "{} instead of {}: {} runs instead of {}",
            self.after.words(),
            self.now.words(),
            self.fires_after,
            self.fires_now
        )
    }
}

fn fires(schedules: &[Schedule], from: Timestamp) -> u64 {
    let until = from + TimeDelta::days(WINDOW_DAYS);
    let of = |schedule: &Schedule| {
        let within = schedule.fires(from).take_while(|fire| *fire <= until);
        within.take(MOST).count() as u64
    };
    schedules.iter().map(of).sum()
}

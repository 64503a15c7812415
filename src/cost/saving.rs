//! What a move saves: the fires that fall away, each at what a scheduled run costs.
//!
//! A move that keeps how often a workflow runs saves time in queues, which nobody bills, and no money. Fires are counted
//! over whole weeks, a year of them where crons choose days: in any other span a weekly cron at another hour seems to run
//! more often, or less.

use chrono::TimeDelta;
use serde::Serialize;

use super::{Estimate, WINDOW_DAYS};
use crate::domain::{Schedule, Timestamp};

/// Fires of a cron that are counted at most: one every five minutes of a year.
const MOST: usize = YEAR_DAYS as usize * 24 * 12;
/// Whole weeks nearest to a year.
const YEAR_DAYS: u32 = 364;
/// Whole weeks nearest to a month, for crons that fire on every day alike.
const MONTH_DAYS: u32 = 28;

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
    /// What a move comes to in 30 days like those after an instant, by what a scheduled run costs.
    ///
    /// Numbers of fires that differ by one for each cron are those of a window's ends, and equal.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // Counts far below 2^52.
    pub fn of(
        current: &[Schedule],
        proposed: &[Schedule],
        per_run: Estimate,
        from: Timestamp,
    ) -> Self {
        let mut all = current.iter().chain(proposed);
        let chooses_days = all.any(|schedule| schedule.cron.days_restricted());
        let days = if chooses_days { YEAR_DAYS } else { MONTH_DAYS };
        let (now, after) = (fires(current, from, days), fires(proposed, from, days));
        let crons = current.len().max(proposed.len()) as u64;
        let after = if now.abs_diff(after) <= crons {
            now
        } else {
            after
        };
        let in_window = |fires: u64| fires as f64 * WINDOW_DAYS as f64 / f64::from(days);
        Self {
            fires_now: nearest(in_window(now)),
            fires_after: nearest(in_window(after)),
            now: per_run.times(in_window(now)),
            after: per_run.times(in_window(after)),
        }
    }

    /// Whether it runs as often as before.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.fires_now == self.fires_after && self.now == self.after
    }

    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        if self.is_nothing() {
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

fn fires(schedules: &[Schedule], from: Timestamp, days: u32) -> u64 {
    let until = from + TimeDelta::days(i64::from(days));
    let of = |schedule: &Schedule| {
        let within = schedule.fires(from).take_while(|fire| *fire <= until);
        within.take(MOST).count() as u64
    };
    schedules.iter().map(of).sum()
}

/// The conversion of money's: whole, saturating, never below zero.
fn nearest(fires: f64) -> u64 {
    crate::domain::Money(1).times(fires).0
}

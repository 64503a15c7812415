//! The minutes of a local week at which an intent lets a workflow fire.
//!
//! Owns the meaning of windows and deadlines; planner and check both ask here, so that they cannot disagree.

use chrono::{NaiveTime, Timelike};
use strum::IntoEnumIterator;

use super::item::{Intent, Weekday, Window};
use super::week::{DAY, WEEK};
use crate::domain::Seconds;

/// Which minutes of the local week are open, part by part.
#[derive(Clone, Debug)]
pub(super) struct Allowed {
    windows: Option<Vec<bool>>,
    deadline: Option<Vec<bool>>,
}

impl Allowed {
    /// Draws the week; `needs` is the time from the fire to the p90 end.
    pub(super) fn of(intent: &Intent, needs: Seconds) -> Self {
        Self {
            windows: (!intent.windows.is_empty()).then(|| in_windows(&intent.windows)),
            deadline: intent
                .finish_by
                .map(|by| in_time(&intent.windows, minute_of_day(by), needs)),
        }
    }

    /// Whether there is anything to hold to.
    pub(super) fn is_everything(&self) -> bool {
        self.windows.is_none() && self.deadline.is_none()
    }

    /// Whether a fire at this local minute of the week lies in a window.
    pub(super) fn in_window(&self, minute: u32) -> bool {
        open(self.windows.as_ref(), minute)
    }

    /// Whether a fire at this local minute of the week ends in time.
    pub(super) fn in_time(&self, minute: u32) -> bool {
        open(self.deadline.as_ref(), minute)
    }
}

/// The minute of the day at which a day of the intent begins; see [`super::After`].
pub(super) fn day_start(intent: &Intent) -> u32 {
    intent
        .windows
        .iter()
        .find(|window| window.to < window.from)
        .map_or(0, |window| minute_of_day(window.from))
}

fn open(week: Option<&Vec<bool>>, minute: u32) -> bool {
    week.is_none_or(|week| week.get((minute % WEEK) as usize).copied().unwrap_or(false))
}

fn in_windows(windows: &[Window]) -> Vec<bool> {
    let mut week = vec![false; WEEK as usize];
    for (opens, length, _) in openings(windows) {
        for minute in opens..opens + length {
            week[(minute % WEEK) as usize] = true;
        }
    }
    week
}

fn in_time(windows: &[Window], by: u32, needs: Seconds) -> Vec<bool> {
    let needs = u32::try_from(needs.0.div_ceil(60)).unwrap_or(u32::MAX);
    let left = |from: u32| match (by + DAY - from) % DAY {
        0 => DAY,
        minutes => minutes,
    };
    let mut week = vec![false; WEEK as usize];
    if windows.is_empty() {
        for minute in 0..WEEK {
            week[minute as usize] = needs <= left(minute % DAY);
        }
    }
    for (opens, length, from) in openings(windows) {
        for passed in (0..length).take_while(|passed| needs.saturating_add(*passed) <= left(from)) {
            week[((opens + passed) % WEEK) as usize] = true;
        }
    }
    week
}

/// Each opening of each window: minute of the week, length, minute of the day.
fn openings(windows: &[Window]) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
    windows.iter().flat_map(|window| {
        let (from, to) = (minute_of_day(window.from), minute_of_day(window.to));
        let length = if from == to {
            DAY
        } else {
            (to + DAY - from) % DAY
        };
        let opens = |day: &Weekday| window.days.is_empty() || window.days.contains(day);
        Weekday::iter()
            .filter(opens)
            .map(move |day| (day as u32 * DAY + from, length, from))
    })
}

fn minute_of_day(time: NaiveTime) -> u32 {
    time.hour() * 60 + time.minute()
}

//! What the five fields of an expression select, and on which dates that lets it fire.

use super::values::Values;

/// What each field of an expression selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) minutes: Values,
    pub(super) hours: Values,
    /// Days of the month.
    pub(super) days: Values,
    pub(super) months: Values,
    /// Weekdays, 0 is Sunday; 7 never occurs.
    pub(super) weekdays: Values,
    /// Whether the day-of-month field is anything but `*`.
    pub(super) days_restricted: bool,
    /// Whether the day-of-week field is anything but `*`.
    pub(super) weekdays_restricted: bool,
}

/// The most days that each month can have, January first.
pub(super) const MONTH_DAYS: [u8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

impl Fields {
    /// Whether it fires on a date of this month, day and weekday. Both day fields restricted means either (POSIX).
    pub(super) fn fires_on(&self, month: u8, day: u8, weekday: u8) -> bool {
        let (on_day, on_weekday) = (self.days.contains(day), self.weekdays.contains(weekday));
        let day_fits = if self.days_restricted && self.weekdays_restricted {
            on_day || on_weekday
        } else {
            on_day && on_weekday
        };
        self.months.contains(month) && day_fits
    }

    /// The minutes of the day at which it fires, ascending.
    pub(super) fn times(&self) -> Vec<u32> {
        let at_hour = |hour| {
            self.minutes
                .iter()
                .map(move |minute| u32::from(hour) * 60 + u32::from(minute))
        };
        self.hours.iter().flat_map(at_hour).collect()
    }

    /// Whether it fires on any date at all.
    pub(super) fn ever_fires(&self) -> bool {
        dates().any(|(month, day)| (0..7).any(|weekday| self.fires_on(month, day, weekday)))
    }

    /// Whether two select the same instants in every zone: the same times on the same dates.
    pub(super) fn same_fires(&self, other: &Self) -> bool {
        let same_dates = dates().all(|(month, day)| {
            (0..7).all(|weekday| {
                self.fires_on(month, day, weekday) == other.fires_on(month, day, weekday)
            })
        });
        let same_times = self.minutes == other.minutes && self.hours == other.hours;
        same_dates && (same_times || !self.ever_fires())
    }
}

/// Every month and day that some year has. Each falls on every weekday in some year.
fn dates() -> impl Iterator<Item = (u8, u8)> {
    (1..)
        .zip(MONTH_DAYS)
        .flat_map(|(month, days)| (1..=days).map(move |day| (month, day)))
}

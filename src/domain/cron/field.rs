//! The five fields of a cron expression: their order, bounds and names.
//!
//! Bounds and names are those of POSIX `crontab` and of GitHub's documentation of `on.schedule`.

use std::fmt;

use super::values::Values;

/// One of the five fields, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Minute of the hour, 0 to 59.
    Minute,
    /// Hour of the day, 0 to 23.
    Hour,
    /// Day of the month, 1 to 31.
    DayOfMonth,
    /// Month of the year, 1 to 12 or `JAN` to `DEC`.
    Month,
    /// Day of the week, 0 (Sunday) to 6 or `SUN` to `SAT`; 7 is read as Sunday.
    DayOfWeek,
}

/// The months' names, January first.
const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

/// The weekdays' names, Sunday first.
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Field {
    /// All five, in the order in which they are written.
    pub const ALL: [Self; 5] = [
        Self::Minute,
        Self::Hour,
        Self::DayOfMonth,
        Self::Month,
        Self::DayOfWeek,
    ];

    /// The field's name in messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::DayOfMonth => "day-of-month",
            Self::Month => "month",
            Self::DayOfWeek => "day-of-week",
        }
    }

    /// The smallest number that the field takes.
    #[must_use]
    pub const fn min(self) -> u8 {
        match self {
            Self::Minute | Self::Hour | Self::DayOfWeek => 0,
            Self::DayOfMonth | Self::Month => 1,
        }
    }

    /// The largest number that the field holds once read; 7 for Sunday has become 0 by then.
    #[must_use]
    pub const fn max(self) -> u8 {
        match self {
            Self::Minute => 59,
            Self::Hour => 23,
            Self::DayOfMonth => 31,
            Self::Month => 12,
            Self::DayOfWeek => 6,
        }
    }

    /// The largest number that may be written: like [`Self::max`], but 7 is another Sunday.
    pub(super) const fn max_written(self) -> u8 {
        match self {
            Self::DayOfWeek => 7,
            Self::Minute | Self::Hour | Self::DayOfMonth | Self::Month => self.max(),
        }
    }

    /// Every value of the field.
    pub(super) fn every(self) -> Values {
        (self.min()..=self.max()).collect()
    }

    /// The names that the field takes; their numbers count up from [`Self::min`].
    pub(super) const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Month => &MONTHS,
            Self::DayOfWeek => &WEEKDAYS,
            Self::Minute | Self::Hour | Self::DayOfMonth => &[],
        }
    }

    /// The number that a name stands for, whatever its case.
    pub(super) fn number_of(self, name: &str) -> Option<u8> {
        (self.min()..)
            .zip(self.names())
            .find(|(_, known)| known.eq_ignore_ascii_case(name))
            .map(|(number, _)| number)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

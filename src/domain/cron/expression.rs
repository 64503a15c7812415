//! A five-field cron expression: its text, what it selects, and when it fires.
//!
//! Invariant: the text reads back as the values; two expressions are equal when their texts are.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
    sync::OnceLock,
};

use serde::{Deserialize, Serialize};

use super::{
    CronError, Field, TimeZone, Warning, calendar::Calendar, describe, fields::Fields, fires,
    interval, parse::parse, print::print, refuse, warning,
};
use crate::domain::{Seconds, Timestamp};

/// The shortest interval that GitHub serves; what asks for less runs at this one.
///
/// Source: GitHub's documentation of `on.schedule` ("once every 5 minutes").
pub const SHORTEST_INTERVAL: Seconds = Seconds::minutes(5);

/// A five-field cron expression.
///
/// Printed as it was written, with single spaces between its fields; compared by that text.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cron {
    text: String,
    fields: Fields,
    /// Made when fires are first asked for: most crons of a fleet are only compared and printed.
    calendar: OnceLock<Calendar>,
}

impl Cron {
    /// The expression's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The fires strictly after an instant, strictly ascending.
    ///
    /// A civil time that a daylight saving change skips fires at the next valid time, one that it repeats fires
    /// the first time only. Without end, up to the year 2100, for a cron that fires at all; empty for one that
    /// never does, such as `0 0 30 2 *`.
    pub fn fires(&self, zone: TimeZone, after: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
        let calendar = self.calendar.get_or_init(|| Calendar::new(&self.fields));
        fires::fires(calendar, zone.0, after)
    }

    /// Whether it fires at all; `0 0 30 2 *` never does.
    #[must_use]
    pub fn ever_fires(&self) -> bool {
        self.fields.ever_fires()
    }

    /// Whether two expressions fire at the same instants in every zone, whatever their text.
    #[must_use]
    pub fn fires_like(&self, other: &Self) -> bool {
        self.fields.same_fires(&other.fields)
    }

    /// The minutes of the hour at which it fires, ascending.
    #[must_use]
    pub fn minutes(&self) -> Vec<u8> {
        self.fields.minutes.iter().collect()
    }

    /// The hours of the day at which it fires, ascending.
    #[must_use]
    pub fn hours(&self) -> Vec<u8> {
        self.fields.hours.iter().collect()
    }

    /// Whether it fires on some days only: its day-of-month, month or day-of-week field is restricted.
    #[must_use]
    pub fn days_restricted(&self) -> bool {
        self.fields.days_restricted
            || self.fields.weekdays_restricted
            || self.fields.months.len() < 12
    }

    /// The same days at other times: replaces the minute and hour fields and keeps the others' text.
    ///
    /// The new fields are the shortest readable text: `*` for all, `*/15`, `1-5`, else a list.
    ///
    /// # Errors
    /// When a list is empty or holds a number outside its field.
    pub fn at(&self, minutes: &[u8], hours: &[u8]) -> Result<Self, CronError> {
        let days = self.text.splitn(3, ' ').nth(2).unwrap_or("* * *");
        let minute = time_field(Field::Minute, minutes)?;
        let hour = time_field(Field::Hour, hours)?;
        format!("{minute} {hour} {days}").parse()
    }

    /// The shortest time between two fires that follow each other, in UTC.
    ///
    /// Less than [`SHORTEST_INTERVAL`] for an expression that GitHub would not serve as written; 28 years, the
    /// calendar's cycle, for one that never fires.
    #[must_use]
    pub fn shortest_interval(&self) -> Seconds {
        interval::shortest(&self.fields)
    }

    /// The usual time between two fires that follow each other: the median, in UTC.
    ///
    /// Counted over 28 years, so that leap days are seen; that long itself for an expression that never fires.
    #[must_use]
    pub fn cadence(&self) -> Seconds {
        interval::median(&self.fields)
    }

    /// When it fires, in words: "at 02:17 on Monday to Friday", "every 15 minutes".
    ///
    /// Civil time of whatever zone it is read in. Expressions with the same words fire alike.
    #[must_use]
    pub fn describe(&self) -> String {
        describe::describe(&self.fields)
    }

    /// What is odd about an expression that is valid nevertheless, in the order of its text.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        warning::warnings(&self.text, &self.fields)
    }
}

/// The text of a field that selects these numbers.
fn time_field(field: Field, numbers: &[u8]) -> Result<String, CronError> {
    if let Some(outside) = numbers
        .iter()
        .find(|number| !(field.min()..=field.max()).contains(*number))
    {
        return Err(refuse::unfit(
            field,
            format!("{outside} is not within {} to {}", field.min(), field.max()),
        ));
    }
    if numbers.is_empty() {
        return Err(refuse::unfit(field, "no value is left".to_owned()));
    }
    Ok(print(field, numbers.iter().copied().collect()))
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cron").field(&self.text).finish()
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Cron {}

impl PartialOrd for Cron {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cron {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for Cron {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl FromStr for Cron {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (fields, text) = parse(text)?;
        Ok(Self {
            text,
            fields,
            calendar: OnceLock::new(),
        })
    }
}

impl TryFrom<String> for Cron {
    type Error = CronError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Cron> for String {
    fn from(cron: Cron) -> Self {
        cron.text
    }
}

//! What is odd about a valid expression: it may not do what its author means.
//!
//! A warning never stops anything; what must stop is an error of the parser.

use std::fmt;

use super::{Field, SHORTEST_INTERVAL, fields::Fields, interval, parse};
use crate::domain::Seconds;

/// Something odd about a valid expression; printed, one line that says so and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// It fires more often than GitHub serves.
    TooOften(Seconds),
    /// It fires on no date.
    Never,
    /// A step over `*` in one day field while the other is restricted: crons disagree on the meaning.
    EitherOrBoth(String),
    /// Sunday is written as 7; GitHub documents 0 to 6.
    SundayAsSeven(String),
    /// A step so long that one value is left.
    LongStep(String),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooOften(interval) => write!(
                f,
                "two fires are {interval} apart; GitHub runs a schedule at most every {SHORTEST_INTERVAL}"
            ),
            Self::Never => f.write_str("it never fires: no month has such a day"),
            Self::EitherOrBoth(item) => write!(
                f,
                "'{item}' beside another day field: either must match here, both in some other crons; write a list"
            ),
            Self::SundayAsSeven(item) => {
                write!(
                    f,
                    "'{item}' counts Sunday as 7, GitHub documents 0 to 6; write 0 or SUN"
                )
            }
            Self::LongStep(item) => {
                write!(
                    f,
                    "the step of '{item}' is longer than its field: one value is left"
                )
            }
        }
    }
}

/// The warnings for an expression: first those of its text in order, then those of its meaning.
pub(super) fn warnings(text: &str, fields: &Fields) -> Vec<Warning> {
    let both_restricted = fields.days_restricted && fields.weekdays_restricted;
    let mut warnings = Vec::new();
    for item in parse::items(text) {
        let shown = || item.text.to_owned();
        let day_field = matches!(item.field, Field::DayOfMonth | Field::DayOfWeek);
        if day_field && both_restricted && item.text.starts_with('*') {
            warnings.push(Warning::EitherOrBoth(shown()));
        }
        if item.field == Field::DayOfWeek && names_seven(item.text) {
            warnings.push(Warning::SundayAsSeven(shown()));
        }
        if item.text.contains('/') && item.item_values().is_ok_and(|values| values.len() == 1) {
            warnings.push(Warning::LongStep(shown()));
        }
    }
    let interval = interval::shortest(fields);
    if !fields.ever_fires() {
        warnings.push(Warning::Never);
    } else if interval < SHORTEST_INTERVAL {
        warnings.push(Warning::TooOften(interval));
    }
    warnings
}

/// Whether a weekday item has 7 as its number or as an end of its range.
fn names_seven(item: &str) -> bool {
    let base = item.split('/').next().unwrap_or(item);
    base.split('-').any(|end| end.parse() == Ok(7_u8))
}

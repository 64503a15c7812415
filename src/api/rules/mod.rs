//! The CEL rules that more than one field needs, as text for the API server.
//!
//! The API server sees shapes only; what needs a calendar or GitHub is judged in the round and shows as `Stalled`.
//! One mistake gives one message, and the message says what to write instead.

use kube::core::{Message, Rule};

mod cron;

pub use cron::crons;

/// Whole numbers with units, largest first, each unit at most once.
const DURATION: &str = "^([0-9]{1,5}d)?([0-9]{1,6}h)?([0-9]{1,7}m)?([0-9]{1,9}s)?$";

/// A day or an hour, or five minutes of one unit.
const FIVE_MINUTES: &str =
    "(^|[dhm])0*([1-9][0-9]*[dh]|([5-9]|[1-9][0-9]+)m|([3-9][0-9]{2}|[1-9][0-9]{3,})s)";

fn duration_like(condition: &str, message: String) -> Rule {
    Rule::new(format!("self.matches('{DURATION}') && {condition}"))
        .message(Message::Message(message))
}

/// A span of time such as `1h30m`, zero included.
#[must_use]
pub fn duration(field: &str) -> Rule {
    let message =
        format!("{field} must be a duration in d, h, m and s, largest first, for example 1h30m");
    duration_like("self != ''", message)
}

/// A span of time such as `1h30m`, longer than nothing.
#[must_use]
pub fn interval(field: &str) -> Rule {
    let message = format!(
        "{field} must be a duration above zero in d, h, m and s, largest first, for example 1h30m"
    );
    duration_like("self.matches('[1-9]')", message)
}

/// A cadence that GitHub can serve: a span of time of five minutes or more.
#[must_use]
pub fn cadence(field: &str) -> Rule {
    let message = format!(
        "{field} must be a duration of at least 5m in d, h, m and s, largest first, for example 12h or 1d"
    );
    duration_like(&format!("self.matches('{FIVE_MINUTES}')"), message)
}

/// The shape of an IANA time zone name.
#[must_use]
pub fn time_zone() -> Rule {
    Rule::new("self.matches('^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$')")
        .message("timeZone must be an IANA name such as Europe/Berlin or UTC")
}

/// A time of day such as `06:30`.
#[must_use]
pub fn time_of_day(field: &str) -> Rule {
    Rule::new("self.matches('^([01][0-9]|2[0-3]):[0-5][0-9]$')").message(Message::Message(format!(
        "{field} must be a time of day from 00:00 to 23:59, for example 06:30"
    )))
}

/// A list that, where it is given at all, says something.
#[must_use]
pub fn not_empty(field: &str, instead: &str) -> Rule {
    Rule::new("size(self) > 0").message(Message::Message(format!(
        "{field} must not be empty; {instead}"
    )))
}

/// A list of patterns of names, each of letters of one class.
#[must_use]
pub fn patterns(field: &str, letter: &str) -> Rule {
    Rule::new(format!("self.all(each, each.matches('^{letter}+$'))")).message(Message::Message(
        format!("{field} must hold patterns of names such as svc-*, without a slash"),
    ))
}

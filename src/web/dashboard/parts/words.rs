//! Instants in the words of the reports.

use crate::domain::Timestamp;

/// An instant to the minute.
pub(in crate::web::dashboard) fn minute(at: Timestamp) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// The day of an instant, in UTC.
pub(in crate::web::dashboard) fn day(at: Timestamp) -> String {
    at.format("%Y-%m-%d").to_string()
}

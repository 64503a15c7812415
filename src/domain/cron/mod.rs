//! Cron expressions as GitHub Actions understands them: five fields, POSIX meaning, IANA time zones.
//!
//! Owns reading, printing and enumerating fires. An expression that was read is valid for ever. It knows
//! no clock and no workflow file.

mod calendar;
mod describe;
mod error;
mod expression;
mod field;
mod fields;
mod fires;
mod interval;
mod parse;
mod print;
mod refuse;
mod schedule;
mod values;
mod warning;
mod zone;

#[cfg(test)]
mod tests;

pub use error::CronError;
pub use expression::{Cron, SHORTEST_INTERVAL};
pub use field::Field;
pub use schedule::Schedule;
pub use warning::Warning;
pub use zone::TimeZone;

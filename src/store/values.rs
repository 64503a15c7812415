//! How domain values become columns and back.
//!
//! Whole numbers are 64 bits wide and keep their bits, so that no value of the domain is refused. A column that holds
//! what no version of this program writes is a decoding error, never a guess.

use std::fmt::Debug;

use super::statement::Row;
use crate::domain::{Conclusion, Seconds, Timestamp};

/// An instant as a column: whole seconds since 1970, rounded down.
pub(super) fn seconds_of(at: Timestamp) -> i64 {
    at.timestamp()
}

/// A span of time as a column.
pub(super) fn span_of(span: Seconds) -> i64 {
    span.0.cast_signed()
}

/// Columns read as values of the domain.
pub(super) trait Columns {
    /// An instant.
    fn instant(&self, column: &str) -> Result<Timestamp, sqlx::Error>;
    /// An instant that may be missing.
    fn optional_instant(&self, column: &str) -> Result<Option<Timestamp>, sqlx::Error>;
    /// A span of time.
    fn span(&self, column: &str) -> Result<Seconds, sqlx::Error>;
    /// A span of time that may be missing.
    fn optional_span(&self, column: &str) -> Result<Option<Seconds>, sqlx::Error>;
    /// A number that GitHub gave.
    fn number(&self, column: &str) -> Result<u64, sqlx::Error>;
    /// A whole number of a narrower type.
    fn small<T: TryFrom<i64>>(&self, column: &str) -> Result<T, sqlx::Error>;
    /// A text.
    fn text(&self, column: &str) -> Result<String, sqlx::Error>;
    /// A text that may be missing.
    fn optional_text(&self, column: &str) -> Result<Option<String>, sqlx::Error>;
    /// A conclusion that may be missing.
    fn conclusion(&self, column: &str) -> Result<Option<Conclusion>, sqlx::Error>;
}

impl Columns for Row {
    fn instant(&self, column: &str) -> Result<Timestamp, sqlx::Error> {
        instant(self.try_get(column)?)
    }

    fn optional_instant(&self, column: &str) -> Result<Option<Timestamp>, sqlx::Error> {
        self.try_get::<Option<i64>>(column)?
            .map(instant)
            .transpose()
    }

    fn span(&self, column: &str) -> Result<Seconds, sqlx::Error> {
        self.number(column).map(Seconds)
    }

    fn optional_span(&self, column: &str) -> Result<Option<Seconds>, sqlx::Error> {
        let seconds: Option<i64> = self.try_get(column)?;
        Ok(seconds.map(|seconds| Seconds(seconds.cast_unsigned())))
    }

    fn number(&self, column: &str) -> Result<u64, sqlx::Error> {
        self.try_get(column).map(i64::cast_unsigned)
    }

    fn small<T: TryFrom<i64>>(&self, column: &str) -> Result<T, sqlx::Error> {
        let number: i64 = self.try_get(column)?;
        T::try_from(number).map_err(|_| impossible(&number))
    }

    fn text(&self, column: &str) -> Result<String, sqlx::Error> {
        self.try_get(column)
    }

    fn optional_text(&self, column: &str) -> Result<Option<String>, sqlx::Error> {
        self.try_get(column)
    }

    fn conclusion(&self, column: &str) -> Result<Option<Conclusion>, sqlx::Error> {
        self.optional_text(column)?
            .map(|word| word.parse().map_err(|_| impossible(&word)))
            .transpose()
    }
}

/// The error of a column whose value this program never writes.
pub(super) fn impossible(value: &impl Debug) -> sqlx::Error {
    sqlx::Error::Decode(format!("{value:?} cannot stand in this column").into())
}

fn instant(seconds: i64) -> Result<Timestamp, sqlx::Error> {
    Timestamp::from_timestamp(seconds, 0).ok_or_else(|| impossible(&seconds))
}

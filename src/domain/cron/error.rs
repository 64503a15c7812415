//! Why a text is not a cron expression, with the field and the position.
//!
//! Invariant: printed, it is one line that says where, what is wrong and what to write instead.

use std::fmt;

use super::Field;

/// Why a text is not a cron expression (or time zone) that GitHub takes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct CronError {
    /// The field at fault; none where the whole expression or a time zone is.
    pub field: Option<Field>,
    /// The first character at fault, counted from 1 in the text as it was given; none for a time zone.
    pub column: Option<usize>,
    /// What is wrong, in words that follow "column N: ".
    pub problem: String,
    /// What to write instead, as an imperative.
    pub hint: String,
}

impl fmt::Display for CronError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.field, self.column) {
            (Some(field), Some(column)) => write!(f, "{field} field, column {column}: ")?,
            (Some(field), None) => write!(f, "{field} field: ")?,
            (None, Some(column)) => write!(f, "column {column}: ")?,
            (None, None) => {}
        }
        write!(f, "{}; {}", self.problem, self.hint)
    }
}

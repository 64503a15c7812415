//! Enumerates the civil times of a cron: the adapter to the crate `cron`.
//!
//! That crate's language differs from POSIX (weekdays count 1 to 7 from Sunday, both day fields restricted
//! means *and*, steps differ), so it never sees our text: it gets the explicit values that our parser read,
//! as one schedule, or as two whose union is taken where both day fields are restricted. It must not know
//! time zones: civil times travel as if they were UTC.

use std::{iter::Peekable, str::FromStr, sync::Arc};

use super::{Field, fields::Fields, values::Values};
use crate::domain::Timestamp;

/// One or two schedules of the crate `cron` whose union is the expression.
#[derive(Clone)]
pub(super) struct Calendar(Arc<[cron::Schedule]>);

impl Calendar {
    /// Builds the schedules for what was read.
    pub(super) fn new(fields: &Fields) -> Self {
        let days = fields.days_restricted.then_some(fields.days);
        let weekdays = fields.weekdays_restricted.then_some(fields.weekdays);
        let alone = |days, weekdays| schedule(fields, days, weekdays);
        Self(if days.is_some() && weekdays.is_some() {
            [alone(days, None), alone(None, weekdays)]
                .into_iter()
                .flatten()
                .collect()
        } else {
            alone(days, weekdays).into_iter().collect()
        })
    }

    /// The civil times strictly after one, ascending, each once; they end with the year 2100.
    pub(super) fn after(&self, civil: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
        let mut sources: Vec<Peekable<_>> = self
            .0
            .iter()
            .map(|schedule| schedule.after(&civil).peekable())
            .collect();
        std::iter::from_fn(move || {
            let next = sources
                .iter_mut()
                .filter_map(|source| source.peek().copied())
                .min()?;
            for source in &mut sources {
                source.next_if_eq(&next);
            }
            Some(next)
        })
    }
}

/// One schedule in the crate's six-field language, seconds first.
fn schedule(
    fields: &Fields,
    days: Option<Values>,
    weekdays: Option<Values>,
) -> Option<cron::Schedule> {
    let minutes = list(fields.minutes, Field::Minute, 0);
    let hours = list(fields.hours, Field::Hour, 0);
    let months = list(fields.months, Field::Month, 0);
    let days = list(
        days.unwrap_or(Field::DayOfMonth.every()),
        Field::DayOfMonth,
        0,
    );
    let weekdays = list(
        weekdays.unwrap_or(Field::DayOfWeek.every()),
        Field::DayOfWeek,
        1,
    );
    let text = format!("0 {minutes} {hours} {days} {months} {weekdays}");
    // Lists of numbers within their fields' bounds are always taken.
    cron::Schedule::from_str(&text).ok()
}

/// An explicit list of numbers, each moved by an offset; `*` for all, which the crate reads fastest.
fn list(values: Values, field: Field, offset: u8) -> String {
    if values == field.every() {
        return "*".to_owned();
    }
    let numbers: Vec<_> = values
        .iter()
        .map(|value| (value + offset).to_string())
        .collect();
    numbers.join(",")
}

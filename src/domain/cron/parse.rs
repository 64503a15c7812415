//! Reads the text of a cron expression into what each field selects.
//!
//! Grammar of a field: items joined by `,`; an item is `*`, a number or name, or a range `a-b`, each with an
//! optional step `/n`; `a/n` runs from `a` to the end of the field. Anything else is refused with the
//! field, the column and what to write instead. It must not know what the fields mean for a calendar.

use super::{CronError, Field, fields::Fields, refuse, values::Values};

/// A part of one field's text.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) field: Field,
    /// Column of the first character in the whole text, counted from 1.
    pub(super) column: usize,
    pub(super) text: &'a str,
}

/// Reads an expression: its fields' meaning, and its text with single spaces between the fields.
pub(super) fn parse(text: &str) -> Result<(Fields, String), CronError> {
    let words = words(text);
    let [minute, hour, day, month, weekday] = words[..] else {
        return Err(refuse::not_five_fields(text, &words));
    };
    let read = |field, (column, text)| {
        Piece {
            field,
            column,
            text,
        }
        .field_values()
    };
    let fields = Fields {
        minutes: read(Field::Minute, minute)?,
        hours: read(Field::Hour, hour)?,
        days: read(Field::DayOfMonth, day)?,
        months: read(Field::Month, month)?,
        weekdays: read(Field::DayOfWeek, weekday)?,
        days_restricted: day.1 != "*",
        weekdays_restricted: weekday.1 != "*",
    };
    Ok((
        fields,
        words
            .iter()
            .map(|(_, word)| *word)
            .collect::<Vec<_>>()
            .join(" "),
    ))
}

/// The items of an expression that was read: the parts between commas, field by field.
pub(super) fn items(text: &str) -> Vec<Piece<'_>> {
    let pieces = Field::ALL.into_iter().zip(words(text));
    let pieces = pieces.map(|(field, (column, text))| Piece {
        field,
        column,
        text,
    });
    pieces.flat_map(|piece| piece.split(',')).collect()
}

/// The words of a text, each with the column (in characters, from 1) at which it starts.
fn words(text: &str) -> Vec<(usize, &str)> {
    let (mut words, mut start) = (Vec::new(), None);
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (index, (at, letter)) in ends.enumerate() {
        match (letter.is_ascii_whitespace(), start) {
            (false, None) => start = Some((index + 1, at)),
            (true, Some((column, from))) => {
                words.push((column, &text[from..at]));
                start = None;
            }
            (true, None) | (false, Some(_)) => {}
        }
    }
    words
}

impl<'a> Piece<'a> {
    /// What a whole field selects: the union of its items.
    fn field_values(self) -> Result<Values, CronError> {
        self.split(',').try_fold(Values::default(), |values, item| {
            Ok(values.union(item.item_values()?))
        })
    }

    /// What one item selects: a base and the step through it.
    pub(super) fn item_values(self) -> Result<Values, CronError> {
        let mut parts = self.split('/');
        let (base, step) = (parts.next().unwrap_or(self), parts.next());
        if let Some(extra) = parts.next() {
            return Err(refuse::second_step(extra));
        }
        let (first, last) = base.bounds(step.is_some())?;
        let step = step.map_or(Ok(1), Self::step)?;
        let numbers = (first..=last).step_by(step);
        // 7 is the other way to write Sunday.
        Ok(numbers
            .map(|number| {
                if self.field == Field::DayOfWeek {
                    number % 7
                } else {
                    number
                }
            })
            .collect())
    }

    /// The first and the last number of an item's base; a lone number with a step runs to the field's end.
    fn bounds(self, stepped: bool) -> Result<(u8, u8), CronError> {
        if self.text == "*" {
            return Ok((self.field.min(), self.field.max()));
        }
        let mut ends = self.split('-');
        let (first, last) = (ends.next().unwrap_or(self), ends.next());
        if let Some(extra) = ends.next() {
            return Err(refuse::second_range(extra));
        }
        let start = first.number()?;
        match last {
            // A step from 7, the other Sunday, has only itself left.
            None if stepped => Ok((start, self.field.max().max(start))),
            None => Ok((start, start)),
            Some(last) => {
                let end = last.number()?;
                if start > end {
                    Err(refuse::backwards(self, start, end))
                } else {
                    Ok((start, end))
                }
            }
        }
    }

    /// A number or name within the field's bounds.
    fn number(self) -> Result<u8, CronError> {
        if let Some(number) = self.field.number_of(self.text) {
            return Ok(number);
        }
        if self.text.is_empty() || !self.text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refuse::not_a_number(self));
        }
        let bounds = self.field.min()..=self.field.max_written();
        // Digits that overflow are above every bound.
        self.text
            .parse()
            .ok()
            .filter(|number| bounds.contains(number))
            .ok_or_else(|| refuse::out_of_bounds(self))
    }

    /// A step: any whole number from 1; one beyond the field selects its first value only.
    fn step(self) -> Result<usize, CronError> {
        let digits = !self.text.is_empty() && self.text.bytes().all(|byte| byte.is_ascii_digit());
        let step = if digits {
            self.text.parse().unwrap_or(usize::MAX)
        } else {
            0
        };
        if self.text.is_empty() {
            Err(refuse::not_a_number(self))
        } else if step == 0 {
            Err(refuse::bad_step(self))
        } else {
            Ok(step)
        }
    }

    /// The pieces between a separator, each with its own column.
    fn split(self, separator: char) -> impl Iterator<Item = Piece<'a>> {
        let mut column = self.column;
        self.text.split(separator).map(move |text| {
            let piece = Piece {
                column,
                text,
                ..self
            };
            column += text.chars().count() + 1;
            piece
        })
    }
}

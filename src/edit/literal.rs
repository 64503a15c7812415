//! Texts that a workflow compares with `github.event.schedule`.
//!
//! GitHub hands the cron of the fire to the run as text, so a comparison with the old cron never holds again once the
//! cron has moved. Owns finding such texts; what a change means for them is decided elsewhere. Invariant: a file that
//! reads the schedule nowhere has no literals, so a cron's text in it is only text.

use std::ops::Range;

use regex::Regex;
use saphyr_parser::ScalarStyle;

use super::{
    Refusal,
    literal_part::parts,
    locate::Located,
    occurrence::{Patterns, is_quoted, occurrences},
    place::{Place, places},
    schedule_use::{not_followed, reads},
};

/// A text in a file that reads `github.event.schedule`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Literal {
    /// Its line, from 1.
    pub line: usize,
    /// The text without quotes.
    pub text: String,
    /// How it stands there.
    pub kind: LiteralKind,
}

/// How a literal stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LiteralKind {
    /// A whole cron in quotes, in a value that reads the schedule: it can be changed together with the cron.
    Quoted,
    /// A cron of the schedule in another value, or without quotes: what depends on it cannot be told.
    Elsewhere,
    /// A part of a cron, in quotes: it is compared with the beginning, the end or any part of the schedule.
    Partial,
    /// A line that hands the schedule on, to something that is not followed.
    Unclear,
}

/// A literal with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// What is told of it.
    pub(super) literal: Literal,
    /// The scalar that holds it.
    pub(super) event: usize,
    /// Its bytes in the file; known for [`LiteralKind::Quoted`] only.
    pub(super) bytes: Range<usize>,
    /// Its bytes in the scalar's value.
    pub(super) value: Range<usize>,
    /// The function that compares it, when it is an argument of one.
    pub(super) function: Option<Function>,
}

impl Found {
    /// A literal whose bytes in the file are not needed, because it is never changed.
    pub(super) fn unplaced(
        line: usize,
        event: usize,
        value: &str,
        place: Range<usize>,
        kind: LiteralKind,
    ) -> Self {
        let literal = Literal {
            line,
            text: value[place.clone()].to_owned(),
            kind,
        };
        Self {
            literal,
            event,
            bytes: 0..0,
            value: place,
            function: None,
        }
    }
}

/// GitHub's functions that compare a part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    StartsWith,
    EndsWith,
    Contains,
}

/// The most literals that are told of one file. Real files have at most a dozen; the bound keeps the check of a
/// change, literals times entries, short.
pub const LITERALS_MAX: usize = 1_000;

/// Finds the literals of a file, and where the given crons stand in it; in the file's order.
///
/// # Errors
/// `TooManyLiterals`.
pub(super) fn find(file: &Located<'_>, crons: &[&str]) -> Result<Vec<Found>, Refusal> {
    if !file.parsed.scalars().any(|(_, value)| reads(value)) {
        return Ok(Vec::new());
    }
    let (patterns, own) = (Patterns::new(crons), file.schedule_scalars());
    let places = places(file);
    let known = crons.iter().map(|cron| normal(cron)).collect();
    let mut all = Vec::new();
    for (event, value) in file
        .parsed
        .scalars()
        .filter(|(event, _)| !own.contains(event))
    {
        let is_reader = reads(value);
        let searched = patterns.within(value).iter();
        all.extend(searched.flat_map(|pattern| whole(file, event, value, pattern, is_reader)));
        if is_reader {
            let place = places.get(&event).copied().unwrap_or(Place::Other);
            all.extend(parts(file, event, value, &known));
            all.extend(unclear(file, event, value, place));
        }
        if all.len() > LITERALS_MAX {
            return Err(Refusal::TooManyLiterals {
                line: file.parsed.line_of(event),
            });
        }
    }
    all.sort_by_key(|found| (found.event, found.value.start));
    Ok(all)
}

/// Whether two texts are one cron to GitHub's `==`, which ignores case; white space is ours to forgive.
pub(super) fn same_cron(one: &str, other: &str) -> bool {
    normal(one) == normal(other)
}

/// A cron in the form to compare by.
pub(super) fn normal(cron: &str) -> String {
    cron.split_whitespace()
        .map(str::to_ascii_lowercase)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The line that does something with the schedule that is not followed.
fn unclear(file: &Located<'_>, event: usize, value: &str, place: Place) -> Option<Found> {
    let (below, text) = not_followed(value, place)?;
    let line = file.parsed.line_of(event);
    // Only a block scalar keeps its lines.
    let is_kept = file
        .parsed
        .scalar(event)
        .is_some_and(|(_, style)| style == ScalarStyle::Literal);
    let literal = Literal {
        line: if is_kept { line + below } else { line },
        text,
        kind: LiteralKind::Unclear,
    };
    Some(Found {
        literal,
        event,
        bytes: 0..0,
        value: 0..0,
        function: None,
    })
}

/// The places of one cron in one scalar.
fn whole(
    file: &Located<'_>,
    event: usize,
    value: &str,
    pattern: &Regex,
    is_reader: bool,
) -> Vec<Found> {
    let (raw, start) = (
        file.parsed.raw(event),
        file.parsed.events[event].bytes.start,
    );
    let (places, raw_places) = (occurrences(value, pattern), occurrences(raw, pattern));
    let is_located = places.len() == raw_places.len();
    let found = |(number, place): (usize, Range<usize>)| {
        let bytes = raw_places
            .get(number)
            .map_or(start..start, |raw| start + raw.start..start + raw.end);
        let is_changeable = is_reader && is_located && is_quoted(value, &place);
        let kind = if is_changeable {
            LiteralKind::Quoted
        } else {
            LiteralKind::Elsewhere
        };
        let line = file.parsed.lines.number(bytes.start);
        Found {
            literal: Literal {
                line,
                text: value[place.clone()].to_owned(),
                kind,
            },
            event,
            bytes,
            value: place,
            function: None,
        }
    };
    places.into_iter().enumerate().map(found).collect()
}

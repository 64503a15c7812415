//! Bytes to YAML events with exact byte ranges, within bounds.
//!
//! Owns the limits of what is read at all; how wide a scalar is, [`span`](super::span) knows.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use super::{
    Refusal,
    lines::Lines,
    span::{Offsets, exact},
};

/// The longest file that is read: 1 MiB. GitHub's own workflow files are bounded at half of that.
pub const BYTES_MAX: usize = 1 << 20;

/// The deepest nesting that is read. Real workflow files stay below 15.
pub const DEPTH_MAX: usize = 100;

/// The most nodes a file may have once its aliases are expanded. A file of [`BYTES_MAX`] bytes holds at most half
/// as many that are written out, so what passes this got there by aliases.
pub const NODES_MAX: usize = 1 << 20;

/// A byte order mark in UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// One event with the bytes that it stands for.
#[derive(Debug)]
pub(super) struct Spanned<'a> {
    /// What the parser saw.
    pub(super) event: Event<'a>,
    /// Its bytes in [`Parsed::text`]. A quoted scalar's include its quotes; a block scalar's are its content only.
    pub(super) bytes: Range<usize>,
}

/// A file that is one YAML document, as events.
#[derive(Debug)]
pub(super) struct Parsed<'a> {
    /// The file's text without a byte order mark.
    pub(super) text: &'a str,
    /// The length of the byte order mark that stood before it.
    pub(super) mark_length: usize,
    /// The text's lines.
    pub(super) lines: Lines<'a>,
    /// All events, in order.
    pub(super) events: Vec<Spanned<'a>>,
}

impl<'a> Parsed<'a> {
    /// The line, from 1, on which an event starts.
    pub(super) fn line_of(&self, event: usize) -> usize {
        self.events
            .get(event)
            .map_or(1, |spanned| self.lines.number(spanned.bytes.start))
    }

    /// An event's bytes as they stand in the file.
    pub(super) fn raw(&self, event: usize) -> &'a str {
        self.events
            .get(event)
            .map_or("", |spanned| &self.text[spanned.bytes.clone()])
    }

    /// A scalar's value and style; nothing for other events.
    pub(super) fn scalar(&self, event: usize) -> Option<(&str, ScalarStyle)> {
        match self.events.get(event).map(|spanned| &spanned.event) {
            Some(Event::Scalar(value, style, ..)) => Some((value, *style)),
            _ => None,
        }
    }

    /// All scalars: their event and their value.
    pub(super) fn scalars(&self) -> impl Iterator<Item = (usize, &str)> {
        (0..self.events.len())
            .filter_map(|event| self.scalar(event).map(|(value, _)| (event, value)))
    }
}

/// Reads a file into events.
///
/// # Errors
/// `TooLarge`, `NotUtf8`, `InvalidYaml`, `TooDeep` and `SeveralDocuments`.
pub(super) fn parse(bytes: &[u8]) -> Result<Parsed<'_>, Refusal> {
    if bytes.len() > BYTES_MAX {
        return Err(Refusal::TooLarge { bytes: bytes.len() });
    }
    let whole = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    let text = whole.strip_prefix(BYTE_ORDER_MARK).unwrap_or(whole);
    let lines = Lines::new(text);
    let events = events(text)?;
    Ok(Parsed {
        text,
        mark_length: whole.len() - text.len(),
        lines,
        events,
    })
}

/// Collects the events of a text, watching depth and the number of documents.
fn events(text: &str) -> Result<Vec<Spanned<'_>>, Refusal> {
    let offsets = Offsets::new(text);
    let (mut events, mut depth, mut documents) = (Vec::new(), 0_usize, 0_usize);
    for step in Parser::new_from_str(text) {
        let (event, span) = step.map_err(|error| invalid(&error))?;
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
            Event::SequenceEnd | Event::MappingEnd => depth = depth.saturating_sub(1),
            Event::DocumentStart(_) => documents += 1,
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentEnd
            | Event::Alias(_)
            | Event::Scalar(..) => {}
        }
        if depth > DEPTH_MAX {
            return Err(Refusal::TooDeep {
                line: span.start.line(),
            });
        }
        if documents > 1 {
            return Err(Refusal::SeveralDocuments {
                line: span.start.line(),
            });
        }
        let bytes = exact(text, offsets.bytes(span), &event);
        events.push(Spanned { event, bytes });
    }
    Ok(events)
}

/// Tells where the first bad byte stands.
fn not_utf8(bytes: &[u8], at: usize) -> Refusal {
    Refusal::NotUtf8 {
        line: 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count(),
    }
}

/// Tells a parser's error; its own limit on flow nesting (255) lies above ours.
fn invalid(error: &ScanError) -> Refusal {
    let (line, column) = (error.marker().line(), error.marker().col() + 1);
    if error.info().contains("recursion limit") {
        return Refusal::TooDeep { line };
    }
    Refusal::InvalidYaml {
        line,
        column,
        message: error.info().to_owned(),
    }
}

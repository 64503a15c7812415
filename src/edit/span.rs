//! The exact bytes of a scalar.
//!
//! Owns the correction of the parser's spans: it counts characters, starts a scalar at its anchor or tag, and may end
//! a quoted one behind its closing quote (in a trailing comment). A quoted scalar's bytes include its quotes; a block
//! scalar's are its content without the header line.

use std::ops::Range;

use saphyr_parser::{Event, ScalarStyle, Span};

/// Byte offsets of characters, by their index.
pub(super) struct Offsets {
    /// Empty when every character is one byte.
    starts: Vec<usize>,
    end: usize,
}

impl Offsets {
    /// Finds where the characters of a text start.
    pub(super) fn new(text: &str) -> Self {
        let starts = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(at, _)| at).collect()
        };
        Self {
            starts,
            end: text.len(),
        }
    }

    fn byte(&self, character: usize) -> usize {
        if self.starts.is_empty() {
            character.min(self.end)
        } else {
            self.starts.get(character).copied().unwrap_or(self.end)
        }
    }

    /// The bytes of a span.
    pub(super) fn bytes(&self, span: Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }
}

/// Narrows a scalar's span to its own bytes.
pub(super) fn exact(text: &str, span: Range<usize>, event: &Event<'_>) -> Range<usize> {
    let Event::Scalar(value, style, ..) = event else {
        return span;
    };
    let start = span.start + properties_length(&text[span.clone()]);
    let rest = &text[start..];
    match style {
        ScalarStyle::SingleQuoted => start..start + single_quoted_length(rest).unwrap_or(0),
        ScalarStyle::DoubleQuoted => start..start + double_quoted_length(rest).unwrap_or(0),
        ScalarStyle::Plain if rest.starts_with(value.as_ref()) => start..start + value.len(),
        ScalarStyle::Plain => start..start + text[start..span.end.max(start)].trim_end().len(),
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let start = start + block_header_length(rest);
            start..span.end.max(start)
        }
    }
}

/// The length of the anchor and tag before a scalar, with the white space and comments that follow them.
fn properties_length(raw: &str) -> usize {
    let mut rest = raw;
    while rest.starts_with(['&', '!']) {
        rest = rest
            .find(char::is_whitespace)
            .map_or("", |end| &rest[end..])
            .trim_start();
        while rest.starts_with('#') {
            rest = rest
                .find(['\n', '\r'])
                .map_or("", |end| &rest[end..])
                .trim_start();
        }
    }
    raw.len() - rest.len()
}

/// The length of a block scalar's header line where the span starts there and not at the content.
fn block_header_length(rest: &str) -> usize {
    let header = rest.split(['\n', '\r']).next().unwrap_or("");
    let indicators = header.split('#').next().unwrap_or("").trim_end();
    let is_header = indicators.starts_with(['|', '>'])
        && indicators[1..]
            .chars()
            .all(|letter| matches!(letter, '0'..='9' | '+' | '-'));
    if is_header { header.len() } else { 0 }
}

/// The length of a single-quoted scalar, both quotes included.
fn single_quoted_length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut at = 1;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == b'\'')? + 1;
        if bytes.get(at) != Some(&b'\'') {
            return Some(at);
        }
        at += 1;
    }
}

/// The length of a double-quoted scalar, both quotes included.
fn double_quoted_length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

//! New bytes for one scalar, in the style that it has.
//!
//! Invariant: the style stays, except that a plain scalar gets single quotes where its new text would not be read as
//! that text (a plain `* * * * *` is an alias, and a comma ends a plain scalar in flow style).

use std::ops::Range;

use saphyr_parser::ScalarStyle;

use super::parse::Parsed;

/// Bytes to put in place of others, and what the scalar around them says afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    /// The bytes to replace in [`Parsed::text`].
    pub(super) bytes: Range<usize>,
    /// What to write there.
    pub(super) text: String,
    /// The scalar's event.
    pub(super) event: usize,
}

/// One scalar rewritten whole: the bytes, and the value that must be read afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rewrite {
    /// The bytes.
    pub(super) splice: Splice,
    /// The scalar's value after it.
    pub(super) value: String,
}

/// Rewrites a scalar to say `text`; nothing when its bytes cannot be told exactly.
pub(super) fn rewrite(
    parsed: &Parsed<'_>,
    event: usize,
    text: &str,
    in_flow: bool,
) -> Option<Rewrite> {
    let (value, style) = parsed.scalar(event)?;
    let (raw, start) = (parsed.raw(event), parsed.events.get(event)?.bytes.start);
    let whole = |text: String| Rewrite {
        splice: Splice {
            bytes: start..start + raw.len(),
            text,
            event,
        },
        value: String::new(),
    };
    let says = |rewrite: Rewrite, value: String| Rewrite { value, ..rewrite };
    match style {
        ScalarStyle::SingleQuoted if is_quoted(raw, '\'') => {
            Some(says(whole(single_quoted(text)), text.to_owned()))
        }
        ScalarStyle::DoubleQuoted if is_quoted(raw, '"') => {
            Some(says(whole(double_quoted(text)), text.to_owned()))
        }
        ScalarStyle::Plain if !raw.is_empty() && same_words(raw, value) => {
            let plain = if stays_plain(text, in_flow) {
                text.to_owned()
            } else {
                single_quoted(text)
            };
            Some(says(whole(plain), text.to_owned()))
        }
        ScalarStyle::Literal | ScalarStyle::Folded
            if !raw.trim().is_empty() && same_words(raw, value) =>
        {
            let content = start + (raw.len() - raw.trim_start().len());
            let splice = Splice {
                bytes: content..content + raw.trim().len(),
                text: text.to_owned(),
                event,
            };
            Some(Rewrite {
                splice,
                value: around(value, text),
            })
        }
        ScalarStyle::SingleQuoted
        | ScalarStyle::DoubleQuoted
        | ScalarStyle::Plain
        | ScalarStyle::Literal
        | ScalarStyle::Folded => None,
    }
}

/// Whether a text begins and ends with its own quotes.
fn is_quoted(raw: &str, quote: char) -> bool {
    raw.len() >= 2 && raw.starts_with(quote) && raw.ends_with(quote)
}

/// Whether two texts differ in white space only (line folding and indentation).
fn same_words(raw: &str, value: &str) -> bool {
    raw.split_whitespace().eq(value.split_whitespace())
}

/// A value with its words replaced and the white space around them (the final line end) kept.
fn around(value: &str, text: &str) -> String {
    let head = value.len() - value.trim_start().len();
    let tail = value.trim_end().len().max(head);
    format!("{}{text}{}", &value[..head], &value[tail..])
}

/// Whether a text is read as itself without quotes: narrower than YAML allows, and enough for crons and time zones.
fn stays_plain(text: &str, in_flow: bool) -> bool {
    let legal = |letter: char| {
        letter.is_ascii_alphanumeric() || matches!(letter, ' ' | '*' | '/' | '-' | '_' | '+')
    };
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|letter| legal(letter) || (letter == ',' && !in_flow))
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn double_quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

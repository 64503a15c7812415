//! Where a cron's text stands inside another text.

use std::{collections::BTreeSet, ops::Range};

use regex::Regex;

/// The longest text that is looked for: a cron that lists every minute, hour and day has about 400 characters.
const PATTERN_BYTES_MAX: usize = 1_000;

/// Crons to look for, whatever their letter case and the blanks between their fields.
#[derive(Debug)]
pub(super) struct Patterns {
    /// Matches where any of them does: most texts hold none, and one search is enough to know.
    any: Option<Regex>,
    each: Vec<Regex>,
}

impl Patterns {
    /// One pattern for each different cron.
    pub(super) fn new(crons: &[&str]) -> Self {
        let fields = |cron: &str| {
            cron.split_whitespace()
                .map(regex::escape)
                .collect::<Vec<_>>()
                .join(r"[ \t]+")
        };
        let texts: BTreeSet<String> = crons
            .iter()
            .map(|cron| fields(&cron.to_ascii_lowercase()))
            .filter(|text| is_searched(text))
            .collect();
        let compiled = |text: &str| Regex::new(&format!("(?i){text}")).ok();
        let any = texts
            .iter()
            .map(|text| format!("(?:{text})"))
            .collect::<Vec<_>>()
            .join("|");
        Self {
            any: compiled(&any).filter(|_| !texts.is_empty()),
            each: texts.iter().filter_map(|text| compiled(text)).collect(),
        }
    }

    /// The patterns that may stand in a text.
    pub(super) fn within(&self, text: &str) -> &[Regex] {
        if self.any.as_ref().is_some_and(|any| !any.is_match(text)) {
            &[]
        } else {
            &self.each
        }
    }
}

fn is_searched(text: &str) -> bool {
    !text.is_empty() && text.len() <= PATTERN_BYTES_MAX
}

/// Where a cron stands as a text of its own, not as the tail or the head of a longer field.
pub(super) fn occurrences(text: &str, pattern: &Regex) -> Vec<Range<usize>> {
    let is_field = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '*' | '/');
    let stands_alone = |place: &Range<usize>| {
        !text[..place.start].ends_with(is_field) && !text[place.end..].starts_with(is_field)
    };
    overlapping(text, |at| {
        pattern.find_at(text, at).map(|found| found.range())
    })
    .filter(stands_alone)
    .collect()
}

/// All matches, also those that begin inside of another.
pub(super) fn overlapping<'a>(
    text: &'a str,
    find: impl Fn(usize) -> Option<Range<usize>> + 'a,
) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut at = 0;
    std::iter::from_fn(move || {
        let place = (at <= text.len()).then(|| find(at)).flatten()?;
        at = (place.start + 1..=text.len())
            .find(|next| text.is_char_boundary(*next))
            .unwrap_or(text.len() + 1);
        Some(place)
    })
}

/// Whether a place has one and the same quote on both sides, the closing one perhaps escaped as the opening one is.
pub(super) fn is_quoted(value: &str, place: &Range<usize>) -> bool {
    let tail = value[place.end..]
        .strip_prefix('\\')
        .unwrap_or(&value[place.end..]);
    let quotes = (
        value[..place.start].chars().next_back(),
        tail.chars().next(),
    );
    matches!(quotes, (Some(before @ ('\'' | '"' | '`')), Some(after)) if before == after)
}

//! Reads of `github.event.schedule` that look at a part of it, or at a cron that is not in the schedule.

use std::{collections::BTreeSet, ops::Range, sync::LazyLock};

use regex::Regex;

use super::{
    LiteralKind,
    literal::{Found, Function, normal},
    locate::Located,
    occurrence::overlapping,
};

/// A function that compares a part of the schedule with a literal.
static COMPARES_PART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(startsWith|endsWith|contains)\s*\(\s*[^,()]*\bevent\b[^,()]*\bschedule\b[^,()]*,\s*'([^']*)'\s*\)"#)
        .expect("a constant pattern compiles")
});

/// Quoted words of a cron's letters, at least one blank among them.
static CRON_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"["'`]([0-9A-Za-z*/,\-]*(?:[ \t]+[0-9A-Za-z*/,\-]*)+)["'`]"#)
        .expect("a constant pattern compiles")
});

/// Literals of a scalar that reads the schedule, other than the given crons: whole ones and parts.
///
/// `known` are those crons in their form to compare by.
pub(super) fn parts(
    file: &Located<'_>,
    event: usize,
    value: &str,
    known: &BTreeSet<String>,
) -> Vec<Found> {
    let line = file.parsed.line_of(event);
    let found = |place: Range<usize>, kind| Found::unplaced(line, event, value, place, kind);
    let argument = |captures: regex::Captures<'_>| {
        let function = function(captures.get(1)?.as_str());
        Some(Found {
            function,
            ..found(captures.get(2)?.range(), LiteralKind::Partial)
        })
    };
    let mut all: Vec<Found> = COMPARES_PART
        .captures_iter(value)
        .filter_map(argument)
        .collect();
    let arguments: BTreeSet<usize> = all.iter().map(|found| found.value.start).collect();
    let words = |at| {
        CRON_WORDS
            .captures_at(value, at)
            .and_then(|captures| captures.get(1))
            .map(|inner| inner.range())
    };
    for place in overlapping(value, words) {
        let text = &value[place.clone()];
        let is_known = arguments.contains(&place.start) || known.contains(&normal(text));
        if !is_known && text.contains(|letter: char| letter.is_ascii_digit() || letter == '*') {
            let kind = if text.split_whitespace().count() == 5 {
                LiteralKind::Quoted
            } else {
                LiteralKind::Partial
            };
            all.push(found(place, kind));
        }
    }
    all
}

fn function(name: &str) -> Option<Function> {
    match name.to_ascii_lowercase().as_str() {
        "startswith" => Some(Function::StartsWith),
        "endswith" => Some(Function::EndsWith),
        "contains" => Some(Function::Contains),
        _ => None,
    }
}

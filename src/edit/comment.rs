//! Comments that say in words when a cron runs, and so become stale when it moves.
//!
//! 47 % of real scheduled workflow files have one. Nobody but a person can rewrite them, so they are only told.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;
use saphyr_parser::Event;

use super::{locate::Located, parse::Parsed};

/// A comment that names a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeComment {
    /// Its line, from 1.
    pub line: usize,
    /// The comment without its `#`.
    pub text: String,
}

/// Words of time, in the languages that comments in public workflow files are mostly written in.
static SAYS_WHEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b\d{1,2}[:.h]\d{2}\b|\bo'clock\b|\b\d{1,2} ?(?:am|pm|a\.m|p\.m|h|uhr|o'?clock|hours?|minutes?|mins?|days?|weeks?|months?)\b",
        r"|\b(?:midnight|noon|midday|daily|nightly|hourly|weekly|biweekly|monthly|quarterly|yearly|annually|every|each|once)\b",
        r"|\b(?:morning|evening|night|afternoon|overnight|weekdays?|weekends?|hour|minute|week|month|quarter|workdays?)s?\b",
        r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:mon|tue|wed|thu|fri|sat|sun)s?\b",
        r"|\b(?:utc|gmt|cet|cest|est|edt|pst|pdt|cst|cdt|jst|ist|bst|aest|aedt)\b|\btime ?zone\b",
        r"|täglich|stündlich|wöchentlich|monatlich|\bnachts\b|mitternacht|morgens|(?:mon|diens|donners|frei|sams|sonn)tags?\b",
        r"|mittwochs?\b|tous les|toutes les|chaque|minuit|\bheures?\b|\bcada\b|diariamente|medianoche|todos os|meia-noite",
        r"|каждый|каждую|ежедневно|полночь|每天|每日|每周|每月|每小时|凌晨|北京时间|毎日|毎週|毎月|毎時|深夜|午前|午後|매일|매주|매월|매시간",
        r"|[0-9０-９]+ ?[点时時시]",
    ))
    .expect("a constant pattern compiles")
});

/// Finds the comments of one entry that say when it runs, or that repeat its cron.
pub(super) fn of_entry(file: &Located<'_>, index: usize) -> Vec<TimeComment> {
    let Some(cron) = file.entries[index].cron else {
        return Vec::new();
    };
    let written = file
        .parsed
        .scalar(cron)
        .map_or("", |(value, _)| value.trim());
    let says_when =
        |text: &str| SAYS_WHEN.is_match(text) || (!written.is_empty() && text.contains(written));
    let comments = lines_beside(file, index)
        .into_iter()
        .filter_map(|line| comment_on(&file.parsed, line));
    comments
        .filter(|comment| says_when(&comment.text))
        .collect()
}

/// The lines whose comments belong to an entry: its own, whole comment lines directly above it, those below it that
/// are indented as its keys are, and for the first entry the line of `schedule` with the comments above that.
fn lines_beside(file: &Located<'_>, index: usize) -> BTreeSet<usize> {
    let parsed = &file.parsed;
    let (first, last) = entry_lines(file, index);
    let mut lines: BTreeSet<usize> = (first..=last).collect();
    let is_comment = |line: usize| parsed.lines.line(line).trim_start().starts_with('#');
    let above = |line: usize| (1..line).rev().take_while(|line| is_comment(*line));
    lines.extend(above(first));
    let top = lines.first().copied().unwrap_or(first);
    if let Some(key) = file
        .schedule_key
        .map(|key| parsed.line_of(key))
        .filter(|key| index == 0 && key + 1 >= top)
    {
        lines.extend(above(key).chain([key]));
    }
    let keys_column = column(parsed, file.entries[index].item);
    let is_inner =
        |line: usize| is_comment(line) && indentation(parsed.lines.line(line)) >= keys_column;
    lines.extend((last + 1..=parsed.lines.count()).take_while(|line| is_inner(*line)));
    lines
}

/// The first and the last line of an entry's scalars.
fn entry_lines(file: &Located<'_>, index: usize) -> (usize, usize) {
    let (parsed, entry) = (&file.parsed, &file.entries[index]);
    let end = |event: usize| {
        let bytes = &parsed.events[event].bytes;
        parsed
            .lines
            .number(bytes.start + parsed.raw(event).trim_end().len())
    };
    let ends = entry.cron.into_iter().chain(entry.time_zone).map(end);
    let first = parsed.line_of(entry.item);
    (first, ends.max().unwrap_or(first))
}

/// The column at which an event's line content starts, in bytes.
fn column(parsed: &Parsed<'_>, event: usize) -> usize {
    let start = parsed.events[event].bytes.start;
    start - parsed.lines.range(parsed.lines.number(start)).start
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The comment on a line: behind a `#` that starts the line or follows white space, outside of every scalar.
fn comment_on(parsed: &Parsed<'_>, line: usize) -> Option<TimeComment> {
    let range = parsed.lines.range(line);
    let text = parsed.lines.line(line);
    let opens = |at: &usize| text[..*at].is_empty() || text[..*at].ends_with([' ', '\t']);
    let mut marks = text.match_indices('#').map(|(at, _)| at).filter(opens);
    let at = marks.find(|at| !is_in_scalar(parsed, range.start + at))?;
    Some(TimeComment {
        line,
        text: text[at..].trim_start_matches('#').trim().to_owned(),
    })
}

/// Whether a byte lies inside a scalar.
fn is_in_scalar(parsed: &Parsed<'_>, byte: usize) -> bool {
    let before = parsed
        .events
        .partition_point(|spanned| spanned.bytes.start <= byte);
    // Only the last scalar that starts before the byte can reach it; containers that start later are empty or brackets.
    let scalars = parsed.events[..before]
        .iter()
        .rev()
        .find(|spanned| matches!(spanned.event, Event::Scalar(..)));
    scalars.is_some_and(|spanned| spanned.bytes.contains(&byte))
}

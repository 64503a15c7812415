//! What a workflow does with `github.event.schedule`, line by line.
//!
//! A use is *followed* when it is known to end where it stands: a comparison with texts in quotes, a test for
//! emptiness, a line that is only printed, a name, a `case` over whole texts. Everything else hands the cron on: to
//! `cut`, to an environment, to an output, to a program. What becomes of it there cannot be told from the file, so a
//! move of the cron is refused. Invariant: what is not known to be followed is not followed.

use std::borrow::Cow;

use regex::{Captures, Regex};

use super::{
    place::Place,
    schedule_pattern::{
        ANY, ASSIGNED, CASE, CATCHES, CLAUSE, CONDITION, ESAC, FILLED_IN, FOLLOWED, GOES_ON, LOGS,
        PRINTS,
    },
};

/// The most shell variables of one script that are followed.
const VARIABLES_MAX: usize = 8;

/// The most characters of a line that are told.
const TOLD_CHARACTERS_MAX: usize = 80;

/// Whether a value reads the schedule at all.
pub(super) fn reads(value: &str) -> bool {
    ANY.is_match(value)
}

/// The first line of a value, from 0, that does something with the schedule that is not followed, and its text.
pub(super) fn not_followed(value: &str, place: Place) -> Option<(usize, String)> {
    if place == Place::Name {
        return None;
    }
    let variables = Variables::of(value);
    let mut text = variables.filled(value);
    let misused = variables.other_use(&text);
    for step in [without_cases, without_prints, without_ends] {
        text = Cow::Owned(step(&text));
    }
    if place == Place::Condition {
        // Twice, because neighbours share the operator between them.
        for _ in 0..2 {
            text = Cow::Owned(blanked(&CONDITION, &text));
        }
    }
    let left = ANY.find(&text).map(|found| line_at(&text, found.start()));
    let line = misused.into_iter().chain(left).min()?;
    let told = value.lines().nth(line).unwrap_or("").trim();
    Some((line, told.chars().take(TOLD_CHARACTERS_MAX).collect()))
}

/// Shell variables that are given the schedule and are no one else's to read.
struct Variables {
    names: Vec<String>,
}

impl Variables {
    fn of(value: &str) -> Self {
        let mut names: Vec<String> = ASSIGNED
            .captures_iter(value)
            .filter_map(|found| Some(found.name("name")?.as_str().to_owned()))
            .collect();
        names.sort();
        names.dedup();
        if names.len() > VARIABLES_MAX {
            // Their assignments stay in the text, and are not followed.
            names.clear();
        }
        Self { names }
    }

    /// The text with the schedule itself wherever a variable is used plainly, every line where it was.
    fn filled<'a>(&self, value: &'a str) -> Cow<'a, str> {
        let Some(any) = self.any() else {
            return Cow::Borrowed(value);
        };
        let text = blanked(&ASSIGNED, value);
        let constant = regex(&format!(
            r#"(?m)^[ \t]*(?:{any})=(?:'[^'\n]*'|"[^"\n$`]*"|[\w.-]*)[ \t]*;?[ \t]*$"#
        ));
        let plain = regex(&format!(r"\$(?:(?:{any})\b|\{{(?:{any})\}})"));
        let text = blanked(&constant, &text);
        Cow::Owned(
            plain
                .replace_all(&text, "$${{ github.event.schedule }}")
                .into_owned(),
        )
    }

    /// The first line that speaks of a variable in another way: takes a part, exports it, assigns to it.
    fn other_use(&self, filled: &str) -> Option<usize> {
        let found = regex(&format!(r"\b(?:{})\b", self.any()?))
            .find(filled)?
            .start();
        Some(line_at(filled, found))
    }

    fn any(&self) -> Option<String> {
        (!self.names.is_empty()).then(|| self.names.join("|"))
    }
}

/// A pattern made of constants and of shell names, which are letters, digits and `_`.
fn regex(text: &str) -> Regex {
    Regex::new(text).expect("names of variables need no escape")
}

/// Blanks the schedule in the head of each `case` whose clauses are whole texts.
fn without_cases(text: &str) -> String {
    let mut result = text.to_owned();
    for found in CASE.captures_iter(text) {
        let Some(read) = found.name("use") else {
            continue;
        };
        let rest = &text[found.get_match().end()..];
        let body = ESAC.find(rest).map_or("", |end| &rest[..end.start()]);
        if !body.is_empty() && body.split(";;").all(is_plain_clause) {
            result.replace_range(read.range(), &blank(read.as_str()));
        }
    }
    result
}

/// Whether a clause, with the comments before it, is chosen by whole texts; the blanks after the last one are.
fn is_plain_clause(clause: &str) -> bool {
    let is_comment = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let rest: Vec<&str> = clause.lines().skip_while(is_comment).collect();
    let rest = rest.join("\n");
    rest.trim().is_empty()
        || rest
            .split_once(')')
            .is_some_and(|(head, _)| CLAUSE.is_match(head))
}

/// Blanks lines that print the schedule to the log or the summary, unless something around them catches what they print.
fn without_prints(text: &str) -> String {
    let text = blanked(&LOGS, text);
    if CATCHES.is_match(&text) {
        return text;
    }
    let plain = |found: &Captures<'_>| {
        let (line, command) = (&found[0], &found["command"]);
        let command = FILLED_IN.replace_all(command, "");
        if GOES_ON.is_match(&command) {
            line.to_owned()
        } else {
            blank(line)
        }
    };
    PRINTS.replace_all(&text, plain).into_owned()
}

/// Blanks comparisons and tests.
fn without_ends(text: &str) -> String {
    FOLLOWED
        .iter()
        .fold(text.to_owned(), |text, pattern| blanked(pattern, &text))
}

/// The text with blanks where a pattern's group `use` stands, or the whole match when it has none.
fn blanked(pattern: &Regex, text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for found in pattern.captures_iter(text) {
        let place = found.name("use").unwrap_or_else(|| found.get_match());
        result.push_str(&text[at..place.start()]);
        result.push_str(&blank(place.as_str()));
        at = place.end();
    }
    result.push_str(&text[at..]);
    result
}

/// As many blanks as there are bytes, on as many lines.
fn blank(text: &str) -> String {
    let blank = |byte| if byte == b'\n' { '\n' } else { ' ' };
    text.bytes().map(blank).collect()
}

fn line_at(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count()
}

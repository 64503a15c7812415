//! The proof after an edit: nothing but what was asked for is different.
//!
//! Three independent looks: at the bytes, at the YAML events, at the schedules as they are read again. The fires of a
//! schedule follow from its cron and its time zone alone, so equal schedules are equal fires.

use std::collections::BTreeMap;

use saphyr_parser::{Event, ScalarStyle};

use crate::domain::Schedule;

use super::{Refusal, WorkflowDocument, locate::Located, parse::Parsed, scalar::Splice};

/// Proves an edit.
///
/// `splices` are in order; `expected` is the new value of each touched scalar; `schedules` is what each entry must say.
///
/// # Errors
/// `WouldChangeMore`, with the line of the first difference.
pub(super) fn prove(
    before: &Located<'_>,
    bytes: &[u8],
    splices: &[Splice],
    expected: &BTreeMap<usize, String>,
    schedules: &[Result<Schedule, String>],
) -> Result<(), Refusal> {
    let first = splices
        .first()
        .map_or(1, |splice| before.parsed.lines.number(splice.bytes.start));
    let more = |line: usize| Refusal::WouldChangeMore { line };
    let after = Located::read(bytes).map_err(|_| more(first))?;
    if !same_bytes_outside(&before.parsed, &after.parsed, splices) {
        return Err(more(first));
    }
    if let Some(event) = first_difference(&before.parsed, &after.parsed, expected) {
        return Err(more(before.parsed.line_of(event)));
    }
    let document = WorkflowDocument::of(&after).map_err(|_| more(first))?;
    let read: Vec<_> = document
        .entries
        .into_iter()
        .map(|entry| entry.schedule)
        .collect();
    if before.entries != after.entries || read != schedules {
        return Err(more(first));
    }
    Ok(())
}

/// Whether the file is what it was outside of the splices, and what was asked for inside.
fn same_bytes_outside(before: &Parsed<'_>, after: &Parsed<'_>, splices: &[Splice]) -> bool {
    let (mut from, mut rest) = (0, after.text);
    for splice in splices {
        let Some(kept) = before.text.get(from..splice.bytes.start) else {
            return false;
        };
        let Some(tail) = rest
            .strip_prefix(kept)
            .and_then(|tail| tail.strip_prefix(splice.text.as_str()))
        else {
            return false;
        };
        (from, rest) = (splice.bytes.end, tail);
    }
    before.text.get(from..) == Some(rest) && before.mark_length == after.mark_length
}

/// The first event that is neither the same nor changed as expected.
fn first_difference(
    before: &Parsed<'_>,
    after: &Parsed<'_>,
    expected: &BTreeMap<usize, String>,
) -> Option<usize> {
    let pairs = before.events.iter().zip(&after.events);
    let different = |(event, (old, new)): (
        usize,
        (&super::parse::Spanned<'_>, &super::parse::Spanned<'_>),
    )| {
        let is_right = match expected.get(&event) {
            Some(value) => is_changed_to(&old.event, &new.event, value),
            None => old.event == new.event,
        };
        (!is_right).then_some(event)
    };
    let shorter = before.events.len().min(after.events.len());
    let extra = (before.events.len() != after.events.len()).then_some(shorter);
    pairs.enumerate().find_map(different).or(extra)
}

/// Whether a scalar has its expected value and is otherwise the same, but for quotes around a plain one.
fn is_changed_to(old: &Event<'_>, new: &Event<'_>, value: &str) -> bool {
    let (Event::Scalar(_, old_style, old_anchor, old_tag), Event::Scalar(text, style, anchor, tag)) =
        (old, new)
    else {
        return false;
    };
    let is_quoted_now = (*old_style, *style) == (ScalarStyle::Plain, ScalarStyle::SingleQuoted);
    text == value && (old_style == style || is_quoted_now) && (old_anchor, old_tag) == (anchor, tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "on:\n  schedule:\n    - cron: '0 0 * * *' # c\njobs: {}\n";

    /// Proves a result of the edit that moves the cron of [`BEFORE`] to `1 0 * * *`.
    fn proof(after: &str) -> Result<(), Refusal> {
        let file = Located::read(BEFORE.as_bytes()).unwrap();
        let event = file.entries[0].cron.unwrap();
        let bytes = file.parsed.events[event].bytes.clone();
        let splice = Splice {
            bytes,
            text: "'1 0 * * *'".to_owned(),
            event,
        };
        let expected = BTreeMap::from([(event, "1 0 * * *".to_owned())]);
        let schedule = Schedule {
            cron: "1 0 * * *".parse().unwrap(),
            time_zone: Default::default(),
        };
        prove(
            &file,
            after.as_bytes(),
            &[splice],
            &expected,
            &[Ok(schedule)],
        )
    }

    #[test]
    fn exactly_the_asked_change_is_proven() {
        assert_eq!(proof(&BEFORE.replace("'0 0 * * *'", "'1 0 * * *'")), Ok(()));
    }

    #[test]
    fn any_other_difference_is_refused() {
        for (from, to) in [
            ("'0 0 * * *'", "'2 0 * * *'"),
            ("'0 0 * * *'", "\"1 0 * * *\""),
            ("'0 0 * * *' # c", "'1 0 * * *' # d"),
            ("'0 0 * * *' # c", "'1 0 * * *'"),
            ("'0 0 * * *' # c\njobs: {}", "'1 0 * * *' # c\njobs: []"),
            ("'0 0 * * *' # c\n", "'1 0 * * *' # c\r\n"),
            ("'0 0 * * *'", "*x"),
        ] {
            assert_eq!(
                proof(&BEFORE.replace(from, to)),
                Err(Refusal::WouldChangeMore { line: 3 }),
                "{to}"
            );
        }
        assert!(proof(&format!("\u{feff}{}", BEFORE.replace("0 0 *", "1 0 *"))).is_err());
    }

    #[test]
    fn events_that_differ_are_found_even_where_the_bytes_were_not_looked_at() {
        let before = Located::read(BEFORE.as_bytes()).unwrap();
        for other in [
            BEFORE.replace("{}", "[]"),
            BEFORE.replace("'0 0 * * *'", "0 0 * * *"),
            format!("{BEFORE}a: b\n"),
        ] {
            let after = Located::read(other.as_bytes()).unwrap();
            assert!(
                first_difference(&before.parsed, &after.parsed, &BTreeMap::new()).is_some(),
                "{other}"
            );
        }
        assert_eq!(
            first_difference(&before.parsed, &before.parsed, &BTreeMap::new()),
            None
        );
    }
}

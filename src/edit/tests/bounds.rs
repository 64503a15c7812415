//! Files that are too large, too deep or no text; and bytes of every kind.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::support::{fixture, fixtures, schedule, workflow};
use crate::edit::{BYTES_MAX, Change, ENTRIES_MAX, Options, Refusal, edit, read};

#[test]
fn a_file_beyond_the_limit_is_refused_and_one_at_the_limit_is_read() {
    let mut text = workflow("cron: '0 0 * * *'", "");
    text.push_str(&"#".repeat(BYTES_MAX - text.len()));
    assert_eq!(read(text.as_bytes()).unwrap().entries.len(), 1);
    text.push('#');
    assert_eq!(
        read(text.as_bytes()),
        Err(Refusal::TooLarge {
            bytes: BYTES_MAX + 1
        })
    );
}

#[test]
fn nesting_is_bounded_in_every_style() {
    for unit in [
        "[", "{", "- ", "? ", "[a, ", "{a: ", "a: [", "{? ", "[? ", "&a [", "!t {",
    ] {
        let text = unit.repeat(BYTES_MAX / unit.len());
        let refusal = read(text.as_bytes()).unwrap_err();
        assert!(
            matches!(
                refusal,
                Refusal::TooDeep { .. } | Refusal::InvalidYaml { .. }
            ),
            "{unit}: {refusal}"
        );
    }
}

#[test]
fn one_hundred_levels_are_read_and_one_more_is_refused() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(read(nested(100).as_bytes()).is_ok());
    assert_eq!(
        read(nested(101).as_bytes()),
        Err(Refusal::TooDeep { line: 1 })
    );
}

#[test]
fn a_schedule_of_a_hundred_entries_is_read_and_one_more_is_refused() {
    let list = |count: usize| {
        format!(
            "on:\n  schedule:\n{}",
            "  - cron: 0 0 * * *\n".repeat(count)
        )
    };
    assert_eq!(
        read(list(ENTRIES_MAX).as_bytes()).unwrap().entries.len(),
        ENTRIES_MAX
    );
    assert_eq!(
        read(list(101).as_bytes()),
        Err(Refusal::TooManyEntries { count: 101 })
    );
}

#[test]
fn an_alias_bomb_is_refused() {
    assert_eq!(read(&fixture("alias_bomb")), Err(Refusal::AliasBomb));
}

#[test]
fn bytes_that_are_no_text_are_refused_by_line() {
    assert_eq!(
        read(b"on:\n  push: \xff\n"),
        Err(Refusal::NotUtf8 { line: 2 })
    );
}

#[test]
fn every_refusal_says_what_to_do_and_has_a_reason_of_its_own() {
    let refusals: Vec<Refusal> = fixtures()
        .values()
        .filter_map(|bytes| read(bytes).err())
        .collect();
    assert!(refusals.len() >= 8);
    for refusal in refusals {
        assert!(refusal.to_string().contains(": "), "{refusal}");
        assert!(!refusal.reason().is_empty());
    }
}

/// Reads bytes, and edits what can be read; neither may panic.
fn exercise(bytes: &[u8]) {
    let Ok(document) = read(bytes) else { return };
    for entry in &document.entries {
        let Ok(from) = entry.schedule.clone() else {
            continue;
        };
        let change = Change {
            index: entry.index,
            from,
            to: schedule("17 3 * * 1,5 Europe/Berlin"),
        };
        let _ = edit(
            bytes,
            &[change],
            Options {
                allow_generated: true,
            },
        );
    }
}

/// Pieces that workflow files and their corner cases are made of.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "on",
        ":",
        ": ",
        "\n",
        "\r\n",
        "\r",
        "  ",
        "    ",
        "- ",
        "schedule",
        "cron",
        "'0 0 * * *'",
        "\"0 0 * * *\"",
        "0 0 * * *",
        "|",
        ">-",
        "|2",
        "#",
        " # nightly",
        "&a ",
        "*a",
        "!!str ",
        "!<",
        "<<",
        "[",
        "]",
        "{",
        "}",
        ",",
        "?",
        "? ",
        "'",
        "\"",
        "\\",
        "%YAML 1.2",
        "---",
        "...",
        "\t",
        "\u{feff}",
        "é",
        "🌙",
        "\u{85}",
        "\u{2028}",
        "\0",
        "timezone: UTC",
        "if: github.event.schedule == '0 0 * * *'",
        "\\x2a",
        "@",
        "`",
        "true",
        "-",
        "!",
        "&",
        "*",
    ])
}

/// Read once for all cases.
static FIXTURES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| fixtures().into_values().collect());

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        exercise(&bytes);
    }

    #[test]
    fn arbitrary_pieces_of_workflows_never_panic(pieces in prop::collection::vec(piece(), 0..40)) {
        exercise(pieces.concat().as_bytes());
    }

    #[test]
    fn mutated_fixtures_never_panic(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        cut in 0_usize..6,
        insert in piece(),
    ) {
        let mut bytes = which.get(&FIXTURES).clone();
        let start = at.index(bytes.len());
        let end = (start + cut).min(bytes.len());
        bytes.splice(start..end, insert.bytes());
        exercise(&bytes);
    }
}

//! For any workflow of a broad grammar and any legal new cron: only the scalar's bytes differ, and it says the new cron.

use proptest::prelude::*;

use super::support::{change, schedule};
use crate::edit::{Options, diff, edit, read};

/// One field of a cron within its bounds.
fn field(low: u8, high: u8) -> impl Strategy<Value = String> {
    prop_oneof![
        Just("*".to_owned()),
        (low..=high).prop_map(|at| at.to_string()),
        (low..=high, low..=high).prop_map(|(one, other)| format!(
            "{}-{}",
            one.min(other),
            one.max(other)
        )),
        (2..=high).prop_map(|step| format!("*/{step}")),
        (low..high).prop_map(|at| format!("{at},{}", at + 1)),
    ]
}

/// A legal cron.
fn cron() -> impl Strategy<Value = String> {
    (
        field(0, 59),
        field(0, 23),
        field(1, 28),
        field(1, 12),
        field(0, 6),
    )
        .prop_map(|(minute, hour, day, month, weekday)| {
            format!("{minute} {hour} {day} {month} {weekday}")
        })
}

/// A cron's scalar in one of its styles; `{}` stands for the text.
fn scalar() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop::sample::select(vec![
        ("'{}'", "'{}'"),
        ("\"{}\"", "\"{}\""),
        ("'{}'   # it's \"nightly\"", "'{}'   # it's \"nightly\""),
        (
            "\"{}\" # don't \"touch\" 'this'",
            "\"{}\" # don't \"touch\" 'this'",
        ),
        ("&n '{}'", "&n '{}'"),
        ("!!str \"{}\"", "!!str \"{}\""),
        ("|\n          {}", "|\n          {}"),
        (">-\n          {}", ">-\n          {}"),
        ("|+ # kept\n          {}\n", "|+ # kept\n          {}\n"),
        ("\n          '{}'", "\n          '{}'"),
    ])
}

/// A workflow around entries, with what surrounds them in real files.
fn wrap(entries: &[(String, String)], head: &str, tail: &str, line_end: &str) -> String {
    let items: String = entries
        .iter()
        .map(|(scalar, rest)| format!("    - cron: {scalar}\n{rest}"))
        .collect();
    format!("{head}  schedule:\n{items}{tail}").replace('\n', line_end)
}

proptest! {
    #[test]
    fn only_the_scalar_differs_and_it_says_the_new_cron(
        olds in prop::collection::vec((cron(), scalar(), prop::sample::select(vec!["", "      timezone: Asia/Tokyo\n"])), 1..4),
        which in any::<prop::sample::Index>(),
        new in cron(),
        head in prop::sample::select(vec!["on:\n", "# é 🌙\n---\n\"on\":\n  push:\n", "\u{feff}name: x\n'on':\n", "true:\n"]),
        tail in prop::sample::select(vec!["", "jobs:\n  cron:\n    run: |\n      echo '0 0 * * *'", "# end\n", "...\n"]),
        line_end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let index = which.index(olds.len());
        prop_assume!(olds[index].0 != new);
        let entry = |text: &str, style: &str, rest: &str| (style.replace("{}", text), rest.to_owned());
        let before: Vec<_> = olds.iter().map(|(text, style, rest)| entry(text, style.0, rest)).collect();
        let mut after = before.clone();
        after[index] = entry(&new, olds[index].1.1, olds[index].2);
        let (text, expected) = (wrap(&before, head, tail, line_end), wrap(&after, head, tail, line_end));

        let edited = edit(text.as_bytes(), &[change(text.as_bytes(), index, &new)], Options::default()).unwrap();

        let result = String::from_utf8(edited.bytes.clone()).unwrap();
        prop_assert_eq!(&result, &expected);
        let read_again = read(&edited.bytes).unwrap().entries[index].schedule.clone().unwrap();
        prop_assert_eq!(read_again.cron, schedule(&new).cron);
        prop_assert!(!diff("x.yml", &text, &result).is_empty());
    }

    #[test]
    fn an_edit_and_its_opposite_give_the_same_bytes(old in cron(), new in cron(), style in scalar()) {
        prop_assume!(old != new);
        let text = wrap(&[(style.0.replace("{}", &old), String::new())], "on:\n", "jobs: {}\n", "\n");
        let there = edit(text.as_bytes(), &[change(text.as_bytes(), 0, &new)], Options::default()).unwrap();
        let back = edit(&there.bytes, &[change(&there.bytes, 0, &old)], Options::default()).unwrap();
        prop_assert_eq!(String::from_utf8(back.bytes).unwrap(), text);
    }

    #[test]
    fn plain_and_flow_scalars_are_edited_for_any_cron(old in cron(), new in cron(), is_flow in any::<bool>()) {
        prop_assume!(old != new && !old.starts_with('*') && !(is_flow && old.contains(',')));
        let entry = if is_flow { format!("[{{timezone: UTC, cron: {old}}}]") } else { format!("\n  - cron: {old}   # c") };
        let text = format!("on:\n  schedule: {entry}\n");
        let edited = edit(text.as_bytes(), &[change(text.as_bytes(), 0, &new)], Options::default()).unwrap();
        let result = String::from_utf8(edited.bytes).unwrap();
        let (plain, quoted) = (text.replace(&old, &new), text.replace(&old, &format!("'{new}'")));
        prop_assert!(result == plain || result == quoted, "{result}");
        prop_assert_eq!(read(result.as_bytes()).unwrap().entries[0].schedule.clone().unwrap().cron, schedule(&new).cron);
    }
}

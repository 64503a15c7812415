//! Literals compared with `github.event.schedule`: changed along, or in the way.

use super::support::{change, edit_one, workflow};
use crate::edit::{LITERALS_MAX, Note, Options, Refusal, edit, read};

/// A workflow with two crons and one condition.
fn compares(condition: &str) -> String {
    let jobs = format!("  night:\n    if: {condition}\n    runs-on: x\n");
    workflow("cron: '0 0 * * *'\n    - cron: '30 4 * * 1'", &jobs)
}

/// The text after the first cron moved.
fn moved(text: &str) -> Result<String, Refusal> {
    edit_one(text.as_bytes(), 0, "17 3 * * *")
        .map(|edited| String::from_utf8(edited.bytes).unwrap())
}

#[test]
fn every_way_to_write_the_comparison_is_changed_along() {
    for condition in [
        "github.event.schedule == '0 0 * * *'",
        "github.event.schedule != '0 0 * * *'",
        "\"'0 0 * * *' == github.event.schedule\"",
        "GitHub.Event.Schedule == '0 0 * * *'",
        "github.event['schedule'] == '0 0 * * *'",
        "github['event']['schedule'] == '0 0 * * *'",
        "\"github['event'].schedule == '0 0 * * *'\"",
        "${{ github.event.schedule == '0 0 * * *' || failure() }}",
        "contains(fromJSON('[\"0 0 * * *\",\"30 4 * * 1\"]'), github.event.schedule)",
        "contains('[\"0 0 * * *\"]', github.event.schedule)",
        "\"contains(fromJSON('[\\\"0 0 * * *\\\"]'), github.event.schedule)\"",
        "'github.event.schedule == ''0 0 * * *'''",
        ">-\n      github.event.schedule == '0 0 * * *'\n      && true",
    ] {
        let text = compares(condition);
        let edited = edit_one(text.as_bytes(), 0, "17 3 * * *").unwrap();
        let (schedule, rest) = text.split_once("jobs:").unwrap();
        let expected = format!(
            "{}jobs:{}",
            schedule.replace("0 0 * *", "17 3 * *"),
            rest.replace("0 0 * *", "17 3 * *")
        );
        assert_eq!(String::from_utf8(edited.bytes).unwrap(), expected);
        assert!(
            matches!(edited.notes.as_slice(), [Note::LiteralAlsoChanged { .. }]),
            "{condition}"
        );
    }
}

#[test]
fn a_comparison_that_cannot_be_kept_true_is_refused_by_line_and_text() {
    for (condition, text) in [
        (
            "contains('0 0 * * *,30 4 * * 1', github.event.schedule)",
            "0 0 * * *",
        ),
        ("startsWith(github.event.schedule, '0')", "0"),
        ("startsWith( github.event.schedule , '0 0' )", "0 0"),
        ("contains(github.event.schedule, ' 0 ')", " 0 "),
        ("github.event.schedule == '17 3 * * *'", "17 3 * * *"),
    ] {
        let refusal = moved(&compares(condition)).unwrap_err();
        assert!(
            matches!(&refusal, Refusal::LiteralCompared { line: 7 | 8, text: found } if found == text),
            "{condition} {refusal}"
        );
    }
}

#[test]
fn a_comparison_with_something_that_stands_elsewhere_is_refused_where_it_is_made() {
    for condition in [
        "github.event.schedule == env.NIGHT\n    env: {NIGHT: '0 0 * * *'}",
        "github.event.schedule == matrix.cron\n    strategy: {matrix: {cron: ['0 0 * * *']}}",
        "github.event.schedule == vars.NIGHT",
    ] {
        let refusal = moved(&compares(condition)).unwrap_err();
        assert!(
            matches!(&refusal, Refusal::ScheduleHandedOn { line: 7, text } if condition.starts_with(text)),
            "{condition} {refusal}"
        );
    }
}

#[test]
fn a_comparison_that_keeps_its_answer_is_left_alone() {
    for condition in [
        "github.event.schedule == '30 4 * * 1'",
        "endsWith(github.event.schedule, '* * *')",
        "startsWith(github.event.schedule, '30 4')",
        "github.event.schedule == '1 2 3 4 5'",
        "github.event.schedule != ''",
        "github.event_name == 'schedule' && '0 0 * *' != ''",
    ] {
        let text = compares(condition);
        assert_eq!(
            moved(&text).unwrap(),
            text.replacen("0 0 * * *", "17 3 * * *", 1)
        );
    }
}

#[test]
fn a_crons_text_means_nothing_where_the_schedule_is_not_read() {
    let text = compares("env.X == '0 0 * * *'");
    assert_eq!(read(text.as_bytes()).unwrap().schedule_literals, []);
    assert_eq!(
        moved(&text).unwrap(),
        text.replacen("0 0 * * *", "17 3 * * *", 1)
    );
}

#[test]
fn scripts_that_read_the_event_count_as_readers() {
    for (script, changes_along) in [
        (
            "test \"$(jq -r .schedule \"$GITHUB_EVENT_PATH\")\" = '0 0 * * *'",
            true,
        ),
        (
            "if (context.payload.schedule === `0 0 * * *`) { run() }",
            true,
        ),
        (
            "jq -r .schedule < $GITHUB_EVENT_PATH; echo 0 0 * * *",
            false,
        ),
        (
            "case \"${{ github.event.schedule }}\" in 0\\ 0*) run;; esac",
            false,
        ),
        ("[[ \"${{ github.event.schedule }}\" =~ ^0 ]]", false),
        (
            "if (context.payload.schedule.startsWith('0')) { run() }",
            false,
        ),
    ] {
        let text = workflow(
            "cron: '0 0 * * *'",
            &format!("  b:\n    steps:\n      - run: |\n          {script}\n"),
        );
        let expected = if changes_along {
            Some(text.replace("0 0 * *", "17 3 * *"))
        } else {
            None
        };
        assert_eq!(moved(&text).ok(), expected, "{script}");
    }
}

#[test]
fn a_literal_that_two_entries_share_is_refused_unless_both_move_alike() {
    let text = workflow(
        "{cron: '0 0 * * *', timezone: UTC}\n    - {cron: '0 0 * * *', timezone: Europe/Berlin}",
        "  n:\n    if: github.event.schedule == '0 0 * * *'\n",
    );
    assert_eq!(moved(&text).unwrap_err().reason(), "LiteralCompared");
    let changes = [0, 1].map(|index| change(text.as_bytes(), index, "17 3 * * *"));
    let edited = edit(text.as_bytes(), &changes, Options::default()).unwrap();
    assert_eq!(
        String::from_utf8(edited.bytes).unwrap(),
        text.replace("0 0 * * *", "17 3 * * *")
    );
}

#[test]
fn entries_that_literals_tell_apart_do_not_become_one() {
    let text = compares("github.event.schedule == '0 0 * * *'");
    let refusal = edit_one(text.as_bytes(), 0, "30 4 * * 1").unwrap_err();
    assert_eq!(refusal.reason(), "LiteralCompared");
}

#[test]
fn swapped_crons_swap_their_literals() {
    let text =
        compares("github.event.schedule == '0 0 * * *' || '30 4 * * 1' == github.event.schedule");
    let changes = [
        change(text.as_bytes(), 0, "30 4 * * 1"),
        change(text.as_bytes(), 1, "0 0 * * *"),
    ];
    let edited = edit(text.as_bytes(), &changes, Options::default()).unwrap();
    let swapped = text
        .replace("0 0 * * *", "?")
        .replace("30 4 * * 1", "0 0 * * *")
        .replace('?', "30 4 * * 1");
    assert_eq!(String::from_utf8(edited.bytes).unwrap(), swapped);
}

#[test]
fn a_longer_field_is_not_taken_for_the_cron() {
    let text =
        compares("github.event.schedule == '10 0 * * *' || github.event.schedule == '0 0 * * */2'");
    assert_eq!(
        moved(&text).unwrap(),
        text.replacen("'0 0 * * *'", "'17 3 * * *'", 1)
    );
}

#[test]
fn more_literals_than_can_be_checked_are_refused() {
    let many = "'1 1 1' ".repeat(LITERALS_MAX + 1);
    let text = compares(&format!("\"github.event.schedule != {many}\""));
    assert_eq!(
        read(text.as_bytes()),
        Err(Refusal::TooManyLiterals { line: 7 })
    );
}

#[test]
fn a_literal_whose_bytes_are_not_its_text_is_refused() {
    for condition in [
        ">-\n      github.event.schedule == '0 0\n      * * *'",
        "\"github.event.schedule == '0 0 \\x2A * *'\"",
    ] {
        let refusal = moved(&compares(condition)).unwrap_err();
        assert_eq!(refusal.reason(), "LiteralCompared", "{condition}");
    }
}

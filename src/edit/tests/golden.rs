//! Every fixture: what is read of it, and what an edit of each of its entries does, as a reviewer would see it.

use std::fmt::Write as _;

use super::support::{edit_one, fixtures, visible};
use crate::edit::{Refusal, ScheduleEntry, WorkflowDocument, diff, read};

/// The cron that every entry is moved to.
const NEW_CRON: &str = "17 3 * * *";

#[test]
fn every_fixture_reads_and_edits_as_its_golden_text_says() {
    for (name, bytes) in fixtures() {
        let text = visible(&story(&name, &bytes));
        insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, text);
        });
    }
}

/// All that is to tell about one file.
fn story(name: &str, bytes: &[u8]) -> String {
    match read(bytes) {
        Err(refusal) => refused(&refusal),
        Ok(document) => {
            let edits = document
                .entries
                .iter()
                .map(|entry| edited(name, bytes, entry));
            summary(&document) + &edits.collect::<String>()
        }
    }
}

fn refused(refusal: &Refusal) -> String {
    format!("refused ({}): {refusal}\n", refusal.reason())
}

fn summary(document: &WorkflowDocument) -> String {
    let mut text = String::new();
    for entry in &document.entries {
        let says = entry
            .schedule
            .as_ref()
            .map_or_else(|_| "no schedule".to_owned(), ToString::to_string);
        writeln!(text, "entry {} line {}: {says}", entry.index, entry.line).unwrap();
        for comment in &entry.comments {
            writeln!(text, "  comment line {}: {}", comment.line, comment.text).unwrap();
        }
    }
    for literal in &document.schedule_literals {
        writeln!(
            text,
            "literal line {} ({:?}): {}",
            literal.line, literal.kind, literal.text
        )
        .unwrap();
    }
    if let Some(mark) = &document.generated {
        writeln!(text, "generated line {}: {}", mark.line, mark.text).unwrap();
    }
    let facts = [
        (document.has_workflow_dispatch, "can be dispatched"),
        (document.branches_on_event, "branches on the event"),
        (document.concurrency_cancels, "cancels runs in progress"),
    ];
    text + &facts
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, words)| format!("{words}\n"))
        .collect::<String>()
}

fn edited(name: &str, bytes: &[u8], entry: &ScheduleEntry) -> String {
    if entry.schedule.is_err() {
        return String::new();
    }
    let head = format!("\n== entry {} to {NEW_CRON}\n", entry.index);
    match edit_one(bytes, entry.index, NEW_CRON) {
        Err(refusal) => head + &refused(&refusal),
        Ok(edited) => {
            let (before, after) = (
                String::from_utf8_lossy(bytes),
                String::from_utf8_lossy(&edited.bytes),
            );
            let notes = edited
                .notes
                .iter()
                .map(|note| format!("{note:?}\n"))
                .collect::<String>();
            head + &diff(&format!("{name}.yml"), &before, &after) + &notes
        }
    }
}

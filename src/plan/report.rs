//! A timetable as text that a person reads: the moves first, then what cannot hold, then the load.
//!
//! Owns the layout. Equal timetables give equal text.

use std::fmt::Write as _;

use super::timetable::{Action, Line, Load, Timetable};
use crate::domain::WorkflowId;

/// Writes a timetable as a table with a paragraph for every line that moves or breaks its intent.
#[must_use]
pub fn report(timetable: &Timetable) -> String {
    let mut text = String::new();
    let moving = timetable
        .lines
        .values()
        .filter(|line| line.action != Action::None)
        .count();
    let _ = writeln!(
        text,
        "{} workflows, {moving} to move",
        timetable.lines.len()
    );
    for action in [
        Action::Apply,
        Action::Review,
        Action::NeedsData,
        Action::None,
    ] {
        let lines = timetable
            .lines
            .iter()
            .filter(|(_, line)| line.action == action);
        for (at, (id, line)) in lines.enumerate() {
            if at == 0 {
                let _ = write!(text, "\n{}\n", heading(action));
            }
            write_line(&mut text, id, line);
        }
    }
    let _ = writeln!(text, "\nload of a week          before     after");
    write_load(&mut text, &timetable.before, &timetable.after);
    text
}

const fn heading(action: Action) -> &'static str {
    match action {
        Action::Apply => "Apply",
        Action::Review => "Review",
        Action::NeedsData => "Needs data",
        Action::None => "Stay",
    }
}

fn write_line(text: &mut String, id: &WorkflowId, line: &Line) {
    let crons: Vec<String> = line
        .current
        .iter()
        .zip(&line.proposed)
        .map(|(from, to)| {
            if from == to {
                from.to_string()
            } else {
                format!("{from} -> {to}")
            }
        })
        .collect();
    let impact = line
        .impact
        .map_or_else(|| "-".to_owned(), |impact| impact.to_string());
    let _ = writeln!(
        text,
        "  {id}: {} (confidence {}, impact {impact})",
        crons.join(" | "),
        line.confidence
    );
    for reason in &line.reasons {
        let _ = writeln!(text, "    {reason}");
    }
    if line.improvement.0 > 0 {
        let _ = writeln!(text, "    saves {} a week", line.improvement);
    }
    for violation in &line.violations {
        let _ = writeln!(text, "    cannot: {violation}");
    }
}

fn write_load(text: &mut String, before: &Load, after: &Load) {
    let _ = writeln!(
        text,
        "  {:<18} {:>10} {:>9}",
        "overlap",
        before.overlap_seconds.to_string(),
        after.overlap_seconds.to_string()
    );
    for (before, after) in before.peaks.iter().zip(&after.peaks) {
        let capacity = before
            .capacity
            .map_or_else(String::new, |capacity| format!(" of {capacity}"));
        let name = format!("peak {}{capacity}", before.pool);
        let _ = writeln!(
            text,
            "  {name:<18} {:>10} {:>9}",
            before.peak_jobs, after.peak_jobs
        );
    }
    let starts = before
        .starts_per_hour
        .iter()
        .zip(&after.starts_per_hour)
        .enumerate();
    for (hour, (before, after)) in starts.filter(|(_, (before, after))| **before + **after > 0) {
        let name = format!("starts {hour:02}h UTC");
        let _ = writeln!(text, "  {name:<18} {before:>10} {after:>9}");
    }
}

//! The body of a pull request, written as a careful colleague would write it.

use std::fmt::Write as _;

use chrono::TimeDelta;

use super::escape::{code, prose};
use crate::{
    decide::{Proposal, mark},
    domain::{Forecast, Percent, Permille, Seconds, TimeZone, Timestamp},
    edit::{Change, Note},
    plan::{Reason, overlap_words},
};

/// What the body needs besides the change itself.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// The present, for the next starts.
    pub now: Timestamp,
    /// The object that asks, as `namespace/name`.
    pub object: &'a str,
    /// The account in whose name the change is made.
    pub account: &'a str,
    /// What the edit found that needs a human eye.
    pub notes: &'a [Note],
}

/// How many entries of a list are shown; nobody reads more, and GitHub takes 65,536 characters.
const SHOWN: usize = 12;

/// Writes the body of a pull request; far below GitHub's limit whatever the proposal holds.
///
/// It tells, in this order: what changes, in UTC and local time; why; what that rests on; what to know before merging;
/// how to say no. The last line is the marker.
#[must_use]
pub fn body(proposal: &Proposal, context: &Context<'_>) -> String {
    let mut text = String::new();
    what(&mut text, proposal, context.now);
    why(&mut text, proposal);
    evidence(&mut text, proposal);
    before_merging(&mut text, proposal, context);
    saying_no(&mut text, context);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n{}", mark::line(proposal.digest.short()));
    text
}

fn what(text: &mut String, proposal: &Proposal, now: Timestamp) {
    let file = code(&proposal.workflow.file.path());
    let _ = writeln!(
        text,
        "This changes when {file} starts, and nothing else in the file.\n"
    );
    let zone = zone(proposal);
    let last = zone.map_or("in words".to_owned(), |zone| format!("in {zone}"));
    let _ = writeln!(
        text,
        "| | schedule | next start (UTC) | {last} |\n|---|---|---|---|"
    );
    for Change { from, to, .. } in proposal.changes.iter().take(SHOWN) {
        for (label, schedule) in [("now", from), ("with this change", to)] {
            let cron = code(&schedule.to_string());
            let next = schedule.fires(now).next();
            let utc = next.map_or("never".to_owned(), |at| day(&at));
            let words = match (zone, next) {
                (Some(zone), Some(at)) => day(&at.with_timezone(&zone.0)),
                (Some(_), None) => "never".to_owned(),
                (None, _) => prose(&schedule.cron.describe()),
            };
            let _ = writeln!(text, "| {label} | {cron} | {utc} | {words} |");
        }
    }
    and_more(text, "\nAnd", proposal.changes.len(), "schedules");
}

/// An instant as people write it in a calendar.
fn day<Z: chrono::TimeZone<Offset: std::fmt::Display>>(at: &chrono::DateTime<Z>) -> String {
    at.format("%a %-d %b %Y, %H:%M").to_string()
}

/// Says how many entries of a list are not shown.
fn and_more(text: &mut String, opening: &str, count: usize, of_what: &str) {
    if count > SHOWN {
        let _ = writeln!(text, "{opening} {} more {of_what}.", count - SHOWN);
    }
}

/// The zone in which people think about this workflow, if it is not UTC.
fn zone(proposal: &Proposal) -> Option<TimeZone> {
    let of_file = proposal
        .changes
        .iter()
        .map(|change| change.to.time_zone)
        .find(|zone| *zone != TimeZone::UTC);
    of_file
        .or(proposal.time_zone)
        .filter(|zone| *zone != TimeZone::UTC)
}

fn why(text: &mut String, proposal: &Proposal) {
    let line = &proposal.line;
    let _ = writeln!(text, "\n### Why\n");
    for reason in line.reasons.iter().take(SHOWN) {
        let words = if let Reason::Conflicts {
            with,
            overlap,
            beyond_capacity,
        } = reason
        {
            let overlap = overlap_words(*overlap, *beyond_capacity);
            format!("its runs and those of {with} are expected to overlap by {overlap} a week")
        } else {
            reason.to_string()
        };
        let _ = writeln!(text, "- {}.", sentence(&words));
    }
    for violation in line.violations.iter().take(SHOWN) {
        let _ = writeln!(
            text,
            "- This does not mend everything: {}.",
            prose(&violation.to_string())
        );
    }
    let hidden = line.reasons.len().max(line.violations.len());
    and_more(text, "- And", hidden, "of the kind");
}

/// Words that stand in the middle of a sentence elsewhere, at its beginning.
fn sentence(words: &str) -> String {
    // A name keeps its letters as they are.
    if words
        .split(' ')
        .next()
        .is_some_and(|word| word.contains('/'))
    {
        return prose(words);
    }
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    prose(&format!(
        "{}{}",
        first.unwrap_or_default(),
        letters.as_str()
    ))
}

fn evidence(text: &mut String, proposal: &Proposal) {
    let _ = writeln!(text, "\n### What this rests on\n");
    match &proposal.forecast {
        None => {
            let _ = writeln!(
                text,
                "- The declaration alone. No successful run has been seen yet, so there is no forecast."
            );
        }
        Some(forecast) => forecast_lines(text, forecast),
    }
    overlaps(text, proposal);
}

/// With whom the runs overlap as they are now, one line for all: the first of them is the reason already told.
fn overlaps(text: &mut String, proposal: &Proposal) {
    let conflicts = &proposal.line.conflicts;
    if conflicts.is_empty() {
        return;
    }
    let shown = conflicts.iter().take(SHOWN).map(|conflict| {
        let with = code(&conflict.with.to_string());
        format!("{} with {with}", conflict.share())
    });
    let shown = shown.collect::<Vec<_>>().join(", ");
    let _ = writeln!(
        text,
        "- **Overlap** expected each week, as it is now: {shown}."
    );
    and_more(text, "- And", conflicts.len(), "overlaps");
}

fn forecast_lines(text: &mut String, forecast: &Forecast) {
    let Forecast {
        duration,
        lateness,
        queue,
        success,
        success_interval,
        confidence,
        samples,
        ..
    } = forecast;
    let runs = if *samples == 1 { "run" } else { "runs" };
    let _ = writeln!(
        text,
        "- **Duration**, from {samples} successful {runs}: half of them take up to {}, nine in ten up to {}.",
        duration.p50.rounded(),
        duration.p90.rounded()
    );
    let _ = writeln!(
        text,
        "- **Success**: {} of runs are expected to succeed; nine times in ten it is between {} and {}.",
        whole(*success),
        success_interval.lower.to_percent(),
        whole(success_interval.upper)
    );
    let _ = writeln!(
        text,
        "- **Confidence**: {confidence}, which is about the share of such forecasts that land within 25% of the outcome."
    );
    if lateness.p90 > Seconds::ZERO {
        let _ = writeln!(
            text,
            "- **Lateness**: GitHub starts half of its runs up to {} after the scheduled time, and one in ten more than {} \
             after it. This change allows for that; it cannot mend it.",
            lateness.p50.rounded(),
            lateness.p90.rounded()
        );
    }
    if queue.p90 > Seconds::minutes(1) {
        let _ = writeln!(
            text,
            "- **Waiting**: nine in ten runs wait up to {} for a runner, as it is now.",
            queue.p90.rounded()
        );
    }
}

/// A success rate without the tenth that no few runs can tell, and never all of them.
fn whole(success: Permille) -> Percent {
    success.to_percent().min(Percent(99))
}

fn before_merging(text: &mut String, proposal: &Proposal, context: &Context<'_>) {
    let account = if context.account.is_empty() {
        "the account that opened this".to_owned()
    } else {
        code(context.account)
    };
    let _ = writeln!(text, "\n### Before you merge\n");
    let _ = writeln!(
        text,
        "- **Who the runs belong to.** GitHub runs a schedule in the name of whoever changed its cron last, and mails that \
         account when a run fails. A merge commit or a rebase makes that {account}; a squash makes it whoever merges. If \
         that account ever becomes inactive, the runs stop without a word."
    );
    let _ = writeln!(
        text,
        "- **When to merge.** {}",
        merge_window(proposal, context.now)
    );
    for note in context.notes.iter().take(SHOWN) {
        let _ = writeln!(text, "- {}", note_line(note));
    }
    and_more(text, "- And", context.notes.len(), "lines like these");
}

/// When merging drops no fire: GitHub forgets a fire that is due but not yet started when the cron changes.
fn merge_window(proposal: &Proposal, now: Timestamp) -> String {
    let late = proposal
        .forecast
        .as_ref()
        .map_or(Seconds::minutes(15), |forecast| {
            forecast.lateness.p90.max(Seconds::minutes(15))
        });
    let fires = proposal
        .changes
        .iter()
        .flat_map(|change| change.from.fires(now - TimeDelta::days(1)).take(200));
    let mut fires: Vec<_> = fires
        .filter(|fire| *fire < now + TimeDelta::days(8))
        .collect();
    fires.sort_unstable();
    let safe = fires
        .windows(2)
        .map(|pair| (pair[0] + late.to_delta(), pair[1]))
        .find(|(from, to)| *to > now && from < to);
    let dropped =
        "When a cron changes, GitHub forgets a start that is due and has not happened yet.";
    match safe {
        Some((from, to)) => format!(
            "{dropped} Nothing is due between {} and {} UTC; outside of that, a run may be skipped once.",
            day(&from.max(now)),
            day(&to)
        ),
        None => format!(
            "{dropped} Some start is always due in the coming days, so one run may be skipped; the next comes as scheduled."
        ),
    }
}

fn note_line(note: &Note) -> String {
    match note {
        Note::StaleComment { line, text } => {
            format!(
                "**A comment to look at.** Line {line} says in words when this runs, which may no longer be true: {}. \
                 Comments are left to you.",
                code(text)
            )
        }
        Note::LiteralAlsoChanged { line, .. } => {
            format!(
                "**A comparison changed along.** Line {line} compares `github.event.schedule` with the old cron; it now \
                 compares with the new one."
            )
        }
    }
}

fn saying_no(text: &mut String, context: &Context<'_>) {
    let _ = writeln!(
        text,
        "\n### How to say no\n\n\
         Close this pull request, and the same change will not be proposed again. Or push to its branch: then it is yours, and \
         nothing here touches it any more. To keep the forecasts without pull requests, set \
         `spec.policy.mode: Recommend` on the WorkflowSchedule {}, which asked for this; to stop everything, set \
         `spec.suspend: true`.",
        code(context.object)
    );
}

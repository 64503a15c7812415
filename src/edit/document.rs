//! What a workflow file says about its schedule, for whoever decides.
//!
//! Knows no change: see [`edit`](super::edit()) for that.

use crate::domain::{Cron, Schedule, TimeZone};

use super::{
    GeneratedMark, Literal, Refusal, TimeComment, behaviour, comment, generated, literal,
    locate::{Entry, Located},
};

/// A workflow file as far as its schedule is concerned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkflowDocument {
    /// The items of `on.schedule`, in order; empty for a workflow that is not scheduled.
    pub entries: Vec<ScheduleEntry>,
    /// Whether it can be dispatched.
    pub has_workflow_dispatch: bool,
    /// Whether it reads the event's name, so that a dispatched run may behave differently from a scheduled one.
    pub branches_on_event: bool,
    /// The comment that says the file is written by something else.
    pub generated: Option<GeneratedMark>,
    /// The texts that `github.event.schedule` is compared with; empty when the file does not read it.
    pub schedule_literals: Vec<Literal>,
    /// Whether a concurrency group cancels runs in progress, so that a dispatched run can kill the nightly one.
    pub concurrency_cancels: bool,
}

/// One item of `on.schedule`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScheduleEntry {
    /// Its place in the list, from 0.
    pub index: usize,
    /// The line of its cron, from 1.
    pub line: usize,
    /// The cron as YAML reads it; empty when there is none.
    pub text: String,
    /// What it says, or why GitHub would not take it.
    pub schedule: Result<Schedule, String>,
    /// Whether it has a `timezone` that an edit can change.
    pub has_time_zone: bool,
    /// Comments on, in or just above it that say in words when it runs.
    pub comments: Vec<TimeComment>,
}

/// Reads a workflow file.
///
/// # Errors
/// A [`Refusal`] when the file is too large, is no valid YAML document, repeats a key, or shares a part of its
/// schedule through anchors or merge keys. A file without a schedule is no error.
pub fn read(bytes: &[u8]) -> Result<WorkflowDocument, Refusal> {
    WorkflowDocument::of(&Located::read(bytes)?)
}

impl WorkflowDocument {
    /// Tells what a located file says.
    pub(super) fn of(file: &Located<'_>) -> Result<Self, Refusal> {
        let entries: Vec<ScheduleEntry> = file
            .entries
            .iter()
            .enumerate()
            .map(|(index, at)| ScheduleEntry::of(file, index, at))
            .collect();
        let crons: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
        Ok(Self {
            has_workflow_dispatch: behaviour::has_workflow_dispatch(file),
            branches_on_event: behaviour::branches_on_event(file),
            generated: generated::mark(file),
            schedule_literals: literal::find(file, &crons)?
                .into_iter()
                .map(|found| found.literal)
                .collect(),
            concurrency_cancels: behaviour::concurrency_cancels(file),
            entries,
        })
    }

    /// The entry at a place, counted from 0.
    ///
    /// # Errors
    /// `NoSchedule` and `NoSuchEntry`.
    pub fn entry(&self, index: usize) -> Result<&ScheduleEntry, Refusal> {
        if self.entries.is_empty() {
            return Err(Refusal::NoSchedule);
        }
        self.entries.get(index).ok_or(Refusal::NoSuchEntry {
            index,
            count: self.entries.len(),
        })
    }

    /// Finds the one entry with a cron, and with a time zone where one is named.
    ///
    /// # Errors
    /// `NoSchedule`, `NoSuchCron` and `AmbiguousCron`.
    pub fn find(
        &self,
        cron: &Cron,
        time_zone: Option<TimeZone>,
    ) -> Result<&ScheduleEntry, Refusal> {
        if self.entries.is_empty() {
            return Err(Refusal::NoSchedule);
        }
        let says = |schedule: &Schedule| {
            schedule.cron == *cron
                && time_zone.is_none_or(|time_zone| schedule.time_zone == time_zone)
        };
        let matching: Vec<&ScheduleEntry> = self
            .entries
            .iter()
            .filter(|entry| entry.schedule.as_ref().is_ok_and(says))
            .collect();
        match matching.as_slice() {
            [] => Err(Refusal::NoSuchCron {
                expected: cron.to_string(),
                found: None,
            }),
            [one] => Ok(one),
            several => Err(Refusal::AmbiguousCron {
                cron: cron.to_string(),
                lines: several.iter().map(|entry| entry.line).collect(),
            }),
        }
    }
}

impl ScheduleEntry {
    fn of(file: &Located<'_>, index: usize, at: &Entry) -> Self {
        let value = |event: usize| file.parsed.scalar(event).map_or("", |(value, _)| value);
        let text = at.cron.map_or("", value);
        Self {
            index,
            line: file.parsed.line_of(at.cron.unwrap_or(at.item)),
            text: text.to_owned(),
            schedule: schedule(text, at.time_zone.map(value)),
            has_time_zone: at.time_zone.is_some(),
            comments: comment::of_entry(file, index),
        }
    }
}

/// Reads a cron and its time zone; the final line end of a block scalar is no part of either.
fn schedule(cron: &str, time_zone: Option<&str>) -> Result<Schedule, String> {
    let cron: Cron = cron.trim().parse().map_err(|error| format!("{error}"))?;
    let time_zone = time_zone.map_or(Ok(TimeZone::UTC), |zone| zone.trim().parse::<TimeZone>());
    Ok(Schedule {
        cron,
        time_zone: time_zone.map_err(|error| format!("{error}"))?,
    })
}

//! Workflows: what the world reads out of a file, and where its schedule stands.
//!
//! The reading is deliberately another one than the product's own editor uses, so that the two check each other.

use std::collections::VecDeque;

use serde_json::Value;

use super::Behaviour;
use crate::domain::{Schedule, TimeZone, Timestamp, WorkflowFile};

/// What the world reads out of a workflow file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Facts {
    /// `name:`, where there is one.
    pub(super) name: Option<String>,
    /// The schedules that GitHub accepts.
    pub(super) schedules: Vec<Schedule>,
    /// Whether `workflow_dispatch` is declared.
    pub(super) dispatchable: bool,
    /// The concurrency group, and whether a newer run cancels an older.
    pub(super) concurrency: Option<(String, bool)>,
}

impl Facts {
    /// Reads a file; a text that is no YAML mapping has no facts.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        // YAML 1.2: `on`, `yes` and `n` are texts.
        let options = serde_saphyr::options! { strict_booleans: true };
        let document: Value =
            serde_saphyr::from_str_with_options(&text, options).unwrap_or(Value::Null);
        let on = &document["on"];
        let named = |event: &str| match on {
            Value::String(only) => only == event,
            Value::Array(events) => events.iter().any(|e| e == event),
            Value::Object(events) => events.contains_key(event),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        };
        let entries = on["schedule"].as_array().map_or(&[][..], Vec::as_slice);
        Self {
            name: document["name"].as_str().map(str::to_owned),
            schedules: entries.iter().filter_map(read_schedule).collect(),
            dispatchable: named("workflow_dispatch"),
            concurrency: read_concurrency(&document["concurrency"]),
        }
    }
}

fn read_schedule(entry: &Value) -> Option<Schedule> {
    let cron = entry["cron"].as_str()?.trim().parse().ok()?;
    let zone = entry["timezone"].as_str();
    let time_zone = zone.map_or(Some(TimeZone::UTC), |name| name.parse().ok())?;
    Some(Schedule { cron, time_zone })
}

fn read_concurrency(value: &Value) -> Option<(String, bool)> {
    let group = value.as_str().or_else(|| value["group"].as_str())?;
    Some((
        group.to_owned(),
        value["cancel-in-progress"].as_bool().unwrap_or(false),
    ))
}

/// A fire that waits for its run, with the later ones that joined it.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) fire: Timestamp,
    pub(super) coalesced: Vec<Timestamp>,
}

/// One registered cron.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    /// The next fires, computed ahead.
    pub(super) upcoming: VecDeque<Timestamp>,
    /// The fire that waits for its run.
    pub(super) pending: Option<Pending>,
}

/// A workflow of a repository.
#[derive(Clone, Debug)]
pub(super) struct Workflow {
    pub(super) id: u64,
    pub(super) file: WorkflowFile,
    pub(super) blob: String,
    pub(super) facts: Facts,
    pub(super) state: &'static str,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    /// Who edited the cron last: the actor of its scheduled runs.
    pub(super) actor: String,
    pub(super) behaviour: Behaviour,
    /// Where the durations stand, as a factor of the first level.
    pub(super) level: f64,
    pub(super) runs: u64,
    /// Counts registrations: events of an older one are void.
    pub(super) epoch: u64,
    pub(super) slots: Vec<Slot>,
}

impl Workflow {
    /// The name GitHub shows: that of the file, or its path.
    pub(super) fn display_name(&self) -> String {
        self.facts.name.clone().unwrap_or_else(|| self.file.path())
    }

    /// Whether GitHub runs it.
    pub(super) fn is_active(&self) -> bool {
        self.state == "active"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_of_a_file_are_read_in_its_usual_shapes() {
        let text = b"name: Nightly\non:\n  schedule:\n    - cron: '5 4 * * *' # early\n      timezone: Europe/Berlin\n    - cron: \"0 0 * * 0\"\n  workflow_dispatch:\nconcurrency:\n  group: n\n  cancel-in-progress: true\n";
        let facts = Facts::read(text);
        assert_eq!(facts.name.as_deref(), Some("Nightly"));
        assert_eq!(facts.schedules[0].time_zone.to_string(), "Europe/Berlin");
        assert_eq!(facts.schedules.len(), 2);
        assert!(facts.dispatchable);
        assert_eq!(facts.concurrency, Some(("n".to_owned(), true)));
    }

    #[test]
    fn a_file_that_is_no_yaml_has_no_facts() {
        assert_eq!(Facts::read(b"\xff: ["), Facts::default());
    }
}

//! When a workflow must run: a pinned cron, or what matters about the time.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::rules;

/// When the workflow must run. Pin it with `cron`, or leave that out and say what matters.
#[derive(
    KubeSchema, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[x_kube(validation = Rule::new("!(has(self.cron) && has(self.every))").message("cron and every exclude each other: pin the schedule, or say how often"))]
#[x_kube(validation = Rule::new("!(has(self.cron) && has(self.windows))").message("cron and windows exclude each other: a pinned schedule cannot be moved into a window"))]
#[serde(rename_all = "camelCase")]
pub struct Timing {
    /// The crons the file must have, in the order of its schedule entries.
    #[x_kube(validation = rules::not_empty("cron", "leave it out and say every, or nothing at all"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "rules::crons")]
    pub cron: Option<Vec<String>>,
    /// How often it must run; left out, as often as the file says now.
    #[x_kube(validation = rules::cadence("every"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub every: Option<String>,
    /// When it may start; left out, at any time.
    #[x_kube(validation = rules::not_empty("windows", "leave it out to allow any time"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 20))]
    pub windows: Option<Vec<Window>>,
    /// The IANA time zone of windows and deadline; left out, UTC.
    #[x_kube(validation = rules::time_zone())]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub time_zone: Option<String>,
    /// The time of day by which nine in ten runs must have ended.
    #[x_kube(validation = rules::time_of_day("finishBy"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub finish_by: Option<String>,
    /// The WorkflowSchedules, in the same namespace, that must have ended before this one starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".to_owned()]))]
    pub after: Vec<After>,
}

/// A span of the day on some days of the week, its end excluded. It may run past midnight.
#[derive(
    KubeSchema, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[x_kube(validation = Rule::new("self.from != self.to").message("window is empty: from and to are the same; leave windows out to allow the whole day"))]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// The days on which it opens; left out, every day.
    #[x_kube(validation = rules::not_empty("days", "leave it out to mean every day"))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    #[serde(default = "Weekday::all")]
    #[schemars(length(max = 7))]
    pub days: Vec<Weekday>,
    /// When it opens, HH:MM.
    #[x_kube(validation = rules::time_of_day("from"))]
    #[schemars(length(max = 40))]
    pub from: String,
    /// When it closes, HH:MM; before `from` means on the next day.
    #[x_kube(validation = rules::time_of_day("to"))]
    #[schemars(length(max = 40))]
    pub to: String,
}

/// A day of the week.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[allow(missing_docs)]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Weekday {
    fn all() -> Vec<Self> {
        vec![
            Self::Mon,
            Self::Tue,
            Self::Wed,
            Self::Thu,
            Self::Fri,
            Self::Sat,
            Self::Sun,
        ]
    }
}

/// A workflow that must have ended before.
#[derive(
    KubeSchema, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct After {
    /// The WorkflowSchedule that comes first.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// The time to leave between its expected end and this one's start.
    #[x_kube(validation = rules::duration("slack"))]
    #[serde(default = "default_slack")]
    #[schemars(length(max = 40))]
    pub slack: String,
}

fn default_slack() -> String {
    "0s".to_owned()
}

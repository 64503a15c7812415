//! What the planner is told: workflows with their intent and forecast, and the pools they run on.
//!
//! Values only; nothing here plans. Every type compares and prints exactly, so that a plan can be replayed.

use std::collections::BTreeSet;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use crate::domain::{Cron, Forecast, Percent, Schedule, Seconds, TimeZone, WorkflowId};

/// One workflow as the planner sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Item {
    /// Which workflow.
    pub id: WorkflowId,
    /// Its schedules, as the file has them and in the file's order.
    pub schedules: Vec<Schedule>,
    /// What the timetable in force proposes for these very schedules, in the file's order; empty where it proposes
    /// nothing. The search starts there: whoever was told one time should not be told another for little.
    pub asked: Vec<Schedule>,
    /// What its owner asked for.
    pub intent: Intent,
    /// What is expected of its next run; without it the workflow loads no pool.
    pub forecast: Option<Forecast>,
    /// The jobs of one run.
    pub jobs: Vec<JobDemand>,
    /// Whether a move may be proposed: mode Recommend or higher, not suspended, the file can be edited.
    pub movable: bool,
}

impl Item {
    /// Whether a move of it would be applied rather than recommended: its owner named the crons, or its forecast is
    /// trusted as far as the intent demands.
    pub(super) fn acts(&self) -> bool {
        let trusted = |forecast: &Forecast| forecast.confidence >= self.intent.min_confidence;
        self.intent.pinned.is_some() || self.forecast.as_ref().is_some_and(trusted)
    }
}

/// How many jobs of one run ask for a runner with these labels at once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JobDemand {
    /// The labels that a runner must have, all of them.
    pub labels: Vec<String>,
    /// How many such jobs run side by side.
    pub count: u32,
}

/// What the owner of a workflow asks of its schedule; all of it optional.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Intent {
    /// The crons themselves, in the file's order: the owner's word, planned around and never moved.
    pub pinned: Option<Vec<Cron>>,
    /// The cadence; absent means the one the file has.
    pub every: Option<Seconds>,
    /// When it may fire; none means at any time.
    pub windows: Vec<Window>,
    /// The time zone of windows, deadline and the days of `after`; absent means UTC.
    pub time_zone: Option<TimeZone>,
    /// The time of day by which it must have ended, with the p90 of lateness, queue and duration.
    ///
    /// The deadline is the first such time after the opening of the window that the fire lies in, or after the
    /// fire itself where there are no windows.
    pub finish_by: Option<NaiveTime>,
    /// The workflows whose end it must wait for.
    pub after: Vec<After>,
    /// The confidence from which a move may be applied without a review.
    pub min_confidence: Percent,
}

impl Default for Intent {
    fn default() -> Self {
        Self {
            pinned: None,
            every: None,
            windows: Vec::new(),
            time_zone: None,
            finish_by: None,
            after: Vec::new(),
            min_confidence: Percent(70),
        }
    }
}

/// An order between two workflows.
///
/// On every day on which both fire, the day's first fire comes no earlier than the p90 end of the other's first
/// fire plus the slack. A day is one of the intent's time zone; it begins at the opening of the first window that
/// wraps midnight, else at midnight.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct After {
    /// The workflow to wait for.
    pub id: WorkflowId,
    /// How long to wait beyond its p90 end.
    pub slack: Seconds,
}

/// A span of local time on some weekdays, half-open: `from` lies in it, `to` does not.
///
/// It wraps midnight when `to` comes before `from` and then belongs to the day on which it opens; it lasts a whole
/// day when both are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Window {
    /// The days on which it opens; none means every day.
    pub days: BTreeSet<Weekday>,
    /// When it opens.
    pub from: NaiveTime,
    /// When it closes.
    pub to: NaiveTime,
}

/// A day of the week, Monday first.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumIter,
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

/// Runners that serve the same jobs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pool {
    /// The labels that its runners have; it serves a job whose labels are all among them, in any letter case.
    pub labels: Vec<String>,
    /// How many jobs it runs at once.
    pub capacity: u32,
}

//! The plan as a value: a line for each workflow, and the load before and after.
//!
//! Owns the shape and the identity of a plan; it does not know how one is made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Reason, Violation};
use crate::domain::{Digest, Percent, Schedule, Seconds, WorkflowId};

/// A whole plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timetable {
    /// One line for each workflow.
    #[serde(with = "lines")]
    pub lines: BTreeMap<WorkflowId, Line>,
    /// The load as the files are now.
    pub before: Load,
    /// The load once every move has been made.
    pub after: Load,
}

impl Timetable {
    /// The identity of the plan: equal content, equal digest.
    ///
    /// Taken over the plan's JSON form, whose fields and lines have one order.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let json = serde_json::to_vec(self)
            .expect("a plan has text, numbers and lists only, which JSON can hold");
        Digest::of([b"timetable/1".as_slice(), &json])
    }
}

/// What a plan says about one workflow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Line {
    /// The schedules that the file has.
    pub current: Vec<Schedule>,
    /// The schedules that it should have: as many, in the same order; equal ones stay.
    pub proposed: Vec<Schedule>,
    /// The differences between the two, by index.
    pub moves: Vec<Move>,
    /// What to do about them.
    pub action: Action,
    /// Why it moves, or why it stays.
    pub reasons: Vec<Reason>,
    /// With whom it overlaps today, the worst five first.
    pub conflicts: Vec<Conflict>,
    /// The parts of the intent that do not hold after the plan, and why.
    pub violations: Vec<Violation>,
    /// How far its forecast can be trusted; zero without one.
    pub confidence: Percent,
    /// How much a run of it weighs; absent without a forecast.
    pub impact: Option<Impact>,
    /// The overlap that its moves save in a week.
    pub improvement: Seconds,
}

/// One schedule that changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Move {
    /// Its place in the file's list, from zero.
    pub index: usize,
    /// As the file has it.
    pub from: Schedule,
    /// As it should be.
    pub to: Schedule,
}

/// What to do about a line.
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
    strum::IntoStaticStr,
    strum::Display,
)]
pub enum Action {
    /// Propose it: the forecast is trusted, or the owner asked for exactly this.
    Apply,
    /// Let a person look first: confidence from 50 % up to the intent's minimum.
    Review,
    /// Wait for more runs: confidence below 50 %, or no forecast.
    NeedsData,
    /// Nothing moves.
    None,
}

/// How much a run weighs, by the median duration.
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
    strum::IntoStaticStr,
    strum::Display,
)]
pub enum Impact {
    /// Up to 180 s.
    Low,
    /// More than 180 s.
    Medium,
    /// More than 600 s.
    High,
}

impl Impact {
    /// Classes a median duration; the bounds of 180 s and 600 s are those that users of earlier tools know.
    #[must_use]
    pub fn of(duration_p50: Seconds) -> Self {
        match duration_p50.0 {
            0..=180 => Self::Low,
            181..=600 => Self::Medium,
            _ => Self::High,
        }
    }
}

/// Two workflows that are expected to want the same runners at the same time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Conflict {
    /// The other workflow.
    pub with: WorkflowId,
    /// In a week: job-seconds beyond the pool's capacity that the two share, or, where no pool is declared, seconds
    /// in which both run.
    #[serde(rename = "overlap", alias = "overlap_seconds")]
    pub overlap_seconds: Seconds,
    /// The labels of the pool or of the jobs, joined by commas.
    pub pool: String,
    /// Whether the overlap is job time beyond the pool's capacity, which may be more than the time in which both run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beyond_capacity: bool,
}

impl Conflict {
    /// What the two share in a week, with what it is.
    #[must_use]
    pub fn share(&self) -> String {
        overlap_words(self.overlap_seconds, self.beyond_capacity)
    }
}

/// What two workflows share, with what it is.
pub(crate) fn overlap_words(overlap: Seconds, beyond_capacity: bool) -> String {
    let overlap = overlap.rounded();
    if beyond_capacity {
        format!("{overlap} of job time beyond capacity")
    } else {
        overlap.to_string()
    }
}

/// The load of a reference week.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Load {
    /// Fires by hour of day in UTC, summed over the week.
    pub starts_per_hour: [u32; 24],
    /// The peak of each pool, by labels.
    pub peaks: Vec<PoolPeak>,
    /// Job-seconds over capacity, and a quarter of the seconds in which two workflows run together that no pool
    /// serves.
    #[serde(rename = "overlap", alias = "overlap_seconds")]
    pub overlap_seconds: Seconds,
}

/// The highest expected number of concurrent jobs of one pool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PoolPeak {
    /// The pool's labels, or those that jobs ask for where no pool serves them, joined by commas.
    pub pool: String,
    /// How many jobs it runs at once; absent where no pool is declared.
    pub capacity: Option<u32>,
    /// Expected concurrent jobs in the fullest five minutes, rounded up.
    pub peak_jobs: u32,
}

/// Lines as a list, since JSON's keys are texts and a workflow's id has parts.
mod lines {
    use serde::{Deserializer, Serializer};

    use super::{BTreeMap, Deserialize, Line, Serialize, WorkflowId};

    #[derive(Deserialize)]
    struct Entry {
        id: WorkflowId,
        line: Line,
    }

    #[derive(Serialize)]
    struct EntryRef<'a> {
        id: &'a WorkflowId,
        line: &'a Line,
    }

    pub(super) fn serialize<S: Serializer>(
        lines: &BTreeMap<WorkflowId, Line>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(lines.iter().map(|(id, line)| EntryRef { id, line }))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<WorkflowId, Line>, D::Error> {
        let entries = Vec::<Entry>::deserialize(from)?;
        Ok(entries
            .into_iter()
            .map(|Entry { id, line }| (id, line))
            .collect())
    }
}

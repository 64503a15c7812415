//! What the story came to, as one document.

use std::collections::BTreeMap;

use serde::Serialize;

use super::pulls::Review;
use crate::api::WorkflowScheduleStatus;

/// What the story came to.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    /// The status of every WorkflowSchedule, by `namespace/name`.
    pub(super) schedules: BTreeMap<String, WorkflowScheduleStatus>,
    /// Every pull request.
    pub(super) pull_requests: Vec<Review>,
    /// What must have happened, and whether it did.
    pub(super) checks: Vec<Check>,
    /// Runs, forecasts and scores in the store.
    pub(super) stored: Stored,
    /// Requests that GitHub answered, and how many of them were free.
    pub(super) requests: Requests,
}

/// Something that must have happened.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Check {
    pub(super) what: String,
    pub(super) holds: bool,
}

/// How much is in the store.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Stored {
    pub(super) runs: u64,
    pub(super) forecasts: u64,
    pub(super) scores: u64,
}

/// What was asked of GitHub.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Requests {
    pub(super) answered: usize,
    pub(super) not_modified: usize,
}

impl Summary {
    /// Whether the story came out as it should.
    pub(super) fn came_out(&self) -> bool {
        self.checks.iter().all(|check| check.holds)
    }
}

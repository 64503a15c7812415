//! One job of a run: what a runner pool sees and what is billed.

use serde::{Deserialize, Serialize};

use super::{Conclusion, RunId, Seconds, Timestamp};

/// A job of one attempt of a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Job {
    /// GitHub's number of the job.
    pub id: u64,
    /// The run it belongs to.
    pub run_id: RunId,
    /// The attempt of that run, 1 for the first.
    pub attempt: u32,
    /// Its name, matrix values included.
    pub name: String,
    /// The labels it asks a runner for.
    pub labels: Vec<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When a runner took it, once one has.
    pub started_at: Option<Timestamp>,
    /// When it ended, once it has.
    pub completed_at: Option<Timestamp>,
    /// How it ended, once it has.
    pub conclusion: Option<Conclusion>,
}

impl Job {
    /// How long the job waited for a runner.
    #[must_use]
    pub fn queue_seconds(&self) -> Option<Seconds> {
        self.started_at
            .map(|started| Seconds::between(self.created_at, started))
    }

    /// How long the job ran.
    #[must_use]
    pub fn duration_seconds(&self) -> Option<Seconds> {
        self.started_at
            .zip(self.completed_at)
            .map(|(started, completed)| Seconds::between(started, completed))
    }
}

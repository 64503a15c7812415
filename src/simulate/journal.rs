//! What truly happened, for stories that a demo tells and for the ground truth of benchmarks.
//!
//! Invariant: entries stand in the order of their instants and are never changed.

use crate::domain::{Conclusion, RepositoryName, RunId, Seconds, Timestamp, WorkflowId};

/// Why a fire was never served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropReason {
    /// GitHub's regime dropped it.
    Load,
    /// The cron was edited while the fire was pending.
    Reregistered,
    /// The workflow was disabled or removed while the fire was pending.
    Disabled,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// The default branch's file was read and its crons registered; none for a workflow without a schedule.
    Registered {
        /// The workflow.
        workflow: WorkflowId,
        /// Its crons, each with its zone where the file names one.
        crons: Vec<String>,
    },
    /// GitHub disabled a workflow.
    Disabled {
        /// The workflow.
        workflow: WorkflowId,
        /// GitHub's word for the new state.
        state: &'static str,
    },
    /// GitHub created the run of a fire.
    Served {
        /// The workflow.
        workflow: WorkflowId,
        /// The run.
        run: RunId,
        /// The instant that the cron implied.
        fire: Timestamp,
        /// From the fire to the run's creation.
        lateness: Seconds,
        /// Later fires of the same cron that this run stands for.
        coalesced: Vec<Timestamp>,
    },
    /// A fire was never served.
    Dropped {
        /// The workflow.
        workflow: WorkflowId,
        /// The instant that the cron implied.
        fire: Timestamp,
        /// Why.
        reason: DropReason,
    },
    /// The usual duration of a workflow moved for good.
    LevelMoved {
        /// The workflow.
        workflow: WorkflowId,
        /// The new level in percent of the first.
        percent: u64,
    },
    /// An attempt of a run ended.
    Completed {
        /// The workflow.
        workflow: WorkflowId,
        /// The run.
        run: RunId,
        /// The attempt.
        attempt: u32,
        /// How it ended.
        conclusion: Conclusion,
        /// From its start to its end.
        duration: Seconds,
        /// The longest wait of one of its jobs for a runner.
        queue: Seconds,
    },
    /// Somebody opened, merged, closed, reopened, approved or commented on a pull request.
    Pull {
        /// The repository.
        repository: RepositoryName,
        /// The pull request's number.
        number: u64,
        /// What was done.
        deed: PullDeed,
        /// Who did it.
        by: String,
    },
    /// A branch moved, appeared or vanished.
    Moved {
        /// The repository.
        repository: RepositoryName,
        /// The branch.
        branch: String,
        /// Its new tip; none where it was deleted.
        tip: Option<String>,
        /// Who did it.
        by: String,
    },
}

/// What somebody did to a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullDeed {
    /// Opened it.
    Opened,
    /// Merged it.
    Merged,
    /// Closed it without merging.
    Closed,
    /// Opened it again.
    Reopened,
    /// Approved it.
    Approved,
    /// Wrote a comment.
    Commented,
    /// Asked reviewers or put labels on it.
    Marked,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub what: Happening,
}

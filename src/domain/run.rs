//! A workflow run as GitHub reports it, reduced to what forecasting and the ledger need.
//!
//! One value is one *attempt*: a re-run shares the run's id and has a higher attempt number.

use serde::{Deserialize, Serialize};

use super::{Seconds, Timestamp, WorkflowFile};

/// The longest duration believed: GitHub ends a workflow run after 35 days, its waiting included.
pub const LONGEST_DURATION: Seconds = Seconds::days(35);

/// GitHub's number of a run, unique within a GitHub instance and shared by all its attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub u64);

/// Where a run stands.
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
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RunStatus {
    /// Created and not yet started: queued, waiting, requested or pending.
    Queued,
    /// At least one job runs.
    InProgress,
    /// Over; there is a conclusion.
    Completed,
}

/// How a completed run ended, in GitHub's words.
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
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Conclusion {
    /// Every required job succeeded.
    Success,
    /// A job failed.
    Failure,
    /// A job ran into its time limit.
    TimedOut,
    /// The workflow file could not be run.
    StartupFailure,
    /// A person or a concurrency group ended it.
    Cancelled,
    /// Its conditions let nothing run.
    Skipped,
    /// It ended without a verdict.
    Neutral,
    /// It waits for a person's approval.
    ActionRequired,
    /// GitHub gave up on it.
    Stale,
    /// A word GitHub did not use when this was written.
    Unknown,
}

impl Conclusion {
    /// Whether the run says anything about success: it ended by itself, well or badly.
    #[must_use]
    pub fn is_verdict(self) -> bool {
        match self {
            Self::Success | Self::Failure | Self::TimedOut | Self::StartupFailure => true,
            Self::Cancelled
            | Self::Skipped
            | Self::Neutral
            | Self::ActionRequired
            | Self::Stale
            | Self::Unknown => false,
        }
    }
}

/// One attempt of one run of one workflow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Run {
    /// The run's number.
    pub id: RunId,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// The workflow file that ran; the key of a workflow is its path, never its display name.
    pub workflow: WorkflowFile,
    /// What started it: `schedule`, `push`, `workflow_dispatch` and so on.
    pub event: String,
    /// Where it stands.
    pub status: RunStatus,
    /// How it ended, once it has.
    pub conclusion: Option<Conclusion>,
    /// When the first attempt was created. A late scheduled run is late here already.
    pub created_at: Timestamp,
    /// When this attempt started.
    pub started_at: Timestamp,
    /// When it last changed: the end of a completed run, to about a second.
    pub updated_at: Timestamp,
    /// The branch it ran for, where GitHub tells it.
    pub head_branch: Option<String>,
    /// The commit it ran for.
    pub head_sha: String,
}

impl Run {
    /// A first attempt that somebody tells, without GitHub: it waited for nothing, and names no commit.
    #[must_use]
    pub fn told(
        id: RunId,
        workflow: WorkflowFile,
        event: &str,
        [start, end]: [Timestamp; 2],
        succeeded: bool,
    ) -> Self {
        Self {
            id,
            attempt: 1,
            workflow,
            event: event.to_owned(),
            status: RunStatus::Completed,
            conclusion: Some(if succeeded {
                Conclusion::Success
            } else {
                Conclusion::Failure
            }),
            created_at: start,
            started_at: start,
            updated_at: end,
            head_branch: None,
            head_sha: String::new(),
        }
    }

    /// Whether the run was started by the workflow's cron.
    #[must_use]
    pub fn is_scheduled(&self) -> bool {
        self.event == "schedule"
    }

    /// How long a completed attempt ran, from its start to its end.
    #[must_use]
    pub fn duration_seconds(&self) -> Option<Seconds> {
        (self.status == RunStatus::Completed)
            .then(|| Seconds::between(self.started_at, self.updated_at))
    }

    /// The duration where it is evidence of how long the workflow takes.
    ///
    /// Only successful first attempts of more than no time count: a failure may end early, a re-run may repeat some of
    /// the jobs only, a skipped or cancelled run did not do the work.
    #[must_use]
    pub fn evident_duration(&self) -> Option<Seconds> {
        let evident = self.attempt == 1 && self.conclusion == Some(Conclusion::Success);
        self.duration_seconds().filter(|duration| {
            evident && *duration > Seconds::ZERO && *duration <= LONGEST_DURATION
        })
    }
}

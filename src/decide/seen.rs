//! What one look at the world found, for one WorkflowSchedule.

use serde::{Deserialize, Serialize};

use super::known::Known;
use crate::{
    anomaly::Anomaly,
    cost::{Account, Advice},
    domain::{Forecast, Money, Percent, Run, Schedule, Timestamp},
    plan::Line,
    track::{Accuracy, DeliverySummary},
};

/// Everything a decision may rest on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seen {
    /// The repository.
    pub repository: Known<RepositorySeen>,
    /// The workflow file on the default branch.
    pub file: Known<FileSeen>,
    /// What its history teaches.
    pub learned: Known<Learned>,
    /// Its line of the stored timetable; none while no timetable has it.
    pub line: Known<Option<Line>>,
    /// The pull requests from our branches for this workflow, in any order.
    ///
    /// For an object that is being deleted they are read uncached and after the object, and are not known while
    /// somebody holds the workflow's claim: a farewell must not overlook one that is being opened.
    pub pulls: Known<Vec<PullSeen>>,
}

/// What a decision needs of a repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RepositorySeen {
    /// The only branch whose crons fire.
    pub default_branch: String,
    /// Read-only for good, or until it is unarchived.
    pub archived: bool,
}

/// The workflow file on the default branch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileSeen {
    /// There is none.
    Missing,
    /// There is one.
    Found {
        /// Its blob's id: equal ids mean equal bytes.
        blob: String,
        /// Its bytes.
        bytes: Vec<u8>,
        /// Its schedule entries; or why they cannot be read.
        schedules: Result<Vec<Schedule>, String>,
        /// Whether GitHub runs it.
        state: WorkflowState,
    },
}

/// Whether GitHub runs a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum WorkflowState {
    /// It does.
    Active,
    /// Not since the repository has been without activity for 60 days.
    DisabledInactivity,
    /// Not since a person switched it off, or GitHub did so for a fork.
    Disabled,
}

/// What a workflow's history teaches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Learned {
    /// The forecast of the next run.
    pub forecast: Option<Forecast>,
    /// How past forecasts did.
    pub accuracy: Option<Accuracy>,
    /// How fires were served.
    pub delivery: Option<DeliverySummary>,
    /// The last completed run.
    pub last_run: Option<Run>,
    /// What has become otherwise about it, in the order of onset; those that have ended may be among them.
    #[serde(default)]
    pub anomalies: Vec<Anomaly>,
    /// What its runs cost of late; none while none ran of which that is known. Told, and never a reason to act.
    #[serde(default)]
    pub cost: Option<CostSeen>,
}

/// What a workflow's runs cost in the days up to its last one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CostSeen {
    /// No less than this.
    pub low: Money,
    /// About this.
    pub likely: Money,
    /// No more than this.
    pub high: Money,
    /// Billed minutes.
    pub minutes: u64,
    /// How many of these have no price, and are in no sum.
    pub unpriced_minutes: u64,
    /// The share of the runs whose jobs were measured.
    pub measured: Percent,
    /// What could be spared, in words.
    pub advice: Vec<String>,
}

impl CostSeen {
    /// What an account comes to; none where no cost can be told, which is not the same as none at all.
    #[must_use]
    pub fn of(account: &Account) -> Option<Self> {
        let recent = &account.recent;
        let measured = recent.measured_share().filter(|_| recent.is_told())?;
        Some(Self {
            low: recent.cost.low,
            likely: recent.cost.likely,
            high: recent.cost.high,
            minutes: recent.minutes(),
            unpriced_minutes: recent.unpriced_minutes(),
            measured,
            advice: account.advice.iter().map(Advice::words).collect(),
        })
    }
}

/// A pull request from one of our branches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PullSeen {
    /// Its number.
    pub number: u64,
    /// Its address for a browser.
    pub url: String,
    /// What became of it.
    pub state: PullState,
    /// The branch it comes from.
    pub branch: String,
    /// The commit its branch pointed to.
    pub head_sha: String,
    /// The short digest of the change it carries, as the newest of our commits on it says.
    ///
    /// Empty for an open one whose text speaks of another change, or of a withdrawal: it is brought to one change again.
    pub digest: String,
    /// Whether a commit on its branch is not ours.
    pub touched: bool,
    /// The object whose change it carries, as `namespace/name`, where the newest of our commits on it tells and it is open.
    #[serde(default)]
    pub object: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// What became of a pull request.
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
pub enum PullState {
    /// It waits.
    Open,
    /// It was merged.
    Merged,
    /// A person closed it: a no to its digest.
    Declined,
    /// We closed it, because nothing was left to ask: its body says so, and the closing was ours.
    Withdrawn,
}

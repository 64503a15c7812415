//! What one look found, for one WorkflowScheduleSet: the owner's workflows, and the WorkflowSchedules there are.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    api::WorkflowScheduleSpec,
    decide::{
        known::{Known, Why},
        seen::WorkflowState,
    },
    domain::{RepositoryName, Timestamp, WorkflowFile, WorkflowId},
};

/// Everything a decision may rest on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetSeen {
    /// What the owner has.
    pub survey: Known<Survey>,
    /// The WorkflowSchedules that carry this set's label, in any order.
    pub children: Vec<Child>,
    /// The other WorkflowSchedules of the namespace on the same host, by workflow.
    pub others: BTreeMap<WorkflowId, Other>,
    /// The names of WorkflowSchedules in the namespace that are none of this set's.
    pub taken: BTreeSet<String>,
}

/// What an owner has.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Survey {
    /// Its repositories, by name.
    pub repositories: Vec<RepositoryFound>,
    /// What became of repositories that were asked after and are not among them.
    pub fates: BTreeMap<RepositoryName, Fate>,
}

/// A repository of the owner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepositoryFound {
    /// Its present name.
    pub name: RepositoryName,
    /// Read-only.
    pub archived: bool,
    /// Whether it is a fork.
    pub fork: bool,
    /// Its topics.
    pub topics: Vec<String>,
    /// Its workflows; not known of a repository that is not taken, or not yet.
    pub workflows: Known<Vec<WorkflowFound>>,
}

/// A workflow that has a file on the default branch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkflowFound {
    /// Its file.
    pub file: WorkflowFile,
    /// Whether GitHub runs it.
    pub state: WorkflowState,
    /// What the file says.
    pub content: Content,
}

/// What a workflow file says, as far as a set cares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Content {
    /// It has a schedule.
    Scheduled,
    /// It has a schedule, and says that something else writes it.
    Generated,
    /// It has none.
    NoSchedule,
    /// It is no workflow that anybody could read.
    Unreadable(String),
    /// It is not looked at, since its name is not taken.
    Ignored,
    /// It could not be asked for.
    Unknown(Why),
}

/// What became of a repository that the owner's listing lacks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It is gone, or the credentials do not see it any more.
    NotFound,
    /// It has another name or another owner.
    Moved(RepositoryName),
    /// It is there all the same: listings trail what happens.
    Present,
    /// Nobody knows.
    Unknown(Why),
}

/// A WorkflowSchedule that carries this set's label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Child {
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
    /// Its spec.
    pub spec: WorkflowScheduleSpec,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Whether it belongs to this set, or to nobody: then it is adopted. One that belongs to somebody else is no child.
    pub owned: bool,
    /// Whether it is being deleted.
    pub deleting: bool,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Whether there is a forecast.
    pub has_forecast: bool,
    /// How many forecasts were compared, and how many of a hundred were within 25 %.
    pub accuracy: Option<(i64, i32)>,
    /// Whether its pull request is open.
    pub has_open_pull: bool,
    /// Whether its change is held back by the set's limits.
    pub waits: bool,
}

impl Child {
    /// Its workflow, where its spec names one.
    #[must_use]
    pub fn workflow(&self) -> Option<WorkflowId> {
        Some(WorkflowId {
            repository: self.spec.repository.parse().ok()?,
            file: self.spec.workflow.parse().ok()?,
        })
    }

    /// Its place among children and others for one workflow: the older one comes first.
    #[must_use]
    pub fn rank(&self) -> (Option<Timestamp>, &str) {
        (self.created_at, &self.name)
    }
}

/// A WorkflowSchedule that is none of this set's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Other {
    /// Whether it was made by hand and not by another set: it comes first, whatever its age.
    pub by_set: bool,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Its name.
    pub name: String,
}

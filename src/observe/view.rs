//! What is known of one repository, shared by all of its workflows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    decide::{FileSeen, Learned, PullSeen, RepositorySeen, Why, WorkflowState},
    domain::{RunId, Schedule, Timestamp, Verdicts, Visibility, WorkflowFile},
    plan::JobDemand,
};

/// What is known of one repository. It is refreshed under a lock, so that objects that look at once ask once.
#[derive(Debug, Default)]
pub(super) struct View {
    /// When GitHub was last asked, successfully or not.
    pub asked_at: Option<Timestamp>,
    /// When the turn began that the last look took: turns are an interval apart, looks a little more or less.
    pub turn_at: Option<Timestamp>,
    /// Why the last refresh failed.
    pub failure: Option<Why>,
    /// Whether everything must be read anew.
    pub stale: bool,
    /// Whether somebody asked for it, so that not even a failure may hold it up.
    pub hurry: bool,
    /// How many light refreshes there were since the last full one.
    pub light: u32,
    /// The repository; none before the first answer.
    pub repository: Option<RepositorySeen>,
    /// Who can see the repository, as it was noted last.
    pub visibility: Option<Visibility>,
    /// The last push that the repository told of.
    pub pushed_at: Option<Timestamp>,
    /// Whether GitHub runs each workflow.
    pub states: BTreeMap<WorkflowFile, WorkflowState>,
    /// Whether every run that GitHub listed last has been recorded.
    pub ingested: bool,
    /// Files as last read; those of a former refresh are in `remembered`.
    pub files: BTreeMap<WorkflowFile, FileRead>,
    /// Files as read before the last full refresh, for those who can wait.
    pub remembered: BTreeMap<WorkflowFile, FileRead>,
    /// Files that could not be read when last tried.
    pub unreadable: BTreeSet<WorkflowFile>,
    /// Runs whose jobs GitHub was asked for, whether it had any or not.
    pub asked_jobs: BTreeSet<RunId>,
    /// Open pull requests from our branches, of every workflow.
    pub open: Vec<PullSeen>,
    /// Pull requests that ended, by number.
    pub ended: BTreeMap<u64, PullSeen>,
    /// The pull requests that the store remembers to have been opened, once it was asked.
    pub opened: Option<BTreeMap<WorkflowFile, BTreeSet<u64>>>,
    /// Workflows whose ended pull requests have been looked up since the start, as far as the store remembers them.
    pub recalled: BTreeSet<WorkflowFile>,
    /// Whether GitHub's own list of ended pull requests has been read since the start.
    pub recollected: bool,
    /// Whether the store was asked what a former process saw.
    pub restored: bool,
    /// Whether something was read or learned since the view was written down.
    pub unwritten: bool,
    /// Whether GitHub was asked since that was written down.
    pub looked: bool,
    /// Until when GitHub had been listened to when the lessons were written down; none once it is known that nothing was
    /// recorded and not learned since.
    pub learned_until: Option<Timestamp>,
    /// Grows whenever runs were recorded.
    pub revision: u64,
    /// The store's own count of that, as it was last seen: others record runs, too.
    pub recorded: Option<u64>,
    /// Grows whenever something was found that may concern every object of the repository.
    pub news: u64,
    /// Whether runs were found out of turn: whom they concern was woken by whoever told of them, and the others hear at the next turn.
    pub news_at_turn: bool,
    /// What each workflow's history taught, and how long that holds.
    pub lessons: BTreeMap<WorkflowFile, Lesson>,
}

/// A workflow file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileRead {
    /// What decisions see of it.
    pub seen: FileSeen,
    /// Whether it says that something else writes it.
    pub generated: bool,
}

/// What a workflow's history taught at some revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lesson {
    /// The revision of the view.
    pub revision: u64,
    /// The schedules that the fires were expanded from.
    pub schedules: Vec<Schedule>,
    /// Since when the schedules are in force, where they changed under our eyes.
    pub since: Option<Timestamp>,
    /// Until when it holds if no run comes: fires pass without runs, too.
    pub until: Timestamp,
    /// How its siblings fared then.
    pub siblings: Verdicts,
    /// How the owner's other repositories fared then, where that was asked for.
    pub owner: Verdicts,
    /// How the workflow fared.
    pub verdicts: Verdicts,
    /// The lesson.
    pub learned: Learned,
    /// The jobs of one run.
    pub jobs: Vec<JobDemand>,
}

impl View {
    /// The file as it was last read, by whatever refresh.
    pub(super) fn last_file(&self, file: &WorkflowFile) -> Option<&FileRead> {
        self.files.get(file).or_else(|| self.remembered.get(file))
    }

    /// Asks for everything anew at the next look, whenever that is.
    pub(super) fn outdate(&mut self) {
        self.stale = true;
        self.hurry = true;
    }
}

//! What is known of one workflow: what a run asks of runners, when it ran, and when its crons fire.

use std::sync::Arc;

use crate::domain::{Permille, Quantiles, Schedule, Timestamp};

/// One workflow, as far as its load goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Its name: what is drawn for it depends on that alone, so that others come and go without touching it.
    pub name: String,
    /// The jobs of one run; none where nobody has seen them, and then the run is no load.
    pub jobs: Vec<JobShape>,
    /// The runs that ended, in any order; shared, since they are most of what a forecast holds.
    pub past: Arc<[Past]>,
    /// What its crons will start. Without it, its scheduled runs are expected as they came, like all others.
    pub coming: Option<Coming>,
}

/// One job of a run, in parts of the run's time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobShape {
    /// Which runners it wants.
    pub pool: String,
    /// When it is queued, after the run's beginning.
    pub from: Permille,
    /// When it ends.
    pub to: Permille,
}

impl JobShape {
    /// A job that wants these runners for as long as the run lasts.
    #[must_use]
    pub fn whole(pool: impl Into<String>) -> Self {
        Self {
            pool: pool.into(),
            from: Permille(0),
            to: Permille(1000),
        }
    }
}

/// A run that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Past {
    /// When it began to want runners.
    pub start: Timestamp,
    /// When it ended.
    pub end: Timestamp,
    /// Whether it is a first attempt that a cron started.
    pub is_scheduled: bool,
}

/// What a workflow's crons will start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coming {
    /// The crons.
    pub schedules: Vec<Schedule>,
    /// From a fire to the run's creation.
    pub lateness: Quantiles,
    /// How long a run takes, where no scheduled run is among the past ones.
    pub duration: Quantiles,
    /// How many fires are served by a run of their own.
    pub delivered: Permille,
}

//! What a store knows of every workflow, for those who tell of all of them: plans, runs, forecasts and scores.

use std::collections::BTreeMap;

use crate::{
    anomaly::Anomaly,
    domain::{Digest, Forecast, Host, Located, Score, Timestamp},
    plan::{Line, Timetable},
};

/// What a store knows.
#[derive(Default)]
pub(crate) struct Inventory {
    /// The newest timetable of every connection, by the connection's name.
    pub(crate) planned: Vec<Planned>,
    /// Every workflow that has a run, a forecast or a line of a timetable.
    pub(crate) workflows: BTreeMap<Located, Known>,
}

/// A connection's newest timetable.
pub(crate) struct Planned {
    pub(crate) connection: String,
    /// Which GitHub the connection leads to.
    pub(crate) host: Host,
    pub(crate) made_at: Timestamp,
    pub(crate) digest: Digest,
    pub(crate) timetable: Timetable,
}

/// What is known of one workflow.
#[derive(Default)]
pub(crate) struct Known {
    /// How many attempts of its runs are stored.
    pub(crate) runs: u64,
    /// How many of them its cron started.
    pub(crate) scheduled: u64,
    /// How many attempts no duration is learned from, because their times cannot be.
    pub(crate) impossible: u64,
    pub(crate) forecast: Option<Forecast>,
    /// The scores of its forecasts, oldest first.
    pub(crate) scores: Vec<Score>,
    /// What has become otherwise about it, in the order of onset.
    pub(crate) anomalies: Vec<Anomaly>,
}

impl Planned {
    /// A workflow's line, with the workflow's name as it was declared.
    pub(crate) fn line(&self, workflow: &Located) -> Option<(Located, &Line)> {
        let lines = Some(&self.timetable.lines).filter(|_| self.host == workflow.host);
        let (id, line) = lines?.get_key_value(&workflow.id)?;
        let declared = Located {
            host: self.host.clone(),
            id: id.clone(),
        };
        Some((declared, line))
    }
}

impl Inventory {
    /// Whether something runs it by cron: a timetable has its schedule, or a run of it was started so.
    pub(crate) fn is_schedulable(&self, workflow: &Located) -> bool {
        let scheduled = |known: &Known| known.scheduled > 0;
        self.workflows.get(workflow).is_some_and(scheduled)
            || self
                .planned
                .iter()
                .any(|planned| planned.line(workflow).is_some())
    }
}

//! Which runs are evidence, and of what.
//!
//! Owns the refusal of what cannot be true: runs not over yet, from the future, reported twice, or longer than GitHub lets
//! a run last. Invariant: what leaves here is in order of the runs' ends and free of copies.

use std::collections::BTreeMap;

use super::success::Prior;
use crate::domain::{Circumstances, Run, RunId, RunStatus, Seconds, Timestamp};

/// What is known of one workflow when a forecast is made.
///
/// All three lists are taken in any order; what lies after the instant of the forecast is ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence<'a> {
    /// The workflow's runs of any event, attempt and conclusion.
    pub runs: &'a [Run],
    /// How long first jobs waited for a runner, each with the instant at which that was known.
    pub queue: &'a [(Timestamp, Seconds)],
    /// From fires to the creation of the runs that served them, each with the instant at which that was known.
    pub lateness: &'a [(Timestamp, Seconds)],
    /// How the workflow's siblings fared, where there are any.
    pub prior: Option<Prior>,
    /// What is known of the run to be forecast; left out, it is like the newest scheduled run, or the newest of all.
    pub next: Option<Circumstances<'a>>,
}

/// The attempts that were over at `now`, each once (as last reported), in order of their ends.
pub(super) fn known(runs: &[Run], now: Timestamp) -> Vec<&Run> {
    let mut attempts: BTreeMap<(RunId, u32), &Run> = BTreeMap::new();
    for run in runs
        .iter()
        .filter(|run| run.status == RunStatus::Completed && run.updated_at <= now)
    {
        let seen = attempts.entry((run.id, run.attempt)).or_insert(run);
        // The whole run breaks ties, so that the order of arrival cannot matter.
        if (run.updated_at, run) > (seen.updated_at, *seen) {
            *seen = run;
        }
    }
    let mut known: Vec<&Run> = attempts.into_values().collect();
    known.sort_by_key(|run| (run.updated_at, run.id, run.attempt));
    known
}

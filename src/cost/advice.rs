//! What could be spared by running less often: words and figures for a person, and nothing that anything acts on.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Serialize;

use super::{Amount, Estimate, WINDOW_DAYS};
use crate::domain::{Conclusion, Run, RunId, Timestamp};

/// From so many scheduled runs of one commit in a row on, nothing is taken to change.
pub const UNCHANGED: usize = 20;
/// From so many failures in a row on, nobody is taken to mind.
pub const FAILURES: usize = 30;
/// In less than this many runs in a row tell how often it runs, and nothing of who minds.
const SPAN: TimeDelta = TimeDelta::days(7);
/// What is taken for once a week: runs of a weekly cron are some hours late or early beside each other.
const WEEKLY: TimeDelta = TimeDelta::hours(7 * 24 - 12);

/// Something that a person may want to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Advice {
    /// Its scheduled runs were all of the same commit.
    NothingChanges {
        /// How many of them in a row.
        runs: u64,
        /// Since when.
        since: Timestamp,
        /// Which commit, shortened.
        commit: String,
        /// What those of the last days cost that were of the commit of the run before, but one a week.
        spares: Estimate,
        /// The same in billed minutes.
        spares_minutes: u64,
    },
    /// Its scheduled runs all failed.
    KeepsFailing {
        /// How many of them in a row.
        runs: u64,
        /// Since when.
        since: Timestamp,
        /// What these runs cost in the last days.
        spares: Estimate,
        /// The same in billed minutes.
        spares_minutes: u64,
    },
}

impl Advice {
    /// In words, as a sentence about a workflow.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::NothingChanges {
                runs,
                since,
                commit,
                ..
            } => format!(
                "its last {runs} scheduled runs, since {}, were all of commit {commit}: nothing in the repository changed. Unless it watches something outside of it, once a week is enough, which spares {}",
                since.format("%Y-%m-%d"),
                self.spared()
            ),
            Self::KeepsFailing { runs, since, .. } => format!(
                "it has failed {runs} times in a row since {}: mend it or switch it off; until then it costs {}",
                since.format("%Y-%m-%d"),
                self.spared()
            ),
        }
    }

    /// What it would spare.
    #[must_use]
    pub const fn spares(&self) -> (Estimate, u64) {
        match self {
            Self::NothingChanges {
                spares,
                spares_minutes,
                ..
            }
            | Self::KeepsFailing {
                spares,
                spares_minutes,
                ..
            } => (*spares, *spares_minutes),
        }
    }

    fn spared(&self) -> String {
        let (cost, minutes) = self.spares();
        let in_days = format!("{minutes} billed minutes in {WINDOW_DAYS} days");
        if cost == Estimate::ZERO {
            return in_days;
        }
        format!("{} and {in_days}", cost.words())
    }
}

/// What a workflow's runs, oldest first, suggest; `recent` is what each of the last days came to, with all of its attempts.
pub(super) fn advise(ended: &[&Run], recent: &BTreeMap<RunId, Amount>) -> Vec<Advice> {
    let scheduled: Vec<&Run> = ended
        .iter()
        .copied()
        .filter(|run| run.is_scheduled() && run.attempt == 1)
        .collect();
    // Of one that fails all the time there is more to say than that nothing changed.
    failing(&scheduled, recent)
        .or_else(|| unchanged(&scheduled, recent))
        .into_iter()
        .collect()
}

/// Of runs, the oldest first.
fn failing(runs: &[&Run], recent: &BTreeMap<RunId, Amount>) -> Option<Advice> {
    let verdicts = runs
        .iter()
        .rev()
        .filter(|run| run.conclusion.is_some_and(Conclusion::is_verdict));
    let failed: Vec<&Run> = verdicts
        .take_while(|run| run.conclusion != Some(Conclusion::Success))
        .copied()
        .collect();
    let since = since(&failed, FAILURES)?;
    let cost = sum(&failed, recent);
    Some(Advice::KeepsFailing {
        runs: failed.len() as u64,
        since,
        spares: cost.cost,
        spares_minutes: cost.minutes(),
    })
}

/// Of runs, the oldest first.
fn unchanged(runs: &[&Run], recent: &BTreeMap<RunId, Amount>) -> Option<Advice> {
    let newest = runs.last().filter(|run| !run.head_sha.is_empty())?;
    let same: Vec<&Run> = runs
        .iter()
        .rev()
        .take_while(|run| run.head_sha == newest.head_sha)
        .copied()
        .collect();
    let since = since(&same, UNCHANGED)?;
    let spared: Vec<&Run> = spared(runs)
        .into_iter()
        .filter(|run| recent.get(&run.id).is_some_and(|amount| amount.runs > 0))
        .collect();
    // It runs about once a week already.
    if spared.is_empty() {
        return None;
    }
    let cost = sum(&spared, recent);
    Some(Advice::NothingChanges {
        runs: same.len() as u64,
        since,
        commit: newest.head_sha.chars().take(7).collect(),
        spares: cost.cost,
        spares_minutes: cost.minutes(),
    })
}

/// Since when runs are as they are, the newest first, where they are so many and go on for long enough.
fn since(newest_first: &[&Run], least: usize) -> Option<Timestamp> {
    let (newest, oldest) = (newest_first.first()?, newest_first.last()?);
    let speaks = newest_first.len() >= least && newest.created_at - oldest.created_at >= SPAN;
    speaks.then_some(oldest.created_at)
}

/// Runs, of runs the oldest first, that a workflow need not have made which runs for every new commit and once a week.
fn spared<'a>(runs: &[&'a Run]) -> Vec<&'a Run> {
    let mut last: Option<(&Run, Timestamp)> = None;
    let mut spared = Vec::new();
    for run in runs {
        let kept = last.filter(|(before, kept)| {
            before.head_sha == run.head_sha && run.created_at - *kept < WEEKLY
        });
        if kept.is_some() {
            spared.push(*run);
        }
        last = Some((run, kept.map_or(run.created_at, |(_, kept)| kept)));
    }
    spared
}

fn sum(runs: &[&Run], recent: &BTreeMap<RunId, Amount>) -> Amount {
    let amounts = runs.iter().filter_map(|run| recent.get(&run.id));
    amounts.copied().sum()
}

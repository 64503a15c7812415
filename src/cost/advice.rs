//! What could be spared by running less often: words and figures for a person, and nothing that anything acts on.

use chrono::TimeDelta;
use serde::Serialize;

use super::{Amount, Estimate, WINDOW_DAYS};
use crate::domain::{Conclusion, Run, Timestamp};

/// From so many scheduled runs of one commit in a row on, nothing is taken to change.
pub const UNCHANGED: usize = 20;
/// From so many failures in a row on, nobody is taken to mind.
pub const FAILURES: usize = 30;

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
        /// What running once a week instead would spare in the last days.
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

/// What a workflow's runs, oldest first, suggest; `scheduled` is what those of the last days came to.
pub(super) fn advise(ended: &[&Run], scheduled: &Amount) -> Vec<Advice> {
    let scheduled_runs: Vec<&Run> = ended
        .iter()
        .rev()
        .copied()
        .filter(|run| run.is_scheduled() && run.attempt == 1)
        .collect();
    // Of one that fails all the time there is more to say than that nothing changed.
    failing(&scheduled_runs, scheduled)
        .or_else(|| unchanged(&scheduled_runs, scheduled))
        .into_iter()
        .collect()
}

/// Of runs, the newest first.
fn failing(newest_first: &[&Run], scheduled: &Amount) -> Option<Advice> {
    let verdicts = newest_first
        .iter()
        .filter(|run| run.conclusion.is_some_and(Conclusion::is_verdict));
    let failed: Vec<&&Run> = verdicts
        .take_while(|run| run.conclusion != Some(Conclusion::Success))
        .collect();
    let since = failed.last().filter(|_| failed.len() >= FAILURES)?;
    Some(Advice::KeepsFailing {
        runs: failed.len() as u64,
        since: since.created_at,
        spares: scheduled.cost,
        spares_minutes: scheduled.minutes(),
    })
}

/// Of runs, the newest first.
#[allow(clippy::cast_precision_loss)] // Counts far below 2^52.
fn unchanged(newest_first: &[&Run], scheduled: &Amount) -> Option<Advice> {
    let newest = newest_first
        .first()
        .filter(|run| !run.head_sha.is_empty())?;
    let same: Vec<&&Run> = newest_first
        .iter()
        .take_while(|run| run.head_sha == newest.head_sha)
        .collect();
    let since = same.last().filter(|_| same.len() >= UNCHANGED)?;
    let weekly = TimeDelta::days(WINDOW_DAYS).num_weeks() + 1;
    let runs = scheduled.runs as f64;
    let share = 1.0 - weekly as f64 / runs.max(1.0);
    // It runs about once a week already.
    let share = Some(share).filter(|share| *share > 0.0)?;
    Some(Advice::NothingChanges {
        runs: same.len() as u64,
        since: since.created_at,
        commit: newest.head_sha.chars().take(7).collect(),
        spares: scheduled.cost.times(share),
        spares_minutes: crate::domain::Money(scheduled.minutes()).times(share).0,
    })
}

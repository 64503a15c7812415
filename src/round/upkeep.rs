//! Upkeep of the store: old history is let go a little at a time, at a pace that no round notices. The same for both shells.

use std::time::Duration;

use crate::{
    domain::Timestamp,
    store::{Retention, Store, Sweep, Swept},
};

/// How soon after the start the first sweep begins: by then everything that is declared has been looked at once.
const FIRST: Duration = Duration::from_secs(600);
/// Between two looks at workflows: ten thousand of them take half an hour and a hundredth of a core.
const LOOK: Duration = Duration::from_millis(200);
/// After a batch was removed: the store is free for rounds nine tenths of the time, and a million old runs take three hours.
const BATCH: Duration = Duration::from_millis(500);
/// Between two sweeps: a day's runs go as fast as they come.
const SWEEP: Duration = Duration::from_secs(3_600);
/// After a failure, such as a full disk or a store that somebody else holds.
const FAILURE: Duration = Duration::from_secs(60);

/// Keeps the store from growing for ever, step by step.
#[derive(Debug)]
pub struct Upkeep {
    store: Store,
    retention: Retention,
    sweep: Sweep,
    removed: u64,
}

impl Upkeep {
    /// Takes the store, and how much of the past is kept.
    #[must_use]
    pub fn new(store: Store, retention: Retention) -> Self {
        Self {
            store,
            retention,
            sweep: Sweep::default(),
            removed: 0,
        }
    }

    /// How long to wait before the first step.
    #[must_use]
    pub const fn first(&self) -> Duration {
        FIRST
    }

    /// Makes one step, and tells how long to wait before the next. A failure is told, and the same step made again later.
    pub async fn step(&mut self, now: Timestamp) -> Duration {
        let swept = self.store.sweep(self.retention, self.sweep.clone(), now);
        let Swept { removed, next } = match swept.await {
            Ok(swept) => swept,
            Err(error) => {
                tracing::warn!(error = %error, "old history could not be let go; it is tried again");
                return FAILURE;
            }
        };
        self.removed += removed;
        let Some(next) = next else {
            if self.removed > 0 {
                tracing::info!(row.count = self.removed, "old history was let go");
            }
            self.sweep = Sweep::default();
            self.removed = 0;
            return SWEEP;
        };
        self.sweep = next;
        if removed > 0 { BATCH } else { LOOK }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Run, RunId, RunStatus, Seconds, WorkflowId};

    fn run(id: u64, created_at: Timestamp) -> Run {
        Run {
            id: RunId(id),
            attempt: 1,
            workflow: "nightly.yml".parse().unwrap(),
            event: "schedule".to_owned(),
            status: RunStatus::Completed,
            conclusion: Some(crate::domain::Conclusion::Success),
            created_at,
            started_at: created_at,
            updated_at: created_at,
            head_branch: None,
            head_sha: String::new(),
        }
    }

    /// Steps until a sweep is over; how many there were.
    async fn sweep(upkeep: &mut Upkeep, now: Timestamp) -> usize {
        for steps in 1..10_000 {
            if upkeep.step(now).await == SWEEP {
                return steps;
            }
        }
        panic!("the sweep does not end");
    }

    #[tokio::test]
    async fn old_history_goes_in_small_steps_and_a_sweep_ends() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now: Timestamp = "2026-09-14T18:00:00Z".parse().unwrap();
        let workflow: WorkflowId = WorkflowId {
            repository: "acme/payments".parse().unwrap(),
            file: "nightly.yml".parse().unwrap(),
        };
        let runs: Vec<_> = (1..=700)
            .map(|id| run(id, now - Seconds::days(id).to_delta()))
            .collect();
        let recorded = store.record_runs(&workflow.repository, &runs, None, now);
        recorded.await.unwrap();
        let mut upkeep = Upkeep::new(store.clone(), Retention::default());

        assert_eq!(upkeep.step(now).await, BATCH);
        assert!(sweep(&mut upkeep, now).await > 5);
        assert_eq!(store.counts().await.unwrap().runs, 400);
        assert!(sweep(&mut upkeep, now).await < 5);
    }

    #[tokio::test]
    async fn a_store_that_fails_is_left_alone_for_a_while() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let mut upkeep = Upkeep::new(store.clone(), Retention::default());
        store.close().await;
        assert_eq!(upkeep.step(Timestamp::UNIX_EPOCH).await, FAILURE);
    }
}

//! A sweep: one workflow after the other, what retention lets go is removed in small transactions.
//!
//! Owns the bounds: from when on each part of a workflow's history is kept. Invariants: a step that finds nothing to remove
//! takes no write lock. Nothing that was let go is recorded, forecast or scored again.

use super::forget::{self, Key};
use super::statement::statement;
use super::values::{Columns as _, seconds_of};
use super::{Retention, Store, StoreError};
use crate::domain::{Seconds, Timestamp};

/// Where a sweep stands; a new one begins with the first workflow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sweep(Option<Key>);

/// What one step of a sweep came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swept {
    /// Rows that were removed.
    pub removed: u64,
    /// Where the sweep goes on; none when every workflow has had its turn.
    pub next: Option<Sweep>,
}

/// From when on each part of a workflow's history is kept, in seconds since 1970.
pub(super) struct Bounds {
    /// Whether anybody looks at the repository.
    pub(super) watched: bool,
    /// Runs, by their creation.
    pub(super) runs: i64,
    /// Runs with all of their jobs, by their creation.
    pub(super) jobs: i64,
    /// Forecasts, by their making, and the last one before.
    pub(super) forecasts: i64,
    /// Fires.
    pub(super) fires: i64,
}

/// How long a run may wait and work: until then GitHub may still tell its end.
const LONGEST_RUN: Seconds = Seconds::days(35);

/// Runs of a workflow that keep their jobs whatever their age: the newest tell what it asks of runners.
const RUNS_WITH_JOBS: u32 = 10;

// Jumps from key to key, whichever table still knows the workflow.
const NEXT: &str = "
SELECT repository, workflow FROM (
    SELECT repository, workflow FROM (SELECT repository, workflow FROM runs WHERE (repository, workflow) > ($1, $2)
                   ORDER BY repository, workflow LIMIT 1) AS a
    UNION SELECT repository, workflow FROM (SELECT repository, workflow FROM forecasts WHERE (repository, workflow) > ($1, $2)
                   ORDER BY repository, workflow LIMIT 1) AS b
    UNION SELECT repository, workflow FROM (SELECT repository, workflow FROM fires WHERE (repository, workflow) > ($1, $2)
                   ORDER BY repository, workflow LIMIT 1) AS c
    UNION SELECT repository, workflow FROM (SELECT repository, workflow FROM retained WHERE (repository, workflow) > ($1, $2)
                   ORDER BY repository, workflow LIMIT 1) AS d
) AS named ORDER BY repository, workflow LIMIT 1";

const WATCHED: &str = "SELECT 1 FROM views WHERE repository = $1 AND kept_at >= $2 LIMIT 1";
const IS_FORECAST: &str = "SELECT 1 FROM forecasts WHERE repository = $1 AND workflow = $2 LIMIT 1";
const NEWEST: &str = "SELECT created_at FROM runs WHERE repository = $1 AND workflow = $2
ORDER BY created_at DESC LIMIT 1 OFFSET $3";
const ALIVE: &str = "SELECT created_at FROM runs
WHERE repository = $1 AND status <> 'completed' AND created_at >= $2 ORDER BY created_at LIMIT 1";

impl Store {
    /// Removes one batch of what retention lets go of the workflow whose turn it is.
    ///
    /// # Guarantees
    /// At most one short transaction, so that rounds never wait for long. A sweep that is repeated removes nothing more, and
    /// removing makes nothing be recorded, forecast or scored a second time.
    ///
    /// # Errors
    /// See [`StoreError`]; the step can be repeated.
    pub async fn sweep(
        &self,
        retention: Retention,
        sweep: Sweep,
        now: Timestamp,
    ) -> Result<Swept, StoreError> {
        self.attempt(|| "let go of old history".to_owned(), async {
            let Some(key) = self.key_after(sweep.0.as_ref()).await? else {
                let removed = self.forget_unwatched(retention, now).await?;
                return Ok(Swept {
                    removed,
                    next: None,
                });
            };
            let bounds = self.bounds(&key, retention, now).await?;
            let batch = forget::batch(self, &key, &bounds).await?;
            Ok(Swept {
                removed: batch.removed,
                next: Some(if batch.more { sweep } else { Sweep(Some(key)) }),
            })
        })
        .await
    }

    async fn key_after(&self, key: Option<&Key>) -> Result<Option<Key>, sqlx::Error> {
        let (repository, workflow) = key.map_or(("", ""), |key| {
            (key.repository.as_str(), key.workflow.as_str())
        });
        let query = statement(NEXT).bind(repository).bind(workflow);
        let row = query.fetch_optional(self.reader()).await?;
        row.map(|row| {
            Ok(Key {
                repository: row.text("repository")?,
                workflow: row.text("workflow")?,
            })
        })
        .transpose()
    }

    async fn bounds(
        &self,
        key: &Key,
        retention: Retention,
        now: Timestamp,
    ) -> Result<Bounds, sqlx::Error> {
        let watched = statement(WATCHED)
            .bind(key.repository.as_str())
            .bind(ago(now, Retention::WATCHED));
        let watched = watched.fetch_optional(self.reader()).await?.is_some();
        let aged = ago(now, retention.keep());
        let runs = if watched {
            let outlived = ago(now, retention.outlives());
            self.runs_from(key, aged, outlived).await?
        } else {
            aged
        };
        let detail = ago(now, Retention::DETAIL);
        let with_jobs = self.newest(key, RUNS_WITH_JOBS).await?;
        Ok(Bounds {
            watched,
            runs: self.spare_the_living(key, now, runs).await?,
            jobs: detail.min(with_jobs.unwrap_or(i64::MIN)),
            forecasts: detail,
            fires: aged,
        })
    }

    /// From when on the runs of a workflow are kept that somebody looks at.
    ///
    /// The newest stay beyond their age, and never more than so many. Of a workflow that nobody forecasts, such as one that
    /// runs at every push, no more are kept than a first forecast could use.
    async fn runs_from(&self, key: &Key, aged: i64, outlived: i64) -> Result<i64, sqlx::Error> {
        let least = self.newest(key, Retention::LEAST_RUNS).await?;
        let is_forecast = key.about(IS_FORECAST);
        let is_forecast = is_forecast.fetch_optional(self.reader()).await?.is_some();
        let most = if is_forecast {
            self.newest(key, Retention::MOST_RUNS).await?
        } else {
            least
        };
        let by_age = least.map_or(i64::MIN, |least| aged.min(least));
        Ok(by_age.max(outlived).max(most.unwrap_or(i64::MIN)))
    }

    /// A bound before which no run of the repository can still be told to have ended.
    async fn spare_the_living(
        &self,
        key: &Key,
        now: Timestamp,
        bound: i64,
    ) -> Result<i64, sqlx::Error> {
        let alive = statement(ALIVE)
            .bind(key.repository.as_str())
            .bind(ago(now, LONGEST_RUN))
            .fetch_optional(self.reader())
            .await?;
        let alive: Option<i64> = alive.map(|row| row.small("created_at")).transpose()?;
        Ok(alive.map_or(bound, |alive| bound.min(alive)))
    }

    /// When the oldest of the newest `count` attempts was created; none when there are fewer.
    async fn newest(&self, key: &Key, count: u32) -> Result<Option<i64>, sqlx::Error> {
        let query = key.about(NEWEST).bind(i64::from(count) - 1);
        let row = query.fetch_optional(self.reader()).await?;
        row.map(|row| row.small("created_at")).transpose()
    }
}

/// The instant so long ago, in seconds since 1970.
pub(super) fn ago(now: Timestamp, span: Seconds) -> i64 {
    seconds_of(now).saturating_sub_unsigned(span.0)
}

//! When runners were wanted: every run that ended since an instant, and what a run of each workflow is made of.
//!
//! For forecasts of load, not for rounds: a fleet's runs of five weeks may be millions. They are read by workflow, so that
//! no name is held for each of them, and the rows of one workflow alone.

use super::keys::located;
use super::statement::{Row, statement};
use super::values::{Columns as _, impossible, seconds_of};
use super::{Store, StoreError};
use crate::domain::{Located, Timestamp, WorkflowId};

/// A run that ended after it had wanted runners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Occupied {
    /// When this attempt began.
    pub start: Timestamp,
    /// When it ended.
    pub end: Timestamp,
    /// Whether it is a first attempt that a cron started.
    pub is_scheduled: bool,
}

/// A job of a workflow's newest run that succeeded and whose jobs are known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobOf {
    /// Whose run it is.
    pub workflow: Located,
    /// The labels that it asks for.
    pub labels: Vec<String>,
    /// When the run began.
    pub run_start: Timestamp,
    /// When the run ended.
    pub run_end: Timestamp,
    /// When the job was queued.
    pub queued: Timestamp,
    /// When it ended.
    pub end: Timestamp,
}

// What was skipped, or waits for somebody's approval, wants no runner.
const OCCUPIED: &str = "
SELECT started_at, updated_at, attempt, event FROM runs
WHERE repository = $1 AND workflow = $2 AND created_at >= $3 AND status = 'completed' AND quarantined IS NULL AND updated_at > started_at
  AND COALESCE(conclusion, '') NOT IN ('skipped', 'action_required')
ORDER BY started_at, run_id, attempt";

const JOBS: &str = "
SELECT r.repository, r.workflow, r.started_at AS run_start, r.updated_at AS run_end, j.labels, j.created_at, j.completed_at
FROM (SELECT s.repository, s.workflow, MAX(s.run_id) AS run_id FROM runs s
      JOIN jobs k ON k.repository = s.repository AND k.run_id = s.run_id AND k.attempt = 1
      WHERE s.status = 'completed' AND s.conclusion = 'success' AND s.attempt = 1 AND s.quarantined IS NULL
      GROUP BY s.repository, s.workflow) n
JOIN runs r ON r.repository = n.repository AND r.workflow = n.workflow AND r.run_id = n.run_id AND r.attempt = 1
JOIN jobs j ON j.repository = n.repository AND j.run_id = n.run_id AND j.attempt = 1
WHERE j.started_at IS NOT NULL AND j.completed_at IS NOT NULL
ORDER BY r.repository, r.workflow, j.job_id";

impl Store {
    /// The runs of a workflow created at or after an instant that ended, by their start.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn occupied_since(
        &self,
        workflow: &WorkflowId,
        since: Timestamp,
    ) -> Result<Vec<Occupied>, StoreError> {
        let what = "read when runners were wanted by runs";
        self.rows_of(what, OCCUPIED, workflow, seconds_of(since), occupied)
            .await
    }

    /// The jobs of each workflow's newest run that succeeded and whose jobs are known, in the order of their numbers.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn newest_jobs(&self) -> Result<Vec<JobOf>, StoreError> {
        self.attempt(|| "read what runs are made of".to_owned(), async {
            let rows = statement(JOBS).fetch_all(self.reader()).await?;
            rows.iter().map(job).collect()
        })
        .await
    }
}

fn occupied(row: &Row) -> Result<Occupied, sqlx::Error> {
    let attempt: u32 = row.small("attempt")?;
    Ok(Occupied {
        start: row.instant("started_at")?,
        end: row.instant("updated_at")?,
        is_scheduled: attempt == 1 && row.text("event")? == "schedule",
    })
}

fn job(row: &Row) -> Result<JobOf, sqlx::Error> {
    let labels = row.text("labels")?;
    Ok(JobOf {
        workflow: located(row)?,
        labels: serde_json::from_str(&labels).map_err(|_| impossible(&labels))?,
        run_start: row.instant("run_start")?,
        run_end: row.instant("run_end")?,
        queued: row.instant("created_at")?,
        end: row.instant("completed_at")?,
    })
}

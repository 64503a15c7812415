//! Jobs of runs. A job may change until it has a conclusion, and never after.

use super::connection::Transaction;
use super::statement::{Row, statement};
use super::values::{Columns, impossible, seconds_of};
use super::{Store, StoreError};
use crate::domain::{Job, RepositoryName, RunId, WorkflowId};

const RECORD: &str = "
INSERT INTO jobs (repository, run_id, attempt, job_id, name, labels, created_at, started_at, completed_at, conclusion)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (repository, run_id, attempt, job_id) DO UPDATE SET
    name = excluded.name, labels = excluded.labels, created_at = excluded.created_at,
    started_at = excluded.started_at, completed_at = excluded.completed_at, conclusion = excluded.conclusion
WHERE jobs.conclusion IS NULL
  AND (excluded.conclusion IS NOT NULL OR (jobs.started_at IS NULL AND excluded.started_at IS NOT NULL))";

const OF_WORKFLOW: &str = "
SELECT j.job_id, j.run_id, j.attempt, j.name, j.labels, j.created_at, j.started_at, j.completed_at, j.conclusion FROM (
    SELECT repository, run_id, attempt, created_at FROM runs
    WHERE repository = $1 AND workflow = $2 AND status = 'completed' AND quarantined IS NULL
    ORDER BY created_at DESC, run_id DESC, attempt DESC LIMIT $3
) r
JOIN jobs j ON j.repository = r.repository AND j.run_id = r.run_id AND j.attempt = r.attempt
ORDER BY r.created_at, r.run_id, r.attempt, j.job_id";

impl Store {
    /// Records jobs of one repository's runs and tells how many were new or have moved on. Idempotent.
    ///
    /// # Errors
    /// See [`StoreError`]; nothing of the batch is stored then.
    pub async fn record_jobs(
        &self,
        repository: &RepositoryName,
        jobs: &[Job],
    ) -> Result<u64, StoreError> {
        let key = self.key(repository);
        self.attempt(
            || format!("record {} jobs of {repository}", jobs.len()),
            async {
                let mut transaction = self.begin().await?;
                let mut changed = 0;
                for job in jobs {
                    changed += record(&mut transaction, &key, job).await?;
                }
                transaction.commit().await?;
                Ok(changed)
            },
        )
        .await
    }

    /// The stored jobs of a workflow's newest `limit_runs` completed attempts, in the order of their runs.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn jobs_of(
        &self,
        workflow: &WorkflowId,
        limit_runs: u32,
    ) -> Result<Vec<Job>, StoreError> {
        let limit = i64::from(limit_runs);
        self.rows_of("read the jobs", OF_WORKFLOW, workflow, limit, job)
            .await
    }
}

async fn record(
    transaction: &mut Transaction,
    repository: &str,
    job: &Job,
) -> Result<u64, sqlx::Error> {
    let labels =
        serde_json::to_string(&job.labels).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let recorded = statement(RECORD)
        .bind(repository)
        .bind(job.run_id.0.cast_signed())
        .bind(i64::from(job.attempt))
        .bind(job.id.cast_signed())
        .bind(job.name.as_str())
        .bind(labels)
        .bind(seconds_of(job.created_at))
        .bind(job.started_at.map(seconds_of))
        .bind(job.completed_at.map(seconds_of))
        .bind(job.conclusion.map(<&str>::from))
        .execute(&mut *transaction)
        .await?;
    Ok(recorded)
}

pub(super) fn job(row: &Row) -> Result<Job, sqlx::Error> {
    let labels = row.text("labels")?;
    Ok(Job {
        id: row.number("job_id")?,
        run_id: RunId(row.number("run_id")?),
        attempt: row.small("attempt")?,
        name: row.text("name")?,
        labels: serde_json::from_str(&labels).map_err(|_| impossible(&labels))?,
        created_at: row.instant("created_at")?,
        started_at: row.optional_instant("started_at")?,
        completed_at: row.optional_instant("completed_at")?,
        conclusion: row.conclusion("conclusion")?,
    })
}

//! What runs are paid for by: who can see a repository, what connections say of prices, and the jobs that are known.

use std::collections::BTreeMap;

use super::jobs::job;
use super::statement::statement;
use super::values::{Columns as _, impossible, seconds_of};
use super::{Store, StoreError};
use crate::domain::{Job, RepositoryName, Timestamp, Visibility, WorkflowId};

const PUT_VISIBILITY: &str = "INSERT INTO repositories (repository, visibility) VALUES ($1, $2)
ON CONFLICT (repository) DO UPDATE SET visibility = excluded.visibility";

const PUT_PRICES: &str = "INSERT INTO prices (connection, body) VALUES ($1, $2)
ON CONFLICT (connection) DO UPDATE SET body = excluded.body";

/// Of an attempt whose jobs were compacted to the first, its bill cannot be told any more.
const JOBS_SINCE: &str = "
SELECT j.job_id, j.run_id, j.attempt, j.name, j.labels, j.created_at, j.started_at, j.completed_at, j.conclusion
FROM runs r
JOIN jobs j ON j.repository = r.repository AND j.run_id = r.run_id AND j.attempt = r.attempt
LEFT JOIN retained k ON k.repository = r.repository AND k.workflow = r.workflow
WHERE r.repository = $1 AND r.workflow = $2 AND r.created_at >= $3 AND r.status = 'completed' AND r.quarantined IS NULL
  AND (k.jobs_from IS NULL OR r.created_at >= k.jobs_from)
ORDER BY r.created_at, r.run_id, r.attempt, j.job_id";

const NEWEST: &str =
    "SELECT MAX(created_at) AS newest FROM runs WHERE status = 'completed' AND quarantined IS NULL";

impl Store {
    /// Notes who can see a repository, in place of what was noted before.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_visibility(
        &self,
        repository: &RepositoryName,
        visibility: Visibility,
    ) -> Result<(), StoreError> {
        self.attempt(|| format!("note who can see {repository}"), async {
            let query = statement(PUT_VISIBILITY).bind(self.key(repository));
            let query = query.bind(<&str>::from(visibility));
            query.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// Who can see a repository; none while nobody has looked.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn visibility(
        &self,
        repository: &RepositoryName,
    ) -> Result<Option<Visibility>, StoreError> {
        self.attempt(|| format!("recall who can see {repository}"), async {
            let query = statement("SELECT visibility FROM repositories WHERE repository = $1");
            let query = query.bind(self.key(repository));
            let row = query.fetch_optional(self.reader()).await?;
            let read = |row: super::statement::Row| {
                let word = row.text("visibility")?;
                word.parse().map_err(|_| impossible(&word))
            };
            row.map(read).transpose()
        })
        .await
    }

    /// Keeps what a connection says of prices, as its observer wrote it down, in place of what was kept before.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_prices(&self, connection: &str, body: &str) -> Result<(), StoreError> {
        self.attempt(|| format!("keep the prices of {connection}"), async {
            let query = statement(PUT_PRICES).bind(connection).bind(body);
            query.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// What each connection says of prices, as its observer wrote it down.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn prices(&self) -> Result<BTreeMap<String, String>, StoreError> {
        self.attempt(|| "read the prices of every connection".to_owned(), async {
            let query = statement("SELECT connection, body FROM prices ORDER BY connection");
            let rows = query.fetch_all(self.reader()).await?;
            let kept =
                |row: &super::statement::Row| Ok((row.text("connection")?, row.text("body")?));
            rows.iter().map(kept).collect()
        })
        .await
    }

    /// The jobs of a workflow's completed attempts created at or after an instant, where all jobs of an attempt are kept,
    /// in the order of their runs.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn jobs_since(
        &self,
        workflow: &WorkflowId,
        since: Timestamp,
    ) -> Result<Vec<Job>, StoreError> {
        let since = seconds_of(since);
        self.rows_of("read the jobs", JOBS_SINCE, workflow, since, job)
            .await
    }

    /// When the newest run that has ended was created, of whichever workflow; none where none is stored.
    ///
    /// Reads every run: for reports, not for rounds.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn newest_run(&self) -> Result<Option<Timestamp>, StoreError> {
        self.attempt(|| "find the newest run".to_owned(), async {
            let row = statement(NEWEST).fetch_one(self.reader()).await?;
            row.optional_instant("newest")
        })
        .await
    }
}

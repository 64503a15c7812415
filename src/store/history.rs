//! Reading runs. Order is creation, then number, then attempt: the same whatever the order of recording.

use super::statement::{Row, statement};
use super::values::{Columns, impossible, seconds_of};
use super::{Store, StoreError};
use crate::domain::{RepositoryName, Run, RunId, RunStatus, Timestamp, WorkflowFile, WorkflowId};

/// The columns of a run, in one place for every statement.
macro_rules! run_columns {
    () => {
        "r.run_id, r.attempt, r.workflow, r.event, r.status, r.conclusion, r.created_at, r.started_at, r.updated_at,
         r.head_branch, r.head_sha"
    };
}
pub(super) use run_columns;

const HISTORY: &str = concat!(
    "SELECT ",
    run_columns!(),
    " FROM runs r
     WHERE r.repository = $1 AND r.workflow = $2 AND r.status = 'completed' AND r.quarantined IS NULL
     ORDER BY r.created_at DESC, r.run_id DESC, r.attempt DESC LIMIT $3"
);

const SINCE: &str = concat!(
    "SELECT ",
    run_columns!(),
    " FROM runs r
     WHERE r.repository = $1 AND r.workflow = $2 AND r.created_at >= $3 AND r.quarantined IS NULL
     ORDER BY r.created_at, r.run_id, r.attempt"
);

// Jumps from name to name along the key instead of reading every run.
const WORKFLOWS: &str = "
WITH RECURSIVE named (workflow) AS (
    SELECT MIN(workflow) FROM runs WHERE repository = $1
    UNION ALL
    SELECT (SELECT MIN(r.workflow) FROM runs r WHERE r.repository = $1 AND r.workflow > named.workflow)
    FROM named WHERE named.workflow IS NOT NULL
)
SELECT workflow FROM named WHERE workflow IS NOT NULL ORDER BY workflow";

impl Store {
    /// The newest `limit` completed attempts of a workflow, oldest first; quarantined ones are not among them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn history(&self, workflow: &WorkflowId, limit: u32) -> Result<Vec<Run>, StoreError> {
        let newest = self.rows_of("read the history", HISTORY, workflow, limit.into(), run);
        Ok(newest.await?.into_iter().rev().collect())
    }

    /// Every attempt of a workflow created at or after an instant, ended or not, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn runs_since(
        &self,
        workflow: &WorkflowId,
        since: Timestamp,
    ) -> Result<Vec<Run>, StoreError> {
        self.rows_of("read the runs", SINCE, workflow, seconds_of(since), run)
            .await
    }

    /// The workflow files of a repository of which a run is stored, by name.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn workflows(
        &self,
        repository: &RepositoryName,
    ) -> Result<Vec<WorkflowFile>, StoreError> {
        self.attempt(|| format!("list the workflows of {repository}"), async {
            let rows = statement(WORKFLOWS)
                .bind(self.key(repository))
                .fetch_all(self.reader())
                .await?;
            rows.iter().map(workflow_file).collect()
        })
        .await
    }
}

/// Reads the columns of [`run_columns`].
pub(super) fn run(row: &Row) -> Result<Run, sqlx::Error> {
    Ok(Run {
        id: RunId(row.number("run_id")?),
        attempt: row.small("attempt")?,
        workflow: workflow_file(row)?,
        event: row.text("event")?,
        status: status(&row.text("status")?)?,
        conclusion: row.conclusion("conclusion")?,
        created_at: row.instant("created_at")?,
        started_at: row.instant("started_at")?,
        updated_at: row.instant("updated_at")?,
        head_branch: row.optional_text("head_branch")?,
        head_sha: row.text("head_sha")?,
    })
}

pub(super) fn workflow_file(row: &Row) -> Result<WorkflowFile, sqlx::Error> {
    let name = row.text("workflow")?;
    name.parse().map_err(|_| impossible(&name))
}

fn status(word: &str) -> Result<RunStatus, sqlx::Error> {
    [
        RunStatus::Queued,
        RunStatus::InProgress,
        RunStatus::Completed,
    ]
    .into_iter()
    .find(|status| <&str>::from(*status) == word)
    .ok_or_else(|| impossible(&word))
}

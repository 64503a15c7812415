//! The usual question: the rows of one workflow within a bound.

use super::connection::{Database, Row};
use super::{Store, StoreError};
use crate::domain::WorkflowId;

/// A statement with its values.
pub(super) type Query<'q> =
    sqlx::query::Query<'q, Database, <Database as sqlx::Database>::Arguments>;

impl Store {
    /// Reads rows of a workflow, which is `$1` and `$2` of the statement; `$3` is the bound. `what` names the deed.
    pub(super) async fn rows_of<T>(
        &self,
        what: &str,
        statement: &'static str,
        workflow: &WorkflowId,
        bound: i64,
        read: impl Fn(&Row) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StoreError> {
        self.attempt(|| format!("{what} of {workflow}"), async {
            let rows = about(statement, workflow)
                .bind(bound)
                .fetch_all(self.reader())
                .await?;
            rows.iter().map(read).collect()
        })
        .await
    }
}

/// A statement about a workflow, which is its `$1` and `$2`.
pub(super) fn about(statement: &'static str, workflow: &WorkflowId) -> Query<'static> {
    sqlx::query(statement)
        .bind(workflow.repository.key())
        .bind(workflow.file.as_str().to_owned())
}

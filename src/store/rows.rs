//! The usual question: the rows of one workflow within a bound.

use super::statement::Row;
use super::{Store, StoreError};
use crate::domain::WorkflowId;

impl Store {
    /// Reads rows of a workflow, which is `$1` and `$2` of the statement; `$3` is the bound. `what` names the deed.
    pub(super) async fn rows_of<T>(
        &self,
        what: &str,
        sql: &'static str,
        workflow: &WorkflowId,
        bound: i64,
        read: impl Fn(&Row) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StoreError> {
        self.attempt(|| format!("{what} of {workflow}"), async {
            let rows = self
                .about(sql, workflow)
                .bind(bound)
                .fetch_all(self.reader())
                .await?;
            rows.iter().map(read).collect()
        })
        .await
    }
}

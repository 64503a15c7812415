//! What has become otherwise about workflows, as whoever found it wrote it: a row a workflow, none where nothing has.
//!
//! A cache as checkpoints are: losing it costs finding it anew. What a body says is not known here.

use super::keys::located;
use super::statement::{Row, statement};
use super::values::{Columns as _, seconds_of};
use super::{Store, StoreError};
use crate::domain::{Located, Timestamp, WorkflowId};

const PUT: &str =
    "INSERT INTO anomalies (repository, workflow, body, kept_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (repository, workflow) DO UPDATE SET body = $3, kept_at = $4";
const DELETE: &str = "DELETE FROM anomalies WHERE repository = $1 AND workflow = $2";
const GET: &str = "SELECT body FROM anomalies WHERE repository = $1 AND workflow = $2";
const ALL: &str = "SELECT repository, workflow, body FROM anomalies ORDER BY repository, workflow";

impl Store {
    /// Keeps what was found about a workflow in place of what was found before; none forgets it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_anomalies(
        &self,
        workflow: &WorkflowId,
        body_json: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.attempt(|| format!("keep the anomalies of {workflow}"), async {
            let query = match body_json {
                Some(body) => self.about(PUT, workflow).bind(body).bind(seconds_of(now)),
                None => self.about(DELETE, workflow),
            };
            query.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// What was found about a workflow.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn anomalies_of(&self, workflow: &WorkflowId) -> Result<Option<String>, StoreError> {
        self.attempt(|| format!("recall the anomalies of {workflow}"), async {
            let query = self.about(GET, workflow);
            let row = query.fetch_optional(self.reader()).await?;
            row.map(|row| row.text("body")).transpose()
        })
        .await
    }

    /// What was found about every workflow, of every host, by name.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn anomalies(&self) -> Result<Vec<(Located, String)>, StoreError> {
        self.attempt(
            || "read the anomalies of every workflow".to_owned(),
            async {
                let rows = statement(ALL).fetch_all(self.reader()).await?;
                let told = |row: &Row| Ok((located(row)?, row.text("body")?));
                rows.iter().map(told).collect()
            },
        )
        .await
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::domain::Host;
    use crate::store::tests::{Kind, at, nightly};

    #[rstest]
    #[tokio::test]
    async fn what_was_found_is_replaced_told_by_host_and_forgotten(
        #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
    ) {
        let Some(store) = kind.store().await else {
            return;
        };
        let elsewhere = store.of(&Host::of_api("https://ghe.example/api/v3"));
        for (of_host, body) in [(&store, "[1]"), (&store, "[2]"), (&elsewhere, "[3]")] {
            let workflow = nightly();
            let kept = of_host.put_anomalies(&workflow, Some(body), at(0));
            kept.await.unwrap();
        }

        let of = store.anomalies_of(&nightly()).await.unwrap();
        assert_eq!(of.as_deref(), Some("[2]"));
        let all = store.anomalies().await.unwrap();
        let bodies: Vec<_> = all.iter().map(|(_, body)| body.as_str()).collect();
        assert_eq!(bodies, ["[2]", "[3]"]);
        assert!(!all[1].0.host.is_github());

        store.put_anomalies(&nightly(), None, at(1)).await.unwrap();
        assert_eq!(store.anomalies_of(&nightly()).await.unwrap(), None);
        assert_eq!(store.anomalies().await.unwrap().len(), 1);
    }
}

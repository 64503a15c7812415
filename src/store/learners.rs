//! Checkpoints of what a workflow's runs have taught. A cache: losing one costs learning it anew, no facts.

use super::values::seconds_of;
use super::{Store, StoreError};
use crate::domain::{Timestamp, WorkflowId};

const PUT: &str =
    "INSERT INTO learners (repository, workflow, model, body, learned_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (repository, workflow) DO UPDATE SET model = $3, body = $4, learned_at = $5";

const GET: &str =
    "SELECT body FROM learners WHERE repository = $1 AND workflow = $2 AND model = $3";

impl Store {
    /// Keeps a model's checkpoint of a workflow, in place of the one before.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_learner(
        &self,
        workflow: &WorkflowId,
        model: &str,
        checkpoint: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.attempt(|| format!("keep what {workflow} taught"), async {
            let query = self.about(PUT, workflow).bind(model);
            let query = query.bind(checkpoint).bind(seconds_of(now));
            query.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// A workflow's checkpoint by this very model; another model's is none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn learner(
        &self,
        workflow: &WorkflowId,
        model: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.attempt(|| format!("recall what {workflow} taught"), async {
            let query = self.about(GET, workflow).bind(model);
            let row = query.fetch_optional(self.reader()).await?;
            row.map(|row| row.try_get("body")).transpose()
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_checkpoint_is_its_models_alone_and_replaced_by_the_next() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let workflow = WorkflowId {
            repository: "Acme/Payments".parse().unwrap(),
            file: "nightly.yml".parse().unwrap(),
        };
        for body in [b"one", b"two"] {
            let kept = store.put_learner(&workflow, "m/1", body, Timestamp::UNIX_EPOCH);
            kept.await.unwrap();
        }
        let of = |model| store.learner(&workflow, model);
        assert_eq!(of("m/1").await.unwrap().as_deref(), Some(&b"two"[..]));
        assert_eq!(of("m/2").await.unwrap(), None);
    }
}

//! Claims: at most one worker acts on a workflow at a time, whichever process it lives in.

use super::values::seconds_of;
use super::{Store, StoreError};
use crate::domain::{Timestamp, WorkflowId};

const CLAIM: &str = "INSERT INTO claims (repository, workflow, holder, held_until) VALUES ($1, $2, $3, $4)
ON CONFLICT (repository, workflow) DO UPDATE SET holder = $3, held_until = $4 WHERE claims.held_until <= $5";

const HELD: &str =
    "SELECT 1 FROM claims WHERE repository = $1 AND workflow = $2 AND held_until > $3";

const RELEASE: &str = "DELETE FROM claims WHERE repository = $1 AND workflow = $2 AND holder = $3";

impl Store {
    /// Takes the claim on a workflow until an instant, and tells whether it was to be had.
    ///
    /// A claim is to be had when nobody holds it, or its holder's time is up. The same holder does not get it twice: a
    /// holder is one act, not one process.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn claim(
        &self,
        workflow: &WorkflowId,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        self.attempt(|| format!("claim {workflow}"), async {
            let query = self
                .about(CLAIM, workflow)
                .bind(holder)
                .bind(seconds_of(until))
                .bind(seconds_of(now));
            // A server that fails over must not forget who acts.
            Ok(self.writer().execute_durably(query).await? == 1)
        })
        .await
    }

    /// Whether somebody holds the claim on a workflow.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn is_claimed(
        &self,
        workflow: &WorkflowId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.attempt(|| format!("look for a claim on {workflow}"), async {
            let query = self.about(HELD, workflow).bind(seconds_of(now));
            // Through the writer: what another worker has just written must be seen.
            Ok(query.fetch_optional(self.writer()).await?.is_some())
        })
        .await
    }

    /// Gives a claim back; one that is somebody else's by now is left to them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn release(&self, workflow: &WorkflowId, holder: &str) -> Result<(), StoreError> {
        self.attempt(|| format!("release {workflow}"), async {
            let query = self.about(RELEASE, workflow).bind(holder);
            query.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    async fn store() -> (Store, WorkflowId, Timestamp) {
        let workflow = WorkflowId {
            repository: "acme/payments".parse().unwrap(),
            file: "nightly.yml".parse().unwrap(),
        };
        let store = Store::open("sqlite::memory:").await.unwrap();
        (store, workflow, Timestamp::UNIX_EPOCH)
    }

    #[tokio::test]
    async fn a_claim_has_one_holder_until_it_is_given_back() {
        let (store, workflow, now) = store().await;
        let until = now + TimeDelta::minutes(5);
        assert!(!store.is_claimed(&workflow, now).await.unwrap());
        assert!(store.claim(&workflow, "a", now, until).await.unwrap());
        assert!(store.is_claimed(&workflow, now).await.unwrap());
        assert!(!store.is_claimed(&workflow, until).await.unwrap());
        assert!(!store.claim(&workflow, "b", now, until).await.unwrap());
        assert!(!store.claim(&workflow, "a", now, until).await.unwrap());
        store.release(&workflow, "b").await.unwrap();
        assert!(!store.claim(&workflow, "b", now, until).await.unwrap());
        store.release(&workflow, "a").await.unwrap();
        assert!(store.claim(&workflow, "b", now, until).await.unwrap());
    }

    #[tokio::test]
    async fn a_claim_ends_by_itself() {
        let (store, workflow, now) = store().await;
        let until = now + TimeDelta::minutes(5);
        assert!(store.claim(&workflow, "a", now, until).await.unwrap());
        assert!(
            store
                .claim(&workflow, "b", until, until + TimeDelta::minutes(5))
                .await
                .unwrap()
        );
        store.release(&workflow, "a").await.unwrap();
        assert!(
            !store
                .claim(&workflow, "c", until, until + TimeDelta::minutes(5))
                .await
                .unwrap()
        );
    }
}

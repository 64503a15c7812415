//! Intents: what is about to be opened, written down before it is. A worker that dies in between leaves its intent behind, which
//! counts as opened: whoever looks later cannot tell, and must not open more than may be.

use super::values::seconds_of;
use super::{Store, StoreError};
use crate::domain::{Seconds, Timestamp, WorkflowId};

/// For how long what was left behind counts, and is not replaced: limits look back so far.
const HOLDS: Seconds = Seconds::hours(1);

const INTEND: &str = "INSERT INTO intents (repository, workflow, begun_at) VALUES ($1, $2, $3)
ON CONFLICT (repository, workflow) DO UPDATE SET begun_at = $3 WHERE intents.begun_at < $4";

const SETTLE: &str = "DELETE FROM intents WHERE repository = $1 AND workflow = $2";

impl Store {
    /// Writes down that a pull request of a workflow is about to be opened, and tells whether that is news: one that was left
    /// behind in the last hour stays as it is.
    ///
    /// # Guarantees
    /// Survives a power cut once this returns.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn intend(&self, workflow: &WorkflowId, now: Timestamp) -> Result<bool, StoreError> {
        self.attempt(|| format!("write down an intent for {workflow}"), async {
            let intend = self
                .about(INTEND, workflow)
                .bind(seconds_of(now))
                .bind(seconds_of(now - HOLDS.to_delta()));
            Ok(self.writer().execute_durably(intend).await? == 1)
        })
        .await
    }

    /// Takes an intent back: what came of it is known.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn settle(&self, workflow: &WorkflowId) -> Result<(), StoreError> {
        self.attempt(|| format!("settle the intent for {workflow}"), async {
            let settle = self.about(SETTLE, workflow);
            settle.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::domain::Digest;
    use crate::store::tests::{Kind, at, nightly};
    use crate::store::{Deed, DeedKind};

    #[rstest]
    #[tokio::test]
    async fn an_intent_that_nobody_settled_counts_as_opened_once_and_for_an_hour(
        #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
    ) {
        let Some(store) = kind.store().await else {
            return;
        };
        let opened = || async { store.opened_since(at(0)).await.unwrap() };
        assert!(store.intend(&nightly(), at(10)).await.unwrap());
        assert!(!store.intend(&nightly(), at(20)).await.unwrap());
        assert_eq!(opened().await, [(at(10), nightly())]);

        let deed = Deed {
            kind: DeedKind::PullOpened,
            digest: Digest::of([b"change".as_slice()]),
            pull: Some(1),
            at: at(20),
        };
        store.record_deed(&nightly(), &deed).await.unwrap();
        assert_eq!(opened().await, [(at(20), nightly())]);

        store.settle(&nightly()).await.unwrap();
        assert!(store.intend(&nightly(), at(30)).await.unwrap());
        assert_eq!(opened().await.len(), 2);
        assert!(store.intend(&nightly(), at(3_631)).await.unwrap());
    }
}

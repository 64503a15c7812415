//! Checkpoints of what a workflow's runs have taught. A cache: losing one costs learning it anew, no facts.

use super::keys::located;
use super::statement::{Row, statement};
use super::values::{Columns as _, seconds_of};
use super::{Store, StoreError};
use crate::domain::{RepositoryName, Timestamp, Verdicts, WorkflowId};

const PUT: &str = "
INSERT INTO learners (repository, workflow, model, body, learned_at, successes, verdicts) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (repository, workflow)
DO UPDATE SET model = $3, body = $4, learned_at = $5, successes = $6, verdicts = $7";

/// Repositories of an owner lie between its name with a slash and its name with the letter after the slash.
const OF_OWNER: &str = "
SELECT repository, workflow, successes, verdicts FROM learners WHERE repository > $1 AND repository < $2 AND verdicts > 0";

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
        tally: Verdicts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.attempt(|| format!("keep what {workflow} taught"), async {
            let query = self.about(PUT, workflow).bind(model);
            let query = query.bind(checkpoint).bind(seconds_of(now));
            let query = query
                .bind(i64::from(tally.successes))
                .bind(i64::from(tally.total));
            query.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// How the workflows of a repository's owner fared, one each with its repository, in no order. Reads all of the owner's
    /// checkpoints.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn tallies_of_owner(
        &self,
        repository: &RepositoryName,
    ) -> Result<Vec<(RepositoryName, Verdicts)>, StoreError> {
        self.attempt(
            || format!("recall how the owner of {repository} fares"),
            async {
                let key = self.key(repository);
                let owner = key.rsplit_once('/').map_or("", |(owner, _)| owner);
                let query = statement(OF_OWNER)
                    .bind(format!("{owner}/"))
                    .bind(format!("{owner}0"));
                let rows = query.fetch_all(self.reader()).await?;
                let tally = |row: &Row| {
                    let verdicts = Verdicts {
                        successes: row.small("successes")?,
                        total: row.small("verdicts")?,
                    };
                    Ok((located(row)?.id.repository, verdicts))
                };
                rows.iter().map(tally).collect()
            },
        )
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
    use rstest::rstest;

    use super::*;
    use crate::store::tests::Kind;

    #[tokio::test]
    async fn a_checkpoint_is_its_models_alone_and_replaced_by_the_next() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let workflow = WorkflowId {
            repository: "Acme/Payments".parse().unwrap(),
            file: "nightly.yml".parse().unwrap(),
        };
        for body in [b"one", b"two"] {
            let kept = store.put_learner(
                &workflow,
                "m/1",
                body,
                Verdicts::default(),
                Timestamp::UNIX_EPOCH,
            );
            kept.await.unwrap();
        }
        let of = |model| store.learner(&workflow, model);
        assert_eq!(of("m/1").await.unwrap().as_deref(), Some(&b"two"[..]));
        assert_eq!(of("m/2").await.unwrap(), None);
    }

    #[rstest]
    #[tokio::test]
    async fn an_owner_is_told_by_its_own_repositories_and_by_nobody_elses(
        #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
    ) {
        let Some(store) = kind.store().await else {
            return;
        };
        for (name, verdicts) in [
            ("acme/app", 1),
            ("Acme/payments", 2),
            ("acme/zoo", 0),
            ("acme-labs/app", 8),
            ("acm/app", 16),
        ] {
            let workflow = WorkflowId {
                repository: name.parse().unwrap(),
                file: "nightly.yml".parse().unwrap(),
            };
            let tally = Verdicts {
                successes: verdicts,
                total: verdicts,
            };
            let kept = store.put_learner(&workflow, "m/1", b"", tally, Timestamp::UNIX_EPOCH);
            kept.await.unwrap();
        }
        let told = |name: &str| {
            let (store, repository) = (store.clone(), name.parse().unwrap());
            async move {
                let tallies = store.tallies_of_owner(&repository).await.unwrap();
                let mut told: Vec<_> = tallies
                    .into_iter()
                    .map(|(repository, tally)| (repository.to_string(), tally.total))
                    .collect();
                told.sort();
                told
            }
        };
        let acmes = [("acme/app".to_owned(), 1), ("acme/payments".to_owned(), 2)];
        assert_eq!(told("acme/app").await, acmes);
        assert_eq!(told("acme/new").await, acmes);
        assert_eq!(told("acm/other").await, [("acm/app".to_owned(), 16)]);
    }
}

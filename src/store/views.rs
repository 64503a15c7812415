//! Views: what was last seen of a repository, as its observer wrote it down. A cache: losing one costs requests, no facts.

use super::statement::statement;
use super::values::{Columns as _, seconds_of};
use super::{Store, StoreError};
use crate::domain::{RepositoryName, Timestamp};

const PUT: &str =
    "INSERT INTO views (connection, repository, body, kept_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (connection, repository) DO UPDATE SET body = $3, kept_at = $4";

const GET: &str = "SELECT body FROM views WHERE connection = $1 AND repository = $2";

impl Store {
    /// Keeps what was last seen of a repository, in place of what was kept before.
    ///
    /// A view that nobody keeps for thirty days is let go: its repository, or its object, is gone.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_view(
        &self,
        connection: &str,
        repository: &RepositoryName,
        body: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.attempt(|| format!("keep what was seen of {repository}"), async {
            let query = statement(PUT).bind(connection).bind(repository.key());
            let query = query.bind(body).bind(seconds_of(now));
            query.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// What was last seen of a repository.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn view(
        &self,
        connection: &str,
        repository: &RepositoryName,
    ) -> Result<Option<String>, StoreError> {
        self.attempt(|| format!("recall what was seen of {repository}"), async {
            let query = statement(GET).bind(connection).bind(repository.key());
            let row = query.fetch_optional(self.reader()).await?;
            row.map(|row| row.text("body")).transpose()
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_view_is_kept_for_its_connection_alone_and_replaced_by_the_next() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let repository: RepositoryName = "Acme/Payments".parse().unwrap();
        for body in ["1", "2"] {
            let now = Timestamp::UNIX_EPOCH;
            let kept = store.put_view("ci/acme", &repository, body, now).await;
            kept.unwrap();
        }
        let seen = store
            .view("ci/acme", &"acme/payments".parse().unwrap())
            .await
            .unwrap();
        assert_eq!(seen.as_deref(), Some("2"));
        assert_eq!(store.view("ci/other", &repository).await.unwrap(), None);
    }
}

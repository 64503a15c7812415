//! Views: what was last seen of a repository, as its observer wrote it down. A cache: losing one costs requests, no facts.

use super::statement::statement;
use super::values::{Columns as _, seconds_of};
use super::{Store, StoreError};
use crate::domain::{RepositoryName, Timestamp};

const PUT: &str =
    "INSERT INTO views (connection, repository, body, kept_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (connection, repository) DO UPDATE SET body = $3, kept_at = $4";

const TOUCH: &str = "UPDATE views SET kept_at = $3 WHERE connection = $1 AND repository = $2";

const GET: &str = "SELECT body, kept_at FROM views WHERE connection = $1 AND repository = $2";

/// What was last seen of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredView {
    /// As its observer wrote it down.
    pub body: String,
    /// When it was last looked at.
    pub looked_at: Timestamp,
}

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
            let query = statement(PUT).bind(connection).bind(self.key(repository));
            let query = query.bind(body).bind(seconds_of(now));
            query.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// Notes that a repository was looked at and is as it was kept; a view that was never kept stays unknown.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn touch_view(
        &self,
        connection: &str,
        repository: &RepositoryName,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.attempt(|| format!("note the look at {repository}"), async {
            let query = statement(TOUCH).bind(connection).bind(self.key(repository));
            query.bind(seconds_of(now)).execute(self.writer()).await?;
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
    ) -> Result<Option<StoredView>, StoreError> {
        self.attempt(|| format!("recall what was seen of {repository}"), async {
            let query = statement(GET).bind(connection).bind(self.key(repository));
            let row = query.fetch_optional(self.reader()).await?;
            let view = |row: super::statement::Row| {
                Ok(StoredView {
                    body: row.text("body")?,
                    looked_at: row.instant("kept_at")?,
                })
            };
            row.map(view).transpose()
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
        let kept = |looked_at| {
            Some(StoredView {
                body: "2".to_owned(),
                looked_at,
            })
        };
        assert_eq!(seen, kept(Timestamp::UNIX_EPOCH));
        let later = Timestamp::UNIX_EPOCH + chrono::TimeDelta::hours(1);
        store
            .touch_view("ci/acme", &repository, later)
            .await
            .unwrap();
        let seen = store.view("ci/acme", &repository).await.unwrap();
        assert_eq!(seen, kept(later));
        assert_eq!(store.view("ci/other", &repository).await.unwrap(), None);
    }
}

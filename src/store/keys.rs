//! Whose a row is: the key of a repository, made and read here alone.
//!
//! Invariant: two hosts share no key. `acme/app` is a repository of github.com; one of another host stands below its name,
//! `ghe.example/acme/app`, which no repository can be called. Stores from before hosts were told apart read as github.com's.

use super::Store;
use super::statement::{Row, Statement, statement};
use super::values::Columns as _;
use crate::domain::{Host, Located, RepositoryName, WorkflowId};

impl Store {
    /// The same store as it is for repositories of another host: it reads and writes of these alone. A store that was just
    /// opened is github.com's.
    ///
    /// What sums up the whole store, such as [`Self::counts`] and [`Self::observed`], does so through every handle.
    #[must_use]
    pub fn of(&self, host: &Host) -> Self {
        let mut of_host = self.clone();
        of_host.host = host.clone();
        of_host
    }

    /// The key of a repository.
    pub(super) fn key(&self, repository: &RepositoryName) -> String {
        if self.host.is_github() {
            return repository.key();
        }
        format!("{}/{}", self.host, repository.key())
    }

    /// A statement about a workflow, which is its `$1` and `$2`.
    pub(super) fn about(&self, sql: &'static str, workflow: &WorkflowId) -> Statement {
        statement(sql)
            .bind(self.key(&workflow.repository))
            .bind(workflow.file.as_str())
    }

    /// The workflow that a row is about, where it is one of this handle's host.
    pub(super) fn own(&self, row: &Row) -> Result<Option<WorkflowId>, sqlx::Error> {
        let located = located(row)?;
        Ok((located.host == self.host).then_some(located.id))
    }
}

/// The workflow that a row is about.
pub(super) fn located(row: &Row) -> Result<Located, sqlx::Error> {
    let name = format!("{}/{}", row.text("repository")?, row.text("workflow")?);
    name.parse()
        .map_err(|_| sqlx::Error::Decode(format!("'{name}' is no workflow").into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Digest, Timestamp};
    use crate::store::tests::{nightly, repository, run, seen};
    use crate::store::{Cursor, Deed, DeedKind};

    fn elsewhere() -> Host {
        Host::of_api("https://ghe.example/api/v3")
    }

    #[tokio::test]
    async fn a_handle_knows_the_repositories_of_its_own_host_alone() {
        let ours = Store::open("sqlite::memory:").await.unwrap();
        let theirs = ours.of(&elsewhere());
        let cursor = Cursor {
            created_from: seen(),
        };
        let (repository, runs) = (repository(), [run(1, 0)]);
        let recorded = theirs.record_runs(&repository, &runs, Some(cursor), seen());
        assert_eq!(recorded.await.unwrap().new, 1);
        let deed = Deed {
            kind: DeedKind::PullOpened,
            digest: Digest::of([b"change".as_slice()]),
            pull: Some(1),
            at: seen(),
        };
        assert!(theirs.record_deed(&nightly(), &deed).await.unwrap());

        assert_eq!(ours.listed(&repository).await.unwrap().cursor, None);
        assert_eq!(ours.history(&nightly(), 9).await.unwrap(), []);
        let since = Timestamp::UNIX_EPOCH;
        assert_eq!(ours.opened_since(since).await.unwrap(), []);
        let opened = theirs.opened_since(since).await.unwrap();
        assert_eq!(opened, [(seen(), nightly())]);
        assert_eq!(
            theirs
                .of(&Host::default())
                .history(&nightly(), 9)
                .await
                .unwrap(),
            []
        );
        assert_eq!(theirs.workflows(&repository).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn what_is_kept_of_another_host_is_swept_by_the_same_rules() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let theirs = store.of(&elsewhere());
        let (repository, runs) = (repository(), [run(1, 0)]);
        let recorded = theirs.record_runs(&repository, &runs, None, seen());
        recorded.await.unwrap();
        let now = seen() + chrono::TimeDelta::days(401);
        // Nobody looks at the repository of that name on github.com, which is no reason to let go of this one.
        let kept = theirs.put_view("ci/ghe", &repository, "{}", now).await;
        kept.unwrap();

        let mut sweep = Some(crate::store::Sweep::default());
        while let Some(at) = sweep {
            sweep = store
                .sweep(crate::store::Retention::default(), at, now)
                .await
                .unwrap()
                .next;
        }

        assert_eq!(store.counts().await.unwrap().runs, 1);
    }
}

//! Deeds: what cronwright did outside, append-only. No one else can tell it again, so each is flushed to the disk.

use super::history::workflow_file;
use super::statement::{Row, statement};
use super::timetables::read_digest;
use super::values::{Columns, impossible, seconds_of};
use super::{Store, StoreError};
use crate::domain::{Digest, RepositoryName, Timestamp, WorkflowFile, WorkflowId};

/// What was done.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[strum(serialize_all = "snake_case")]
pub enum DeedKind {
    /// A pull request was opened.
    PullOpened,
}

/// One thing that was done outside, for one workflow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deed {
    /// What was done.
    pub kind: DeedKind,
    /// The plan it belongs to.
    pub digest: Digest,
    /// The pull request's number, where there is one; never 0.
    pub pull: Option<u64>,
    /// When.
    pub at: Timestamp,
}

const RECORD: &str = "INSERT INTO deeds (repository, workflow, done_at, kind, digest, pull)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (repository, workflow, done_at, kind, digest, pull) DO NOTHING";

const SINCE: &str = "SELECT kind, digest, pull, done_at FROM deeds
WHERE repository = $1 AND workflow = $2 AND done_at >= $3 ORDER BY done_at, kind, digest, pull";

const OPENED: &str = "SELECT workflow, pull FROM deeds
WHERE repository = $1 AND kind = $2 AND pull <> 0 ORDER BY workflow, pull";

// What somebody was about to open and did not tell the end of may be open.
const ALL_OPENED: &str = "
SELECT repository, workflow, done_at FROM deeds WHERE kind = $1 AND done_at >= $2
UNION ALL
SELECT repository, workflow, begun_at AS done_at FROM intents i WHERE begun_at >= $2 AND NOT EXISTS
    (SELECT 1 FROM deeds d WHERE d.repository = i.repository AND d.workflow = i.workflow AND d.kind = $1
     AND d.done_at >= i.begun_at)
ORDER BY done_at, repository, workflow";

impl Store {
    /// Adds a deed to the ledger and tells whether it was new; the very same one is not added again.
    ///
    /// # Guarantees
    /// Survives a power cut once this returns, with everything recorded before it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn record_deed(
        &self,
        workflow: &WorkflowId,
        deed: &Deed,
    ) -> Result<bool, StoreError> {
        self.attempt(|| format!("record a deed for {workflow}"), async {
            let record = self
                .about(RECORD, workflow)
                .bind(seconds_of(deed.at))
                .bind(<&str>::from(deed.kind))
                .bind(deed.digest.as_str())
                .bind(deed.pull.unwrap_or(0).cast_signed());
            Ok(self.writer().execute_durably(record).await? == 1)
        })
        .await
    }

    /// The pull requests that were opened for the workflows of a repository, by file and number.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn pulls_opened(
        &self,
        repository: &RepositoryName,
    ) -> Result<Vec<(WorkflowFile, u64)>, StoreError> {
        let what = || format!("read which pull requests were opened in {repository}");
        self.attempt(what, async {
            let query = statement(OPENED)
                .bind(self.key(repository))
                .bind(<&str>::from(DeedKind::PullOpened));
            let rows = query.fetch_all(self.reader()).await?;
            rows.iter()
                .map(|row| Ok((workflow_file(row)?, row.number("pull")?)))
                .collect()
        })
        .await
    }

    /// The pull requests that were opened at or after an instant, of all workflows of the host, oldest first. Those that were
    /// about to be opened when their worker ended are among them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn opened_since(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(Timestamp, WorkflowId)>, StoreError> {
        let what = || "read which pull requests were opened lately".to_owned();
        self.attempt(what, async {
            let query = statement(ALL_OPENED)
                .bind(<&str>::from(DeedKind::PullOpened))
                .bind(seconds_of(since));
            let rows = query.fetch_all(self.reader()).await?;
            let mut opened = Vec::new();
            for row in &rows {
                if let Some(workflow) = self.own(row)? {
                    opened.push((row.instant("done_at")?, workflow));
                }
            }
            Ok(opened)
        })
        .await
    }

    /// The deeds for a workflow at or after an instant, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn deeds_since(
        &self,
        workflow: &WorkflowId,
        since: Timestamp,
    ) -> Result<Vec<Deed>, StoreError> {
        self.rows_of("read the deeds", SINCE, workflow, seconds_of(since), deed)
            .await
    }
}

fn deed(row: &Row) -> Result<Deed, sqlx::Error> {
    let kind = row.text("kind")?;
    Ok(Deed {
        kind: kind.parse().map_err(|_| impossible(&kind))?,
        digest: read_digest(row.text("digest")?)?,
        pull: Some(row.number("pull")?).filter(|pull| *pull != 0),
        at: row.instant("done_at")?,
    })
}

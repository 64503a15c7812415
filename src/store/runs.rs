//! Writing runs: once each, whatever the order and however often they are seen.
//!
//! Invariants: a completed attempt never becomes incomplete again; equal content changes nothing; of two endings with
//! one conclusion the earlier instant is the truer, of two conclusions the later one (GitHub may amend it).

use std::collections::BTreeMap;

use super::connection::Transaction;
use super::statement::statement;
use super::values::{Columns as _, seconds_of};
use super::{Store, StoreError};
use crate::domain::{RepositoryName, Run, RunStatus, Seconds, Timestamp, WorkflowId};

/// Where the listing of a repository's runs goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    /// The next listing asks for runs created at or after this instant.
    pub created_from: Timestamp,
}

/// How far a repository has been listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Listed {
    /// Where the listing goes on; none before the first.
    pub cursor: Option<Cursor>,
    /// Grows whenever something is recorded of it, by whichever process and connection.
    pub revision: u64,
}

/// What a batch of runs changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Attempts that were not known.
    pub new: u64,
    /// Attempts that were known and have moved on.
    pub updated: u64,
    /// The revision of the repository now; 0 before its first listing.
    pub revision: u64,
}

/// Clocks of a healthy installation differ by far less; a run from further ahead would lead every forecast astray.
const FUTURE_TOLERANCE: Seconds = Seconds::days(1);

// One statement for a new, a moved and an unchanged attempt. The revision tells them apart: no row, 1, or more.
const RECORD: &str = "
INSERT INTO runs (repository, workflow, run_id, attempt, event, status, conclusion, created_at, started_at,
                  updated_at, head_branch, head_sha, quarantined, unscored, revision)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)
ON CONFLICT (repository, workflow, run_id, attempt) DO UPDATE SET
    event = excluded.event, status = excluded.status, conclusion = excluded.conclusion,
    created_at = excluded.created_at, started_at = excluded.started_at, updated_at = excluded.updated_at,
    head_branch = excluded.head_branch, head_sha = excluded.head_sha, quarantined = excluded.quarantined,
    unscored = excluded.unscored, revision = runs.revision + 1
WHERE (runs.status <> 'completed' AND (excluded.status = 'completed' OR excluded.updated_at > runs.updated_at))
   OR (runs.quarantined IS NOT NULL AND excluded.quarantined IS NULL
       AND (runs.status <> 'completed' OR excluded.status = 'completed'))
   OR (runs.status = 'completed' AND excluded.status = 'completed'
       AND (runs.quarantined IS NULL) = (excluded.quarantined IS NULL)
       AND ((COALESCE(excluded.conclusion, '') = COALESCE(runs.conclusion, '')
             AND excluded.updated_at < runs.updated_at)
         OR (COALESCE(excluded.conclusion, '') <> COALESCE(runs.conclusion, '')
             AND (excluded.updated_at > runs.updated_at
               OR (excluded.updated_at = runs.updated_at
                   AND COALESCE(excluded.conclusion, '') > COALESCE(runs.conclusion, ''))))))
RETURNING revision";

const MOVE_CURSOR: &str = "INSERT INTO cursors (repository, created_from, revision) VALUES ($1, $3, $2)
ON CONFLICT (repository) DO UPDATE SET created_from = excluded.created_from, revision = cursors.revision + $2
RETURNING revision";
const LEAVE_CURSOR: &str =
    "UPDATE cursors SET revision = revision + $2 WHERE repository = $1 RETURNING revision";

const IS_RECORDED: &str =
    "SELECT 1 FROM runs WHERE repository = $1 AND workflow = $2 AND run_id = $3 AND attempt = $4";

impl Store {
    /// Whether an attempt is recorded, whatever is known of it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn is_recorded(&self, workflow: &WorkflowId, run: &Run) -> Result<bool, StoreError> {
        self.attempt(|| format!("look for a run of {workflow}"), async {
            let query = self
                .about(IS_RECORDED, workflow)
                .bind(run.id.0.cast_signed())
                .bind(i64::from(run.attempt));
            Ok(query.fetch_optional(self.reader()).await?.is_some())
        })
        .await
    }

    /// Records a batch of one repository's runs and moves its cursor, both or neither.
    ///
    /// `seen_at` is when GitHub told them. Runs created more than a day after it, and runs that ended before they
    /// started, are quarantined: kept and counted, in no history, until they are told otherwise.
    ///
    /// # Guarantees
    /// Idempotent, also for runs that retention let go: they are not recorded again. The cost of a run does not depend on
    /// how many are stored, beyond the depth of an index.
    ///
    /// # Errors
    /// See [`StoreError`]; nothing of the batch is stored then.
    pub async fn record_runs(
        &self,
        repository: &RepositoryName,
        runs: &[Run],
        cursor: Option<Cursor>,
        seen_at: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let key = self.key(repository);
        let what = || format!("record {} runs of {repository}", runs.len());
        self.attempt(what, async {
            let mut transaction = self.begin().await?;
            let mut recorded = Recorded::default();
            let kept_from = kept_from(&mut transaction, &key).await?;
            let is_kept = |run: &&Run| {
                let from = kept_from.get(run.workflow.as_str());
                from.is_none_or(|from| seconds_of(run.created_at) >= *from)
            };
            for run in runs.iter().filter(is_kept) {
                match record(&mut transaction, &key, run, seen_at).await? {
                    None => {}
                    Some(1) => recorded.new += 1,
                    Some(_) => recorded.updated += 1,
                }
            }
            let is_news = recorded.new + recorded.updated > 0;
            recorded.revision = go_on(&mut transaction, &key, cursor, is_news).await?;
            transaction.commit().await?;
            Ok(recorded)
        })
        .await
    }

    /// How far a repository has been listed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn listed(&self, repository: &RepositoryName) -> Result<Listed, StoreError> {
        let query = statement("SELECT created_from, revision FROM cursors WHERE repository = $1")
            .bind(self.key(repository));
        self.attempt(|| format!("read the cursor of {repository}"), async {
            let Some(row) = query.fetch_optional(self.reader()).await? else {
                return Ok(Listed::default());
            };
            let created_from = row.instant("created_from")?;
            Ok(Listed {
                cursor: Some(Cursor { created_from }),
                revision: row.small("revision")?,
            })
        })
        .await
    }

    /// When the oldest run of a repository that has not completed was created: no later listing may start after it.
    ///
    /// # Caveats
    /// A run that a person deleted stays incomplete here; look back no further than GitHub keeps a run alive, 35 days.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn oldest_incomplete(
        &self,
        repository: &RepositoryName,
    ) -> Result<Option<Timestamp>, StoreError> {
        let query = statement(
            "SELECT created_at FROM runs
             WHERE repository = $1 AND status <> 'completed' AND quarantined IS NULL ORDER BY created_at LIMIT 1",
        );
        self.attempt(
            || format!("find the oldest incomplete run of {repository}"),
            async {
                let row = query
                    .bind(self.key(repository))
                    .fetch_optional(self.reader())
                    .await?;
                row.map(|row| row.instant("created_at")).transpose()
            },
        )
        .await
    }
}

/// From when on the runs of a repository's workflows are kept, where some were let go.
async fn kept_from(
    transaction: &mut Transaction,
    repository: &str,
) -> Result<BTreeMap<String, i64>, sqlx::Error> {
    let rows = statement("SELECT workflow, runs_from FROM retained WHERE repository = $1")
        .bind(repository)
        .fetch_all(&mut *transaction)
        .await?;
    rows.iter()
        .map(|row| Ok((row.text("workflow")?, row.small("runs_from")?)))
        .collect()
}

/// Moves a repository's cursor, where it is given, and counts the news; the revision then.
async fn go_on(
    transaction: &mut Transaction,
    key: &str,
    cursor: Option<Cursor>,
    is_news: bool,
) -> Result<u64, sqlx::Error> {
    let sql = cursor.map_or(LEAVE_CURSOR, |_| MOVE_CURSOR);
    let mut query = statement(sql).bind(key).bind(i64::from(is_news));
    if let Some(cursor) = cursor {
        query = query.bind(seconds_of(cursor.created_from));
    }
    let row = query.fetch_optional(transaction).await?;
    row.map_or(Ok(0), |row| row.small("revision"))
}

/// Records one attempt; the answer is its revision where it changed something.
async fn record(
    transaction: &mut Transaction,
    repository: &str,
    run: &Run,
    seen_at: Timestamp,
) -> Result<Option<i64>, sqlx::Error> {
    let quarantined = quarantine_reason(run, seen_at);
    let recorded = statement(RECORD)
        .bind(repository)
        .bind(run.workflow.as_str())
        .bind(run.id.0.cast_signed())
        .bind(i64::from(run.attempt))
        .bind(run.event.as_str())
        .bind(<&str>::from(run.status))
        .bind(run.conclusion.map(<&str>::from))
        .bind(seconds_of(run.created_at))
        .bind(seconds_of(run.started_at))
        .bind(seconds_of(run.updated_at))
        .bind(run.head_branch.as_deref())
        .bind(run.head_sha.as_str())
        .bind(quarantined)
        .bind(i64::from(quarantined.is_none() && awaits_score(run)))
        .fetch_optional(&mut *transaction)
        .await?;
    recorded.map(|row| row.small("revision")).transpose()
}

fn quarantine_reason(run: &Run, seen_at: Timestamp) -> Option<&'static str> {
    if run.created_at.signed_duration_since(seen_at) > FUTURE_TOLERANCE.to_delta() {
        Some("created in the future")
    } else if run.status == RunStatus::Completed
        && run.updated_at.signed_duration_since(seen_at) > FUTURE_TOLERANCE.to_delta()
    {
        Some("ended in the future")
    } else if run.status == RunStatus::Completed && run.updated_at < run.started_at {
        Some("ended before it started")
    } else {
        None
    }
}

/// Whether a forecast can be scored by this run: a first attempt that ended with a verdict, and that the cron started. What
/// is forecast is the next scheduled run; one of another event may do other work.
fn awaits_score(run: &Run) -> bool {
    run.attempt == 1
        && run.is_scheduled()
        && run.status == RunStatus::Completed
        && run.conclusion.is_some_and(|end| end.is_verdict())
}

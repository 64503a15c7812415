//! Removing what retention lets go, a batch at a time.
//!
//! Invariants: a run goes with its jobs and its score, in the transaction that notes that it is not to be recorded again.
//! Forecasts go from the oldest on, and the last one before a bound stays, so that no run is scored by another forecast than
//! its own. What has nothing to remove takes no write lock.

use super::connection::Transaction;
use super::statement::{Statement, statement};
use super::values::Columns as _;
use super::{Store, sweep::Bounds};

/// A workflow as the tables name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) repository: String,
    pub(super) workflow: String,
}

impl Key {
    /// A statement about the workflow, which is its `$1` and `$2`.
    pub(super) fn about(&self, sql: &'static str) -> Statement {
        statement(sql)
            .bind(self.repository.as_str())
            .bind(self.workflow.as_str())
    }
}

/// Where a workflow's history was cut before, in seconds since 1970.
#[derive(Clone, Copy)]
struct Cuts {
    /// Runs created before it are gone.
    runs_from: i64,
    /// Runs created before it have one job each.
    jobs_from: i64,
}

/// What one batch came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Batch {
    /// Rows that were removed.
    pub(super) removed: u64,
    /// Whether there may be more to remove.
    pub(super) more: bool,
}

/// Runs that are removed, or whose jobs are compacted, in one transaction; with their jobs some thousand rows at most.
const RUNS_AT_ONCE: i64 = 50;
/// Small rows that are removed in one transaction: a few milliseconds.
const ROWS_AT_ONCE: i64 = 500;

const CUTS: &str =
    "SELECT runs_from, jobs_from FROM retained WHERE repository = $1 AND workflow = $2";
const CUT: &str =
    "INSERT INTO retained (repository, workflow, runs_from, jobs_from) VALUES ($1, $2, $3, $4)
ON CONFLICT (repository, workflow) DO UPDATE SET runs_from = $3, jobs_from = $4";

const OLD_RUN: &str =
    "SELECT 1 FROM runs WHERE repository = $1 AND workflow = $2 AND created_at < $3 LIMIT 1";

/// The oldest runs before a bound, the same for every table that knows them.
macro_rules! oldest {
    ($columns:literal) => {
        concat!(
            "(SELECT ",
            $columns,
            " FROM runs WHERE repository = $1 AND workflow = $2 AND created_at < $3
              ORDER BY created_at, run_id, attempt LIMIT $4)"
        )
    };
}

/// In this order: the runs tell which the other rows are.
const FORGET_RUNS: [&str; 3] = [
    concat!(
        "DELETE FROM jobs WHERE repository = $1 AND (run_id, attempt) IN ",
        oldest!("run_id, attempt")
    ),
    concat!(
        "DELETE FROM scores WHERE repository = $1 AND workflow = $2 AND run_id IN ",
        oldest!("run_id")
    ),
    concat!(
        "DELETE FROM runs WHERE repository = $1 AND workflow = $2 AND (run_id, attempt) IN ",
        oldest!("run_id, attempt")
    ),
];

const UNCOMPACTED: &str = "SELECT run_id, attempt, created_at FROM runs
WHERE repository = $1 AND workflow = $2 AND created_at >= $3 AND created_at < $4
ORDER BY created_at, run_id, attempt LIMIT $5";
const COMPACT: &str =
    "DELETE FROM jobs WHERE repository = $1 AND run_id = $2 AND attempt = $3 AND job_id <>
(SELECT job_id FROM jobs WHERE repository = $1 AND run_id = $2 AND attempt = $3
 ORDER BY started_at IS NULL, started_at, job_id LIMIT 1)";

const LAST_FORECAST: &str = "SELECT MAX(made_at) AS last FROM forecasts WHERE repository = $1 AND workflow = $2 AND made_at < $3";
const OLD_FORECAST: &str =
    "SELECT 1 FROM forecasts WHERE repository = $1 AND workflow = $2 AND made_at < $3 LIMIT 1";
const FORGET_FORECASTS: &str =
    "DELETE FROM forecasts WHERE repository = $1 AND workflow = $2 AND (made_at, number) IN
(SELECT made_at, number FROM forecasts WHERE repository = $1 AND workflow = $2 AND made_at < $3
 ORDER BY made_at, number LIMIT $4)";

const OLD_FIRE: &str =
    "SELECT 1 FROM fires WHERE repository = $1 AND workflow = $2 AND fire_at < $3 LIMIT 1";
const FORGET_FIRES: &str = "DELETE FROM fires WHERE repository = $1 AND workflow = $2 AND fire_at IN
(SELECT fire_at FROM fires WHERE repository = $1 AND workflow = $2 AND fire_at < $3 ORDER BY fire_at LIMIT $4)";

/// The last traces of a workflow that nobody looks at and of which no run is left.
const FORGET_TRACES: [&str; 4] = [
    "DELETE FROM forecasts WHERE repository = $1 AND workflow = $2",
    "DELETE FROM retained WHERE repository = $1 AND workflow = $2",
    "DELETE FROM cursors WHERE repository = $1 AND $2 = $2 AND NOT EXISTS (SELECT 1 FROM runs WHERE repository = $1)",
    "DELETE FROM repositories WHERE repository = $1 AND $2 = $2 AND NOT EXISTS (SELECT 1 FROM runs WHERE repository = $1)",
];

/// Removes one batch of a workflow's history: runs first, then jobs, forecasts, fires, and its last traces.
pub(super) async fn batch(store: &Store, key: &Key, bounds: &Bounds) -> Result<Batch, sqlx::Error> {
    let cuts = cuts(store, key).await?;
    if any(store, OLD_RUN, key, bounds.runs).await? {
        return runs(store, key, cuts, bounds.runs).await;
    }
    let compacted = jobs(store, key, cuts, bounds.jobs).await?;
    if compacted.more {
        return Ok(compacted);
    }
    let last = key.about(LAST_FORECAST).bind(bounds.forecasts);
    let last: Option<i64> = last.fetch_one(store.reader()).await?.try_get("last")?;
    let bounded = [
        (OLD_FORECAST, FORGET_FORECASTS, last.unwrap_or(i64::MIN)),
        (OLD_FIRE, FORGET_FIRES, bounds.fires),
    ];
    for (old, forget, before) in bounded {
        if any(store, old, key, before).await? {
            return rows(store, forget, key, before).await;
        }
    }
    let left =
        any(store, OLD_RUN, key, i64::MAX).await? || any(store, OLD_FIRE, key, i64::MAX).await?;
    if bounds.watched || left {
        return Ok(Batch::default());
    }
    traces(store, key).await
}

/// Removes the oldest runs with their jobs and scores, and notes that they are gone.
async fn runs(store: &Store, key: &Key, cuts: Cuts, before: i64) -> Result<Batch, sqlx::Error> {
    let mut transaction = store.begin().await?;
    let cuts = Cuts {
        runs_from: cuts.runs_from.max(before),
        ..cuts
    };
    cut(&mut transaction, key, cuts).await?;
    let mut removed = 0;
    for forget in FORGET_RUNS {
        let query = key.about(forget);
        let query = query.bind(before).bind(RUNS_AT_ONCE);
        removed += query.execute(&mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(Batch {
        removed,
        more: true,
    })
}

/// Keeps, of each run between the last cut and a bound, the job that started first.
async fn jobs(store: &Store, key: &Key, cuts: Cuts, before: i64) -> Result<Batch, sqlx::Error> {
    let query = key.about(UNCOMPACTED);
    let query = query.bind(cuts.jobs_from).bind(before).bind(RUNS_AT_ONCE);
    let aged = query.fetch_all(store.reader()).await?;
    let Some(last) = aged.last() else {
        return Ok(Batch::default());
    };
    let last: i64 = last.small("created_at")?;
    let jobs_from = if aged.len() < RUNS_AT_ONCE as usize {
        before
    } else {
        // More runs of the same second than a batch holds keep their jobs.
        last.max(cuts.jobs_from.saturating_add(1))
    };
    let mut transaction = store.begin().await?;
    let mut removed = 0;
    for run in &aged {
        let query = statement(COMPACT)
            .bind(key.repository.as_str())
            .bind(run.small::<i64>("run_id")?);
        let query = query.bind(run.small::<i64>("attempt")?);
        removed += query.execute(&mut transaction).await?;
    }
    cut(&mut transaction, key, Cuts { jobs_from, ..cuts }).await?;
    transaction.commit().await?;
    Ok(Batch {
        removed,
        more: true,
    })
}

/// Removes small rows before a bound.
async fn rows(
    store: &Store,
    forget: &'static str,
    key: &Key,
    before: i64,
) -> Result<Batch, sqlx::Error> {
    let query = key.about(forget);
    let query = query.bind(before).bind(ROWS_AT_ONCE);
    let removed = query.execute(store.writer()).await?;
    Ok(Batch {
        removed,
        more: true,
    })
}

async fn traces(store: &Store, key: &Key) -> Result<Batch, sqlx::Error> {
    let mut transaction = store.begin().await?;
    let mut removed = 0;
    for forget in FORGET_TRACES {
        let query = key.about(forget);
        removed += query.execute(&mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(Batch {
        removed,
        more: false,
    })
}

async fn cuts(store: &Store, key: &Key) -> Result<Cuts, sqlx::Error> {
    let query = key.about(CUTS);
    let row = query.fetch_optional(store.reader()).await?;
    row.map_or(
        Ok(Cuts {
            runs_from: i64::MIN,
            jobs_from: i64::MIN,
        }),
        |row| {
            Ok(Cuts {
                runs_from: row.small("runs_from")?,
                jobs_from: row.small("jobs_from")?,
            })
        },
    )
}

async fn cut(transaction: &mut Transaction, key: &Key, cuts: Cuts) -> Result<(), sqlx::Error> {
    let query = key.about(CUT);
    let query = query.bind(cuts.runs_from).bind(cuts.jobs_from);
    query.execute(&mut *transaction).await?;
    Ok(())
}

/// Whether a workflow has a row before a bound.
async fn any(
    store: &Store,
    query: &'static str,
    key: &Key,
    before: i64,
) -> Result<bool, sqlx::Error> {
    let query = key.about(query);
    let row = query.bind(before).fetch_optional(store.reader()).await?;
    Ok(row.is_some())
}

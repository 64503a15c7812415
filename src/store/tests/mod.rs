//! What the store promises, tried on real files. The helpers make the smallest values that the tests speak of.

mod cache;
mod faults;
mod ledgers;
mod recording;
mod retention;
mod scoring;

use std::path::{Path, PathBuf};

use super::Store;
use crate::domain::{
    Conclusion, Forecast, Interval, Percent, Permille, ProbabilityInterval, Quantiles,
    RepositoryName, Run, RunId, RunStatus, Seconds, Timestamp, WorkflowId,
};

/// An instant some seconds after the tests' beginning of time.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

/// When the tests' GitHub told its runs.
fn seen() -> Timestamp {
    at(1_000_000)
}

fn repository() -> RepositoryName {
    "Acme/payments".parse().unwrap()
}

fn nightly() -> WorkflowId {
    WorkflowId {
        repository: repository(),
        file: "nightly.yml".parse().unwrap(),
    }
}

/// A first attempt that succeeded, created at `at(created)`, a minute long.
fn run(id: u64, created: i64) -> Run {
    Run {
        id: RunId(id),
        attempt: 1,
        workflow: nightly().file,
        event: "schedule".to_owned(),
        status: RunStatus::Completed,
        conclusion: Some(Conclusion::Success),
        created_at: at(created),
        started_at: at(created),
        updated_at: at(created + 60),
        head_branch: None,
        head_sha: "0f".repeat(20),
    }
}

/// The same run before it ended.
fn running(id: u64, created: i64) -> Run {
    Run {
        status: RunStatus::InProgress,
        conclusion: None,
        updated_at: at(created + 1),
        ..run(id, created)
    }
}

fn forecast(made: i64, p50: u64) -> Forecast {
    let quantiles = Quantiles {
        p50: Seconds(p50),
        p90: Seconds(p50 * 2),
    };
    Forecast {
        made_at: at(made),
        model: "test/1".to_owned(),
        duration: quantiles,
        interval: Interval {
            lower: Seconds(1),
            upper: Seconds(p50 * 3),
        },
        queue: Quantiles::default(),
        lateness: quantiles,
        success: Permille(973),
        success_interval: ProbabilityInterval {
            lower: Permille(912),
            upper: Permille(995),
        },
        confidence: Percent(80),
        samples: 12,
        drift_since: Some(at(-5)),
    }
}

impl Store {
    /// Fills the disk: SQLite itself refuses every page beyond these, or beyond those it has.
    pub(crate) async fn limit_pages(&self, pages: u32) {
        let limit = format!("PRAGMA max_page_count = {pages}");
        let limited = sqlx::raw_sql(sqlx::AssertSqlSafe(limit)).execute(self.writer());
        limited.await.unwrap();
    }
}

async fn in_memory() -> Store {
    Store::open("sqlite::memory:").await.unwrap()
}

/// A folder that vanishes, and the path of a store in it.
fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    (folder, path)
}

async fn open(path: &Path) -> Result<Store, super::StoreError> {
    Store::open(&format!("sqlite://{}", path.display())).await
}

//! What the store promises, tried on real files and on a real server. The helpers make the smallest values that the tests
//! speak of.

mod billing;
mod cache;
mod doors;
mod encrypted;
mod faults;
mod fleet;
mod ledgers;
mod migrating;
mod recording;
mod retention;
mod scoring;
mod server;
#[path = "../../../tests/support/postgres.rs"]
pub(crate) mod support;
mod sweeping;

use std::path::{Path, PathBuf};

use rstest::rstest;

use super::connection::Pool;
use super::statement::statement;
use super::{Store, StoreError};
use crate::domain::{
    Conclusion, Forecast, Interval, Percent, Permille, ProbabilityInterval, Quantiles,
    RepositoryName, Run, RunId, RunStatus, Seconds, Timestamp, WorkflowId,
};

/// An instant some seconds after the tests' beginning of time.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

/// When the tests' GitHub told its runs.
pub(super) fn seen() -> Timestamp {
    at(1_000_000)
}

pub(super) fn repository() -> RepositoryName {
    "Acme/payments".parse().unwrap()
}

pub(super) fn nightly() -> WorkflowId {
    WorkflowId {
        repository: repository(),
        file: "nightly.yml".parse().unwrap(),
    }
}

/// A first attempt that succeeded, created at `at(created)`, a minute long.
pub(super) fn run(id: u64, created: i64) -> Run {
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

pub(super) fn forecast(made: i64, p50: u64) -> Forecast {
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
        let Pool::Sqlite(writer) = self.writer() else {
            panic!("only SQLite counts pages");
        };
        let limited = sqlx::raw_sql(sqlx::AssertSqlSafe(limit)).execute(writer);
        limited.await.unwrap();
    }
}

/// The database that a test runs on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Sqlite,
    Postgres,
}

/// A place for one store, which vanishes after the test.
struct Place {
    url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Kind {
    /// A place for a store; none where PostgreSQL is missing.
    fn place(self) -> Option<Place> {
        match self {
            Self::Sqlite => {
                let (folder, path) = place();
                Some(Place {
                    url: format!("sqlite://{}", path.display()),
                    _folder: Some(folder),
                })
            }
            Self::Postgres => support::shared().map(|server| Place {
                url: server.database(),
                _folder: None,
            }),
        }
    }

    /// An empty store; none where PostgreSQL is missing.
    pub(super) async fn store(self) -> Option<Store> {
        match self {
            Self::Sqlite => Some(Store::open("sqlite::memory:").await.unwrap()),
            Self::Postgres => Some(self.place()?.open().await),
        }
    }
}

impl Place {
    async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }
}

/// The only number that a question has for an answer, named `n`.
async fn number(store: &Store, sql: &'static str) -> i64 {
    let row = statement(sql).fetch_one(store.reader()).await.unwrap();
    row.try_get("n").unwrap()
}

/// A folder that vanishes, and the path of a store in it.
fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    (folder, path)
}

async fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open(&format!("sqlite://{}", path.display())).await
}

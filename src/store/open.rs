//! The handle: opening a store, and how every call reaches the database.

use std::future::Future;
use std::sync::Arc;

use sqlx::migrate::MigrateError;

use super::connection::{self, BEGIN_WRITE, Pool, Transaction};
use super::observer::{Observed, StoreObserver};
use super::place::Place;
use super::recency::Recency;
use super::responses::CacheLimits;
use super::{StoreError, inspect, migrate};

/// A store that is open; clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
    pub(super) cache_limits: CacheLimits,
    observed: Observed,
}

#[derive(Debug)]
struct Inner {
    name: String,
    writer: Pool,
    reader: Pool,
    recency: Recency,
}

impl Store {
    /// Opens the store at `sqlite://PATH`, `sqlite:PATH` or `sqlite::memory:`, and brings its schema up to date.
    ///
    /// A file that is missing or empty becomes a new store; its folder must exist. Several processes may have the
    /// same file open.
    ///
    /// # Guarantees
    /// A file that is corrupted, foreign or newer is refused and keeps every byte. What was committed before a crash
    /// of the process is there.
    ///
    /// # Caveats
    /// A power cut may cost the last transactions, deeds excepted; never the file's consistency.
    /// Files above 256 MiB are not read through: damage inside them is refused by the call that meets it.
    ///
    /// # Errors
    /// Every variant but `Query` says what to do; see [`StoreError`].
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let place = Place::parse(url)?;
        let name = place.name();
        if let Place::File(path) = &place {
            inspect::inspect(path).await?;
        }
        let opened = connection::connect(&place).await;
        let (writer, reader) =
            opened.map_err(|error| StoreError::from_database(&name, "open".to_owned(), error))?;
        let migrated = migrate::migrate(&writer).await;
        migrated.map_err(|source| unmigrated(&name, source))?;
        let inner = Arc::new(Inner {
            name,
            writer,
            reader,
            recency: Recency::default(),
        });
        Ok(Self {
            inner,
            cache_limits: CacheLimits::default(),
            observed: Observed::default(),
        })
    }

    /// Opens a store that is there and has this program's schema, for those who only report: they neither make a store nor
    /// bring one up to date that an older controller may be writing. Tells its name as well.
    ///
    /// # Errors
    /// [`StoreError::Missing`] and [`StoreError::Older`]; otherwise see [`StoreError`].
    pub async fn open_to_report(url: &str) -> Result<(Self, String), StoreError> {
        let place = Place::parse(url)?;
        let name = place.name();
        if let Place::File(path) = &place {
            if !path.is_file() {
                return Err(StoreError::Missing { path: name });
            }
            inspect::inspect_to_report(path).await?;
        }
        Ok((Self::open(url).await?, name))
    }

    /// The same store with other bounds for cached answers, obeyed from the next one on.
    #[must_use]
    pub fn with_cache_limits(self, cache_limits: CacheLimits) -> Self {
        Self {
            cache_limits,
            ..self
        }
    }

    /// The same store, whose calls are told to somebody.
    #[must_use]
    pub fn observed_by(self, observer: StoreObserver) -> Self {
        Self {
            observed: Observed::by(observer),
            ..self
        }
    }

    /// Finishes what runs and closes the file; calls after it fail.
    ///
    /// A store that is dropped instead loses nothing.
    pub async fn close(&self) {
        self.inner.reader.close().await;
        self.inner.writer.close().await;
    }

    /// Connections for reading. Never used while a transaction of [`Self::begin`] is open: in memory they are one.
    pub(super) fn reader(&self) -> &Pool {
        &self.inner.reader
    }

    /// The connection for writing.
    pub(super) fn writer(&self) -> &Pool {
        &self.inner.writer
    }

    /// Which cached answers were used since the last one was stored.
    pub(super) fn recency(&self) -> &Recency {
        &self.inner.recency
    }

    /// Begins a transaction that holds the write lock; dropping it undoes it.
    pub(super) async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        self.writer().begin_with(BEGIN_WRITE).await
    }

    /// Does some work and names it, with its object, when it fails.
    pub(super) async fn attempt<T>(
        &self,
        what: impl FnOnce() -> String,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        let done = self.observed.watch(work).await;
        done.map_err(|error| StoreError::from_database(&self.inner.name, what(), error))
    }
}

/// Names why the schema is not up to date: what the database said where it spoke, else what the migrations say.
fn unmigrated(name: &str, source: MigrateError) -> StoreError {
    if let MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) = source {
        return StoreError::from_database(name, "make the schema".to_owned(), error);
    }
    StoreError::Schema {
        path: name.to_owned(),
        source: Box::new(source),
    }
}

//! The handle: opening a store, and how every call reaches the database.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use sqlx::migrate::MigrateError;
use sqlx::{Connection as _, PgConnection};

use super::connection::{Pool, Transaction};
use super::migrate::{self, KNOWN};
use super::migrate_postgres::{self, Patience};
use super::observer::{Observed, StoreObserver};
use super::place::Place;
use super::postgres::{self, Server};
use super::recency::Recency;
use super::responses::CacheLimits;
use super::{StoreError, inspect, sqlite};
use crate::domain::Host;

/// A store that is open; clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
    /// Whose repositories this handle speaks of.
    pub(super) host: Host,
    pub(super) cache_limits: CacheLimits,
    observed: Observed,
}

#[derive(Debug)]
struct Inner {
    name: String,
    server: Option<Server>,
    writer: Pool,
    reader: Pool,
    recency: Recency,
}

impl Store {
    /// Opens the store at `sqlite://PATH`, `sqlite:PATH`, `sqlite::memory:` or `postgres://...`, and brings its schema up to
    /// date.
    ///
    /// A file that is missing or empty becomes a new store; its folder must exist. Several processes may have the
    /// same file open, and processes anywhere the same database. The database must exist, its tables need not.
    ///
    /// # Guarantees
    /// A file that is corrupted, foreign or newer is refused and keeps every byte. What was committed before a crash
    /// of the process is there.
    ///
    /// # Caveats
    /// A power cut may cost a file the last transactions, deeds excepted; never its consistency.
    /// Files above 256 MiB are not read through: damage inside them is refused by the call that meets it.
    ///
    /// # Errors
    /// Every variant but `Query` says what to do; see [`StoreError`].
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_patiently(url, Patience::USUAL).await
    }

    /// The same, with a patience of one's own for locks that others hold.
    pub(super) async fn open_patiently(url: &str, patience: Patience) -> Result<Self, StoreError> {
        let place = Place::parse(url)?;
        let name = place.name();
        let (writer, reader) = match &place {
            Place::Memory => in_memory(&name).await?,
            Place::File(path) => {
                inspect::inspect(path).await?;
                in_file(&name, path).await?
            }
            Place::Server(server) => on_server(&name, server, Purpose::Record, patience).await?,
        };
        Ok(Self::new(&place, writer, reader))
    }

    /// Opens a store that is there and has this program's schema, for those who only report: they neither make a store nor
    /// bring one up to date that an older controller may be writing. Tells its name as well.
    ///
    /// # Errors
    /// [`StoreError::Missing`] and [`StoreError::Older`]; otherwise see [`StoreError`].
    pub async fn open_to_report(url: &str) -> Result<(Self, String), StoreError> {
        let place = Place::parse(url)?;
        let name = place.name();
        match &place {
            Place::Memory => {}
            Place::File(path) if !path.is_file() => {
                return Err(StoreError::Missing { path: name });
            }
            Place::File(path) => inspect::inspect_to_report(path).await?,
            Place::Server(server) => {
                let patience = Patience::USUAL;
                let opened = on_server(&name, server, Purpose::Report, patience).await;
                let (writer, reader) = opened?;
                return Ok((Self::new(&place, writer, reader), name));
            }
        }
        Ok((Self::open(url).await?, name))
    }

    fn new(place: &Place, writer: Pool, reader: Pool) -> Self {
        let server = match place {
            Place::Server(server) => Some(server.clone()),
            Place::Memory | Place::File(_) => None,
        };
        Self {
            inner: Arc::new(Inner {
                name: place.name(),
                server,
                writer,
                reader,
                recency: Recency::default(),
            }),
            host: Host::default(),
            cache_limits: CacheLimits::default(),
            observed: Observed::default(),
        }
    }

    /// Where it is, as messages name it: without user and password.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.name
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

    /// Finishes what runs and closes its connections; calls after it fail.
    ///
    /// A store that is dropped instead loses nothing.
    pub async fn close(&self) {
        self.inner.reader.close().await;
        self.inner.writer.close().await;
    }

    /// The server that it is on, where it is on one.
    pub(super) fn server(&self) -> Option<&Server> {
        self.inner.server.as_ref()
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
        self.writer().begin().await
    }

    /// Does some work and names it, with its object, when it fails.
    pub(super) async fn attempt<T>(
        &self,
        what: impl FnOnce() -> String,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        let name = &self.inner.name;
        // Boxed, so that what waits for it stays small, and so do the futures of whole rounds.
        let work = Box::pin(work);
        if let Some(server) = &self.inner.server {
            let worked = self.observed.watch(server.in_time(work)).await;
            return worked.map_err(|error| from_server(name, what(), error));
        }
        let worked = self.observed.watch(work).await;
        worked.map_err(|error| StoreError::from_database(name, what(), error))
    }
}

/// What a store on a server is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Record,
    Report,
}

async fn in_memory(name: &str) -> Result<(Pool, Pool), StoreError> {
    let opened = sqlite::connect_memory().await;
    let pool = opened.map_err(|error| StoreError::from_database(name, "open".to_owned(), error))?;
    let migrated = migrate::migrate_sqlite(&pool).await;
    migrated.map_err(|source| unmigrated(name, source, StoreError::from_database))?;
    Ok((Pool::Sqlite(pool.clone()), Pool::Sqlite(pool)))
}

async fn in_file(name: &str, path: &Path) -> Result<(Pool, Pool), StoreError> {
    let opened = sqlite::connect(path).await;
    let (writer, reader) =
        opened.map_err(|error| StoreError::from_database(name, "open".to_owned(), error))?;
    let migrated = migrate::migrate_sqlite(&writer).await;
    migrated.map_err(|source| unmigrated(name, source, StoreError::from_database))?;
    Ok((Pool::Sqlite(writer), Pool::Sqlite(reader)))
}

/// Looks at the schema before anything is written, and brings it up to date where somebody will record. Every wait for that has
/// an end, and who is waited for is told.
async fn on_server(
    name: &str,
    server: &Server,
    purpose: Purpose,
    patience: Patience,
) -> Result<(Pool, Pool), StoreError> {
    let looking = |error| from_server(name, "open".to_owned(), error);
    let mut connection = server.connect().await.map_err(looking)?;
    let looked = server.in_time(migrate_postgres::look(&mut connection, patience));
    let schema = match looked.await {
        Err(error) if migrate_postgres::is_locked_out(&error) => {
            return Err(held(name, server, &mut connection).await);
        }
        looked => looked.map_err(looking)?,
    };
    let (path, found, known) = (name.to_owned(), schema.version, KNOWN);
    if schema.is_beyond_us() {
        return Err(StoreError::Newer { path, found, known });
    }
    match purpose {
        Purpose::Report if found == 0 => return Err(StoreError::Missing { path }),
        Purpose::Report if found < KNOWN => return Err(StoreError::Older { path, found, known }),
        Purpose::Record if found < KNOWN => {
            let migrated = server.in_long(migrate_postgres::migrate(&mut connection, patience));
            match migrated.await {
                Err(error) if migrate_postgres::waited_in_vain(&error) => {
                    return Err(held(name, server, &mut connection).await);
                }
                migrated => migrated.map_err(|source| unmigrated(name, source, from_server))?,
            }
        }
        Purpose::Report | Purpose::Record => {}
    }
    // It has served; a connection that does not end well ends anyway.
    let _ = connection.close().await;
    let (writer, reader) = server.pools();
    Ok((Pool::Postgres(writer), Pool::Postgres(reader)))
}

/// That others kept a lock from us, and who they are as far as the server tells.
async fn held(name: &str, server: &Server, connection: &mut PgConnection) -> StoreError {
    let holders = server.in_time(migrate_postgres::holders(connection)).await;
    StoreError::Held {
        path: name.to_owned(),
        by: holders.unwrap_or_else(|_| migrate_postgres::SOMEBODY.to_owned()),
    }
}

/// Names what a server said while `what` was asked of the store.
pub(super) fn from_server(name: &str, what: String, error: sqlx::Error) -> StoreError {
    postgres::told(name, &error).unwrap_or_else(|| StoreError::from_database(name, what, error))
}

/// Names why the schema is not up to date: what the database said where it spoke, else what the migrations say.
fn unmigrated(
    name: &str,
    source: MigrateError,
    told: impl Fn(&str, String, sqlx::Error) -> StoreError,
) -> StoreError {
    if let MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) = source {
        return told(name, "make the schema".to_owned(), error);
    }
    StoreError::Schema {
        path: name.to_owned(),
        source: Box::new(source),
    }
}

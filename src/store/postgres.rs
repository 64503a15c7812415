//! How connections to PostgreSQL are made, and what its errors mean.
//!
//! Two small pools, so that reports never wait for rounds. Every wait has an end: for a connection, for the server's
//! answer, for a lock. Invariant: neither the password nor the URL is in any error, log or debug print.

use std::fmt;
use std::future::Future;
use std::io::ErrorKind;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgDatabaseError, PgPoolOptions};
use sqlx::{ConnectOptions as _, PgConnection, PgPool, Postgres, SqlStr};

use super::door::Door;
use super::{StoreError, encryption};

/// A server and a database on it.
#[derive(Clone)]
pub(super) struct Server {
    options: Arc<PgConnectOptions>,
    door: Arc<Door>,
}

/// A bounded set of connections to one server.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    pool: PgPool,
    door: Arc<Door>,
}

/// Each statement sees what was committed before it, whatever the server's default is: one that waited for the write lock
/// would otherwise read what was there before it waited.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// The transaction is flushed before its commit returns, even where the server's default is to flush later.
pub(super) const DURABLE: &str = "SET LOCAL synchronous_commit = on";

/// Takes the one write lock of the database's stores until the transaction ends: "cwrt" in ASCII.
pub(super) const LOCK_WRITES: &str = "SELECT pg_advisory_xact_lock(1668772468)";

/// Connections for writing: the transaction that holds the lock, and claims beside it.
const WRITERS: u32 = 2;
/// Connections for reading.
const READERS: u32 = 4;
/// How long a call waits for a connection that others use.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a new connection may take where nothing else can be done without it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long bringing the schema up to date may take altogether: longer than its patience with locks and than the longest statement.
const CHANGE_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// How long a call may take altogether; longer than what the server itself ends, so that this one meets the network alone.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);

/// What the server ends by itself: a statement, a wait for a lock, and a transaction whose client is frozen.
const LIMITS: [(&str, &str); 6] = [
    ("statement_timeout", "30s"),
    ("lock_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "60s"),
    KEEPALIVES[0],
    KEEPALIVES[1],
    KEEPALIVES[2],
];
/// A change of the schema may go through a large table. How long it waits for that is settled where it is made.
const MIGRATION_LIMITS: [(&str, &str); 4] = [
    ("statement_timeout", "10min"),
    KEEPALIVES[0],
    KEEPALIVES[1],
    KEEPALIVES[2],
];
/// A client that vanished without a word, as with its machine, loses its session and the locks of it within a minute.
const KEEPALIVES: [(&str, &str); 3] = [
    ("tcp_keepalives_idle", "30s"),
    ("tcp_keepalives_interval", "10s"),
    ("tcp_keepalives_count", "3"),
];

/// The parameters that a URL may have. Another one is more likely a slip than a wish, and the driver would log its value.
const PARAMETERS: [&str; 11] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

impl Server {
    /// Reads `postgres://user:password@host:port/database?sslmode=...`.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
        for parameter in parameters.split('&').filter(|text| !text.is_empty()) {
            let (name, _) = parameter.split_once('=').unwrap_or((parameter, ""));
            let name = name.split('[').next().unwrap_or(name);
            if !PARAMETERS.contains(&name) {
                return Err(StoreError::Address {
                    why: format!(
                        "it has a parameter that is none of {}",
                        PARAMETERS.join(", ")
                    ),
                });
            }
        }
        let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::Address {
            why: "it cannot be read".to_owned(),
        })?;
        if options.get_database().is_none() {
            return Err(StoreError::Address {
                why: "it names no database".to_owned(),
            });
        }
        if let Some(why) = encryption::refusal(&options) {
            return Err(StoreError::Address {
                why: why.to_owned(),
            });
        }
        let named = options.get_application_name().is_some();
        Ok(Self {
            door: Arc::new(Door::of(&options)),
            options: Arc::new(if named {
                options
            } else {
                options.application_name("cronwright")
            }),
        })
    }

    /// The server as messages name it.
    pub(super) fn name(&self) -> String {
        let host = match self.options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => self.options.get_host().to_owned(),
        };
        let database = self.options.get_database().unwrap_or_default();
        format!("postgres://{host}:{}/{database}", self.options.get_port())
    }

    /// One connection that a change of the schema may keep busy for long.
    pub(super) async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        let options = PgConnectOptions::clone(&self.options).options(MIGRATION_LIMITS);
        let connecting = tokio::time::timeout(CONNECT_TIMEOUT, options.connect());
        connecting.await.map_err(|_| silent(CONNECT_TIMEOUT))?
    }

    /// Does some work, and gives up where the network keeps its answer for ever.
    pub(super) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        let worked = tokio::time::timeout(CALL_TIMEOUT, work).await;
        worked.unwrap_or_else(|_| Err(silent(CALL_TIMEOUT)))
    }

    /// Does the work that changes the schema, which may take its time, and gives up where no answer ever comes.
    pub(super) async fn in_long<T>(
        &self,
        work: impl Future<Output = Result<T, MigrateError>>,
    ) -> Result<T, MigrateError> {
        let worked = tokio::time::timeout(CHANGE_TIMEOUT, work).await;
        worked.unwrap_or_else(|_| Err(silent(CHANGE_TIMEOUT).into()))
    }

    /// Makes a connection, and gives up as soon as it is known that nobody answers.
    pub(super) async fn connecting<T>(
        &self,
        connecting: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        self.in_time(self.door.while_open(connecting)).await
    }

    /// A connection for somebody who keeps it, made when it is asked for.
    pub(super) fn single(&self) -> PgPool {
        self.pool(1)
    }

    /// The writers and the readers; none of them is connected before it is needed.
    pub(super) fn pools(&self) -> (Connections, Connections) {
        let of = |connections| Connections {
            pool: self.pool(connections),
            door: self.door.clone(),
        };
        (of(WRITERS), of(READERS))
    }

    fn pool(&self, connections: u32) -> PgPool {
        PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_lazy_with(PgConnectOptions::clone(&self.options).options(LIMITS))
    }
}

impl Connections {
    /// A connection that is free, or made; an outage ends the wait for it, and nothing else of a call.
    pub(super) async fn acquire(&self) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        Box::pin(self.door.while_open(self.pool.acquire())).await
    }

    /// Begins a transaction on one.
    pub(super) async fn begin(&self) -> Result<sqlx::Transaction<'static, Postgres>, sqlx::Error> {
        let connection = self.acquire().await?;
        sqlx::Transaction::begin(connection, Some(SqlStr::from_static(BEGIN))).await
    }

    /// Finishes what runs, and closes.
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// What it means that a server ended a connection without a word.
pub(super) fn gone() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(
        ErrorKind::ConnectionAborted,
        "the connection was ended",
    ))
}

fn silent(waited: Duration) -> sqlx::Error {
    let why = format!("no answer within {} s", waited.as_secs());
    sqlx::Error::Io(std::io::Error::new(ErrorKind::TimedOut, why))
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())
    }
}

/// What an error means for the store `path`; none where it says nothing of the server or the connection to it.
pub(super) fn told(path: &str, source: &sqlx::Error) -> Option<StoreError> {
    let path = path.to_owned();
    if let sqlx::Error::Database(error) = source {
        let error = error.try_downcast_ref::<PgDatabaseError>()?;
        return said(path, error.code(), error.message());
    }
    if let sqlx::Error::Io(error) = source {
        return Some(unheard(path, error));
    }
    if let sqlx::Error::Tls(error) = source {
        let why = format!("TLS: {error}");
        return Some(StoreError::Denied { path, why });
    }
    if let sqlx::Error::Protocol(why) = source {
        let why = why.clone();
        return Some(StoreError::Unreachable { path, why });
    }
    None
}

/// What it means that nothing came of a connection.
fn unheard(path: String, error: &std::io::Error) -> StoreError {
    // How rustls speaks of certificates.
    if error.kind() == ErrorKind::InvalidData {
        let why = format!("TLS: {error}");
        return StoreError::Denied { path, why };
    }
    if matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::PermissionDenied
    ) {
        let why = format!("a file or socket that the URL names: {error}");
        return StoreError::Denied { path, why };
    }
    let why = error.to_string();
    StoreError::Unreachable { path, why }
}

/// What the server said by its code, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn said(path: String, code: &str, message: &str) -> Option<StoreError> {
    let why = message.to_owned();
    match code {
        "53100" => Some(StoreError::Full { path }),
        // A lock or a statement took too long, or two transactions waited for each other.
        "55P03" | "57014" | "40001" | "40P01" => Some(StoreError::Busy { path }),
        // It stops, starts, crashed, has no connection left, ended an idle session, or only follows another server.
        "57P01" | "57P02" | "57P03" | "57P05" | "53300" | "25P03" | "25006" => {
            Some(StoreError::Unreachable { path, why })
        }
        "3D000" | "3F000" | "42501" => Some(StoreError::Denied { path, why }),
        _ if code.starts_with("08") => Some(StoreError::Unreachable { path, why }),
        _ if code.starts_with("28") => Some(StoreError::Denied { path, why }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_without_user_and_password() {
        let url = "postgresql://robot:hunter2@db.acme.test:6432/history?sslmode=verify-full";
        let server = Server::parse(url).unwrap();
        assert_eq!(server.name(), "postgres://db.acme.test:6432/history");
        assert!(!format!("{server:?}").contains("hunter2"));
    }

    #[test]
    fn a_url_that_cannot_be_read_is_refused_and_not_repeated() {
        for url in [
            "postgres://robot:hunter2@db:port/history",
            "postgres://robot:hunter2@db/history?pasword=hunter2",
            "postgres://robot:hunter2@db/history?sslmode=hunter2",
            "postgres://robot:hunter2@db",
        ] {
            let error = Server::parse(url).unwrap_err();
            assert!(matches!(error, StoreError::Address { .. }), "{error:?}");
            assert!(!format!("{error:?} {error}").contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn what_the_server_says_tells_who_must_act() {
        let said = |code| said("x".to_owned(), code, "because").unwrap();
        assert!(matches!(said("53100"), StoreError::Full { .. }));
        assert!(matches!(said("40P01"), StoreError::Busy { .. }));
        assert!(matches!(said("57P01"), StoreError::Unreachable { .. }));
        assert!(matches!(said("08006"), StoreError::Unreachable { .. }));
        assert!(matches!(said("28P01"), StoreError::Denied { .. }));
    }
}

//! How connections to SQLite are made.
//!
//! One writer and a few readers. The write-ahead log keeps every committed transaction through a crash of the process;
//! a power cut may cost the last few, never the store's consistency (`synchronous = NORMAL`). What GitHub can tell
//! again may be lost so; what it cannot is written by [`super::deeds`] with a flush of its own.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqlitePool};

/// Marks a file as ours in SQLite's header: "cwrt" in ASCII.
pub(super) const APPLICATION_ID: u32 = 0x6377_7274;

/// The statement that writes [`APPLICATION_ID`]; a test holds the two together.
const MARK: &str = "PRAGMA application_id = 1668772468";

/// More than the processes that could open the same new file in the same instant.
const PREPARE_ATTEMPTS: u32 = 100;

/// Takes the write lock at once: a transaction that reads first and locks later can fail half way, however patient.
pub(super) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// From here on the connection's transactions are flushed to the disk before they return.
pub(super) const DURABLE: &str = "PRAGMA synchronous = FULL";

/// From here on they are flushed together, at the next checkpoint.
pub(super) const NORMAL: &str = "PRAGMA synchronous = NORMAL";

/// How long a statement waits for another process's write lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a call waits for a connection of ours.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// Reports and rounds read side by side; each reader costs a thread and up to 2 MiB of page cache.
const READERS: u32 = 4;

/// The log shrinks to this after a checkpoint, so that one large import does not keep its room for ever.
const JOURNAL_SIZE_LIMIT_BYTES: &str = "67108864";

/// Opens a store in memory. It has a single connection: each further one would see another, empty store.
pub(super) async fn connect_memory() -> Result<SqlitePool, sqlx::Error> {
    pool(1).connect_with("sqlite::memory:".parse()?).await
}

/// Opens the writer and the readers of a file.
///
/// A disk that is full (or fails) can make SQLite undo a transaction by itself. The driver's own undoing then fails, it
/// counts the transaction as open for ever and begins no other one; so a writer in that state is replaced by a new one.
pub(super) async fn connect(path: &Path) -> Result<(SqlitePool, SqlitePool), sqlx::Error> {
    prepare(path).await?;
    let writer = pool(1).before_acquire(|writer, _| {
        let free = !writer.is_in_transaction();
        Box::pin(std::future::ready(Ok(free)))
    });
    let writer = writer.connect_with(writing(path)).await?;
    let reader = pool(READERS).connect_lazy_with(writing(path).pragma("query_only", "ON"));
    Ok((writer, reader))
}

/// Options for a connection that changes nothing in the file or its log, not even when it is closed.
pub(super) fn looking(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY_TIMEOUT)
}

/// Options for a connection that writes. The journal's mode is not among them: [`prepare`] sets it once for the file.
fn writing(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .pragma("journal_size_limit", JOURNAL_SIZE_LIMIT_BYTES)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
}

/// Makes the file ours: marks it in its header, then begins the write-ahead log.
///
/// The mark comes first, so that it stands in the file itself and not in a log only.
async fn prepare(path: &Path) -> Result<(), sqlx::Error> {
    let mut connection = writing(path).connect().await?;
    let marked: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut connection)
        .await?;
    if marked != i64::from(APPLICATION_ID) {
        sqlx::raw_sql(MARK).execute(&mut connection).await?;
    }
    // SQLite does not wait for the lock that this change of mode needs; taking the write lock first does wait.
    for _ in 0..PREPARE_ATTEMPTS {
        if sqlx::raw_sql("PRAGMA journal_mode = WAL")
            .execute(&mut connection)
            .await
            .is_ok()
        {
            return connection.close().await;
        }
        sqlx::raw_sql("BEGIN EXCLUSIVE; COMMIT")
            .execute(&mut connection)
            .await?;
    }
    sqlx::raw_sql("PRAGMA journal_mode = WAL")
        .execute(&mut connection)
        .await?;
    connection.close().await
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_the_application_id() {
        assert!(MARK.ends_with(&format!(" {APPLICATION_ID}")));
    }
}

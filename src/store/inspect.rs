//! A look at a file before anything is written to it.
//!
//! Invariant: neither the file nor its log changes, whatever the verdict.

use std::io::ErrorKind;
use std::path::Path;

use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::io::AsyncReadExt as _;

use super::StoreError;
use super::error::result_code;
use super::migrate::{KNOWN, Schema};
use super::sqlite::{APPLICATION_ID, looking};

/// The first bytes of every SQLite file, <https://www.sqlite.org/fileformat.html#the_database_header>.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Length of that header.
const HEADER_BYTES: usize = 100;

/// Where the header keeps the application's mark, four bytes, most significant first.
const APPLICATION_ID_AT: usize = 68;

/// Files up to this size are read through when opened. 241 MiB (800,000 runs) took 0.74 s with the file in memory on two
/// cores; larger ones would hold up every start, and SQLite notices damage in them when it meets it.
const CHECKED_BYTES: u64 = 256 * 1024 * 1024;

/// Refuses a file that is corrupted, foreign or newer than this program can use.
///
/// A file that is missing or empty is fine: it becomes a new store.
pub(super) async fn inspect(path: &Path) -> Result<(), StoreError> {
    look(path).await.map(|_| ())
}

/// Refuses what [`inspect`] refuses, and a file that has not this program's schema.
pub(super) async fn inspect_to_report(path: &Path) -> Result<(), StoreError> {
    match look(path).await? {
        Some(found) if found < KNOWN => Err(StoreError::Older {
            path: path.display().to_string(),
            found,
            known: KNOWN,
        }),
        Some(_) | None => Ok(()),
    }
}

/// The schema's version, where it can be told without writing.
async fn look(path: &Path) -> Result<Option<i64>, StoreError> {
    let name = || path.display().to_string();
    match inspect_header(path).await {
        Ok(Header::Ours) => {}
        Ok(Header::None) => return Ok(Some(0)),
        Ok(Header::Other) => return Err(StoreError::Foreign { path: name() }),
        Err(_) => return Err(StoreError::Folder { path: name() }),
    }
    let bytes = tokio::fs::metadata(path).await.map_or(0, |file| file.len());
    match inspect_content(path, bytes <= CHECKED_BYTES).await {
        Ok(Content::Sound(schema)) if schema.is_beyond_us() => Err(StoreError::Newer {
            path: name(),
            found: schema.version,
            known: KNOWN,
        }),
        Ok(Content::Sound(schema)) => Ok(Some(schema.version)),
        Ok(Content::Damaged) => Err(StoreError::Corrupt { path: name() }),
        // A journal of the very first transaction waits to be undone, which this look may not do; opening does.
        Err(error) if result_code(&error).is_some_and(|code| code & 0xff == 8) => Ok(None),
        // The header is ours, so what SQLite does not recognise was damaged.
        Err(error) if result_code(&error).is_some_and(|code| code & 0xff == 26) => {
            Err(StoreError::Corrupt { path: name() })
        }
        Err(error) => Err(StoreError::from_database(&name(), "look".to_owned(), error)),
    }
}

/// Whose file the first bytes say it is.
enum Header {
    None,
    Ours,
    Other,
}

async fn inspect_header(path: &Path) -> std::io::Result<Header> {
    let file = match tokio::fs::File::open(path).await {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            return match folder {
                Some(folder) => tokio::fs::metadata(folder).await.map(|_| Header::None),
                None => Ok(Header::None),
            };
        }
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::with_capacity(HEADER_BYTES);
    file.take(HEADER_BYTES as u64)
        .read_to_end(&mut bytes)
        .await?;
    let mark = bytes.get(APPLICATION_ID_AT..APPLICATION_ID_AT + 4);
    let ours = bytes.starts_with(MAGIC) && mark == Some(&APPLICATION_ID.to_be_bytes());
    Ok(if bytes.is_empty() {
        Header::None
    } else if ours {
        Header::Ours
    } else {
        Header::Other
    })
}

/// What SQLite says of a file whose header is ours.
enum Content {
    /// No damage seen.
    Sound(Schema),
    Damaged,
}

async fn inspect_content(path: &Path, read_through: bool) -> Result<Content, sqlx::Error> {
    let mut connection = looking(path).connect().await?;
    let content = examine(&mut connection, read_through).await;
    let _ = connection.close().await;
    content
}

async fn examine(
    connection: &mut SqliteConnection,
    read_through: bool,
) -> Result<Content, sqlx::Error> {
    if read_through {
        let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut *connection)
            .await?;
        if verdict != "ok" {
            return Ok(Content::Damaged);
        }
    }
    let mut schema = Schema::NONE;
    if has_table(connection, "_sqlx_migrations").await? {
        let version = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations");
        schema.version = version.fetch_one(&mut *connection).await?;
    }
    if has_table(connection, "compatibility").await? {
        let least = sqlx::query_scalar("SELECT least FROM compatibility");
        schema.least = least.fetch_one(connection).await?;
    }
    Ok(Content::Sound(schema))
}

async fn has_table(connection: &mut SqliteConnection, name: &str) -> Result<bool, sqlx::Error> {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_schema WHERE name = $1");
    let count: i64 = count.bind(name).fetch_one(connection).await?;
    Ok(count > 0)
}

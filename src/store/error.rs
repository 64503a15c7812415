//! Why the store could not do what it was asked, and whether waiting helps.
//!
//! Owns the translation of SQLite's error codes; [`super::postgres`] has its own. A message never repeats its source and never prints a URL,
//! which may carry a password.

use crate::domain::Seconds;

/// What went wrong, one variant per thing a caller could do differently.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is damaged.
    #[error(
        "the store {path} is corrupted and was left as it is: restore it from a copy, or move it aside and start \
         anew (runs are read again from GitHub, past forecasts and scores are not)"
    )]
    Corrupt {
        /// The file.
        path: String,
    },
    /// The file is something else.
    #[error(
        "{path} is not a cronwright store, or its header is corrupted; it was left as it is: name another file, \
         or move this one aside"
    )]
    Foreign {
        /// The file.
        path: String,
    },
    /// A later cronwright made the file.
    #[error(
        "the store {path} has schema {found} and this cronwright knows {known} at most; it was left as it is: run \
         the newer cronwright, or name another file"
    )]
    Newer {
        /// The file.
        path: String,
        /// The schema version in the file.
        found: i64,
        /// The newest schema version this program knows.
        known: i64,
    },
    /// No room on the disk. What was being written is not there; what was written before is.
    #[error(
        "no room left for the store {path}: free some disk space; nothing is lost and recording is tried again"
    )]
    Full {
        /// The file.
        path: String,
    },
    /// Another writer held the store for too long.
    #[error("the store {path} is busy: another process holds it; it is tried again")]
    Busy {
        /// The file.
        path: String,
    },
    /// Other sessions of the server kept a lock that the start needs.
    #[error(
        "the schema of the store {path} waits for a lock held by {by}: let it end its work, or end it with SELECT \
         pg_terminate_backend(PID); nothing is lost and it is tried again"
    )]
    Held {
        /// The server and its database.
        path: String,
        /// Who holds locks, by process id and name.
        by: String,
    },
    /// An earlier cronwright writes the file, and a report is no reason to bring it up to date.
    #[error(
        "the store {path} has schema {found} and this cronwright has {known}: `cronwright run` or `cronwright controller` of \
         this version brings it up to date; until then ask the version that writes it"
    )]
    Older {
        /// The file.
        path: String,
        /// The schema version in the file.
        found: i64,
        /// The schema version of this program.
        known: i64,
    },
    /// There is no such file, and nothing to report makes none.
    #[error(
        "there is no store {path}: name one that is there, such as the one that `cronwright run` or `cronwright controller` writes"
    )]
    Missing {
        /// The file.
        path: String,
    },
    /// The file cannot be made, opened or written where it should be.
    #[error(
        "the store {path} cannot be opened for writing: make its folder, and let this process write in it"
    )]
    Folder {
        /// The file.
        path: String,
    },
    /// The URL names no database this program can use.
    #[error(
        "a store of the kind '{scheme}' is not supported: write sqlite://PATH, postgres://USER:PASSWORD@HOST/DATABASE, or \
         sqlite::memory: for none that lasts"
    )]
    Unsupported {
        /// The part of the URL before the first colon; the rest may be secret.
        scheme: String,
    },
    /// The URL of a server cannot be used.
    #[error(
        "the URL of the store is not PostgreSQL's: {why}; write \
         postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full, with %40 for @, %2F for / and %3A for : within \
         the password"
    )]
    Address {
        /// What is wrong with it, without repeating any of it.
        why: String,
    },
    /// The server does not answer. What was being written is not there, or is there whole.
    #[error(
        "the store {path} cannot be reached: {why}; start its server, or let this process through to it; nothing is lost \
         and it is tried again"
    )]
    Unreachable {
        /// The server and its database.
        path: String,
        /// What happened.
        why: String,
    },
    /// The server answers and refuses us.
    #[error(
        "the store {path} refuses us: {why}; correct the URL or its password, or let the role use the database; it is tried again"
    )]
    Denied {
        /// The server and its database.
        path: String,
        /// What the server, or TLS, said.
        why: String,
    },
    /// The schema could not be brought up to date; it stands as it was before the step that failed.
    #[error(
        "the schema of the store {path} could not be brought up to date: run the cronwright that made it, or name another file"
    )]
    Schema {
        /// The file.
        path: String,
        /// What the migration met.
        source: Box<sqlx::migrate::MigrateError>,
    },
    /// Anything else the database said.
    #[error("could not {what} in the store {path}")]
    Query {
        /// The file.
        path: String,
        /// What was asked, with its object, as an infinitive.
        what: String,
        /// What the database said.
        source: sqlx::Error,
    },
}

impl StoreError {
    /// Whether the same attempt can succeed later, though nobody changes what this process was given.
    #[must_use]
    pub const fn passes(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Busy { .. } | Self::Held { .. }
        )
    }
}

/// Whether the same call can succeed later without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// A person must act first.
    Never,
    /// It may succeed after this long.
    After(Seconds),
}

impl StoreError {
    /// Tells whether and when to try again.
    ///
    /// A busy store frees itself within its longest transaction, far below five seconds; a full disk or a missing
    /// folder waits for a person or a volume, so once a minute is soon enough.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Corrupt { .. }
            | Self::Foreign { .. }
            | Self::Newer { .. }
            | Self::Older { .. }
            | Self::Missing { .. }
            | Self::Unsupported { .. }
            | Self::Address { .. }
            | Self::Schema { .. } => Retry::Never,
            Self::Busy { .. } => Retry::After(Seconds(5)),
            Self::Unreachable { .. } | Self::Held { .. } => Retry::After(Seconds(15)),
            Self::Denied { .. } | Self::Full { .. } | Self::Folder { .. } | Self::Query { .. } => {
                Retry::After(Seconds(60))
            }
        }
    }

    /// Names what the database said while `what` was asked of the store at `path`.
    pub(super) fn from_database(path: &str, what: String, source: sqlx::Error) -> Self {
        let path = path.to_owned();
        // A value that no version of this program writes.
        if matches!(
            source,
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. }
        ) {
            return Self::Corrupt { path };
        }
        if matches!(source, sqlx::Error::PoolTimedOut) {
            return Self::Busy { path };
        }
        match result_code(&source) {
            // https://www.sqlite.org/rescode.html; an extended code keeps its primary one in the low byte, and
            // IOERR_SHMSIZE (4874) is how a full disk shows when the WAL index cannot grow.
            Some(4874) => Self::Full { path },
            Some(code) => match code & 0xff {
                11 => Self::Corrupt { path },
                26 => Self::Foreign { path },
                13 => Self::Full { path },
                5 | 6 => Self::Busy { path },
                3 | 8 | 14 | 23 => Self::Folder { path },
                _ => Self::Query { path, what, source },
            },
            None => Self::Query { path, what, source },
        }
    }
}

/// SQLite's extended result code, where SQLite itself answered.
pub(super) fn result_code(error: &sqlx::Error) -> Option<u32> {
    let error = error.as_database_error()?;
    error.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    error.code()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_store_is_tried_again_soon_and_a_foreign_one_never() {
        let path = || "x.db".to_owned();
        assert_eq!(
            StoreError::Busy { path: path() }.retry(),
            Retry::After(Seconds(5))
        );
        assert_eq!(StoreError::Foreign { path: path() }.retry(), Retry::Never);
    }

    #[test]
    fn an_impossible_value_means_a_corrupted_store() {
        let source = sqlx::Error::Decode("no such instant".into());
        let error = StoreError::from_database("x.db", "read".to_owned(), source);
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    }
}

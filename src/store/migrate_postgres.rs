//! Bringing a store in PostgreSQL up to date while others use it.
//!
//! A change of a table waits for whoever reads it, and whoever comes after waits behind the change. So it waits for a moment
//! only, lets the others through, and comes again: old replicas go on, and one long report holds up nobody but the change.

use std::time::Duration;

use sqlx::PgConnection;
use sqlx::migrate::MigrateError;

use super::migrate::{Schema, in_postgres, migrator};

/// How patient a change of the schema is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// How long it waits for a lock, and others behind it; far below their own patience of ten seconds.
    pub(super) lock: Duration,
    /// How long the others are let through then.
    pub(super) pause: Duration,
    /// How often it comes.
    pub(super) attempts: u32,
}

impl Patience {
    /// Ten minutes altogether: longer than any backup of a history holds its tables without a break.
    pub(super) const USUAL: Self = Self {
        lock: Duration::from_secs(2),
        pause: Duration::from_secs(3),
        attempts: 120,
    };
}

/// What the server says when a lock was not to be had in time.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// Brings a store to [`super::migrate::KNOWN`] under the database's advisory lock: of several replicas one does, and the others
/// come again until they find it done. Each step happens wholly or not at all.
///
/// The lock is the session's: whoever calls closes the connection afterwards.
///
/// # Errors
/// When a step fails, or its locks were not to be had in all attempts, or the store was made by another line of migrations.
pub(super) async fn migrate(
    connection: &mut PgConnection,
    patience: Patience,
) -> Result<(), MigrateError> {
    let lock_timeout = "SELECT set_config('lock_timeout', $1, false)";
    sqlx::query(lock_timeout)
        .bind(format!("{}ms", patience.lock.as_millis()))
        .execute(&mut *connection)
        .await?;
    let migrator = migrator(in_postgres);
    let mut attempt = 1;
    loop {
        let migrated = migrator.run_direct(None, &mut *connection, false).await;
        if !migrated.as_ref().is_err_and(waited_in_vain) {
            return migrated;
        }
        // A run that fails keeps the advisory lock: whoever pauses lets another replica try.
        sqlx::query("SELECT pg_advisory_unlock_all()")
            .execute(&mut *connection)
            .await?;
        if attempt == patience.attempts {
            return migrated;
        }
        if attempt == 1 {
            tracing::info!(
                "the schema is brought up to date as soon as the tables are free for it"
            );
        }
        attempt += 1;
        tokio::time::sleep(patience.pause).await;
    }
}

/// Whether somebody else had the lock.
fn waited_in_vain(error: &MigrateError) -> bool {
    let (MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error else {
        return false;
    };
    let error = error.as_database_error();
    error.is_some_and(|error| error.code().as_deref() == Some(LOCK_NOT_AVAILABLE))
}

/// The schema of a store.
pub(super) async fn schema(connection: &mut PgConnection) -> Result<Schema, sqlx::Error> {
    let is_there = "SELECT to_regclass($1) IS NOT NULL";
    let mut has = [false; 2];
    for (has, table) in has.iter_mut().zip(["_sqlx_migrations", "compatibility"]) {
        *has = sqlx::query_scalar(is_there)
            .bind(table)
            .fetch_one(&mut *connection)
            .await?;
    }
    let mut schema = Schema::NONE;
    if has[0] {
        let version = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations");
        schema.version = version.fetch_one(&mut *connection).await?;
    }
    if has[1] {
        let least = sqlx::query_scalar("SELECT least FROM compatibility");
        schema.least = least.fetch_one(connection).await?;
    }
    Ok(schema)
}

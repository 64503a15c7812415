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
    limit_locks(connection, patience).await?;
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
            let holders = holders(connection).await?;
            tracing::warn!(
                holders,
                "the schema is brought up to date as soon as nobody holds what it changes"
            );
        }
        attempt += 1;
        tokio::time::sleep(patience.pause).await;
    }
}

/// Lets no statement wait longer for a lock.
async fn limit_locks(connection: &mut PgConnection, patience: Patience) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT set_config('lock_timeout', $1, false)")
        .bind(format!("{}ms", patience.lock.as_millis()))
        .execute(connection)
        .await?;
    Ok(())
}

/// Whether a change of the schema did not get its locks.
pub(super) fn waited_in_vain(error: &MigrateError) -> bool {
    let (MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error else {
        return false;
    };
    is_locked_out(error)
}

/// Whether somebody else had the lock.
pub(super) fn is_locked_out(error: &sqlx::Error) -> bool {
    let error = error.as_database_error();
    error.is_some_and(|error| error.code().as_deref() == Some(LOCK_NOT_AVAILABLE))
}

/// Whom a wait was for, where the server does not tell.
pub(super) const SOMEBODY: &str = "another session of the server";

/// Who holds locks on the database's tables, or advisory ones but the writers', by process id and name; the oldest first.
pub(super) async fn holders(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    let holders = "SELECT 'PID ' || pid || ' (' || COALESCE(NULLIF(MIN(application_name), ''), 'no name') || ')' \
         FROM pg_locks JOIN pg_stat_activity USING (pid) \
         WHERE granted AND pid <> pg_backend_pid() AND datname = current_database() \
         AND (locktype = 'advisory' AND objid <> 1668772468 OR locktype = 'relation' AND relation >= 16384) \
         GROUP BY pid ORDER BY MIN(backend_start) LIMIT 3";
    let holders: Vec<String> = sqlx::query_scalar(holders).fetch_all(connection).await?;
    if holders.is_empty() {
        return Ok(SOMEBODY.to_owned());
    }
    Ok(holders.join(", "))
}

/// The schema of a store, unless somebody keeps its tables to himself for longer than the patience with a lock.
pub(super) async fn look(
    connection: &mut PgConnection,
    patience: Patience,
) -> Result<Schema, sqlx::Error> {
    limit_locks(connection, patience).await?;
    schema(connection).await
}

/// The schema of a store.
async fn schema(connection: &mut PgConnection) -> Result<Schema, sqlx::Error> {
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

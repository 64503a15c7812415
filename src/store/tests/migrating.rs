//! A schema that is brought up to date while others use the store.

use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::{Connection as _, PgConnection};

use super::support::{PASSWORD, shared};
use super::*;
use crate::store::migrate::{in_postgres, migrator};
use crate::store::migrate_postgres::{Patience, migrate};

/// The version before the one that changes a table which has readers.
const BEFORE: i64 = 12;
/// How many wait for that table to themselves.
const WAITING: &str = "SELECT COUNT(*) FROM pg_locks \
    WHERE relation = 'learners'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted";
/// How many advisory locks this session has.
const ADVISORY: &str =
    "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
const READ: &str = "SELECT COUNT(*) FROM learners";

const BRIEF: Patience = Patience {
    lock: Duration::from_millis(200),
    pause: Duration::from_millis(100),
    attempts: 100,
};

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn count(connection: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}

/// A database with an older schema, and somebody in the midst of reading it.
async fn old_and_read() -> Option<(String, PgConnection)> {
    let url = shared()?.database();
    let mut connection = connect(&url).await;
    let migrator = migrator(in_postgres);
    let made = migrator.run_direct(Some(BEFORE), &mut connection, false);
    made.await.unwrap();
    sqlx::raw_sql("BEGIN")
        .execute(&mut connection)
        .await
        .unwrap();
    count(&mut connection, READ).await;
    Some((url, connection))
}

#[tokio::test]
async fn who_reads_goes_on_while_a_change_of_the_schema_waits_for_a_long_report() {
    let Some((url, mut report)) = old_and_read().await else {
        return;
    };
    let mut changing = connect(&url).await;
    let changed = tokio::spawn(async move { migrate(&mut changing, BRIEF).await });
    let mut reader = connect(&url).await;
    for _ in 0..3 {
        while count(&mut reader, WAITING).await == 0 {
            assert!(!changed.is_finished(), "nothing stood in its way");
        }
        // Comes behind the change, and ends although the report does not.
        count(&mut reader, READ).await;
    }

    sqlx::raw_sql("COMMIT").execute(&mut report).await.unwrap();

    changed.await.unwrap().unwrap();
    Store::open(&url).await.unwrap();
}

#[tokio::test]
async fn a_change_that_never_gets_its_table_leaves_the_schema_as_it_was_and_says_busy() {
    let Some((url, _report)) = old_and_read().await else {
        return;
    };
    let mut changing = connect(&url).await;

    let twice = Patience {
        attempts: 2,
        ..BRIEF
    };
    let error = migrate(&mut changing, twice).await.unwrap_err();

    let (MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error else {
        panic!("{error}");
    };
    let told = crate::store::open::from_server("x", "change".to_owned(), error);
    assert!(matches!(told, StoreError::Busy { .. }), "{told:?}");
    let version = "SELECT MAX(version) FROM _sqlx_migrations";
    assert_eq!(count(&mut changing, version).await, BEFORE);
    // Nor does it keep another replica from trying.
    assert_eq!(count(&mut changing, ADVISORY).await, 0);
}

#[tokio::test]
async fn a_start_whose_advisory_lock_is_held_ends_in_time_and_names_who_holds_it() {
    let Some(server) = shared() else { return };
    let url = server.database();
    let mut migrating = connect(&url).await;
    // As another replica holds it that hangs in the midst of its change.
    let locked = sqlx::migrate::Migrate::lock(&mut migrating).await;
    locked.unwrap();
    let twice = Patience {
        attempts: 2,
        ..BRIEF
    };

    let error = Store::open_patiently(&url, twice).await.unwrap_err();

    assert_held_by(&mut migrating, &error).await;
    let tables = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(count(&mut migrating, tables).await, 0);
    migrating.close().await.unwrap();
    Store::open_patiently(&url, BRIEF).await.unwrap();
}

#[tokio::test]
async fn a_start_that_cannot_even_look_at_the_schema_ends_in_time_and_names_who_keeps_it() {
    let Some(server) = shared() else { return };
    let url = server.database();
    Store::open(&url).await.unwrap().close().await;
    let mut keeping = connect(&url).await;
    let lock = "BEGIN; LOCK TABLE _sqlx_migrations IN ACCESS EXCLUSIVE MODE";
    sqlx::raw_sql(lock).execute(&mut keeping).await.unwrap();

    let error = Store::open_patiently(&url, BRIEF).await.unwrap_err();

    assert_held_by(&mut keeping, &error).await;
    sqlx::raw_sql("COMMIT").execute(&mut keeping).await.unwrap();
    Store::open_patiently(&url, BRIEF).await.unwrap();
}

/// The error names this session, says how to end it, and is waited for.
async fn assert_held_by(connection: &mut PgConnection, error: &StoreError) {
    let pid = "SELECT pg_backend_pid()::bigint";
    let pid = count(connection, pid).await;
    let told = error.to_string();
    assert!(matches!(error, StoreError::Held { .. }), "{error:?}");
    assert!(told.contains(&format!("PID {pid} (")), "{told}");
    assert!(told.contains("pg_terminate_backend"), "{told}");
    assert!(error.passes() && !told.contains(PASSWORD), "{told}");
}

//! A schema that is brought up to date while others use the store.

use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::{Connection as _, PgConnection};

use super::support::shared;
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

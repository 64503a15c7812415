//! The schema's history, compiled in.
//!
//! A migration that was released is never edited: its checksum stands in every store, and sqlx refuses a store whose
//! checksum differs. Each one runs in a transaction of its own.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::connection::Pool;

/// Name and text of each migration; versions count from 1.
const MIGRATIONS: [(&str, &str); 10] = [
    ("history", include_str!("migrations/0001_history.sql")),
    ("forecasts", include_str!("migrations/0002_forecasts.sql")),
    ("responses", include_str!("migrations/0003_responses.sql")),
    ("ledgers", include_str!("migrations/0004_ledgers.sql")),
    ("claims", include_str!("migrations/0005_claims.sql")),
    ("views", include_str!("migrations/0006_views.sql")),
    ("retention", include_str!("migrations/0007_retention.sql")),
    ("learners", include_str!("migrations/0008_learners.sql")),
    ("scheduled", include_str!("migrations/0009_scheduled.sql")),
    (
        "success_interval",
        include_str!("migrations/0010_success_interval.sql"),
    ),
];

/// The newest schema version this program knows.
pub(super) const KNOWN: i64 = MIGRATIONS.len() as i64;

/// Brings a store to [`KNOWN`].
///
/// Two processes may do so at once: the one that loses a step finds it done and goes on, so there are at most as many
/// repetitions as there are steps.
///
/// # Errors
/// When a step fails, or the store was made by another line of migrations.
pub(super) async fn migrate(pool: &Pool) -> Result<(), MigrateError> {
    let migrator = Migrator::with_migrations(migrations());
    for _ in MIGRATIONS {
        if migrator.run(pool).await.is_ok() {
            return Ok(());
        }
    }
    migrator.run(pool).await
}

fn migrations() -> Vec<Migration> {
    let made = |(version, (name, sql)): (i64, (&'static str, &'static str))| {
        Migration::new(
            version,
            name.into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    };
    (1..).zip(MIGRATIONS).map(made).collect()
}

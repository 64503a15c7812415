//! The schema's history, compiled in.
//!
//! A migration that was released is never edited: its checksum stands in every store, and sqlx refuses a store whose
//! checksum differs. Each one runs in a transaction of its own.
//!
//! Replicas of two versions work side by side during a rollout, so a migration only adds: tables, indices, and columns that
//! have a default. One that cannot writes its own version into `compatibility`, and older programs refuse the store.

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlitePool};

/// Name and text of each migration; versions count from 1.
const MIGRATIONS: [(&str, &str); 16] = [
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
        "compatibility",
        include_str!("migrations/0010_compatibility.sql"),
    ),
    (
        "success_interval",
        include_str!("migrations/0011_success_interval.sql"),
    ),
    ("intents", include_str!("migrations/0012_intents.sql")),
    ("tallies", include_str!("migrations/0013_tallies.sql")),
    ("billing", include_str!("migrations/0014_billing.sql")),
    ("anomalies", include_str!("migrations/0015_anomalies.sql")),
    ("news", include_str!("migrations/0016_news.sql")),
];

/// The newest schema version this program knows.
pub(super) const KNOWN: i64 = MIGRATIONS.len() as i64;

/// The schema that a store has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Schema {
    /// Its version; 0 before the first migration.
    pub(super) version: i64,
    /// The oldest version whose programs can use it.
    pub(super) least: i64,
}

impl Schema {
    /// That of a store without tables.
    pub(super) const NONE: Self = Self {
        version: 0,
        least: 0,
    };

    /// Whether this program must leave it alone.
    pub(super) const fn is_beyond_us(self) -> bool {
        self.version > KNOWN && self.least > KNOWN
    }
}

/// Brings an SQLite store to [`KNOWN`], and leaves one that is newer as it is.
///
/// Two processes may do so at once: the one that loses a step finds it done and goes on, so there are at most as many
/// repetitions as there are steps.
///
/// # Errors
/// When a step fails, or the store was made by another line of migrations.
pub(super) async fn migrate_sqlite(pool: &SqlitePool) -> Result<(), MigrateError> {
    let migrator = migrator(str::to_owned);
    for _ in MIGRATIONS {
        if migrator.run(pool).await.is_ok() {
            return Ok(());
        }
    }
    migrator.run(pool).await
}

/// A migration's text for PostgreSQL, where text must sort by its bytes as in SQLite, whatever the database's language.
///
/// Checksums rest on what this makes of a released migration: it never changes for those.
pub(super) fn in_postgres(sql: &str) -> String {
    sql.replace(" TEXT", " TEXT COLLATE \"C\"")
}

/// All migrations, in a dialect.
pub(super) fn migrator(dialect: impl Fn(&str) -> String) -> Migrator {
    let made = |(version, (name, sql)): (i64, (&'static str, &'static str))| {
        Migration::new(
            version,
            name.into(),
            MigrationType::Simple,
            AssertSqlSafe(dialect(sql)).into_sql_str(),
            false,
        )
    };
    let mut migrator = Migrator::with_migrations((1..).zip(MIGRATIONS).map(made).collect());
    // Newer ones than these were found to be compatible before.
    migrator.set_ignore_missing(true);
    migrator
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_schema_is_beyond_us_when_it_says_so() {
        let newer = |least| Schema {
            version: KNOWN + 3,
            least,
        };
        assert!(!newer(KNOWN).is_beyond_us());
        assert!(newer(KNOWN + 1).is_beyond_us());
        assert!(!Schema::NONE.is_beyond_us());
    }

    /// The beginning of each migration's checksum.
    fn sums(dialect: fn(&str) -> String) -> String {
        let migrator = migrator(dialect);
        let sums = migrator.iter().map(|step| hex::encode(&step.checksum[..4]));
        sums.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn no_released_migration_changes_in_either_database() {
        insta::assert_snapshot!(sums(str::to_owned), @"8f893f24 0c7fa8e3 c235a19f 61090422 206a4dcb 107cd5b3 eb0b2e11 0a430182 75801b9d 7e779887 314b98d4 a585d3a1 30bec0a5 1bbda704 8e513b57 e2dbc6d4");
        insta::assert_snapshot!(sums(in_postgres), @"8528a020 ea29d6e0 f2c03654 7a72e9bc 141e560e 8be5a041 8cdf8c2f bd29e3ab 75801b9d 7e779887 314b98d4 bf0ffd0f 30bec0a5 c00f6bce 77aafacc e2dbc6d4");
    }
}

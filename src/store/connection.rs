//! Connections and transactions, whichever database the store is in.
//!
//! The one place where the two differ for those who write statements: beginning a transaction, and writing a deed. What
//! else is one database's alone stands in [`super::sqlite`] with [`super::inspect`], and in [`super::postgres`].

use futures::future::BoxFuture;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, SqlitePool};

use super::postgres::Connections;
use super::statement::{Statement, statement};
use super::{postgres, sqlite};

/// A bounded set of connections.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    /// To a file, or to memory.
    Sqlite(SqlitePool),
    /// To a server.
    Postgres(Connections),
}

/// A transaction that is alone in writing; dropping it undoes it.
#[derive(Debug)]
pub(super) enum Transaction {
    /// SQLite's.
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// PostgreSQL's.
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// What a statement runs on.
pub(super) enum On<'a> {
    /// Any connection that is free.
    Pool(&'a Pool),
    /// This one.
    Sqlite(&'a mut SqliteConnection),
    /// This one.
    Postgres(&'a mut PgConnection),
}

impl Pool {
    /// Begins a transaction that holds the one write lock of the whole store.
    ///
    /// So a transaction that reads first and writes then rests on what it read, in both databases alike.
    pub(super) async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        let mut begun = match self {
            Self::Sqlite(pool) => {
                let begun = Box::pin(pool.begin_with(sqlite::BEGIN_WRITE)).await?;
                return Ok(Transaction::Sqlite(begun));
            }
            Self::Postgres(pool) => Transaction::Postgres(Box::pin(pool.begin()).await?),
        };
        statement(postgres::LOCK_WRITES).execute(&mut begun).await?;
        Ok(begun)
    }

    /// Runs one statement and returns when even a power cut cannot undo it; tells how many rows it wrote.
    pub(super) fn execute_durably(
        &self,
        statement: Statement,
    ) -> BoxFuture<'_, Result<u64, sqlx::Error>> {
        match self {
            Self::Sqlite(pool) => Box::pin(async move {
                let mut connection = pool.acquire().await?;
                sqlx::raw_sql(sqlite::DURABLE)
                    .execute(&mut *connection)
                    .await?;
                let written = statement.execute(On::Sqlite(&mut connection)).await;
                // Where this one fails, later transactions are merely slower.
                let _ = sqlx::raw_sql(sqlite::NORMAL)
                    .execute(&mut *connection)
                    .await;
                written
            }),
            Self::Postgres(pool) => Box::pin(async move {
                let mut transaction = pool.begin().await?;
                sqlx::raw_sql(postgres::DURABLE)
                    .execute(&mut *transaction)
                    .await?;
                let written = statement.execute(On::Postgres(&mut transaction)).await?;
                transaction.commit().await?;
                Ok(written)
            }),
        }
    }

    /// Finishes what runs, and closes; calls after it fail.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Transaction {
    /// Makes what was written last.
    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.commit().await,
        }
    }
}

impl<'a> From<&'a Pool> for On<'a> {
    fn from(pool: &'a Pool) -> Self {
        Self::Pool(pool)
    }
}

impl<'a> From<&'a mut Transaction> for On<'a> {
    fn from(transaction: &'a mut Transaction) -> Self {
        match transaction {
            Transaction::Sqlite(transaction) => On::Sqlite(transaction),
            Transaction::Postgres(transaction) => On::Postgres(transaction),
        }
    }
}

//! A statement with its values, run on whichever database the store is in, and the rows it answers with.
//!
//! Statements are written once, in the SQL that SQLite and PostgreSQL share; their values are `$1`, `$2` and so on.
//! Invariant: no value is refused by one database that the other takes.

use futures::future::BoxFuture;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Decode, Postgres, Row as _, SqlSafeStr as _, SqlStr, Sqlite, Type};

use super::connection::{On, Pool};

/// A value of a statement.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// A whole number, or none.
    Number(Option<i64>),
    /// A text, or none.
    Text(Option<String>),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A statement with the values it has got so far.
#[derive(Clone, Debug)]
#[must_use = "a statement does nothing before it is run"]
pub(super) struct Statement {
    sql: SqlStr,
    values: Vec<Value>,
}

/// A statement without values.
pub(super) fn statement(sql: &'static str) -> Statement {
    Statement {
        sql: sql.into_sql_str(),
        values: Vec::new(),
    }
}

/// A statement without values that was put together from constants of this program alone.
pub(super) fn composed(sql: String) -> Statement {
    Statement {
        sql: AssertSqlSafe(sql).into_sql_str(),
        values: Vec::new(),
    }
}

/// What comes of a statement. Boxed, because it would lie four times, once for each kind of [`On`], in the future of every
/// caller, and those of whole rounds would be too large for a thread's stack.
type Answer<'a, T> = BoxFuture<'a, Result<T, sqlx::Error>>;

/// Makes a query of either database and runs it; `$made` turns what each answers into one type.
macro_rules! run {
    ($statement:ident, $on:ident, $run:ident, $made:expr) => {
        match $on.into() {
            On::Pool(Pool::Sqlite(pool)) => {
                Box::pin(async move { $statement.sqlite().$run(pool).await.map($made) })
            }
            On::Pool(Pool::Postgres(pool)) => Box::pin(async move {
                let mut open = pool.acquire().await?;
                $statement.postgres().$run(&mut *open).await.map($made)
            }),
            On::Sqlite(open) => {
                Box::pin(async move { $statement.sqlite().$run(open).await.map($made) })
            }
            On::Postgres(open) => {
                Box::pin(async move { $statement.postgres().$run(open).await.map($made) })
            }
        }
    };
}

impl Statement {
    /// Gives the next value.
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it, and tells how many rows it wrote.
    pub(super) fn execute<'a>(self, on: impl Into<On<'a>>) -> Answer<'a, u64> {
        run!(self, on, execute, |done| done.rows_affected())
    }

    /// Its rows.
    pub(super) fn fetch_all<'a>(self, on: impl Into<On<'a>>) -> Answer<'a, Vec<Row>> {
        run!(self, on, fetch_all, |rows| rows
            .into_iter()
            .map(Row::from)
            .collect())
    }

    /// Its first row, if it has any.
    pub(super) fn fetch_optional<'a>(self, on: impl Into<On<'a>>) -> Answer<'a, Option<Row>> {
        run!(self, on, fetch_optional, |row| row.map(Row::from))
    }

    /// Its only row.
    pub(super) fn fetch_one<'a>(self, on: impl Into<On<'a>>) -> Answer<'a, Row> {
        run!(self, on, fetch_one, Row::from)
    }

    fn sqlite(self) -> Query<'static, Sqlite, SqliteArguments> {
        let query = sqlx::query(self.sql);
        self.values
            .into_iter()
            .fold(query, |query, value| match value {
                Value::Number(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
                Value::Bytes(bytes) => query.bind(bytes),
            })
    }

    fn postgres(self) -> Query<'static, Postgres, PgArguments> {
        let query = sqlx::query(self.sql);
        self.values
            .into_iter()
            .fold(query, |query, value| match value {
                Value::Number(number) => query.bind(number),
                Value::Text(text) => query.bind(text.map(storable)),
                Value::Bytes(bytes) => query.bind(bytes),
            })
    }
}

/// A text as PostgreSQL takes it: a NUL, which only hostile names have, would be refused with all that is stored beside it.
pub(super) fn storable(text: String) -> String {
    if text.contains('\0') {
        return text.replace('\0', "\u{fffd}");
    }
    text
}

/// A row of an answer.
pub(super) enum Row {
    /// SQLite's.
    Sqlite(SqliteRow),
    /// PostgreSQL's.
    Postgres(PgRow),
}

impl Row {
    /// A column, read as what it is stored as.
    pub(super) fn try_get<T>(&self, column: &str) -> Result<T, sqlx::Error>
    where
        T: for<'r> Decode<'r, Sqlite>
            + Type<Sqlite>
            + for<'r> Decode<'r, Postgres>
            + Type<Postgres>,
    {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }
}

impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Self::Sqlite(row)
    }
}

impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self::Postgres(row)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

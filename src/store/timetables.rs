//! Timetables: the plan of a whole connection under its digest, the last few of each.

use super::statement::statement;
use super::values::{Columns as _, impossible, seconds_of};
use super::{Store, StoreError};
use crate::domain::{Digest, Timestamp};

/// A stored plan of one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timetable {
    /// The plan's identity.
    pub digest: Digest,
    /// The plan as its maker wrote it, JSON.
    pub body_json: String,
    /// When it was made.
    pub made_at: Timestamp,
}

const NEWEST: &str = "SELECT number, digest, body, made_at FROM timetables WHERE connection = $1 ORDER BY number DESC LIMIT 1";

const PUT: &str = "INSERT INTO timetables (connection, number, digest, body, made_at) VALUES ($1, $2, $3, $4, $5)";

/// Plans kept of each connection: enough to tell how a plan came about over some days of changes.
const KEPT: i64 = 20;

impl Store {
    /// Stores a connection's plan and tells whether it did: one with the digest of the newest is not stored again.
    ///
    /// The last twenty of each connection are kept.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_timetable(
        &self,
        connection: &str,
        digest: &Digest,
        body_json: &str,
        made_at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.attempt(|| format!("store the timetable of {connection}"), async {
            let mut transaction = self.begin().await?;
            let newest = statement(NEWEST)
                .bind(connection)
                .fetch_optional(&mut transaction)
                .await?;
            let number: i64 = match &newest {
                Some(row) if row.text("digest")? == digest.as_str() => return Ok(false),
                Some(row) => row.small::<i64>("number")? + 1,
                None => 1,
            };
            let put = statement(PUT)
                .bind(connection)
                .bind(number)
                .bind(digest.as_str())
                .bind(body_json);
            put.bind(seconds_of(made_at))
                .execute(&mut transaction)
                .await?;
            let old = statement("DELETE FROM timetables WHERE connection = $1 AND number <= $2");
            old.bind(connection)
                .bind(number - KEPT)
                .execute(&mut transaction)
                .await?;
            transaction.commit().await?;
            Ok(true)
        })
        .await
    }

    /// A connection's newest plan.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn timetable(&self, connection: &str) -> Result<Option<Timetable>, StoreError> {
        self.attempt(|| format!("read the timetable of {connection}"), async {
            let row = statement(NEWEST)
                .bind(connection)
                .fetch_optional(self.reader())
                .await?;
            row.map(|row| {
                let (digest, body_json) = (read_digest(row.text("digest")?)?, row.text("body")?);
                Ok(Timetable {
                    digest,
                    body_json,
                    made_at: row.instant("made_at")?,
                })
            })
            .transpose()
        })
        .await
    }
}

/// Reads a digest column: 64 hexadecimal characters.
pub(super) fn read_digest(text: String) -> Result<Digest, sqlx::Error> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(impossible(&text));
    }
    serde_json::from_value(serde_json::Value::String(text))
        .map_err(|error| sqlx::Error::Decode(error.into()))
}

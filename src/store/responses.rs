//! GitHub's answers, kept for conditional requests: a cache bounded in entries and bytes, least recently used out.
//!
//! Reading notes the use in memory; the next store of an answer writes the notes. So an unchanged repository costs no
//! write, and a crash costs some recency, never an answer.
//!
//! Bodies are packed, under keys of their own: an earlier program that comes back asks for the whole instead of reading what it cannot.

use super::connection::Transaction;
use super::packed;
use super::statement::statement;
use super::values::Columns as _;
use super::{Store, StoreError};

/// An answer that GitHub gave, with what a conditional request and paging need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredResponse {
    /// The validator, sent back in `If-None-Match`.
    pub etag: String,
    /// The `Link` header, which names further pages.
    pub link: Option<String>,
    /// The body as it came.
    pub body: Vec<u8>,
}

/// How much the cache of answers may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheLimits {
    /// Answers at most.
    pub entries: u32,
    /// Bytes at most, of keys, validators, links and bodies together, as they are stored.
    pub bytes: u64,
}

impl Default for CacheLimits {
    /// 50,000 answers (a repository of ten workflows has fourteen, a large fleet a thousand of these) and 256 MiB (a listing of 150
    /// runs for each of ten thousand repositories, as they are stored).
    fn default() -> Self {
        Self {
            entries: 50_000,
            bytes: 256 * 1024 * 1024,
        }
    }
}

/// The packed answer, or one that an earlier program stored as it came.
const GET: &str = "SELECT key, etag, link, body FROM responses WHERE key = $1 OR key = $2 ORDER BY key = $1 DESC LIMIT 1";
const PUT: &str =
    "INSERT INTO responses (key, etag, link, body, size, used) VALUES ($1, $2, $3, $4, $5, $6)";
const TOUCH: &str = "UPDATE responses SET used = $2 WHERE key = $1";
const REMOVE: &str = "DELETE FROM responses WHERE key = $1 RETURNING size";
const EVICT: &str = "DELETE FROM responses WHERE key = (SELECT key FROM responses ORDER BY used, key LIMIT 1) RETURNING size";
const TOTAL: &str = "UPDATE response_totals SET entries = entries + $1, bytes = bytes + $2 RETURNING entries, bytes";

impl Store {
    /// The answer stored under a key.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn response(&self, key: &str) -> Result<Option<StoredResponse>, StoreError> {
        self.attempt(|| "read a cached answer".to_owned(), async {
            let packed_key = packed::key(key);
            let query = statement(GET).bind(packed_key.as_str()).bind(key);
            let Some(row) = query.fetch_optional(self.reader()).await? else {
                return Ok(None);
            };
            let (found, body): (String, Vec<u8>) = (row.text("key")?, row.try_get("body")?);
            self.recency().note(&found);
            let body = if found == packed_key {
                packed::unpack(&body)
            } else {
                Some(body)
            };
            let (etag, link) = (row.text("etag")?, row.optional_text("link")?);
            Ok(body.map(|body| StoredResponse { etag, link, body }))
        })
        .await
    }

    /// Stores an answer under a key in place of the one before, and lets the least recently used ones go.
    ///
    /// An answer larger than the whole cache is not stored, and the one before it is dropped. The cost does not grow
    /// with the cache: each answer is let go once, each noted use written once.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_response(
        &self,
        key: &str,
        response: &StoredResponse,
    ) -> Result<(), StoreError> {
        let packed = StoredResponse {
            etag: response.etag.clone(),
            link: response.link.clone(),
            body: packed::pack(&response.body),
        };
        self.attempt(|| "store an answer in the cache".to_owned(), async {
            let mut transaction = self.begin().await?;
            remove(&mut transaction, key).await?;
            write(
                &mut transaction,
                &packed::key(key),
                &packed,
                self.recency().take(),
                self.cache_limits,
            )
            .await?;
            transaction.commit().await
        })
        .await
    }
}

async fn write(
    transaction: &mut Transaction,
    key: &str,
    response: &StoredResponse,
    used: Vec<String>,
    limits: CacheLimits,
) -> Result<(), sqlx::Error> {
    let newest = statement("SELECT COALESCE(MAX(used), 0) AS newest FROM responses")
        .fetch_one(&mut *transaction)
        .await?;
    let mut next = newest.small::<i64>("newest")? + 1;
    for (key, use_number) in used.iter().zip(next..) {
        statement(TOUCH)
            .bind(key.as_str())
            .bind(use_number)
            .execute(&mut *transaction)
            .await?;
        next = use_number + 1;
    }
    remove(transaction, key).await?;
    let size = size_of(key, response);
    if u64::try_from(size).is_ok_and(|size| size > limits.bytes) || limits.entries == 0 {
        return Ok(());
    }
    statement(PUT)
        .bind(key)
        .bind(response.etag.as_str())
        .bind(response.link.as_deref())
        .bind(response.body.as_slice())
        .bind(size)
        .bind(next)
        .execute(&mut *transaction)
        .await?;
    let totals = add(transaction, 1, size).await?;
    evict(transaction, totals, limits).await
}

async fn remove(transaction: &mut Transaction, key: &str) -> Result<(), sqlx::Error> {
    let removed = statement(REMOVE)
        .bind(key)
        .fetch_optional(&mut *transaction)
        .await?;
    if let Some(removed) = removed {
        add(transaction, -1, -removed.small::<i64>("size")?).await?;
    }
    Ok(())
}

async fn add(
    transaction: &mut Transaction,
    entries: i64,
    bytes: i64,
) -> Result<(i64, i64), sqlx::Error> {
    let totals = statement(TOTAL)
        .bind(entries)
        .bind(bytes)
        .fetch_one(&mut *transaction)
        .await?;
    Ok((totals.small("entries")?, totals.small("bytes")?))
}

async fn evict(
    transaction: &mut Transaction,
    (mut entries, mut bytes): (i64, i64),
    limits: CacheLimits,
) -> Result<(), sqlx::Error> {
    let most_bytes = i64::try_from(limits.bytes).unwrap_or(i64::MAX);
    while entries > i64::from(limits.entries) || bytes > most_bytes {
        let evicted = statement(EVICT).fetch_optional(&mut *transaction).await?;
        let Some(evicted) = evicted else {
            return Ok(());
        };
        (entries, bytes) = add(transaction, -1, -evicted.small::<i64>("size")?).await?;
    }
    Ok(())
}

fn size_of(key: &str, response: &StoredResponse) -> i64 {
    let link = response.link.as_ref().map_or(0, String::len);
    i64::try_from(key.len() + response.etag.len() + link + response.body.len()).unwrap_or(i64::MAX)
}

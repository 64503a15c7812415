//! Where answers are kept for conditional requests: a port, and a bounded cache in memory.
//!
//! Owns the port that the store implements. A cache need not remember anything: forgetting costs a request, never
//! correctness. Invariants of the callers: only complete bodies are put, and a key names the connection by a digest.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Mutex, PoisonError},
};

use futures::future::{BoxFuture, FutureExt as _};
use serde::{Deserialize, Serialize};

/// An answer that GitHub can confirm with `304 Not Modified`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedResponse {
    /// The `ETag` to ask with.
    pub etag: String,
    /// The whole body.
    pub body: Vec<u8>,
    /// The `Link` header, which names the next page.
    pub link: Option<String>,
}

impl fmt::Debug for CachedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedResponse")
            .field("etag", &self.etag)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A place for answers, bounded by whoever implements it.
///
/// # Guarantees asked for
/// `get` returns what the last `put` under that key stored, whole, or nothing. A failing store returns nothing: the cache
/// is never a reason for a call to fail. Keys are at most a few hundred characters, bodies at most 4 MiB.
pub trait ResponseCache: Send + Sync {
    /// Reads what is stored under a key.
    fn get(&self, key: &str) -> BoxFuture<'_, Option<CachedResponse>>;

    /// Stores an answer under a key, in place of what was there.
    fn put(&self, key: String, response: CachedResponse) -> BoxFuture<'_, ()>;
}

/// A cache in memory, bounded in bytes; what was stored first goes first.
pub struct MemoryCache {
    most_bytes: usize,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    by_key: BTreeMap<String, CachedResponse>,
    /// Keys in the order they were first stored.
    order: VecDeque<String>,
    bytes: usize,
}

impl MemoryCache {
    /// Makes an empty cache that holds at most so many bytes of keys and bodies.
    #[must_use]
    pub fn new(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            entries: Mutex::default(),
        }
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, Entries> {
        // A panic while the lock was held cannot leave the map unsound, at worst miscounted.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryCache {
    /// Holds 32 MiB: some thousands of listings.
    fn default() -> Self {
        Self::new(32 << 20)
    }
}

impl Entries {
    fn weight(key: &str, response: &CachedResponse) -> usize {
        key.len() + response.body.len()
    }

    fn forget(&mut self, key: &str) {
        if let Some(old) = self.by_key.remove(key) {
            self.bytes -= Self::weight(key, &old);
        }
    }

    fn store(&mut self, key: String, response: CachedResponse, most_bytes: usize) {
        let weight = Self::weight(&key, &response);
        if weight > most_bytes {
            return;
        }
        if !self.by_key.contains_key(&key) {
            self.order.push_back(key.clone());
        }
        self.forget(&key);
        self.bytes += weight;
        self.by_key.insert(key, response);
        while self.bytes > most_bytes {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            self.forget(&oldest);
        }
    }
}

impl ResponseCache for MemoryCache {
    fn get(&self, key: &str) -> BoxFuture<'_, Option<CachedResponse>> {
        let found = self.entries().by_key.get(key).cloned();
        std::future::ready(found).boxed()
    }

    fn put(&self, key: String, response: CachedResponse) -> BoxFuture<'_, ()> {
        self.entries().store(key, response, self.most_bytes);
        std::future::ready(()).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(bytes: usize) -> CachedResponse {
        CachedResponse {
            etag: "\"e\"".into(),
            body: vec![b'x'; bytes],
            link: None,
        }
    }

    #[tokio::test]
    async fn the_oldest_answers_make_room_and_the_bound_holds() {
        let cache = MemoryCache::new(100);
        for index in 0..10 {
            cache.put(format!("k{index}"), response(28)).await;
            assert!(cache.entries().bytes <= 100);
        }
        assert_eq!(cache.get("k0").await, None);
        assert_eq!(cache.get("k9").await, Some(response(28)));
    }

    #[tokio::test]
    async fn storing_again_replaces_and_does_not_count_twice() {
        let cache = MemoryCache::new(100);
        for bytes in [40, 50, 60] {
            cache.put("k".into(), response(bytes)).await;
        }
        assert_eq!(cache.get("k").await, Some(response(60)));
        cache.put("k".into(), response(200)).await;
        assert_eq!(
            cache.get("k").await,
            Some(response(60)),
            "what is larger than the cache is not kept"
        );
    }
}

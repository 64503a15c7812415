//! GitHub's answers kept in the store, so that they are conditional requests again after a restart.

use futures::future::BoxFuture;

use crate::{
    github::{CachedResponse, ResponseCache},
    store::{Store, StoredResponse},
};

/// The store as a cache of answers. A store that fails is a cache that misses: the next request is a whole one.
pub(super) struct StoreCache(pub(super) Store);

impl ResponseCache for StoreCache {
    fn get(&self, key: &str) -> BoxFuture<'_, Option<CachedResponse>> {
        let key = key.to_owned();
        Box::pin(async move {
            let found = self.0.response(&key).await;
            let found = found.inspect_err(
                |error| tracing::warn!(error = %error, "cached answer could not be read"),
            );
            let StoredResponse { etag, link, body } = found.ok()??;
            Some(CachedResponse { etag, body, link })
        })
    }

    fn put(&self, key: String, response: CachedResponse) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let CachedResponse { etag, body, link } = response;
            if let Err(error) = self
                .0
                .put_response(&key, &StoredResponse { etag, link, body })
                .await
            {
                tracing::warn!(error = %error, "answer could not be cached");
            }
        })
    }
}

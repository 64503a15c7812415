//! Reading one's own writes: an object whose last write by us has not come back through the watch is too old for a round.
//!
//! A round that started from a status before its own would date conditions anew and repeat what it has done. Resource
//! versions of one kind are compared as the numbers they are (<https://kubernetes.io/docs/reference/using-api/api-concepts/>).

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use kube::ResourceExt;
use tokio::time::Instant;

/// How long a write is waited for; a store that was restored from a backup may have gone back in versions for ever.
const PATIENCE: Duration = Duration::from_secs(10);

/// The versions that our writes made, of objects that have not been seen at them yet.
#[derive(Default)]
pub(super) struct Freshness(Mutex<BTreeMap<String, (u64, Instant)>>);

impl Freshness {
    /// Notes the version that a write of ours made.
    pub(super) fn wrote(&self, key: String, version: Option<&str>) {
        if let Some(version) = version.and_then(|version| version.parse().ok()) {
            let mut writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            writes.insert(key, (version, Instant::now()));
        }
    }

    /// Whether an object is as new as our last write to it.
    pub(super) fn is_fresh<K: ResourceExt>(&self, key: &str, object: &K) -> bool {
        let mut writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((written, at)) = writes.get(key) else {
            return true;
        };
        let fresh =
            version(object).is_none_or(|version| version >= *written) || at.elapsed() > PATIENCE;
        if fresh {
            writes.remove(key);
        }
        fresh
    }
}

fn version<K: ResourceExt>(object: &K) -> Option<u64> {
    object.resource_version()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::ConfigMap;

    use super::*;

    fn at(version: &str) -> ConfigMap {
        let mut object = ConfigMap::default();
        object.metadata.resource_version = Some(version.to_owned());
        object
    }

    #[tokio::test(start_paused = true)]
    async fn an_object_older_than_our_write_is_not_fresh_until_patience_ends() {
        let freshness = Freshness::default();
        assert!(freshness.is_fresh("a", &at("9")));
        freshness.wrote("a".to_owned(), Some("10"));
        assert!(!freshness.is_fresh("a", &at("9")));
        assert!(freshness.is_fresh("b", &at("9")));
        tokio::time::advance(PATIENCE * 2).await;
        assert!(freshness.is_fresh("a", &at("9")));
    }

    #[tokio::test(start_paused = true)]
    async fn an_object_at_or_after_our_write_is_fresh_and_so_is_one_of_unknown_age() {
        let freshness = Freshness::default();
        for seen in ["10", "11", "opaque"] {
            freshness.wrote("a".to_owned(), Some("10"));
            assert!(freshness.is_fresh("a", &at(seen)), "{seen}");
        }
    }
}

//! Waiting for what a control plane does in its own time.

use std::{fmt::Debug, time::Duration};

use kube::{
    Api, Resource,
    runtime::wait::{Condition, await_condition},
};
use serde::{Serialize, de::DeserializeOwned};

/// How long a test waits for anything: far above what a loaded machine was seen to need.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until an object is as it should be and returns it, `None` when it is gone.
///
/// Watches, so it returns at once when the condition holds. After a minute it panics with what was expected
/// (`what`, as in "the status tells a forecast") and the object as it is.
pub async fn until<K>(
    api: &Api<K>,
    name: &str,
    what: &str,
    condition: impl Condition<K>,
) -> Option<K>
where
    K: Resource + Clone + Debug + Send + Serialize + DeserializeOwned + 'static,
{
    let waited = tokio::time::timeout(PATIENCE, await_condition(api.clone(), name, condition));
    match waited.await {
        Ok(Ok(object)) => object,
        Ok(Err(error)) => panic!("waiting until {what}: {error}"),
        Err(_) => panic!(
            "not within {PATIENCE:?}: {what}; {name} is {}",
            present(api, name).await
        ),
    }
}

/// Waits until `look` finds something, for what cannot be watched, and returns it.
pub async fn poll<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    let found = tokio::time::timeout(PATIENCE, async {
        loop {
            ticks.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    });
    found
        .await
        .unwrap_or_else(|_| panic!("not within {PATIENCE:?}: {what}"))
}

async fn present<K>(api: &Api<K>, name: &str) -> String
where
    K: Resource + Clone + Debug + Serialize + DeserializeOwned,
{
    match api.get_opt(name).await {
        Ok(Some(object)) => serde_json::to_string_pretty(&object).expect("an object is JSON"),
        Ok(None) => "not there".to_owned(),
        Err(error) => format!("not readable: {error}"),
    }
}

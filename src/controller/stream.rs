//! Watches that wake a reconcile for what it acts on, and for nothing else.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use futures::{Stream, TryStreamExt as _};
use kube::{
    Api,
    runtime::{
        WatchStreamExt as _,
        reflector::{self, Store},
        watcher::{self, Event},
    },
};

use super::{object::requested_at, selector::Selector, write::Kind};

/// The annotation in which `kubectl apply` keeps a second copy of the whole object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A watch of a kind, or of those that a selector finds, with the store it fills; `told` is told of each event once the store knows it.
///
/// Changes of status alone do not wake: the generation moves with the spec and with the deletion mark, and the
/// annotation that asks for a look and the finalizers are compared besides. The store sees every change all the same.
///
/// # Caveats
/// A deletion that happened while the watch was interrupted is not told; who needs to know looks at the store, too.
pub(super) fn watch<K: Kind>(
    api: Api<K>,
    selector: Option<Selector>,
    told: impl Fn(&Event<K>) + Send + 'static,
) -> (
    Store<K>,
    impl Stream<Item = Result<K, watcher::Error>> + Send,
) {
    let (store, writer) = reflector::store();
    let config = watcher::Config {
        label_selector: selector.as_ref().map(ToString::to_string),
        ..watcher::Config::default()
    };
    let stream = watcher::watcher(api, config)
        .default_backoff()
        .modify(lighten)
        .reflect(writer)
        .inspect_ok(told)
        .inspect_err(|error| tracing::warn!(error = %error, "watch was interrupted; it resumes"))
        .touched_objects()
        .predicate_filter(worth_a_round, Default::default());
    (store, stream)
}

/// Drops what nobody reads and what is more than half of an object.
fn lighten<K: Kind>(object: &mut K) {
    object.meta_mut().managed_fields = None;
    if let Some(annotations) = object.meta_mut().annotations.as_mut() {
        annotations.remove(LAST_APPLIED);
    }
}

/// The hash of everything a round acts on besides the world.
fn worth_a_round<K: Kind>(object: &K) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    object.meta().generation.hash(&mut hasher);
    object.meta().finalizers.hash(&mut hasher);
    requested_at(object).hash(&mut hasher);
    Some(hasher.finish())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures::StreamExt as _;
    use kube::ResourceExt as _;
    use serde_json::{Value, json};

    use super::*;
    use crate::api::{REQUESTED_AT, WorkflowSchedule};

    fn object(change: impl FnOnce(&mut WorkflowSchedule)) -> WorkflowSchedule {
        let mut object: WorkflowSchedule = serde_json::from_value(serde_json::json!({
            "apiVersion": "cronwright.dev/v1alpha1",
            "kind": "WorkflowSchedule",
            "metadata": {"name": "nightly", "generation": 1, "annotations": {LAST_APPLIED: "{}", "mine": "stays"}},
            "spec": {"connectionRef": {"name": "acme"}, "repository": "acme/app", "workflow": "nightly.yml"},
        }))
        .unwrap();
        change(&mut object);
        object
    }

    #[test]
    fn only_the_spec_a_request_and_the_finalizers_are_worth_a_round() {
        let before = worth_a_round(&object(|_| {}));
        let status = object(|object| object.status = Some(Default::default()));
        let label = object(|object| drop(object.labels_mut().insert("a".into(), "b".into())));
        assert_eq!(worth_a_round(&status), before);
        assert_eq!(worth_a_round(&label), before);

        let spec = object(|object| object.metadata.generation = Some(2));
        let asked = object(|object| {
            drop(
                object
                    .annotations_mut()
                    .insert(REQUESTED_AT.into(), "now".into()),
            );
        });
        let held = object(|object| object.finalizers_mut().push("other.dev/hold".into()));
        for changed in [spec, asked, held] {
            assert_ne!(worth_a_round(&changed), before);
        }
    }

    #[test]
    fn the_store_keeps_no_second_copy_of_an_object() {
        let mut kept = object(|object| object.metadata.managed_fields = Some(Vec::new()));
        lighten(&mut kept);
        assert_eq!(kept.metadata.managed_fields, None);
        assert_eq!(kept.annotations().keys().collect::<Vec<_>>(), ["mine"]);
    }

    /// An API server that gives these answers, one after the other, and then none; what it was asked.
    fn api_server(answers: Vec<Value>) -> (kube::Client, Arc<Mutex<Vec<String>>>) {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answers = Arc::new(Mutex::new(answers.into_iter()));
        let told = asked.clone();
        let service = tower::service_fn(move |request: http::Request<kube::client::Body>| {
            let query = request.uri().query().unwrap_or_default();
            let what = if query.contains("watch=true") {
                "watch"
            } else {
                "list"
            };
            told.lock().unwrap().push(what.to_owned());
            let answer = answers.lock().unwrap().next();
            async move {
                let Some(answer) = answer else {
                    return std::future::pending().await;
                };
                let code = answer["code"].as_u64().unwrap_or(200);
                let body = axum::body::Body::from(format!("{answer}\n"));
                let response = http::Response::builder().status(u16::try_from(code).unwrap());
                Ok::<_, tower::BoxError>(response.body(body).unwrap())
            }
        });
        (kube::Client::new(service, "ci"), asked)
    }

    fn list(version: &str, names: &[&str]) -> Value {
        let named = |name: &&str| object(|one| one.metadata.name = Some((*name).to_owned()));
        json!({
            "apiVersion": "cronwright.dev/v1alpha1", "kind": "WorkflowScheduleList",
            "metadata": {"resourceVersion": version},
            "items": names.iter().map(named).collect::<Vec<_>>(),
        })
    }

    fn refusal(code: u16, reason: &str) -> Value {
        json!({
            "apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Failure",
            "message": "not now", "reason": reason, "code": code,
        })
    }

    // Time is paused: it passes where all wait.
    #[tokio::test(start_paused = true)]
    async fn a_watch_whose_past_was_compacted_and_that_is_throttled_then_lists_anew_and_misses_nothing()
     {
        let gone = json!({"type": "ERROR", "object": refusal(410, "Expired")});
        let (client, asked) = api_server(vec![
            list("1", &["nightly"]),
            gone,
            refusal(429, "TooManyRequests"),
            list("9", &["nightly", "weekly"]),
        ]);
        let api = Api::<WorkflowSchedule>::namespaced(client, "ci");
        let (_store, stream) = watch(api, None, |_| {});

        let names = stream.filter_map(async |object| object.ok().map(|one| one.name_any()));
        let names: Vec<_> = names.take(2).collect().await;

        assert_eq!(names, ["nightly", "weekly"], "each once, and none missed");
        assert_eq!(
            *asked.lock().unwrap(),
            ["list", "watch", "list", "list"],
            "a list after the past was gone, and again after the refusal"
        );
    }
}

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
    use kube::ResourceExt as _;

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
}

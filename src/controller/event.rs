//! Events: what happened, told to people who ask `kubectl describe`.
//!
//! Every event is an object of its own, so that none takes another's words; rounds tell changes only, so there are few.

use k8s_openapi::{
    api::events::v1::Event as KubernetesEvent,
    apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta},
    jiff::Timestamp,
};
use kube::{Api, ResourceExt, api::PostParams};

use super::write::{Kind, limited};
use crate::decide::{Event, EventKind};

/// What Kubernetes takes as an event's note, in bytes (k8s.io/api/events/v1).
const LONGEST_NOTE: usize = 1024;
/// What we take of an object's name for its events' names: 253 bytes are legal, and an instant follows.
const LONGEST_NAME: usize = 220;

/// Publishes events.
pub(super) struct Publisher {
    /// The Kubernetes client.
    pub client: kube::Client,
    /// Who reports: the name of this process's host, where it has one.
    pub instance: String,
}

impl Publisher {
    /// Publishes what happened to an object; an event that is lost is logged and changes nothing.
    pub(super) async fn publish<K: Kind>(&self, object: &K, events: &[Event]) {
        let namespace = object.namespace().unwrap_or_default();
        let api: Api<KubernetesEvent> = Api::namespaced(self.client.clone(), &namespace);
        for event in events {
            let published = self.published(object, event, Timestamp::now());
            let parameters = PostParams::default();
            if let Err(error) = limited("an event", api.create(&parameters, &published)).await {
                tracing::warn!(error = %error, reason = event.reason, "event could not be published");
            }
        }
    }

    fn published<K: Kind>(&self, object: &K, event: &Event, now: Timestamp) -> KubernetesEvent {
        let name = object.name_any();
        let name = bounded(&name, LONGEST_NAME).trim_end_matches(['-', '.']);
        KubernetesEvent {
            metadata: ObjectMeta {
                name: Some(format!("{name}.{:x}", now.as_nanosecond())),
                namespace: object.namespace(),
                ..ObjectMeta::default()
            },
            type_: Some(
                match event.kind {
                    EventKind::Normal => "Normal",
                    EventKind::Warning => "Warning",
                }
                .to_owned(),
            ),
            reason: Some(event.reason.clone()),
            note: Some(bounded(&event.message, LONGEST_NOTE).to_owned()),
            action: Some("Reconcile".to_owned()),
            event_time: Some(MicroTime(now)),
            regarding: Some(object.object_ref(&())),
            reporting_controller: Some("cronwright.dev/controller".to_owned()),
            reporting_instance: Some(bounded(&self.instance, 128).to_owned()),
            ..KubernetesEvent::default()
        }
    }
}

fn bounded(text: &str, longest: usize) -> &str {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_letters() {
        assert_eq!(bounded("grün", 3), "gr");
        assert_eq!(bounded("grün", 4), "grü");
        assert_eq!(bounded("grün", 99), "grün");
    }
}

//! From Kubernetes' objects to what decisions take.

use kube::{Resource, ResourceExt};

use crate::{
    api::{
        Condition, FINALIZER, GitHubConnection, REQUESTED_AT, WorkflowSchedule,
        WorkflowScheduleSet,
        condition::{ACCURATE, ANOMALOUS, FORECAST, IN_SYNC, ON_TIME, READY, RECONCILING, STALLED},
        crds::observed,
    },
    decide::{
        Object, Wish,
        connection::ConnectionObject,
        schedule_set::{SetObject, SetWish},
    },
    domain::Seconds,
};

/// `namespace/name`.
pub(super) fn identity<K: Resource>(object: &K) -> String {
    format!(
        "{}/{}",
        object.namespace().unwrap_or_default(),
        object.name_any()
    )
}

/// The value of the annotation that asks for a look at once.
pub(super) fn requested_at<K: Resource>(object: &K) -> Option<String> {
    // Bounded, since the value is copied into status.
    object
        .annotations()
        .get(REQUESTED_AT)
        .map(|value| value.chars().take(64).collect())
}

/// The conditions that we write. Others may put theirs beside them, and an unchanged status is compared without those.
const OURS: [&str; 8] = [
    READY,
    RECONCILING,
    STALLED,
    FORECAST,
    IN_SYNC,
    ON_TIME,
    ACCURATE,
    ANOMALOUS,
];

pub(super) fn ours(condition: &Condition) -> bool {
    OURS.contains(&condition.kind.as_str())
}

/// A WorkflowSchedule as a decision needs it, with the object that acts in its stead.
pub(super) fn workflow_schedule(object: &WorkflowSchedule, elder: Option<String>) -> Object {
    let mut before = object.status.clone().unwrap_or_default();
    before.conditions.retain(ours);
    before.observed_generation = observed(before.observed_generation);
    Object {
        identity: identity(object),
        generation: object.metadata.generation.unwrap_or_default(),
        requested_at: requested_at(object),
        deleting: object.metadata.deletion_timestamp.is_some(),
        finalizer: object
            .finalizers()
            .iter()
            .any(|finalizer| finalizer == FINALIZER),
        elder,
        ration: None,
        wish: Wish::read(&object.spec),
        before,
    }
}

/// A WorkflowScheduleSet as a decision needs it.
pub(super) fn schedule_set(object: &WorkflowScheduleSet) -> SetObject {
    let mut before = object.status.clone().unwrap_or_default();
    before.conditions.retain(ours);
    before.observed_generation = observed(before.observed_generation);
    SetObject {
        identity: identity(object),
        generation: object.metadata.generation.unwrap_or_default(),
        requested_at: requested_at(object),
        deleting: object.metadata.deletion_timestamp.is_some(),
        wish: SetWish::read(&object.spec),
        before,
    }
}

/// A GitHubConnection as a conclusion needs it.
pub(super) fn connection(object: &GitHubConnection) -> ConnectionObject {
    let mut before = object.status.clone().unwrap_or_default();
    before.conditions.retain(ours);
    before.observed_generation = observed(before.observed_generation);
    ConnectionObject {
        identity: identity(object),
        generation: object.metadata.generation.unwrap_or_default(),
        requested_at: requested_at(object),
        suspend: object.spec.suspend,
        interval: object
            .spec
            .interval
            .parse()
            .unwrap_or(Seconds::minutes(5))
            .max(Seconds(1)),
        before,
    }
}

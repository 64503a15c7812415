//! From manifests to what decisions take. A manifest has no generation, and only what a set has made is ever deleted.

use super::manifests::name;
use crate::{
    api::{
        GitHubConnection, GitHubConnectionStatus, WorkflowSchedule, WorkflowScheduleSet,
        WorkflowScheduleSetStatus, WorkflowScheduleStatus,
    },
    decide::{
        Object, Wish,
        connection::ConnectionObject,
        schedule_set::{SetObject, SetWish},
    },
    domain::Seconds,
};

/// A WorkflowSchedule as a decision needs it, with the object that acts in its stead.
pub(super) fn workflow_schedule(
    object: &WorkflowSchedule,
    elder: Option<String>,
    deleting: bool,
    before: WorkflowScheduleStatus,
) -> Object {
    Object {
        identity: name(object),
        generation: 1,
        requested_at: None,
        deleting,
        finalizer: true,
        elder,
        ration: None,
        wish: Wish::read(&object.spec),
        before,
    }
}

/// A WorkflowScheduleSet as a decision needs it.
pub(super) fn schedule_set(
    object: &WorkflowScheduleSet,
    before: WorkflowScheduleSetStatus,
) -> SetObject {
    SetObject {
        identity: name(object),
        generation: 1,
        requested_at: None,
        deleting: false,
        wish: SetWish::read(&object.spec),
        before,
    }
}

/// A GitHubConnection as a conclusion needs it.
pub(super) fn connection(
    object: &GitHubConnection,
    before: GitHubConnectionStatus,
) -> ConnectionObject {
    ConnectionObject {
        identity: name(object),
        generation: 1,
        requested_at: None,
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

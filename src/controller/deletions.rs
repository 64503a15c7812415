//! What an object leaves behind when it is gone, and who hears of it.

use std::sync::Arc;

use kube::{
    ResourceExt,
    runtime::{
        reflector::{ObjectRef, Store as Reflector},
        watcher::Event,
    },
};
use tokio::sync::mpsc::UnboundedSender;

use super::{
    connection,
    object::identity,
    registry::Registry,
    schedule_set::connection as connection_of_set,
    webhooks::Hooks,
    workflow_schedule::{connection as connection_of, reference},
};
use crate::{
    api::{GitHubConnection, WorkflowSchedule, WorkflowScheduleSet},
    decide::Known,
};

/// Tells of an object that is gone.
pub(super) fn on_delete<K>(event: &Event<K>, told: &impl Fn(&K)) {
    if let Event::Delete(object) = event {
        told(object);
    }
}

/// A WorkflowSchedule that is gone leaves its place in the timetable to others, and its workflow to a set.
pub(super) fn schedule_deleted(
    registry: Arc<Registry>,
    sets: Reflector<WorkflowScheduleSet>,
    (wake, wake_set): (
        UnboundedSender<ObjectRef<GitHubConnection>>,
        UnboundedSender<ObjectRef<WorkflowScheduleSet>>,
    ),
) -> impl Fn(&WorkflowSchedule) + Send + 'static {
    move |schedule| {
        let near = |set: &WorkflowScheduleSet| set.namespace() == schedule.namespace();
        for set in sets.state_filter(near) {
            let _ = wake_set.send(ObjectRef::from(&*set));
        }
        if registry.is_gone(&connection_of(schedule)) {
            return;
        }
        let _ = wake.send(reference(schedule));
    }
}

/// A GitHubConnection that is gone is news to all that go through it.
pub(super) fn connection_deleted(
    registry: Arc<Registry>,
    schedules: Reflector<WorkflowSchedule>,
    wake: UnboundedSender<ObjectRef<WorkflowSchedule>>,
    hooks: Option<Arc<Hooks>>,
) -> impl Fn(&GitHubConnection) + Send + 'static {
    move |connection| {
        let identity = identity(connection);
        if let Some(hooks) = &hooks {
            hooks.forget(&identity);
        }
        if schedules
            .find(|schedule| connection_of(schedule) == identity)
            .is_none()
        {
            registry.forget(&identity);
        }
        registry.gone(&identity);
        for schedule in connection::schedules(&schedules, &identity) {
            let _ = wake.send(ObjectRef::from(&*schedule));
        }
    }
}

/// A WorkflowScheduleSet that is gone leaves nothing: what was found for it is forgotten.
pub(super) fn set_deleted(
    registry: Arc<Registry>,
) -> impl Fn(&WorkflowScheduleSet) + Send + 'static {
    move |set| {
        if let Some(Known::Known(observatory)) = registry.site(&connection_of_set(set)) {
            observatory.forget_survey(&identity(set));
        }
    }
}

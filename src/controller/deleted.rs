//! What follows from objects that are gone: their places are left to others, and nothing of them is kept.

use std::sync::Arc;

use kube::{
    ResourceExt as _,
    runtime::{
        reflector::{ObjectRef, Store as Reflector},
        watcher::Event,
    },
};
use tokio::sync::mpsc::UnboundedSender;

use super::{
    agenda::Agenda,
    connection,
    context::key,
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

/// Who has to know of a deletion.
#[derive(Clone)]
pub(super) struct Deleted {
    pub(super) registry: Arc<Registry>,
    pub(super) agenda: Arc<Agenda>,
    pub(super) hooks: Option<Arc<Hooks>>,
    pub(super) wake_schedule: UnboundedSender<ObjectRef<WorkflowSchedule>>,
    pub(super) wake_connection: UnboundedSender<ObjectRef<GitHubConnection>>,
    pub(super) wake_set: UnboundedSender<ObjectRef<WorkflowScheduleSet>>,
}

impl Deleted {
    /// Follows what a watch tells of WorkflowSchedules, behind somebody who follows all of it.
    pub(super) fn schedules(
        self,
        follow: impl Fn(&Event<WorkflowSchedule>) + Send + 'static,
        sets: Reflector<WorkflowScheduleSet>,
    ) -> impl Fn(&Event<WorkflowSchedule>) + Send + 'static {
        move |event| {
            follow(event);
            if let Event::Delete(schedule) = event {
                self.schedule(schedule, &sets);
            }
        }
    }

    /// Follows what a watch tells of GitHubConnections.
    pub(super) fn connections(
        self,
        schedules: Reflector<WorkflowSchedule>,
    ) -> impl Fn(&Event<GitHubConnection>) + Send + 'static {
        move |event| {
            if let Event::Delete(connection) = event {
                self.connection(connection, &schedules);
            }
        }
    }

    /// Follows what a watch tells of WorkflowScheduleSets.
    pub(super) fn sets(self) -> impl Fn(&Event<WorkflowScheduleSet>) + Send + 'static {
        move |event| {
            if let Event::Delete(set) = event {
                self.set(set);
            }
        }
    }

    /// A WorkflowScheduleSet that is gone leaves nothing: what was found for it is forgotten.
    fn set(&self, set: &WorkflowScheduleSet) {
        self.agenda.forget(&key(set));
        if let Some(Known::Known(observatory)) = self.registry.site(&connection_of_set(set)) {
            observatory.forget_survey(&identity(set));
        }
    }

    /// A WorkflowSchedule that is gone leaves its place in the timetable to others, and its workflow to a set.
    fn schedule(&self, schedule: &WorkflowSchedule, sets: &Reflector<WorkflowScheduleSet>) {
        self.agenda.forget(&key(schedule));
        let near = |set: &WorkflowScheduleSet| set.namespace() == schedule.namespace();
        for set in sets.state_filter(near) {
            let _ = self.wake_set.send(ObjectRef::from(&*set));
        }
        if !self.registry.is_gone(&connection_of(schedule)) {
            let _ = self.wake_connection.send(reference(schedule));
        }
    }

    /// A GitHubConnection that is gone is news to all that go through it.
    fn connection(&self, connection: &GitHubConnection, schedules: &Reflector<WorkflowSchedule>) {
        let identity = identity(connection);
        self.agenda.forget(&key(connection));
        if let Some(hooks) = &self.hooks {
            hooks.forget(&identity);
        }
        let goes_through = |schedule: &WorkflowSchedule| connection_of(schedule) == identity;
        if schedules.find(goes_through).is_none() {
            self.registry.forget(&identity);
        }
        self.registry.gone(&identity);
        for schedule in connection::schedules(schedules, &identity) {
            let _ = self.wake_schedule.send(ObjectRef::from(&*schedule));
        }
    }
}

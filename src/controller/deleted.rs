//! What follows from objects that are gone: their places are left to others, and nothing of them is kept.

use std::sync::Arc;

use kube::runtime::{
    reflector::{ObjectRef, Store as Reflector},
    watcher::Event,
};
use tokio::sync::mpsc::UnboundedSender;

use super::{
    agenda::Agenda,
    connection,
    context::key,
    object::identity,
    registry::Registry,
    webhooks::Hooks,
    workflow_schedule::{connection as connection_of, reference},
};
use crate::api::{GitHubConnection, WorkflowSchedule};

/// Who has to know of a deletion.
#[derive(Clone)]
pub(super) struct Deleted {
    pub(super) registry: Arc<Registry>,
    pub(super) agenda: Arc<Agenda>,
    pub(super) hooks: Option<Arc<Hooks>>,
    pub(super) wake_schedule: UnboundedSender<ObjectRef<WorkflowSchedule>>,
    pub(super) wake_connection: UnboundedSender<ObjectRef<GitHubConnection>>,
}

impl Deleted {
    /// Follows what a watch tells of WorkflowSchedules, behind somebody who follows all of it.
    pub(super) fn schedules(
        self,
        follow: impl Fn(&Event<WorkflowSchedule>) + Send + 'static,
    ) -> impl Fn(&Event<WorkflowSchedule>) + Send + 'static {
        move |event| {
            follow(event);
            if let Event::Delete(schedule) = event {
                self.schedule(schedule);
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

    /// A WorkflowSchedule that is gone leaves its place in the timetable to others.
    fn schedule(&self, schedule: &WorkflowSchedule) {
        self.agenda.forget(&key(schedule));
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

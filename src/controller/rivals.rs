//! Keeps the order of WorkflowSchedules that are for one workflow as the watch tells of them, and wakes who is concerned.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kube::{
    ResourceExt,
    runtime::{
        reflector::{ObjectRef, Store as Reflector},
        watcher::Event,
    },
};
use tokio::sync::mpsc::UnboundedSender;

use super::object::identity;
use crate::{
    api::{GitHubConnection, WorkflowSchedule},
    decide,
};

/// The order of age among WorkflowSchedules for one workflow.
#[derive(Default)]
pub(super) struct Rivals {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rivals: decide::Rivals,
    /// Those that a reading of the whole cluster has not come across yet; what is left at its end is gone.
    unseen: BTreeSet<String>,
}

impl Rivals {
    /// The object that acts on a schedule's workflow in its stead.
    pub(super) fn elder(
        &self,
        schedule: &WorkflowSchedule,
        connections: &Reflector<GitHubConnection>,
    ) -> Option<String> {
        let host = |connection: &str| {
            let (namespace, name) = connection.split_once('/')?;
            let connection = connections.get(&ObjectRef::new(name).within(namespace))?;
            Some(connection.spec.host())
        };
        self.locked().rivals.elder(&identity(schedule), host)
    }

    /// Takes note of an event; the names of those whose elder may be another one by that.
    fn note(&self, event: &Event<WorkflowSchedule>) -> BTreeSet<String> {
        let mut state = self.locked();
        match event {
            Event::Init => {
                state.unseen = state.rivals.names().cloned().collect();
                BTreeSet::new()
            }
            Event::InitApply(schedule) | Event::Apply(schedule) => {
                let name = identity(schedule);
                state.unseen.remove(&name);
                let created_at = schedule
                    .creation_timestamp()
                    .and_then(|time| chrono::DateTime::from_timestamp(time.0.as_second(), 0));
                state.rivals.put(&name, created_at, &schedule.spec)
            }
            Event::Delete(schedule) => state.rivals.remove(&identity(schedule)),
            Event::InitDone => {
                let gone = std::mem::take(&mut state.unseen);
                gone.iter()
                    .flat_map(|name| state.rivals.remove(name))
                    .collect()
            }
        }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes note of each event of a watch and wakes those whose elder may be another one by it.
pub(super) fn follow(
    rivals: Arc<Rivals>,
    wake: UnboundedSender<ObjectRef<WorkflowSchedule>>,
) -> impl Fn(&Event<WorkflowSchedule>) + Send + 'static {
    move |event| {
        for concerned in rivals.note(event) {
            if let Some((namespace, name)) = concerned.split_once('/') {
                let _ = wake.send(ObjectRef::new(name).within(namespace));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(name: &str, created_at: &str) -> WorkflowSchedule {
        serde_json::from_value(serde_json::json!({
            "apiVersion": "cronwright.dev/v1alpha1",
            "kind": "WorkflowSchedule",
            "metadata": {"name": name, "namespace": "ci", "creationTimestamp": created_at},
            "spec": {"connectionRef": {"name": "acme"}, "repository": "acme/app", "workflow": "nightly.yml"},
        }))
        .unwrap()
    }

    #[test]
    fn who_went_while_the_watch_was_interrupted_makes_way_all_the_same() {
        let rivals = Rivals::default();
        let (old, new) = (
            schedule("old", "2026-06-01T00:00:00Z"),
            schedule("new", "2026-06-02T00:00:00Z"),
        );
        rivals.note(&Event::Apply(old));
        let one = |name: &str| BTreeSet::from([name.to_owned()]);
        assert_eq!(rivals.note(&Event::Apply(new.clone())), one("ci/old"));

        rivals.note(&Event::Init);
        rivals.note(&Event::InitApply(new));
        assert_eq!(rivals.note(&Event::InitDone), one("ci/new"));
        let left: Vec<_> = rivals.locked().rivals.names().cloned().collect();
        assert_eq!(left, ["ci/new"]);
    }
}

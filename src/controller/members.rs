//! The WorkflowSchedules of a set as decisions need them: those that are its own, the others, and what it grants.

use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::{Resource, ResourceExt, runtime::reflector::ObjectRef};

use super::context::Context;
use crate::{
    api::{SET, WorkflowSchedule, WorkflowScheduleSet},
    decide::{
        ration::{self, Limits, Ration, Tally, has_open_pull},
        schedule_set::{Child, Other, child::set_label},
    },
    domain::{Host, Timestamp, WorkflowId},
    round::SetObjects,
};

/// Every WorkflowSchedule that a set sees: those of its namespace.
pub(super) fn objects(set: &WorkflowScheduleSet, context: &Context) -> SetObjects {
    let namespace = set.namespace();
    let label = set_label(&set.name_any());
    let host = host(context, namespace.as_deref(), &set.spec.connection_ref.name);
    let mut objects = SetObjects::default();
    let near = |schedule: &WorkflowSchedule| schedule.namespace() == namespace;
    for schedule in context.schedules.state_filter(near) {
        let owner = controller(&schedule).map(|owner| owner.uid.clone());
        let ours =
            schedule.labels().get(SET) == Some(&label) && (owner.is_none() || owner == set.uid());
        if ours {
            objects.children.push(child(&schedule, owner.is_some()));
            continue;
        }
        objects.taken.insert(schedule.name_any());
        let same_host = host == connection_host(context, &schedule);
        if let (Some(workflow), true) = (workflow(&schedule), same_host) {
            let other = other(&schedule);
            let rank = |other: &Other| (other.by_set, other.created_at, other.name.clone());
            let first = objects.others.get(&workflow);
            if first.is_none_or(|first| rank(&other) < rank(first)) {
                objects.others.insert(workflow, other);
            }
        }
    }
    objects
}

/// Whose limits hold for a WorkflowSchedule.
#[derive(Debug, PartialEq)]
enum Membership<'a> {
    /// It was made by hand: nobody's.
    Free,
    /// Those of this set.
    Of(&'a OwnerReference),
    /// It says that a set made it, and no set owns it: it was left behind, and waits until one adopts it.
    Orphan,
}

fn membership(schedule: &WorkflowSchedule) -> Membership<'_> {
    let is_set = |owner: &&OwnerReference| owner.kind == WorkflowScheduleSet::kind(&());
    match controller(schedule).filter(is_set) {
        Some(owner) => Membership::Of(owner),
        None if schedule.labels().contains_key(SET) => Membership::Orphan,
        None => Membership::Free,
    }
}

/// What the set of a WorkflowSchedule grants; none where it belongs to none.
pub(super) fn ration(schedule: &WorkflowSchedule, context: &Context) -> Option<Ration> {
    let owner = match membership(schedule) {
        Membership::Free => return None,
        Membership::Orphan => return Some(Ration::nothing()),
        Membership::Of(owner) => owner,
    };
    // Limits that mean nothing, or of a set that nobody sees, grant nothing.
    let set = set_of(schedule, context);
    let limits = set.and_then(|set| Limits::read(&set.spec.limits).ok());
    let of_set = |one: &WorkflowSchedule| {
        one.namespace() == schedule.namespace()
            && controller(one).is_some_and(|other| other.uid == owner.uid)
    };
    let mut tally = Tally::default();
    for member in context.schedules.state_filter(of_set) {
        let Some(workflow) = workflow(&member) else {
            continue;
        };
        tally.members.insert(workflow.clone());
        let status = member.status.as_ref();
        if status.is_some_and(has_open_pull) {
            tally.open.insert(workflow);
        } else if let Some(since) = waits_since(&member) {
            tally.waiting.insert((since, workflow));
        }
    }
    Some(Ration { limits, tally })
}

/// The set that a WorkflowSchedule belongs to, where there is one of that name and uid.
pub(super) fn set_of(
    schedule: &WorkflowSchedule,
    context: &Context,
) -> Option<Arc<WorkflowScheduleSet>> {
    let owner = controller(schedule)?;
    let is_set = owner.kind == WorkflowScheduleSet::kind(&());
    let reference = ObjectRef::new(&owner.name).within(&schedule.namespace()?);
    let set = context.sets.get(&reference).filter(|_| is_set)?;
    (set.uid().as_ref() == Some(&owner.uid)).then_some(set)
}

/// Who has made a WorkflowSchedule and takes it along when it goes.
fn controller(schedule: &WorkflowSchedule) -> Option<&OwnerReference> {
    let owners = schedule.metadata.owner_references.as_deref();
    owners?.iter().find(|owner| owner.controller == Some(true))
}

fn host(context: &Context, namespace: Option<&str>, connection: &str) -> Option<Host> {
    let reference = ObjectRef::new(connection).within(namespace?);
    Some(context.connections.get(&reference)?.spec.host())
}

fn connection_host(context: &Context, schedule: &WorkflowSchedule) -> Option<Host> {
    let namespace = schedule.namespace();
    let connection = &schedule.spec.connection_ref.name;
    host(context, namespace.as_deref(), connection)
}

fn workflow(schedule: &WorkflowSchedule) -> Option<WorkflowId> {
    Some(WorkflowId {
        repository: schedule.spec.repository.parse().ok()?,
        file: schedule.spec.workflow.parse().ok()?,
    })
}

fn created_at(schedule: &WorkflowSchedule) -> Option<Timestamp> {
    let created_at = schedule.creation_timestamp()?;
    chrono::DateTime::from_timestamp(created_at.0.as_second(), 0)
}

fn other(schedule: &WorkflowSchedule) -> Other {
    Other {
        by_set: schedule.labels().contains_key(SET),
        created_at: created_at(schedule),
        name: schedule.name_any(),
    }
}

fn child(schedule: &WorkflowSchedule, owned: bool) -> Child {
    let status = schedule.status.as_ref();
    let accuracy = status.and_then(|status| status.accuracy.as_ref());
    Child {
        name: schedule.name_any(),
        uid: schedule.uid().unwrap_or_default(),
        spec: schedule.spec.clone(),
        labels: schedule.labels().clone(),
        annotations: schedule.annotations().clone(),
        owned,
        deleting: schedule.metadata.deletion_timestamp.is_some(),
        created_at: created_at(schedule),
        has_forecast: status.is_some_and(|status| status.prediction.is_some()),
        accuracy: accuracy.map(|accuracy| (accuracy.comparisons, accuracy.score)),
        has_open_pull: status.is_some_and(has_open_pull),
        waits: waits_since(schedule).is_some(),
    }
}

/// Since when a WorkflowSchedule that is well waits for its set's limits.
fn waits_since(schedule: &WorkflowSchedule) -> Option<Timestamp> {
    let asleep = schedule.spec.suspend || schedule.metadata.deletion_timestamp.is_some();
    let status = schedule.status.as_ref().filter(|_| !asleep)?;
    ration::waits_since(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(metadata: serde_json::Value) -> WorkflowSchedule {
        serde_json::from_value(serde_json::json!({
            "apiVersion": "cronwright.dev/v1alpha1",
            "kind": "WorkflowSchedule",
            "metadata": metadata,
            "spec": {"connectionRef": {"name": "acme"}, "repository": "acme/app", "workflow": "nightly.yml"},
        }))
        .unwrap()
    }

    #[test]
    fn who_was_left_behind_by_its_set_waits_and_does_not_act_on_its_own() {
        let by_hand = schedule(serde_json::json!({"name": "mine", "namespace": "ci"}));
        let orphan = serde_json::json!({"name": "a", "namespace": "ci", "labels": {SET: "acme"}});
        let mut child = orphan.clone();
        child["ownerReferences"] = serde_json::json!([{
            "apiVersion": "cronwright.dev/v1alpha1", "kind": "WorkflowScheduleSet", "name": "acme", "uid": "1",
            "controller": true,
        }]);

        assert_eq!(membership(&by_hand), Membership::Free);
        assert_eq!(membership(&schedule(orphan)), Membership::Orphan);
        assert!(matches!(membership(&schedule(child)), Membership::Of(owner) if owner.uid == "1"));
    }
}

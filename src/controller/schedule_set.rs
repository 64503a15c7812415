//! Reconciles one WorkflowScheduleSet.

use std::sync::Arc;

use kube::{ResourceExt, runtime::reflector::ObjectRef};
use tracing::Instrument as _;

use super::{
    children::Children,
    context::{Context, now},
    error::Error,
    members, object, pace,
    registry::absent,
    workflow_schedule::UNTIL_CONNECTED,
    write,
};
use crate::{
    api::{GitHubConnection, WorkflowSchedule, WorkflowScheduleSet},
    decide::{
        Known,
        schedule_set::{SetConclusion, SetObject, SetWish},
    },
    domain::Seconds,
    github::webhook::News,
    observe::{Site, concerns_set},
    round::schedule_set_round,
};

/// Makes one round and writes what it concluded.
///
/// # Errors
/// When the API server does not take the status.
pub(super) async fn reconcile(
    set: Arc<WorkflowScheduleSet>,
    context: Arc<Context>,
) -> Result<Seconds, Error> {
    let mut input = object::schedule_set(&set);
    context.recall(&*set, &mut input.before);
    let Some(site) = site(&set, &context) else {
        return Ok(UNTIL_CONNECTED);
    };
    let span = tracing::info_span!(
        "round",
        object = input.identity,
        generation = input.generation
    );
    async {
        let objects = members::objects(&set, &context);
        let mut workshop = Children {
            context: &context,
            set: &set,
        };
        let round = schedule_set_round(&input, &site, objects, &mut workshop, now());
        // On the heap: a worker's stack is small.
        let end = Box::pin(round).await;
        if !input.deleting {
            write::changed(&context, &*set, &input.before, &end.status).await?;
        }
        context.events.publish(&*set, &end.events).await;
        Ok(again(&input, &end))
    }
    .instrument(span)
    .await
}

/// When to look again: at rest at its place in the interval.
fn again(object: &SetObject, end: &SetConclusion) -> Seconds {
    match &object.wish {
        Ok(wish) if end.status.failures.is_none() && end.again == wish.interval => {
            pace::rest(wish.interval, &object.identity, now())
        }
        Ok(_) | Err(_) => pace::spread(end.again, &object.identity),
    }
}

/// The site of the set's connection; nothing while nobody has looked at the connection.
fn site(set: &WorkflowScheduleSet, context: &Context) -> Option<Site> {
    let identity = connection(set);
    if context.connections.get(&reference(set)).is_none() {
        return Some(Known::Unknown(absent(&identity)));
    }
    context.registry.site(&identity)
}

/// `namespace/name` of the connection that a set goes through.
pub(super) fn connection(set: &WorkflowScheduleSet) -> String {
    let namespace = set.namespace().unwrap_or_default();
    format!("{namespace}/{}", set.spec.connection_ref.name)
}

fn reference(set: &WorkflowScheduleSet) -> ObjectRef<GitHubConnection> {
    let namespace = set.namespace().unwrap_or_default();
    ObjectRef::new(&set.spec.connection_ref.name).within(&namespace)
}

/// Wakes the sets that go through a connection.
pub(super) fn wake_through(identity: &str, context: &Context) {
    let through = |set: &WorkflowScheduleSet| connection(set) == identity;
    for set in context.sets.state_filter(through) {
        let _ = context.wake_set.send(ObjectRef::from(&*set));
    }
}

/// Wakes the sets that news concerns, through the connection that heard it, as far as their owners may be looked through before
/// their time.
pub(super) fn wake_by(news: &News, identity: &str, context: &Context) {
    let Some(Known::Known(observatory)) = context.registry.site(identity) else {
        return;
    };
    let concerned = context.sets.state_filter(|set| {
        connection(set) == identity
            && set.metadata.deletion_timestamp.is_none()
            && SetWish::read(&set.spec).is_ok_and(|wish| concerns_set(news, &wish))
    });
    for set in concerned {
        let repositories = set.status.as_ref().map_or(0, |status| status.repositories);
        let repositories = u64::try_from(repositories).unwrap_or_default();
        if observatory.hear_for_set(&object::identity(&*set), repositories, now()) {
            let _ = context.wake_set.send(ObjectRef::from(&*set));
        }
    }
}

/// Wakes the set whose WorkflowSchedule acts in the stead of one that was made by hand: it makes way.
pub(super) fn wake_for(schedule: &WorkflowSchedule, elder: Option<&str>, context: &Context) {
    let Some((namespace, name)) = elder.and_then(|elder| elder.split_once('/')) else {
        return;
    };
    let reference = ObjectRef::new(name).within(namespace);
    let elder = context.schedules.get(&reference);
    let set = elder.and_then(|elder| members::set_of(&elder, context));
    if let (Some(set), None) = (set, members::set_of(schedule, context)) {
        let _ = context.wake_set.send(ObjectRef::from(&*set));
    }
}

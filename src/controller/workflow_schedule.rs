//! Reconciles one WorkflowSchedule.

use std::sync::Arc;

use kube::{ResourceExt, runtime::reflector::ObjectRef};
use tracing::Instrument as _;

use super::{
    context::{Context, now},
    error::Error,
    members, object, pace,
    registry::absent,
    schedule_set, write,
};
use crate::{
    api::{
        GitHubConnection, WorkflowSchedule, WorkflowScheduleStatus,
        condition::{self, RECONCILING},
    },
    decide::{Cause, Conclusion, Known, Object, Retry, Why},
    domain::Seconds,
    observe::{Rest, Resting, Site},
    round::rationed_round,
};

/// How soon to try again while nobody has looked at the connection yet; its first round wakes its objects.
pub(super) const UNTIL_CONNECTED: Seconds = Seconds(5);

/// Makes one round and writes what it concluded.
///
/// # Errors
/// When the API server does not take the status or the finalizer.
pub(super) async fn reconcile(
    schedule: Arc<WorkflowSchedule>,
    context: Arc<Context>,
) -> Result<Seconds, Error> {
    let mut input = object::workflow_schedule(&schedule, context.elder(&schedule));
    context.recall(&*schedule, &mut input.before);
    let Some(site) = site(&schedule, &context, input.deleting) else {
        return Ok(UNTIL_CONNECTED);
    };
    let span = tracing::info_span!(
        "round",
        kind = "WorkflowSchedule",
        object = input.identity,
        generation = input.generation
    );
    async {
        let hold = async || hold(&schedule, &context).await;
        let ration = || members::ration(&schedule, &context);
        // On the heap: a round's steps are many, and a worker's stack is small.
        let end = Box::pin(rationed_round(&input, &site, hold, ration, now())).await;
        schedule_set::wake_for(&schedule, input.elder.as_deref(), &context);
        wake_siblings(&input, &site, &context);
        tell(&schedule, &context, &input, &end).await?;
        Ok(again(&input, &end, &site, &connection(&schedule)))
    }
    .instrument(span)
    .await
}

/// Writes what a round concluded: the finalizer that is no longer needed, the status, the events; and tells the connection
/// of news for its timetable.
async fn tell(
    schedule: &WorkflowSchedule,
    context: &Context,
    input: &Object,
    end: &Conclusion,
) -> Result<(), Error> {
    if input.finalizer && !end.finalizer {
        write::finalizer(context, schedule, false).await?;
        forget_connection(schedule, context);
    }
    // An object that is being deleted and no longer held is gone.
    if !input.deleting || end.finalizer {
        write::changed(context, schedule, &input.before, &end.status).await?;
    }
    context.events.publish(schedule, &end.events).await;
    let news = input.before.observed_generation != Some(input.generation);
    if news || is_unplanned(&end.status) {
        let _ = context.wake_connection.send(reference(schedule));
    }
    Ok(())
}

/// When to look again: at rest, together with all that go through the same connection to the same repository; later where
/// another of them keeps the lookout.
fn again(object: &Object, end: &Conclusion, site: &Site, connection: &str) -> Seconds {
    let wish = match &object.wish {
        Ok(wish) if end.status.failures.is_none() && end.again == wish.interval => wish,
        Ok(_) | Err(_) => return pace::spread(end.again, &object.identity),
    };
    let (identity, interval) = (object.identity.as_str(), wish.interval);
    let repository = &wish.workflow.repository;
    let place = format!("{connection} {}", repository.key());
    let resting = Resting {
        identity,
        interval,
        is_calm: end.at_rest,
    };
    match site {
        Known::Known(observatory) => match observatory.rest(repository, resting, now()) {
            Rest { intervals: 1, .. } => pace::rest(interval, &place, now()),
            rest => pace::long_rest(interval, rest, (&place, identity), now()),
        },
        Known::Unknown(_) => pace::rest(interval, &place, now()),
    }
}

/// Wakes those who rest and have to know what was found at the object's repository.
fn wake_siblings(object: &Object, site: &Site, context: &Context) {
    if let (Ok(wish), Known::Known(observatory)) = (&object.wish, site) {
        for sibling in observatory.wake(&wish.workflow.repository) {
            if let Some((namespace, name)) = sibling.split_once('/') {
                let _ = context
                    .wake_schedule
                    .send(ObjectRef::new(name).within(namespace));
            }
        }
    }
}

/// Makes the object carry our finalizer, unless it is not the one any more that the round decided about.
async fn hold(schedule: &WorkflowSchedule, context: &Context) -> Result<(), Why> {
    // Asked of the API server: what the watch last told may be older than a deletion.
    let present = write::present(context, schedule).await?;
    let same = present.filter(|present| {
        present.uid() == schedule.uid()
            && present.metadata.generation == schedule.metadata.generation
    });
    let Some(present) = same else {
        let message = "the object has changed since the round began".to_owned();
        return Err(Why {
            cause: Cause::NotYetSeen,
            message,
            retry: Retry::Backoff,
        });
    };
    Ok(write::finalizer(context, &present, true).await?)
}

/// Whether the object waits for a line of the timetable.
fn is_unplanned(status: &WorkflowScheduleStatus) -> bool {
    condition::find(&status.conditions, RECONCILING).is_some_and(|found| found.reason == "Planning")
}

/// The site of the object's connection; nothing while nobody has looked at the connection.
fn site(schedule: &WorkflowSchedule, context: &Context, deleting: bool) -> Option<Site> {
    let connection = connection(schedule);
    let exists = context.connections.get(&reference(schedule)).is_some();
    let site = if exists {
        context.registry.site(&connection)?
    } else {
        Known::Unknown(absent(&connection))
    };
    match (&site, deleting) {
        // Its pull request is closed with the last credentials there were.
        (Known::Unknown(_), true) => Some(context.registry.last(&connection).unwrap_or(site)),
        (Known::Known(_), _) | (Known::Unknown(_), false) => Some(site),
    }
}

/// Forgets a connection that is gone when this object was the last to go through it.
fn forget_connection(schedule: &WorkflowSchedule, context: &Context) {
    let identity = connection(schedule);
    let other =
        |other: &WorkflowSchedule| other.uid() != schedule.uid() && connection(other) == identity;
    if context.registry.is_gone(&identity) && context.schedules.find(other).is_none() {
        context.registry.forget(&identity);
    }
}

/// `namespace/name` of the connection that an object goes through.
pub(super) fn connection(schedule: &WorkflowSchedule) -> String {
    let namespace = schedule.namespace().unwrap_or_default();
    format!("{namespace}/{}", schedule.spec.connection_ref.name)
}

/// The connection that an object goes through.
pub(super) fn reference(schedule: &WorkflowSchedule) -> ObjectRef<GitHubConnection> {
    let namespace = schedule.namespace().unwrap_or_default();
    ObjectRef::new(&schedule.spec.connection_ref.name).within(&namespace)
}

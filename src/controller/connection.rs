//! Reconciles one GitHubConnection: keeps its observatory, and makes the round that plans its timetable.

use std::sync::Arc;

use kube::{
    ResourceExt,
    runtime::reflector::{ObjectRef, Store as Reflector},
};
use tracing::Instrument as _;

use super::{
    context::{Context, now},
    error::Error,
    object, pace, schedule_set, secret, webhooks,
    workflow_schedule::connection as connection_of,
    write,
};
use crate::{
    api::{
        GitHubConnection, GitHubConnectionStatus, WorkflowSchedule,
        condition::{self, ConditionStatus},
    },
    decide::{Known, Wish},
    domain::Seconds,
    observe::{Observatory, Site, connect::suspended, why},
    round::connection_round,
};

/// Makes one round and writes what it concluded.
///
/// # Errors
/// When the API server cannot be asked for the Secret or does not take the status.
pub(super) async fn reconcile(
    connection: Arc<GitHubConnection>,
    context: Arc<Context>,
) -> Result<Seconds, Error> {
    let mut input = object::connection(&connection);
    context.recall(&*connection, &mut input.before);
    let span = tracing::info_span!(
        "round",
        kind = "GitHubConnection",
        object = input.identity,
        generation = input.generation
    );
    async {
        let (site, fresh) = site(&connection, &context).await?;
        let schedules = schedules(&context.schedules, &input.identity);
        if fresh {
            // They need not wait until the timetable has been looked at, which in a large fleet takes a while. Nothing that may fail
            // comes before, since the next round finds no fresh site.
            wake(&context, &schedules);
            schedule_set::wake_through(&input.identity, &context);
        }
        webhooks::keep_secrets(&connection, &context).await?;
        let round = connection_round(&input, &site, wishes(&schedules, &context), now()).await;
        let status = &round.conclusion.status;
        let all = is_ready(status) && was_not_ready(&input.before);
        let concerned =
            |one: &&Arc<WorkflowSchedule>| all || round.changed.contains(&one.name_any());
        // Before the write, which may fail: the next round finds no changed line.
        wake(&context, schedules.iter().filter(concerned));
        write::changed(&context, &*connection, &input.before, status).await?;
        let events = &round.conclusion.events;
        context.events.publish(&*connection, events).await;
        let again = round.conclusion.again;
        Ok(if status.failures.is_none() && again == input.interval {
            pace::rest(again, &input.identity, now())
        } else {
            pace::spread(again, &input.identity)
        })
    }
    .instrument(span)
    .await
}

/// What is wished for, by object name. Of several objects for one workflow, one has a place in the timetable.
fn wishes(schedules: &[Arc<WorkflowSchedule>], context: &Context) -> Vec<(String, Wish)> {
    let acts = |schedule: &&Arc<WorkflowSchedule>| context.elder(schedule).is_none();
    let wish = |schedule: &Arc<WorkflowSchedule>| {
        Some((schedule.name_any(), Wish::read(&schedule.spec).ok()?))
    };
    schedules.iter().filter(acts).filter_map(wish).collect()
}

fn wake<'a>(context: &Context, schedules: impl IntoIterator<Item = &'a Arc<WorkflowSchedule>>) {
    for schedule in schedules {
        let _ = context.wake_schedule.send(ObjectRef::from(&**schedule));
    }
}

fn is_ready(status: &GitHubConnectionStatus) -> bool {
    ready(status).is_some_and(|ready| ready == ConditionStatus::True)
}

/// Whether its objects have been told that nothing goes through it.
fn was_not_ready(status: &GitHubConnectionStatus) -> bool {
    ready(status).is_some_and(|ready| ready != ConditionStatus::True)
}

fn ready(status: &GitHubConnectionStatus) -> Option<ConditionStatus> {
    condition::find(&status.conditions, condition::READY).map(|ready| ready.status)
}

/// The WorkflowSchedules that go through a connection (`namespace/name`) and are not being deleted.
pub(super) fn schedules(
    store: &Reflector<WorkflowSchedule>,
    connection: &str,
) -> Vec<Arc<WorkflowSchedule>> {
    store.state_filter(|schedule| {
        schedule.metadata.deletion_timestamp.is_none() && connection_of(schedule) == connection
    })
}

/// The connection's site, and whether it is another one than before.
///
/// # Errors
/// When the API server cannot be asked: that says nothing about the connection, and the site stays what it is.
async fn site(connection: &GitHubConnection, context: &Context) -> Result<(Site, bool), Error> {
    let identity = object::identity(connection);
    let unknown = |why, keep_last| {
        let site = Known::Unknown(why);
        let registry = &context.registry;
        let news = registry.put(&identity, String::new(), site.clone(), keep_last);
        Ok((site, news))
    };
    if connection.spec.suspend {
        return unknown(suspended(&identity), false);
    }
    let held = match secret::credentials(&context.client, connection).await? {
        Ok(held) => held,
        Err(why) => return unknown(why, true),
    };
    let generation = connection.metadata.generation.unwrap_or_default();
    let uid = connection.uid().unwrap_or_default();
    let made_from = format!("{uid} {generation} {}", held.digest);
    if let Some(observatory) = context.registry.same(&identity, &made_from) {
        return Ok((Known::Known(observatory), false));
    }
    let made = Observatory::connect(
        &identity,
        &connection.spec,
        held.credentials,
        Arc::new(now),
        &context.store,
        &context.metrics,
    );
    let site = Known::from(made.map(Arc::new).map_err(|error| why::from_github(&error)));
    let registry = &context.registry;
    let news = registry.put(&identity, made_from, site.clone(), true);
    Ok((site, news))
}

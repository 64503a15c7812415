//! What every reconcile shares, and what is around each of them.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::Timelike as _;
use kube::runtime::{
    controller::Action,
    reflector::{ObjectRef, Store as Reflector},
};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    sync::{mpsc::UnboundedSender, watch},
    task::JoinSet,
};
use tracing::Instrument as _;

use super::{
    agenda::Agenda,
    error::Error,
    event::Publisher,
    freshness::Freshness,
    lease::Lead,
    meant::Meant,
    object::{identity, ours},
    registry::Registry,
    rivals::Rivals,
    webhooks::Hooks,
    write::{self, Kind},
};
use crate::{
    api::{GitHubConnection, WorkflowSchedule, WorkflowScheduleSet},
    decide::{
        backoff::backoff,
        defect::{Progress, defect},
    },
    domain::{Seconds, Timestamp},
    metrics::Metrics,
    store::Store,
};

/// How soon an object is tried again whose last write has not come back yet.
const UNTIL_FRESH: Duration = Duration::from_millis(50);

/// What every reconcile shares.
pub(super) struct Context {
    /// The Kubernetes client.
    pub client: kube::Client,
    /// Publishes events.
    pub events: Publisher,
    /// The history.
    pub store: Store,
    /// The observatories.
    pub registry: Arc<Registry>,
    /// Which of several WorkflowSchedules for one workflow acts.
    pub rivals: Arc<Rivals>,
    /// Every WorkflowSchedule there is, as last seen.
    pub schedules: Reflector<WorkflowSchedule>,
    /// Every GitHubConnection there is, as last seen.
    pub connections: Reflector<GitHubConnection>,
    /// Every WorkflowScheduleSet there is, as last seen.
    pub sets: Reflector<WorkflowScheduleSet>,
    /// Wakes WorkflowSchedules.
    pub wake_schedule: UnboundedSender<ObjectRef<WorkflowSchedule>>,
    /// Wakes GitHubConnections.
    pub wake_connection: UnboundedSender<ObjectRef<GitHubConnection>>,
    /// Wakes WorkflowScheduleSets.
    pub wake_set: UnboundedSender<ObjectRef<WorkflowScheduleSet>>,
    /// Whether WorkflowSchedules and GitHubConnections have been read. Stores tell this, too, but wake only the last of those who wait for it.
    pub caught_up: watch::Receiver<bool>,
    /// The right to act, under which every round is made.
    pub lead: Lead,
    /// The secrets of webhooks, where a receiver listens.
    pub hooks: Option<Arc<Hooks>>,
    /// The metrics.
    pub metrics: Metrics,
    /// When rounds are due.
    pub agenda: Arc<Agenda>,
    /// Which of our writes have come back.
    pub freshness: Freshness,
    /// Statuses as they were meant, where only a part could be written.
    pub meant: Meant,
    /// Failures in a row of objects whose status could not be written, where they would be counted otherwise.
    pub failures: Mutex<BTreeMap<String, u32>>,
}

impl Context {
    /// Resolves once WorkflowSchedules and GitHubConnections have been read: a round over half of a cluster would take the other half for deleted.
    pub(super) async fn caught_up(&self) {
        // A sender that is gone means that the process ends.
        let _ = self
            .caught_up
            .clone()
            .wait_for(|caught_up| *caught_up)
            .await;
    }

    /// The object that acts on a schedule's workflow in its stead.
    pub(super) fn elder(&self, schedule: &WorkflowSchedule) -> Option<String> {
        self.rivals.elder(schedule, &self.connections)
    }

    /// Puts what was meant in the place of an object's status where only a part of that could be written.
    pub(super) fn recall<K: Kind<Status: DeserializeOwned>>(
        &self,
        object: &K,
        before: &mut K::Status,
    ) {
        self.meant.recall(kind::<K>(), &uid(object), before);
    }

    fn failures(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, u32>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The present, in whole seconds: statuses carry no fractions, so that they compare as they are stored.
#[allow(clippy::disallowed_methods, reason = "the shell is where time enters")]
pub(super) fn now() -> Timestamp {
    let now = chrono::Utc::now();
    now.with_nanosecond(0).unwrap_or(now)
}

/// Runs a reconcile while we lead: a round that outlives the lease stops where it is, as in a crash.
///
/// # Errors
/// What the reconcile fails with, [`Error::Panic`], or [`Error::NotLeading`].
pub(super) async fn guarded<K: Kind<Status: Progress + Serialize>>(
    object: Arc<K>,
    context: Arc<Context>,
    reconcile: impl Future<Output = Result<Seconds, Error>> + Send + 'static,
) -> Result<Action, Error> {
    let lead = context.lead.clone();
    // Inside as well, since the round is a task of its own.
    let inner = lead.clone();
    let reconcile = async move { while_led(&inner, reconcile).await };
    while_led(&lead, caught_up_and_caught(object, context, reconcile)).await
}

async fn while_led<T>(
    lead: &Lead,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    lead.fenced(work).await.unwrap_or(Err(Error::NotLeading))
}

/// Runs a reconcile when all it rests on has been read, as a task of its own, so that a defect in it is one object's
/// failure and not the controller's end.
async fn caught_up_and_caught<K: Kind<Status: Progress + Serialize>>(
    object: Arc<K>,
    context: Arc<Context>,
    reconcile: impl Future<Output = Result<Seconds, Error>> + Send + 'static,
) -> Result<Action, Error> {
    context.caught_up().await;
    let key = key(&*object);
    if !context.freshness.is_fresh(&key, &*object) {
        return Ok(Action::requeue(UNTIL_FRESH));
    }
    let (metrics, kind) = (&context.metrics, kind::<K>());
    if let Some(delay) = context.agenda.begin(&key) {
        metrics.delay(kind, delay);
    }
    let start = tokio::time::Instant::now();
    let result = match on_its_own(reconcile).await {
        Err(Error::Panic(panic)) => Err(tell_defect(&*object, &context, panic).await),
        other => other,
    };
    let name = result.as_ref().map_or_else(Error::name, |_| "ok");
    metrics.round(kind, name, start.elapsed());
    if result.is_ok() {
        context.failures().remove(&key);
    }
    let again = result.map(|again| Duration::from_secs(again.0))?;
    context.agenda.put(key, again);
    Ok(Action::requeue(again))
}

/// Runs a round as a task of its own: the rounds of a kind share one task otherwise, and so one core. Whoever stops waiting
/// ends the round.
async fn on_its_own(
    round: impl Future<Output = Result<Seconds, Error>> + Send + 'static,
) -> Result<Seconds, Error> {
    let mut task = JoinSet::new();
    task.spawn(round.in_current_span());
    match task.join_next().await {
        Some(Ok(result)) => result,
        Some(Err(error)) => Err(Error::Panic(words(error))),
        None => Err(Error::Panic(String::new())),
    }
}

/// What a task said when it panicked.
fn words(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else {
        return "the process ends".to_owned();
    };
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_default()
}

/// Counts a defect and tells of it in the object's status; the error that the reconcile ends with.
async fn tell_defect<K: Kind<Status: Progress + Serialize>>(
    object: &K,
    context: &Context,
    panic: String,
) -> Error {
    context.metrics.panic();
    let mut before = object.status().cloned().unwrap_or_default();
    before.progress().0.retain(ours);
    let generation = object.meta().generation.unwrap_or_default();
    let (status, _) = defect(&before, &key(object), generation, now());
    if let Err(error) = write::status(context, object, &status).await {
        tracing::warn!(error = %error, "defect could not be told in status");
    }
    Error::Panic(panic)
}

/// When to reconcile again after an error, longer with every one in a row.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the signature that controllers ask for"
)]
pub(super) fn after_error<K: Kind>(object: Arc<K>, error: &Error, context: Arc<Context>) -> Action {
    let key = key(&*object);
    let mut failures = context.failures();
    let count = failures.entry(key.clone()).or_default();
    *count = count.saturating_add(1);
    let wait = backoff(*count, &key);
    tracing::warn!(error = %error, object = key, wait_seconds = wait.0, "round could not be concluded");
    let wait = Duration::from_secs(wait.0);
    context.agenda.put(key, wait);
    Action::requeue(wait)
}

/// What tells an object from its namesakes.
pub(super) fn uid<K: Kind>(object: &K) -> String {
    object.meta().uid.clone().unwrap_or_default()
}

/// An object's kind and name, for maps and logs.
pub(super) fn key<K: Kind>(object: &K) -> String {
    format!("{}/{}", kind::<K>(), identity(object))
}

/// The name of a kind, as a metric label.
pub(super) fn kind<K: Kind>() -> &'static str {
    match K::kind(&()) {
        std::borrow::Cow::Borrowed(name) => name,
        std::borrow::Cow::Owned(_) => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_round_that_panics_is_that_round_s_failure_and_says_what_it_said() {
        let round = async { panic!("the {} is broken", "lamp") };
        let end: Result<Seconds, Error> = on_its_own(round).await;
        assert!(
            matches!(&end, Err(Error::Panic(words)) if words == "the lamp is broken"),
            "{end:?}"
        );
    }
}

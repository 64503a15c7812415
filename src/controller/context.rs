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
use serde::Serialize;
use tokio::sync::{mpsc::UnboundedSender, watch};

use super::{
    error::Error,
    event::Publisher,
    freshness::Freshness,
    object::{identity, ours},
    registry::Registry,
    rivals::Rivals,
    webhooks::Hooks,
    write::{self, Kind},
};
use crate::{
    api::{GitHubConnection, WorkflowSchedule},
    decide::{
        backoff::backoff,
        defect::{Progress, defect},
    },
    domain::{Digest, Seconds, Timestamp},
    metrics::Metrics,
    round::caught,
    store::Store,
};

/// How soon an object is tried again whose last write has not come back yet.
const UNTIL_FRESH: Duration = Duration::from_millis(50);
/// Waits from which on rounds are spread, so that objects which began together do not return together.
const SPREAD_FROM: Seconds = Seconds(60);

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
    /// Wakes WorkflowSchedules.
    pub wake_schedule: UnboundedSender<ObjectRef<WorkflowSchedule>>,
    /// Wakes GitHubConnections.
    pub wake_connection: UnboundedSender<ObjectRef<GitHubConnection>>,
    /// Whether both kinds have been read. Stores tell this, too, but wake only the last of those who wait for it.
    pub caught_up: watch::Receiver<bool>,
    /// The secrets of webhooks, where a receiver listens.
    pub hooks: Option<Arc<Hooks>>,
    /// The metrics.
    pub metrics: Metrics,
    /// Which of our writes have come back.
    pub freshness: Freshness,
    /// Failures in a row of objects whose status could not be written, where they would be counted otherwise.
    pub failures: Mutex<BTreeMap<String, u32>>,
}

impl Context {
    /// Resolves once both kinds have been read: a round over half of a cluster would take the other half for deleted.
    async fn caught_up(&self) {
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

/// Runs a reconcile when all it rests on has been read, so that a defect in it is one object's failure and not the
/// controller's end.
///
/// # Errors
/// What the reconcile fails with, or [`Error::Panic`].
pub(super) async fn guarded<K: Kind<Status: Progress + Serialize>>(
    object: Arc<K>,
    context: Arc<Context>,
    reconcile: impl Future<Output = Result<Seconds, Error>>,
) -> Result<Action, Error> {
    context.caught_up().await;
    let key = key(&*object);
    if !context.freshness.is_fresh(&key, &*object) {
        return Ok(Action::requeue(UNTIL_FRESH));
    }
    let start = tokio::time::Instant::now();
    let result = match caught(reconcile).await {
        Ok(result) => result,
        Err(panic) => Err(tell_defect(&*object, &context, panic).await),
    };
    let name = result.as_ref().map_or_else(Error::name, |_| "ok");
    let seconds = start.elapsed().as_secs_f64();
    let metrics = &context.metrics;
    metrics.round(kind::<K>(), name, seconds);
    metrics.objects("WorkflowSchedule", context.schedules.len());
    metrics.objects("GitHubConnection", context.connections.len());
    if result.is_ok() {
        context.failures().remove(&key);
    }
    result.map(|again| Action::requeue(Duration::from_secs(spread(again, &key).0)))
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
    Action::requeue(Duration::from_secs(wait.0))
}

/// A long wait with up to a tenth on top, always the same for the same object.
fn spread(wait: Seconds, key: &str) -> Seconds {
    if wait < SPREAD_FROM {
        return wait;
    }
    let digest = Digest::of([key.as_bytes()]);
    let draw = u64::from_str_radix(digest.short(), 16).unwrap_or(0) % 256;
    wait.saturating_add(Seconds((wait.0 / 10).saturating_mul(draw) / 256))
}

/// An object's kind and name, for maps and logs.
pub(super) fn key<K: Kind>(object: &K) -> String {
    format!("{}/{}", kind::<K>(), identity(object))
}

/// The name of a kind, as a metric label.
fn kind<K: Kind>() -> &'static str {
    match K::kind(&()) {
        std::borrow::Cow::Borrowed(name) => name,
        std::borrow::Cow::Owned(_) => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_waits_are_spread_by_a_tenth_and_short_ones_are_kept() {
        let waits: std::collections::BTreeSet<_> = (0..50)
            .map(|n| spread(Seconds(300), &format!("object-{n}")))
            .collect();
        assert!(waits.len() > 15, "{waits:?}");
        assert!(
            waits.iter().all(|wait| (300..=330).contains(&wait.0)),
            "{waits:?}"
        );
        assert_eq!(spread(Seconds(5), "a"), Seconds(5));
        assert!(spread(Seconds(u64::MAX), "a") >= Seconds(u64::MAX / 2));
    }
}

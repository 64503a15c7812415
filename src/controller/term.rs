//! One term: the controllers of all kinds, from the first look at the cluster to the last round under way.

use std::{convert::Infallible, future::Future, pin::pin, sync::Arc, time::Duration};

use kube::{Api, Client};
use tokio::sync::{mpsc, watch};

use super::{
    agenda::Agenda,
    context::{Context, now},
    deleted::Deleted,
    event::Publisher,
    freshness::Freshness,
    hears::{self, Hears},
    lease::Lead,
    meant::Meant,
    pulls,
    registry::Registry,
    relay::{self, Relay},
    rivals::{self, Rivals},
    run::{Options, stopped},
    standby::know_secrets,
    stream,
    summary::summed_up,
    webhooks,
    workers::Workers,
    write::Kind,
};
use crate::{
    metrics::Metrics,
    round::Upkeep,
    store::Store,
    web::{Admin, Readiness},
};

/// How long rounds under way may take to end: below the half minute that Kubernetes gives a process by default. What is
/// cut off then is found by the next process, as after a crash.
const LONGEST_END: Duration = Duration::from_secs(20);
/// The same where another process waits for our lease: it goes on within two seconds.
const LONGEST_END_OF_A_LEADER: Duration = Duration::from_secs(1);

/// What a process has for good, however often it begins to lead.
pub(super) struct Process {
    pub(super) options: Options,
    pub(super) client: Client,
    pub(super) store: Store,
    pub(super) metrics: Metrics,
    pub(super) admin: Admin,
    pub(super) hears: Option<Hears>,
    pub(super) relay: Option<Relay>,
    pub(super) stop: watch::Receiver<bool>,
}

/// Runs the controllers of all kinds for one term; the admin server tells `ready` once they have caught up.
///
/// Nothing that is known here outlives the term.
pub(super) async fn work(process: &Process, lead: Lead, ready: Readiness) {
    let Process {
        options,
        client,
        store,
        metrics,
        admin,
        hears,
        stop,
        ..
    } = process;
    let registry = Arc::new(Registry::default());
    let (wake_schedule, woken_schedules) = mpsc::unbounded_channel();
    let (wake_connection, woken_connections) = mpsc::unbounded_channel();
    let (wake_set, woken_sets) = mpsc::unbounded_channel();
    let rivals = Arc::new(Rivals::default());
    let follow = rivals::follow(rivals.clone(), wake_schedule.clone());
    let agenda = Arc::new(Agenda::default());
    let heard = hears.as_ref().map(Hears::begin);
    let (hooks, queue) = heard.as_ref().map(|term| term.parts()).unzip();
    let selector = || options.selector.clone();
    let deleted = Deleted {
        registry: registry.clone(),
        agenda: agenda.clone(),
        hooks: hooks.clone(),
        wake_schedule: wake_schedule.clone(),
        wake_connection: wake_connection.clone(),
        wake_set: wake_set.clone(),
    };
    let upkeep = lead.fenced(keep_up(Upkeep::new(store.clone(), options.retention)));
    let told = deleted.clone().sets();
    let (sets, set_stream) = stream::watch(api(client, options), selector(), told);
    let told = deleted.clone().schedules(follow, sets.clone());
    let (schedules, schedule_stream) = stream::watch(api(client, options), selector(), told);
    let told = deleted.connections(schedules.clone());
    let (connections, connection_stream) = stream::watch(api(client, options), selector(), told);
    let (tell_caught_up, caught_up) = watch::channel(false);
    let context = Arc::new(Context {
        events: publisher(client, options),
        client: client.clone(),
        store: store.clone(),
        registry,
        rivals,
        schedules: schedules.clone(),
        connections: connections.clone(),
        sets: sets.clone(),
        wake_schedule,
        wake_connection,
        wake_set,
        caught_up,
        lead: lead.clone(),
        hooks,
        metrics: metrics.clone(),
        agenda,
        freshness: Freshness::default(),
        meant: Meant::default(),
        failures: std::sync::Mutex::default(),
    });
    let _watched = metrics.watch(summed_up(&context));
    let streams = (schedule_stream, connection_stream, set_stream);
    let woken = (woken_schedules, woken_connections, woken_sets);
    let rounds = workers(process, &context).run(streams, woken);
    tokio::select! {
        () = ended(rounds, admin, stop.clone(), longest_end(ready)) => {}
        () = catch_up(&context, tell_caught_up, admin, ready) => {}
        _ = upkeep => {}
        () = webhooks::hear(queue, &context) => {}
        never = beside(process, &context, heard.as_ref()) => match never {},
    }
}

/// What goes on beside rounds, for as long as it is polled.
async fn beside(
    process: &Process,
    context: &Context,
    heard: Option<&hears::Term<'_>>,
) -> Infallible {
    tokio::select! {
        never = know_secrets(process, heard) => never,
        never = relay::hear(process.relay.as_ref(), process.hears.as_ref()) => never,
        never = pulls::tell(context, &process.options.shown) => never,
    }
}

fn workers(process: &Process, context: &Arc<Context>) -> Workers {
    Workers {
        context: context.clone(),
        concurrency: process.options.concurrency,
        stop: process.stop.clone(),
    }
}

/// Who tells events, in the name of this process.
fn publisher(client: &Client, options: &Options) -> Publisher {
    Publisher {
        client: client.clone(),
        instance: options.instance.clone(),
    }
}

/// Lets go of old history, a little at a time, for as long as it is polled.
async fn keep_up(mut upkeep: Upkeep) {
    let mut wait = upkeep.first();
    loop {
        tokio::time::sleep(wait).await;
        wait = upkeep.step(now()).await;
    }
}

/// Tells, once WorkflowSchedules and GitHubConnections have been read, that rounds may begin; never ends.
///
/// Nobody waits for sets: a cluster whose definitions are a version behind has none, and its schedules go on all the same.
async fn catch_up(
    context: &Context,
    tell_caught_up: watch::Sender<bool>,
    admin: &Admin,
    ready: Readiness,
) {
    let schedules = context.schedules.wait_until_ready();
    let connections = context.connections.wait_until_ready();
    if schedules.await.is_ok() && connections.await.is_ok() {
        let _ = tell_caught_up.send(true);
        admin.set_readiness(ready);
        tracing::info!("the cluster has been read once; ready");
    }
    std::future::pending::<()>().await;
}

const fn longest_end(ready: Readiness) -> Duration {
    match ready {
        Readiness::Leading => LONGEST_END_OF_A_LEADER,
        Readiness::Ready | Readiness::Standby | Readiness::No | Readiness::NoStore => LONGEST_END,
    }
}

/// Resolves when work ended, which after a stop takes a while and not for ever.
async fn ended<T>(
    work: impl Future<Output = T>,
    admin: &Admin,
    stop: watch::Receiver<bool>,
    longest: Duration,
) {
    let mut work = pin!(work);
    tokio::select! {
        _ = &mut work => return,
        () = stopped(stop) => admin.set_readiness(Readiness::No),
    }
    if tokio::time::timeout(longest, work).await.is_err() {
        tracing::warn!("rounds under way were cut off; the next process finds what they did");
    }
}

pub(super) fn api<K: Kind>(client: &Client, options: &Options) -> Api<K> {
    match &options.namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    }
}

//! Starts the controller, keeps it running, and ends it in order.

use std::{future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use futures::{Stream, StreamExt as _, future::join};
use kube::{
    Api, Client,
    runtime::{Controller, controller::Config, reflector::Store as Reflector},
};
use tokio::{
    net::TcpListener,
    sync::{
        mpsc::{self, UnboundedReceiver},
        oneshot, watch,
    },
};

use super::{
    agenda::Agenda,
    client::client,
    connection,
    context::{Context, after_error, guarded, now},
    deleted::Deleted,
    event::Publisher,
    freshness::Freshness,
    gather::{gathered, pause},
    hears::Hears,
    lease::{self, Election, Lead, lead_by_turns},
    registry::Registry,
    rivals::{self, Rivals},
    selector::Selector,
    stream,
    summary::summed_up,
    webhooks, workflow_schedule,
    write::Kind,
};
use crate::{
    api::{GitHubConnection, WorkflowSchedule},
    metrics::Metrics,
    round::{Upkeep, timed},
    store::{Retention, Store},
    web::{Admin, Readiness, webhooks::Receiver},
};

/// How long rounds under way may take to end: below the half minute that Kubernetes gives a process by default. What is
/// cut off then is found by the next process, as after a crash.
const LONGEST_END: Duration = Duration::from_secs(20);
/// The same where another process waits for our lease: it goes on within two seconds.
const LONGEST_END_OF_A_LEADER: Duration = Duration::from_secs(1);

/// How the controller is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The only namespace to watch; none means all of them.
    pub namespace: Option<String>,
    /// How many objects of a kind are reconciled at once.
    pub concurrency: u16,
    /// Where the admin server listens.
    pub admin_address: SocketAddr,
    /// Where GitHub's webhooks are received; none where they are not.
    pub webhooks_address: Option<SocketAddr>,
    /// The name under which events are reported.
    pub instance: String,
    /// How much of the past the store keeps.
    pub retention: Retention,
    /// The only objects to watch, by their labels; none means all of them.
    pub selector: Option<Selector>,
    /// The lease that has to be held to act; none means that this process is alone.
    pub lease: Option<lease::Settings>,
}

/// Runs the controller until `stop` turns true, then lets the rounds under way come to their end.
///
/// # Errors
/// When an address to listen on, or the cluster's address or credentials cannot be used. An API server that does not answer
/// is waited for.
pub async fn run(
    options: Options,
    config: kube::Config,
    store: Store,
    stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let client = client(config.clone()).map_err(unusable)?;
    let lease = options.lease.clone();
    let election = lease.map(|lease| Election::new(lease, config));
    let election = election.transpose().map_err(unusable)?;
    let address = options.admin_address;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        let message = format!("the admin server cannot listen on {address}: {error}");
        io::Error::new(error.kind(), message)
    })?;
    let metrics = Metrics::default();
    let store = store.observed_by(timed(&metrics));
    let (receiver, queue) = Receiver::new(metrics.clone());
    let webhooks = match options.webhooks_address {
        Some(address) => Some(Receiver::bind(address).await?),
        None => None,
    };
    let hears = webhooks
        .is_some()
        .then(|| Hears::new(receiver.clone(), queue));
    let ends = stopped(stop.clone());
    let receiving = async {
        match webhooks {
            Some(listener) => receiver.serve_on(listener, ends).await,
            None => Ok(()),
        }
    };
    let admin = Admin::new(metrics.clone());
    let process = Process {
        options,
        client,
        store,
        metrics: metrics.clone(),
        admin: admin.clone(),
        hears,
        stop: stop.clone(),
    };
    let (end_server, server_ends) = oneshot::channel::<()>();
    let serving = admin.serve_on(listener, async {
        // A sender that is gone means the same as its word.
        let _ = server_ends.await;
    });
    let working = async {
        match election {
            Some(election) => {
                let work = |lead| work(&process, lead, Readiness::Leading);
                lead_by_turns(election, &metrics, &admin, stop, work).await;
            }
            None => {
                metrics.leads(true);
                work(&process, Lead::for_ever(), Readiness::Ready).await;
            }
        }
        drop(end_server);
    };
    let ((), served, received) = tokio::join!(working, serving, receiving);
    served.and(received)
}

fn unusable(error: kube::Error) -> io::Error {
    let message = format!("the cluster's address or credentials cannot be used: {error}");
    io::Error::other(message)
}

/// What a process has for good, however often it begins to lead.
struct Process {
    options: Options,
    client: Client,
    store: Store,
    metrics: Metrics,
    admin: Admin,
    hears: Option<Hears>,
    stop: watch::Receiver<bool>,
}

/// Runs both controllers for one term; the admin server tells `ready` once they have caught up.
///
/// Nothing that is known here outlives the term.
async fn work(process: &Process, lead: Lead, ready: Readiness) {
    let Process {
        options,
        client,
        store,
        metrics,
        admin,
        hears,
        stop,
    } = process;
    let registry = Arc::new(Registry::default());
    let (wake_schedule, woken_schedules) = mpsc::unbounded_channel();
    let (wake_connection, woken_connections) = mpsc::unbounded_channel();
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
    };
    let upkeep = lead.fenced(keep_up(Upkeep::new(store.clone(), options.retention)));
    let told = deleted.clone().schedules(follow);
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
        wake_schedule,
        wake_connection,
        caught_up,
        lead: lead.clone(),
        hooks,
        metrics: metrics.clone(),
        agenda,
        freshness: Freshness::default(),
        failures: std::sync::Mutex::default(),
    });
    let _watched = metrics.watch(summed_up(&context));
    let config = Config::default().concurrency(options.concurrency);
    let rounds = Controller::for_stream(schedule_stream, schedules.clone())
        .with_config(config.clone())
        .reconcile_on(receiver(woken_schedules))
        .graceful_shutdown_on(stopped(stop.clone()))
        .run(reconcile_schedule, after_error, context.clone());
    let fleet = schedules.clone();
    let timetables = Controller::for_stream(connection_stream, connections.clone())
        .with_config(config)
        .reconcile_on(gathered(woken_connections, move || pause(fleet.len())))
        .graceful_shutdown_on(stopped(stop.clone()))
        .run(reconcile_connection, after_error, context.clone());
    tokio::select! {
        () = ended(join(drain(rounds), drain(timetables)), admin, stop.clone(), longest_end(ready)) => {}
        () = catch_up(&schedules, &connections, tell_caught_up, admin, ready) => {}
        _ = upkeep => {}
        () = webhooks::hear(queue, &context) => {}
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

/// Tells, once both kinds have been read, that rounds may begin; never ends.
async fn catch_up(
    schedules: &Reflector<WorkflowSchedule>,
    connections: &Reflector<GitHubConnection>,
    tell_caught_up: watch::Sender<bool>,
    admin: &Admin,
    ready: Readiness,
) {
    if schedules.wait_until_ready().await.is_ok() && connections.wait_until_ready().await.is_ok() {
        let _ = tell_caught_up.send(true);
        admin.set_readiness(ready);
        tracing::info!("the cluster has been read once; ready");
    }
    std::future::pending::<()>().await;
}

const fn longest_end(ready: Readiness) -> Duration {
    match ready {
        Readiness::Leading => LONGEST_END_OF_A_LEADER,
        Readiness::Ready | Readiness::Standby | Readiness::No => LONGEST_END,
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

async fn reconcile_schedule(
    object: Arc<WorkflowSchedule>,
    context: Arc<Context>,
) -> Result<kube::runtime::controller::Action, super::error::Error> {
    // On the heap: what guards a round moves it several times, and each copy would lie on the stack.
    let round = Box::pin(workflow_schedule::reconcile(
        object.clone(),
        context.clone(),
    ));
    guarded(object, context, round).await
}

async fn reconcile_connection(
    object: Arc<GitHubConnection>,
    context: Arc<Context>,
) -> Result<kube::runtime::controller::Action, super::error::Error> {
    let round = Box::pin(connection::reconcile(object.clone(), context.clone()));
    guarded(object, context, round).await
}

fn api<K: Kind>(client: &Client, options: &Options) -> Api<K> {
    match &options.namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    }
}

/// Resolves when it is time to stop.
async fn stopped(mut stop: watch::Receiver<bool>) {
    // A sender that is gone means the same as a stop.
    let _ = stop.wait_for(|stop| *stop).await;
}

fn receiver<T: Send + 'static>(
    receiver: UnboundedReceiver<T>,
) -> impl Stream<Item = T> + Send + 'static {
    futures::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|item| (item, receiver))
    })
}

/// Polls a controller to its end; what went wrong in a round was told where it happened.
async fn drain<T, E>(results: impl Stream<Item = Result<T, E>>) {
    results.for_each(|_| std::future::ready(())).await;
}

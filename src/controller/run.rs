//! Starts the controller, keeps it running, and ends it in order.

use std::{future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use futures::{Stream, StreamExt as _};
use kube::{
    Api, Client,
    runtime::{
        Controller,
        controller::Config,
        reflector::{ObjectRef, Store as Reflector},
        watcher::Event,
    },
};
use tokio::{
    net::TcpListener,
    sync::{
        mpsc::{self, UnboundedReceiver, UnboundedSender},
        oneshot, watch,
    },
};

use super::{
    connection,
    context::{Context, after_error, guarded, now},
    event::Publisher,
    freshness::Freshness,
    gather::{gathered, pause},
    object::identity,
    registry::Registry,
    rivals::{self, Rivals},
    stream,
    workflow_schedule::{self, connection as connection_of, reference},
    write::Kind,
};
use crate::{
    api::{GitHubConnection, WorkflowSchedule},
    metrics::Metrics,
    round::Upkeep,
    store::{Retention, Store},
    web::Admin,
};

/// How long rounds under way may take to end: below the half minute that Kubernetes gives a process by default. What is
/// cut off then is found by the next process, as after a crash.
const LONGEST_END: Duration = Duration::from_secs(20);

/// How the controller is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The only namespace to watch; none means all of them.
    pub namespace: Option<String>,
    /// How many objects of a kind are reconciled at once.
    pub concurrency: u16,
    /// Where the admin server listens.
    pub admin_address: SocketAddr,
    /// The name under which events are reported.
    pub instance: String,
    /// How much of the past the store keeps.
    pub retention: Retention,
}

/// Runs the controller until `stop` turns true, then lets the rounds under way come to their end.
///
/// # Errors
/// When the admin server's address cannot be used. An API server that does not answer is waited for.
pub async fn run(
    options: Options,
    client: Client,
    store: Store,
    stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let address = options.admin_address;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        let message = format!("the admin server cannot listen on {address}: {error}");
        io::Error::new(error.kind(), message)
    })?;
    let metrics = Metrics::default();
    let admin = Admin::new(metrics.clone());
    let (end_server, server_ends) = oneshot::channel::<()>();
    let serving = admin.serve_on(listener, async {
        // A sender that is gone means the same as its word.
        let _ = server_ends.await;
    });
    let working = async {
        work(&options, client, store, metrics, &admin, stop).await;
        drop(end_server);
    };
    let ((), served) = tokio::join!(working, serving);
    served
}

/// Runs both controllers; the admin server tells whether they have caught up.
async fn work(
    options: &Options,
    client: Client,
    store: Store,
    metrics: Metrics,
    admin: &Admin,
    stop: watch::Receiver<bool>,
) {
    let upkeep = Upkeep::new(store.clone(), options.retention);
    let registry = Arc::new(Registry::default());
    let (wake_schedule, woken_schedules) = mpsc::unbounded_channel();
    let (wake_connection, woken_connections) = mpsc::unbounded_channel();
    let rivals = Arc::new(Rivals::default());
    let follow = rivals::follow(rivals.clone(), wake_schedule.clone());
    let deleted = schedule_deleted(registry.clone(), wake_connection.clone());
    let (schedules, schedule_stream) = stream::watch(api(&client, options), move |event| {
        follow(event);
        on_delete(event, &deleted);
    });
    let deleted = connection_deleted(registry.clone(), schedules.clone(), wake_schedule.clone());
    let (connections, connection_stream) = stream::watch(api(&client, options), move |event| {
        on_delete(event, &deleted)
    });
    let (tell_caught_up, caught_up) = watch::channel(false);
    let context = Arc::new(Context {
        events: publisher(&client, options),
        client,
        store,
        registry,
        rivals,
        schedules: schedules.clone(),
        connections: connections.clone(),
        wake_schedule,
        wake_connection,
        caught_up,
        metrics,
        freshness: Freshness::default(),
        failures: std::sync::Mutex::default(),
    });
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
        .run(reconcile_connection, after_error, context);
    let catching_up = async {
        if schedules.wait_until_ready().await.is_ok()
            && connections.wait_until_ready().await.is_ok()
        {
            let _ = tell_caught_up.send(true);
            admin.set_ready(true);
            tracing::info!("the cluster has been read once; ready");
        }
        std::future::pending::<()>().await;
    };
    let both = async { tokio::join!(drain(rounds), drain(timetables)) };
    tokio::select! {
        () = ended(both, admin, stop) => {}
        () = catching_up => {}
        () = keep_up(upkeep) => {}
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

/// Resolves when work ended, which after a stop takes a while and not for ever.
async fn ended<T>(work: impl Future<Output = T>, admin: &Admin, stop: watch::Receiver<bool>) {
    let mut work = pin!(work);
    tokio::select! {
        _ = &mut work => return,
        () = stopped(stop) => admin.set_ready(false),
    }
    if tokio::time::timeout(LONGEST_END, work).await.is_err() {
        tracing::warn!("rounds under way were cut off; the next process finds what they did");
    }
}

async fn reconcile_schedule(
    object: Arc<WorkflowSchedule>,
    context: Arc<Context>,
) -> Result<kube::runtime::controller::Action, super::error::Error> {
    let round = workflow_schedule::reconcile(object.clone(), context.clone());
    guarded(object, context, round).await
}

async fn reconcile_connection(
    object: Arc<GitHubConnection>,
    context: Arc<Context>,
) -> Result<kube::runtime::controller::Action, super::error::Error> {
    let round = connection::reconcile(object.clone(), context.clone());
    guarded(object, context, round).await
}

/// Tells of an object that is gone.
fn on_delete<K>(event: &Event<K>, told: &impl Fn(&K)) {
    if let Event::Delete(object) = event {
        told(object);
    }
}

/// A WorkflowSchedule that is gone leaves its place in the timetable to others.
fn schedule_deleted(
    registry: Arc<Registry>,
    wake: UnboundedSender<ObjectRef<GitHubConnection>>,
) -> impl Fn(&WorkflowSchedule) + Send + 'static {
    move |schedule| {
        if registry.is_gone(&connection_of(schedule)) {
            return;
        }
        let _ = wake.send(reference(schedule));
    }
}

/// A GitHubConnection that is gone is news to all that go through it.
fn connection_deleted(
    registry: Arc<Registry>,
    schedules: Reflector<WorkflowSchedule>,
    wake: UnboundedSender<ObjectRef<WorkflowSchedule>>,
) -> impl Fn(&GitHubConnection) + Send + 'static {
    move |connection| {
        let identity = identity(connection);
        if schedules
            .find(|schedule| connection_of(schedule) == identity)
            .is_none()
        {
            registry.forget(&identity);
        }
        registry.gone(&identity);
        for schedule in connection::schedules(&schedules, &identity) {
            let _ = wake.send(ObjectRef::from(&*schedule));
        }
    }
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

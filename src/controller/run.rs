//! Starts the controller, keeps it running, and ends it in order.

use std::{io, net::SocketAddr};

use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
};

use super::{
    client::client,
    hears::Hears,
    lease::{self, Election, Lead, lead_by_turns},
    relay::Relay,
    selector::Selector,
    standby::stand_by,
    term::{Process, work},
};
use crate::{
    metrics::Metrics,
    round::timed,
    store::{Retention, Store},
    web::{Admin, Readiness, webhooks::Receiver},
};

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
    let relay = election
        .as_ref()
        .filter(|_| hears.is_some())
        .and_then(|election| Relay::new(&store, &election.place()));
    let process = Process {
        options,
        client,
        store,
        metrics,
        admin: admin.clone(),
        hears,
        relay,
        stop,
    };
    let (end_server, server_ends) = oneshot::channel::<()>();
    let serving = admin.serve_on(listener, async {
        // A sender that is gone means the same as its word.
        let _ = server_ends.await;
    });
    let working = async {
        lead(&process, election).await;
        drop(end_server);
    };
    let ((), served, received) = tokio::join!(working, serving, receiving);
    served.and(received)
}

/// Works whenever the lease is held, and at once where there is none to hold.
async fn lead(process: &Process, election: Option<Election>) {
    let Process {
        metrics,
        admin,
        stop,
        ..
    } = process;
    match election {
        Some(election) => {
            let work = |lead| work(process, lead, Readiness::Leading);
            let meanwhile = || stand_by(process);
            lead_by_turns(election, metrics, admin, stop.clone(), work, meanwhile).await;
        }
        None => {
            metrics.leads(true);
            work(process, Lead::for_ever(), Readiness::Ready).await;
        }
    }
}

fn unusable(error: kube::Error) -> io::Error {
    let message = format!("the cluster's address or credentials cannot be used: {error}");
    io::Error::other(message)
}

/// Resolves when it is time to stop.
pub(super) async fn stopped(mut stop: watch::Receiver<bool>) {
    // A sender that is gone means the same as a stop.
    let _ = stop.wait_for(|stop| *stop).await;
}

//! Starts the controller, keeps it running, and ends it in order.

use std::{io, net::SocketAddr};

use tokio::sync::watch;

use super::{
    client::client,
    hears::Hears,
    lease::{self, Election, Lead, lead_by_turns},
    pulls::Shown,
    relay::Relay,
    selector::Selector,
    standby::stand_by,
    term::{Process, work},
};
use crate::{
    metrics::Metrics,
    round::{Opened, Opening, timed},
    store::{Retention, Store, StoreError},
    web::{Admin, Readiness, listen, webhooks::Receiver},
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
    /// The dashboard that is to show where pull requests stand; none where there is none.
    pub shown: Shown,
}

/// Why the controller could not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// An address to listen on, or the cluster's address or credentials cannot be used.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The store cannot be used, and waiting would not help.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Runs the controller over the store of a URL until `stop` turns true, then lets the rounds under way come to their end.
///
/// An API server that does not answer is waited for, and so is a store whose server is away: health and readiness are told all
/// the same, and nobody leads without a store.
///
/// # Errors
/// See [`RunError`].
pub async fn run(
    options: Options,
    config: kube::Config,
    store: &str,
    stop: watch::Receiver<bool>,
) -> Result<(), RunError> {
    let client = client(config.clone()).map_err(unusable)?;
    let lease = options.lease.clone();
    let election = lease.map(|lease| Election::new(lease, config));
    let election = election.transpose().map_err(unusable)?;
    let address = options.admin_address;
    let listener = listen(address).await.map_err(|error| {
        let message = format!("the admin server cannot listen on {address}: {error}");
        io::Error::new(error.kind(), message)
    })?;
    let metrics = Metrics::default();
    let (receiver, queue) = Receiver::new(metrics.clone());
    let webhooks = match options.webhooks_address {
        Some(address) => Some(Receiver::bind(address).await?),
        None => None,
    };
    let hears = webhooks
        .is_some()
        .then(|| Hears::new(receiver.clone(), queue));
    let admin = Admin::new(metrics.clone());
    let (work_lasts, worked) = watch::channel(false);
    let serving = admin.serve_on(listener, stopped(worked.clone()));
    let receiving = async {
        match webhooks {
            Some(listener) => {
                receiver
                    .serve_on(listener, either(stop.clone(), worked))
                    .await
            }
            None => Ok(()),
        }
    };
    let working = async {
        let store = opened(store, &admin, stop.clone()).await;
        if let Ok(Some(store)) = &store {
            let store = store.clone().observed_by(timed(&metrics));
            let process = Process {
                relay: relay(&store, hears.as_ref(), election.as_ref()),
                store: store.clone(),
                options,
                client,
                metrics,
                admin: admin.clone(),
                hears,
                stop: stop.clone(),
            };
            lead(&process, election).await;
            store.close().await;
        }
        drop(work_lasts);
        store.map(drop)
    };
    let (worked, served, received) = tokio::join!(working, serving, receiving);
    worked?;
    Ok(served.and(received)?)
}

/// Opens the store, however long that takes; none where it is time to stop before.
async fn opened(
    url: &str,
    admin: &Admin,
    stop: watch::Receiver<bool>,
) -> Result<Option<Store>, StoreError> {
    let mut opening = Opening::new(url);
    let opened = async {
        loop {
            match opening.step().await? {
                Opened::Store(store) => return Ok(store),
                Opened::Again(wait) => {
                    admin.set_readiness(Readiness::NoStore);
                    tokio::time::sleep(wait).await;
                }
            }
        }
    };
    let opened = tokio::select! {
        opened = opened => opened.map(Some),
        () = stopped(stop) => Ok(None),
    };
    admin.set_readiness(Readiness::No);
    opened
}

/// The way to other replicas, where there are any that hear deliveries.
fn relay(store: &Store, hears: Option<&Hears>, election: Option<&Election>) -> Option<Relay> {
    let election = election.filter(|_| hears.is_some())?;
    Relay::new(store, &election.place())
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

/// Resolves when it is time to stop, or there is nothing left to stop.
async fn either(stop: watch::Receiver<bool>, worked: watch::Receiver<bool>) {
    tokio::select! {
        () = stopped(stop) => {}
        () = stopped(worked) => {}
    }
}

/// Resolves when it is time to stop.
pub(super) async fn stopped(mut stop: watch::Receiver<bool>) {
    // A sender that is gone means the same as a stop.
    let _ = stop.wait_for(|stop| *stop).await;
}

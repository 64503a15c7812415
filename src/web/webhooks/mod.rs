//! The receiver of GitHub's webhooks, on an address of its own so that the admin server is never exposed with it.
//!
//! Owns the one route `POST /webhooks/github`. A delivery is verified, read, put into a queue and answered; whoever takes
//! it from there looks at GitHub. The receiver knows no object and asks nobody.
//!
//! # Invariants
//! - Nothing of a body is read before a secret of a connection has signed it, and no more of it is held than [`LIMIT`].
//! - An answer waits for the sender alone: the queue is bounded, and when it is full the delivery is refused.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderMap, header},
    routing::post,
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, mpsc},
    time::timeout,
};

mod delivered;
mod heard;
mod keyring;
mod outcome;
#[cfg(test)]
mod tests;

use self::{delivered::Delivered, outcome::Outcome};
pub use heard::Heard;
pub use keyring::{Full, Keyring};

use crate::{
    domain::Digest,
    github::webhook::{Event, News, Signature},
    metrics::Metrics,
    web::serve::serve,
};

/// Where deliveries are taken.
pub const PATH: &str = "/webhooks/github";
/// The longest body that is read. GitHub sends up to 25 MiB; the end of a run takes some 30 KiB, and a push of many hundred
/// commits fits. What is longer is found by polling.
pub const LIMIT: usize = 1024 * 1024;
/// How many senders are connected at once; further ones wait to be accepted.
const MOST_CONNECTIONS: usize = 256;
/// How many bodies are read at once: with [`LIMIT`], how much memory senders can fill.
const AT_ONCE: usize = 32;
/// How long a body may take to arrive, and so how long somebody who sends none keeps a turn.
const LONGEST_BODY: Duration = Duration::from_secs(5);
/// How long a delivery waits for its turn; with [`LONGEST_BODY`] less than the ten seconds after which GitHub gives up.
const LONGEST_TURN: Duration = Duration::from_secs(4);
/// How many deliveries wait to be heard.
const QUEUE: usize = 1024;
/// The metric's label, in place of an event, for what another replica took and passed on.
const RELAYED: &str = "relayed";

/// Takes deliveries, cheap to clone.
#[derive(Clone)]
pub struct Receiver {
    keyring: Keyring,
    delivered: Arc<Mutex<Delivered>>,
    reading: Arc<Semaphore>,
    stands_by: Arc<AtomicBool>,
    queue: mpsc::Sender<Heard>,
    metrics: Metrics,
}

impl Receiver {
    /// A receiver with no secret yet, and the queue that it fills.
    #[must_use]
    pub fn new(metrics: Metrics) -> (Self, mpsc::Receiver<Heard>) {
        let (queue, heard) = mpsc::channel(QUEUE);
        let receiver = Self {
            keyring: Keyring::default(),
            delivered: Arc::default(),
            reading: Arc::new(Semaphore::new(AT_ONCE)),
            stands_by: Arc::default(),
            queue,
            metrics,
        };
        (receiver, heard)
    }

    /// The secrets that it goes by.
    #[must_use]
    pub fn keyring(&self) -> Keyring {
        self.keyring.clone()
    }

    /// The route.
    pub fn router(&self) -> Router {
        Router::new()
            .route(PATH, post(receive))
            .with_state(self.clone())
    }

    /// Listens on an address, or tells why that cannot be.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
        crate::web::listen(address).await.map_err(|error| {
            let message = format!("the webhook receiver cannot listen on {address}: {error}");
            std::io::Error::new(error.kind(), message)
        })
    }

    /// Whether deliveries are heard from now on; at first they are.
    ///
    /// Who stands by says so, so that a true delivery is not refused as unsigned.
    pub fn stand_by(&self, stands_by: bool) {
        self.stands_by.store(stands_by, Ordering::Release);
    }

    /// Serves on a listener until `stop` resolves.
    ///
    /// # Errors
    /// When the listener has no address.
    pub async fn serve_on(
        &self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        tracing::info!(address = %listener.local_addr()?, "webhook receiver listens");
        serve(listener, self.router(), MOST_CONNECTIONS, stop).await;
        Ok(())
    }

    async fn take(&self, headers: &HeaderMap, event: Option<Event>, body: Body) -> Outcome {
        let Some(event) = event else {
            return Outcome::Unlisted;
        };
        let Some(signature) = text(headers, "x-hub-signature-256").and_then(Signature::read) else {
            return Outcome::Unsigned;
        };
        if self.stands_by.load(Ordering::Acquire) {
            return Outcome::Standby;
        }
        if declared_length(headers).is_some_and(|length| length > LIMIT) {
            return Outcome::TooLarge;
        }
        let Ok(Ok(_turn)) = timeout(LONGEST_TURN, self.reading.acquire()).await else {
            return Outcome::Overflow;
        };
        let body = match timeout(LONGEST_BODY, to_bytes(body, LIMIT)).await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => return Outcome::TooLarge,
            Err(_) => return Outcome::Interrupted,
        };
        let connections = self.keyring.signers(&signature, &body).await;
        if connections.is_empty() {
            return Outcome::Unsigned;
        }
        let id = text(headers, "x-github-delivery").filter(|id| !id.is_empty());
        self.take_verified(event, id, &signature, connections, &body)
    }

    fn take_verified(
        &self,
        event: Event,
        id: Option<&str>,
        signature: &Signature,
        connections: BTreeSet<String>,
        body: &[u8],
    ) -> Outcome {
        // The id is not signed, and may be missing: it counts among those who share a secret only.
        let id = id.map(|id| {
            let among = connections.iter().map(|name| name.as_bytes());
            Digest::of(among.chain([id.as_bytes()]))
        });
        let signature = Digest::of([signature.bytes().as_slice()]);
        let marks: Vec<_> = id.into_iter().chain([signature]).collect();
        // Held to the end, so that of two equal deliveries at once one is taken.
        let mut delivered = self
            .delivered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if delivered.knows(&marks) {
            return Outcome::Repeated;
        }
        let news = match News::read(event, body) {
            Ok(news) => news,
            Err(error) => {
                tracing::warn!(error = %error, "webhook delivery could not be read");
                return Outcome::Malformed;
            }
        };
        let Some(news) = news else {
            delivered.remember(&marks);
            return Outcome::Ignored;
        };
        let heard = Heard {
            connections,
            news,
            marks,
        };
        self.enqueue(heard, &mut delivered)
    }

    /// Takes what another replica verified, and counts it; none is what could not be read.
    pub fn take_relayed(&self, heard: Option<Heard>) {
        let mut delivered = self
            .delivered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let outcome = match heard {
            None => Outcome::Malformed,
            Some(heard) if delivered.knows(&heard.marks) => Outcome::Repeated,
            Some(heard) => self.enqueue(heard, &mut delivered),
        };
        self.metrics.delivery(RELAYED, outcome.into());
    }

    /// Counts what was taken and could not be passed on.
    pub fn tell_unsent(&self) {
        self.metrics.delivery(RELAYED, Outcome::Standby.into());
    }

    fn enqueue(&self, heard: Heard, delivered: &mut Delivered) -> Outcome {
        let marks = heard.marks.clone();
        if self.queue.try_send(heard).is_err() {
            return Outcome::Overflow;
        }
        delivered.remember(&marks);
        Outcome::Enqueued
    }
}

async fn receive(
    State(receiver): State<Receiver>,
    headers: HeaderMap,
    body: Body,
) -> outcome::Answer {
    let event = text(&headers, "x-github-event").and_then(Event::read);
    let outcome = receiver.take(&headers, event, body).await;
    let name = event.map_or("other", Event::name);
    receiver.metrics.delivery(name, outcome.into());
    tracing::debug!(
        event = name,
        outcome = <&str>::from(outcome),
        "webhook delivery"
    );
    outcome.answer()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    text(headers, header::CONTENT_LENGTH.as_str())?.parse().ok()
}

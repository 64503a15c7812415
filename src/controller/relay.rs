//! Between the replicas of one lease: what one that stands by has heard of GitHub comes to the one that leads, as a notice over the
//! store that they share.
//!
//! # Invariants
//! - A notice is a wake-up, as a delivery is, and no fact: one that is lost, repeated or made up changes nothing but when.
//! - Only what a connection's secret signed is passed on, and neither the body, the signature nor a secret goes with it.
//! - Nothing is kept: what nobody hears is gone, and the next poll finds what it was about.

use std::{convert::Infallible, time::Duration};

use super::{
    hears::{Hears, Term},
    webhooks::Queue,
};
use crate::{
    domain::Digest,
    github::webhook::News,
    store::{LONGEST_NOTICE, Notices, Store, StoreError},
    web::webhooks::Heard,
};

/// How soon after a failure it is tried again to hear: an outage of the store lasts for minutes rather than seconds, and who
/// waits is nobody but a wake-up.
const AGAIN: Duration = Duration::from_secs(5);

/// The way between replicas.
pub(super) struct Relay(Notices);

impl Relay {
    /// The way between the candidates for the lease `place` (`namespace/name`); none where their store carries no notices.
    pub(super) fn new(store: &Store, place: &str) -> Option<Self> {
        // A name of a fixed length and of letters that no database changes.
        let digest = Digest::of([place.as_bytes()]);
        let channel = format!("cronwright_{}", digest.short());
        store.notices(&channel).map(Self)
    }

    /// Passes on what is heard, for as long as it is polled.
    pub(super) async fn pass_on(&self, queue: &Queue, term: &Term<'_>) -> Infallible {
        let mut queue = queue.lock().await;
        let mut outage = Outage::default();
        while let Some(heard) = queue.recv().await {
            let Some(text) = heard.to_text(LONGEST_NOTICE) else {
                if heard.news != News::Ping {
                    term.tell_unsent();
                }
                continue;
            };
            let sent = self.0.send(&text).await;
            if sent.is_err() {
                term.tell_unsent();
            }
            outage.tell(sent.as_ref().err(), "passed on to the leader");
        }
        // The receiver is gone, and so is the process.
        std::future::pending().await
    }

    /// Hears what others pass on until that fails.
    async fn listen(&self, hears: &Hears, outage: &mut Outage) -> Result<Infallible, StoreError> {
        let mut listener = self.0.listen().await?;
        tracing::info!("the leader listens to replicas that stand by");
        outage.tell(None, HEARD);
        loop {
            let text = listener.next().await?;
            hears.take_relayed(Heard::from_text(&text));
        }
    }
}

const HEARD: &str = "heard from replicas that stand by";

/// Hears what replicas that stand by pass on, for as long as it is polled.
pub(super) async fn hear(relay: Option<&Relay>, hears: Option<&Hears>) -> Infallible {
    let (Some(relay), Some(hears)) = (relay, hears) else {
        return std::future::pending().await;
    };
    let mut outage = Outage::default();
    loop {
        let error = match relay.listen(hears, &mut outage).await {
            Ok(never) => match never {},
            Err(error) => error,
        };
        outage.tell(Some(&error), HEARD);
        tokio::time::sleep(AGAIN).await;
    }
}

/// Whether it was told that the way is closed: once when it closes, and once when it is open again.
#[derive(Default)]
struct Outage(bool);

impl Outage {
    fn tell(&mut self, error: Option<&StoreError>, deed: &str) {
        match error {
            Some(error) if !self.0 => tracing::warn!(
                error = %error,
                "webhook deliveries cannot be {deed}; polling finds what they are about"
            ),
            None if self.0 => tracing::info!("webhook deliveries are {deed} again"),
            Some(_) | None => {}
        }
        self.0 = error.is_some();
    }
}

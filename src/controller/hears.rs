//! Who hears deliveries: the receiver lives as long as the process, what it is given and tells only as long as a term.
//!
//! # Invariants
//! - Outside a term the receiver says that it stands by, knows no secret, and has nothing waiting.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::webhooks::{Hooks, Queue};
use crate::web::webhooks::{Heard, Receiver};

/// What a receiver of webhooks has to be given, and what it tells: to one term after the other. A term leads, or stands by
/// and passes on what it hears.
pub(super) struct Hears {
    receiver: Receiver,
    hooks: Arc<Hooks>,
    queue: Queue,
}

/// One term of hearing; it ends when this is dropped, however its work did.
pub(super) struct Term<'a>(&'a Hears);

impl Hears {
    /// Stands by until a term begins.
    pub(super) fn new(receiver: Receiver, queue: mpsc::Receiver<Heard>) -> Self {
        receiver.stand_by(true);
        Self {
            hooks: Arc::new(Hooks::new(receiver.keyring())),
            queue: Queue::new(queue),
            receiver,
        }
    }

    /// A term that hears once it is told to: before secrets are known, a true delivery would be refused as unsigned.
    pub(super) fn begin(&self) -> Term<'_> {
        Term(self)
    }

    /// Takes what another process heard, and counts it; none is what could not be read.
    pub(super) fn take_relayed(&self, heard: Option<Heard>) {
        self.receiver.take_relayed(heard);
    }
}

impl Term<'_> {
    /// Hears from now on.
    pub(super) fn hear(&self) {
        self.0.receiver.stand_by(false);
    }

    /// Counts what was heard and could not be passed on.
    pub(super) fn tell_unsent(&self) {
        self.0.receiver.tell_unsent();
    }

    /// Where its secrets are kept, and what it heard.
    pub(super) fn parts(&self) -> (Arc<Hooks>, &Queue) {
        (self.0.hooks.clone(), &self.0.queue)
    }
}

impl Drop for Term<'_> {
    fn drop(&mut self) {
        let Hears {
            receiver,
            hooks,
            queue,
        } = self.0;
        receiver.stand_by(true);
        hooks.forget_all();
        // Whoever listened went before its term; what is left is what the next look finds anyway.
        if let Ok(mut queue) = queue.try_lock() {
            while queue.try_recv().is_ok() {}
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        body::Body,
        http::{Request, StatusCode},
    };
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use sha2::Sha256;
    use tower::ServiceExt as _;

    use super::*;
    use crate::{metrics::Metrics, web::webhooks::PATH};

    async fn send(receiver: &Receiver, body: &'static str) -> StatusCode {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"secret").unwrap();
        mac.update(body.as_bytes());
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        let request = Request::post(PATH)
            .header("x-github-event", "ping")
            .header("x-hub-signature-256", signature)
            .body(Body::from(body))
            .unwrap();
        receiver.router().oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn a_term_hears_and_leaves_the_next_one_neither_secrets_nor_news() {
        let (receiver, queue) = Receiver::new(Metrics::default());
        let hears = Hears::new(receiver.clone(), queue);
        assert_eq!(send(&receiver, "{}").await, StatusCode::SERVICE_UNAVAILABLE);
        {
            let term = hears.begin();
            let (hooks, _) = term.parts();
            hooks.keyring.put("ci/acme", vec!["secret".into()]).unwrap();
            assert_eq!(send(&receiver, "{}").await, StatusCode::SERVICE_UNAVAILABLE);
            term.hear();
            assert_eq!(send(&receiver, "{}").await, StatusCode::ACCEPTED);
        }
        assert_eq!(send(&receiver, "[]").await, StatusCode::SERVICE_UNAVAILABLE);
        let term = hears.begin();
        term.hear();
        assert_eq!(send(&receiver, "[]").await, StatusCode::UNAUTHORIZED);
        let (_, queue) = term.parts();
        assert!(queue.lock().await.try_recv().is_err());
    }
}

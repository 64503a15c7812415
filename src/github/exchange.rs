//! One exchange with GitHub, the same for every call: admission, condition, credentials, time limit, lessons, verdict.
//!
//! Owns the order of these steps. Invariants: nothing sleeps; nothing is sent twice, but for a request that GitHub refused
//! for its token alone; every request, however it ends, leaves the budget's count and makes one fact and one log line.

use std::sync::{Arc, PoisonError};

use futures::future::{BoxFuture, FutureExt as _};
use http::{StatusCode, header::ETAG};
use tokio::{
    sync::SemaphorePermit,
    time::{Instant, timeout},
};
use tracing::Instrument as _;

use super::{
    Client, Error, Limit, Result,
    auth::{App, Bearer},
    budget::{AnswerFacts, Cost, Wait},
    cache::CachedResponse,
    call::{Answer, Call},
    classify,
    client::Inner,
    skew::Skew,
    verdict::unanswered,
};
use crate::domain::{Seconds, Timestamp};

/// How often a read follows to where its object has moved: a rename of a transfer of a rename.
const MOST_MOVES: usize = 3;

/// When to ask again after all slots were busy for a whole time limit (ours).
const BUSY: Seconds = Seconds(5);

/// How a request is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payment {
    /// By this request itself.
    Now(Cost),
    /// A chain of writes paid for it before it began.
    Paid,
}

impl Client {
    /// Reads: conditionally where we have an answer already, and following a rename on the same host.
    pub(super) async fn read(&self, call: &Call) -> Result<Answer> {
        let mut call = call.clone();
        for _ in 0..=MOST_MOVES {
            let answer = self.read_here(&call).await?;
            match &answer.moved_to {
                Some(target) => call = call.to(target.clone()),
                None => return Ok(answer),
            }
        }
        Err(Error::Moved { what: call.what })
    }

    async fn read_here(&self, call: &Call) -> Result<Answer> {
        let key = format!(
            "{}|GET|{}",
            self.inner.identity,
            self.inner.origin.absolute(&call.target)
        );
        let known = self.inner.cache.get(&key).await;
        let answer = self
            .authorized(call, Payment::Now(Cost::Read), known.as_ref())
            .await?;
        let etag = answer.headers.get(ETAG).and_then(|etag| etag.to_str().ok());
        if let (Some(etag), false, None) = (etag, answer.unchanged, &answer.moved_to) {
            let (etag, body, link) = (etag.to_owned(), answer.body.clone(), answer.link.clone());
            self.inner
                .cache
                .put(key, CachedResponse { etag, body, link })
                .await;
        }
        Ok(answer)
    }

    /// Sends a call with our credentials, and once more with new ones where GitHub refused a token that can be renewed.
    pub(super) async fn authorized(
        &self,
        call: &Call,
        pay: Payment,
        known: Option<&CachedResponse>,
    ) -> Result<Answer> {
        let bearer = self.bearer().await?;
        match self.once(call, pay, &bearer, known).await {
            Err(Error::Unauthorized { .. }) if self.inner.keeper.reject(&bearer).await => {
                let bearer = self.bearer().await?;
                self.once(call, pay, &bearer, known).await
            }
            other => other,
        }
    }

    /// Sends a call as the App itself, and once more where the refusal shows that it was dated by a wrong clock.
    pub(super) async fn as_app(&self, app: &App, call: &Call, pay: Payment) -> Result<Answer> {
        let skew = &self.inner.skew;
        let dated = skew.corrected(self.inner.now());
        let first = self.once(call, pay, &app.identify(dated)?, None).await;
        let present = skew.corrected(self.inner.now());
        let answer = match first {
            Err(Error::Unauthorized { .. }) if Skew::matters(dated, present) => {
                self.once(call, pay, &app.identify(present)?, None).await
            }
            other => other,
        };
        answer.map_err(|error| skew.explain(error))
    }

    /// The credential for a request now. Tokens end by GitHub's clock.
    pub(super) async fn bearer(&self) -> Result<Bearer> {
        let now = self.inner.skew.corrected(self.inner.now());
        self.inner.keeper.bearer(self, now).await
    }

    /// Sends a call once, as whoever the bearer is.
    pub(super) async fn once(
        &self,
        call: &Call,
        pay: Payment,
        bearer: &Bearer,
        known: Option<&CachedResponse>,
    ) -> Result<Answer> {
        let started = Instant::now();
        let span = self.inner.span(call);
        // On the heap, for the same reason as calls of the store.
        let exchange = Box::pin(self.exchange(call, pay, bearer, known));
        let (status, result) = match exchange.instrument(span.clone()).await {
            Ok((status, result)) => (Some(status), result),
            Err(error) => (None, Err(error)),
        };
        self.inner
            .tell(&span, call, status, &result, known.is_some(), started);
        result
    }

    /// Goes out and comes back; the outer error means that no answer was read.
    async fn exchange(
        &self,
        call: &Call,
        pay: Payment,
        bearer: &Bearer,
        known: Option<&CachedResponse>,
    ) -> Result<(StatusCode, Result<Answer>)> {
        let request = self.inner.request(call, bearer, known)?;
        let flight = self.depart(call, pay, bearer).await?;
        let limit = self.inner.request_timeout;
        let sent = timeout(limit, self.inner.transport.send(request)).await;
        let received = match sent {
            Ok(Ok(received)) => received,
            Ok(Err(failure)) => return Err(unanswered(call, failure)),
            Err(_) => {
                let (what, after) = (call.what.clone(), Seconds(limit.as_secs()));
                return Err(Error::Timeout {
                    what,
                    after,
                    wrote: call.doubt(),
                });
            }
        };
        let status = received.status;
        self.inner.skew.learn(&received.headers, self.inner.now());
        let message = if status.is_success() {
            String::new()
        } else {
            classify::message(&received.body, |text| bearer.redact(text))
        };
        let facts = AnswerFacts::read(status, &received.headers, &message);
        // A refused token is counted against someone else: the anonymous users of our address.
        let wait = (status != StatusCode::UNAUTHORIZED)
            .then(|| self.inner.purse(bearer).learn(&facts, self.inner.now()));
        drop(flight);
        Ok((
            status,
            self.inner
                .judge(call, received, message, wait.flatten(), known),
        ))
    }

    /// Waits for a free slot, briefly, and is admitted.
    async fn depart<'a>(
        &'a self,
        call: &Call,
        pay: Payment,
        bearer: &'a Bearer,
    ) -> Result<Flight<'a>> {
        let limited = |until, limit| Error::RateLimited {
            what: call.what.clone(),
            until,
            limit,
        };
        let slot = timeout(self.inner.request_timeout, self.inner.slots.acquire()).await;
        let Ok(Ok(slot)) = slot else {
            return Err(limited(
                self.inner.now() + BUSY.to_delta(),
                Limit::Concurrency,
            ));
        };
        let mut budget = self.inner.purse(bearer);
        if let Payment::Now(cost) = pay {
            let admitted = budget.admit(cost, self.inner.now());
            admitted.map_err(|Wait { until, limit }| limited(until, limit))?;
        }
        budget.depart();
        drop(budget);
        Ok(Flight {
            inner: &self.inner,
            bearer,
            _slot: slot,
        })
    }
}

/// A request under way; however it ends, it is counted out.
struct Flight<'a> {
    inner: &'a Arc<Inner>,
    bearer: &'a Bearer,
    _slot: SemaphorePermit<'a>,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.inner.purse(self.bearer).arrive();
    }
}

impl Inner {
    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(super) fn budget(&self) -> std::sync::MutexGuard<'_, super::Budget> {
        // The account's methods do not panic; were one to, its numbers would at worst be cautious.
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account that a bearer's requests are counted in: GitHub counts an App's own apart.
    fn purse(&self, bearer: &Bearer) -> std::sync::MutexGuard<'_, super::Budget> {
        let purse = if bearer.is_app() {
            &self.app_budget
        } else {
            &self.budget
        };
        purse.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl super::auth::Mint for Client {
    fn mint<'a>(
        &'a self,
        app: &'a App,
    ) -> BoxFuture<'a, Result<super::wire::token::InstallationToken>> {
        super::mint::mint(self, app).boxed()
    }
}

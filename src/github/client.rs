//! The client of one connection: what it is made of, and what it tells without asking GitHub.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::{Request, Response};
use http_body_util::BodyExt;
use octocrab::OctoBody;
use tokio::sync::Semaphore;
use tower::{BoxError, Service};

use super::{
    Budget, BudgetSnapshot, Clock, Observer, ResponseCache, Result, Settings, auth::Keeper,
    settings::Origin, skew::Skew, transport::Transport,
};
use crate::domain::{Host, Timestamp};

/// A connection to GitHub. Clones share everything: tokens, budget, cache and the order of writes.
///
/// # Guarantees
/// No method sleeps: what may not go now fails with [`super::Error::RateLimited`] and the instant to look again. Each
/// request ends within twice the time limit of the settings (once for a free slot, once for the answer). A failed write is
/// never sent again. Every read asks GitHub: a remembered answer is used only when GitHub confirms it.
///
/// # Caveats
/// A method that reads several pages takes the time limit for each.
#[derive(Clone)]
pub struct Client {
    pub(super) inner: Arc<Inner>,
}

/// What the clones of a client share.
pub(super) struct Inner {
    pub(super) origin: Origin,
    /// Who we are, as a digest; part of each cache key.
    pub(super) identity: String,
    pub(super) keeper: Keeper,
    pub(super) transport: Transport,
    pub(super) request_timeout: Duration,
    pub(super) budget: Mutex<Budget>,
    /// The budget of what an App asks as itself, which is another than its installation's.
    pub(super) app_budget: Mutex<Budget>,
    pub(super) skew: Skew,
    pub(super) slots: Semaphore,
    /// Held by whoever writes: writes go one at a time.
    pub(super) pen: tokio::sync::Mutex<()>,
    pub(super) cache: Arc<dyn ResponseCache>,
    pub(super) clock: Clock,
    pub(super) observer: Option<Observer>,
}

impl Client {
    /// Makes a client that goes over the network. It must be called inside a tokio runtime; it makes no request.
    ///
    /// # Errors
    /// [`super::Error::Config`] when the address or the credentials cannot be right, or TLS cannot start.
    pub fn new(settings: Settings, cache: Arc<dyn ResponseCache>, clock: Clock) -> Result<Self> {
        let transport = Transport::network()?;
        Self::assemble(settings, transport, cache, clock)
    }

    /// Makes a client that goes to a service in this process, such as an axum `Router`, through the very same credentials,
    /// cache, budget, paging and errors. It must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`super::Error::Config`] as [`Client::new`].
    pub fn with_service<S, B>(
        settings: Settings,
        cache: Arc<dyn ResponseCache>,
        clock: Clock,
        service: S,
    ) -> Result<Self>
    where
        S: Service<Request<OctoBody>, Response = Response<B>> + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: BodyExt + Send + 'static,
        B::Data: AsRef<[u8]>,
        B::Error: Into<BoxError>,
    {
        Self::assemble(settings, Transport::service(service), cache, clock)
    }

    /// The present, by the clock that the client was given.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.now()
    }

    /// Which GitHub it goes to.
    #[must_use]
    pub fn host(&self) -> &Host {
        self.inner.origin.host()
    }

    /// Shows how much of GitHub is left, by what past answers said; makes no request.
    #[must_use]
    pub fn rate(&self) -> BudgetSnapshot {
        self.inner.budget().snapshot(self.inner.now())
    }

    fn assemble(
        settings: Settings,
        transport: Transport,
        cache: Arc<dyn ResponseCache>,
        clock: Clock,
    ) -> Result<Self> {
        let Settings {
            api_url,
            credentials,
            request_timeout,
            budget,
            observer,
        } = settings;
        let origin = Origin::parse(&api_url)?;
        let inner = Inner {
            identity: origin.identity(&credentials),
            keeper: Keeper::new(credentials)?,
            origin,
            transport,
            request_timeout,
            budget: Mutex::new(Budget::new(budget.hourly_share)),
            app_budget: Mutex::new(Budget::new(budget.hourly_share)),
            skew: Skew::default(),
            slots: Semaphore::new(usize::from(budget.concurrent_requests.max(1))),
            pen: tokio::sync::Mutex::new(()),
            cache,
            clock,
            observer,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("origin", &self.inner.origin)
            .finish_non_exhaustive()
    }
}

//! The servers that both shells start: health and metrics for the cluster, a receiver of webhooks for GitHub, and the dashboard
//! for people.
//!
//! The admin server is read-only, knows no object by name, and answers `/healthz` (the process lives), `/readyz` (the shell has caught
//! up and may be sent work) and `/metrics` (OpenMetrics).

mod ask;
mod listen;
mod serve;

pub use ask::{Answer, ask};
pub use listen::listen;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};

use tokio::net::TcpListener;

pub mod dashboard;
pub mod webhooks;

use crate::metrics::Metrics;

/// How many ask the admin server at once: far more than the probes and scrapes of a cluster.
const MOST_CONNECTIONS: usize = 1024;

/// What the admin server tells.
#[derive(Clone, Debug, Default)]
pub struct Admin {
    metrics: Metrics,
    readiness: Arc<AtomicU8>,
}

/// What a process tells that is asked whether it is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It has not caught up, or it ends.
    No,
    /// It has not begun: its store is away.
    NoStore,
    /// It works.
    Ready,
    /// It works, and others with the same lease stand by.
    Leading,
    /// It is well, and another one with the same lease works.
    Standby,
}

impl Readiness {
    const ALL: [Self; 5] = [
        Self::No,
        Self::NoStore,
        Self::Ready,
        Self::Leading,
        Self::Standby,
    ];

    const fn told(self) -> (StatusCode, &'static str) {
        match self {
            Self::No => (
                StatusCode::SERVICE_UNAVAILABLE,
                "not ready: the first look is not finished, or the process is ending\n",
            ),
            Self::NoStore => (
                StatusCode::SERVICE_UNAVAILABLE,
                "not ready: the store of the history is away; the log says why, and the start goes on when it is back\n",
            ),
            Self::Ready => (StatusCode::OK, "ready\n"),
            Self::Leading => (StatusCode::OK, "ready: leading\n"),
            Self::Standby => (StatusCode::OK, "ready: standby\n"),
        }
    }
}

impl Admin {
    /// Tells these metrics, and not ready until [`Admin::set_ready`] says so.
    #[must_use]
    pub fn new(metrics: Metrics) -> Self {
        Self {
            metrics,
            readiness: Arc::default(),
        }
    }

    /// Says whether the shell may be sent work.
    pub fn set_ready(&self, ready: bool) {
        self.set_readiness(if ready {
            Readiness::Ready
        } else {
            Readiness::No
        });
    }

    /// Says what the shell is ready for.
    pub fn set_readiness(&self, readiness: Readiness) {
        self.readiness.store(readiness as u8, Ordering::Relaxed);
    }

    fn readiness(&self) -> Readiness {
        let told = self.readiness.load(Ordering::Relaxed);
        let found = Readiness::ALL.into_iter().find(|one| *one as u8 == told);
        found.unwrap_or(Readiness::No)
    }

    /// The routes.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/readyz", get(readyz))
            .route("/metrics", get(metrics))
            .with_state(self.clone())
    }

    /// Serves on an address until `stop` resolves.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn serve(
        &self,
        address: SocketAddr,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        self.serve_on(listen(address).await?, stop).await
    }

    /// Serves on a listener until `stop` resolves; for shells that want to know of a taken address before they begin.
    ///
    /// # Errors
    /// When the listener has no address.
    pub async fn serve_on(
        &self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        tracing::info!(address = %listener.local_addr()?, "admin server listens");
        serve::serve(listener, self.router(), MOST_CONNECTIONS, stop).await;
        Ok(())
    }
}

async fn readyz(State(admin): State<Admin>) -> impl IntoResponse {
    admin.readiness().told()
}

async fn metrics(State(admin): State<Admin>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], admin.metrics.text())
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt as _;

    use super::*;

    async fn status(admin: &Admin, path: &str) -> StatusCode {
        let request = Request::get(path).body(Body::empty()).unwrap();
        admin.router().oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn the_server_lives_before_it_is_ready() {
        let admin = Admin::default();
        assert_eq!(status(&admin, "/healthz").await, StatusCode::OK);
        assert_eq!(
            status(&admin, "/readyz").await,
            StatusCode::SERVICE_UNAVAILABLE
        );
        admin.set_ready(true);
        assert_eq!(status(&admin, "/readyz").await, StatusCode::OK);
    }

    #[tokio::test]
    async fn who_stands_by_is_ready_and_says_so() {
        let admin = Admin::default();
        for readiness in Readiness::ALL {
            admin.set_readiness(readiness);
            let told = status(&admin, "/readyz").await;
            let not_ready = [Readiness::No, Readiness::NoStore].contains(&readiness);
            assert_eq!(told == StatusCode::OK, !not_ready);
            assert_eq!(admin.readiness(), readiness);
        }
        assert_eq!(admin.readiness().told().1, "ready: standby\n");
    }

    #[tokio::test]
    async fn metrics_are_served_and_nothing_else_is() {
        let admin = Admin::default();
        assert_eq!(status(&admin, "/metrics").await, StatusCode::OK);
        assert_eq!(status(&admin, "/objects").await, StatusCode::NOT_FOUND);
    }
}

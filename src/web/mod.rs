//! The admin server that both shells start: health and metrics.
//!
//! It is read-only, knows no object by name, and answers `/healthz` (the process lives), `/readyz` (the shell has caught
//! up and may be sent work) and `/metrics` (OpenMetrics).

mod ask;

pub use ask::{Answer, ask};

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
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

use crate::metrics::Metrics;

/// What the admin server tells.
#[derive(Clone, Debug, Default)]
pub struct Admin {
    metrics: Metrics,
    ready: Arc<AtomicBool>,
}

impl Admin {
    /// Tells these metrics, and not ready until [`Admin::set_ready`] says so.
    #[must_use]
    pub fn new(metrics: Metrics) -> Self {
        Self {
            metrics,
            ready: Arc::default(),
        }
    }

    /// Says whether the shell may be sent work.
    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Relaxed);
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
    /// When the address cannot be bound or the listener breaks.
    pub async fn serve(
        &self,
        address: SocketAddr,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        self.serve_on(TcpListener::bind(address).await?, stop).await
    }

    /// Serves on a listener until `stop` resolves; for shells that want to know of a taken address before they begin.
    ///
    /// # Errors
    /// When the listener breaks.
    pub async fn serve_on(
        &self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        tracing::info!(address = %listener.local_addr()?, "admin server listens");
        axum::serve(listener, self.router())
            .with_graceful_shutdown(stop)
            .await
    }
}

async fn readyz(State(admin): State<Admin>) -> impl IntoResponse {
    if admin.ready.load(Ordering::Relaxed) {
        (StatusCode::OK, "ready\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "not ready: the first look is not finished, or the process is ending\n",
        )
    }
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
    async fn metrics_are_served_and_nothing_else_is() {
        let admin = Admin::default();
        assert_eq!(status(&admin, "/metrics").await, StatusCode::OK);
        assert_eq!(status(&admin, "/objects").await, StatusCode::NOT_FOUND);
    }
}

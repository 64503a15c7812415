//! The dashboard: what a store knows, as pages for people. It reads and never writes.
//!
//! Pages are made from one picture of the store, which is taken anew when the store has changed; so a page costs no query,
//! but for the one workflow that a page is about. A new page is a file in `pages` with a template, and a line in each of
//! `parts::Tab` and [`Dashboard::router`].
//!
//! # Invariants
//! - Whoever asks is let in by [`Access`] first, whatever is asked for.
//! - What comes from outside reaches a page through a template, which escapes it.
//! - No page asks anybody but this server for anything, runs a script that is not a file of ours, or may be framed.

mod access;
mod assets;
mod fresh;
mod guard;
mod live;
mod pages;
mod parts;
mod picture;
mod pulls;
mod review;
#[cfg(test)]
mod tests;

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, middleware, routing::get};
use tokio::net::TcpListener;

pub use access::{Access, AccessError};
pub use pulls::Pull;
pub use review::{Reviewed, Reviewer, Verdict};

use super::serve::serve;
use crate::{
    domain::Timestamp,
    store::{Store, StoreError},
};
use fresh::Fresh;

/// How many are connected at once: an open page keeps one connection for news and a few for itself.
const MOST_CONNECTIONS: usize = 512;

/// Where the present comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Serves what a store knows, cheap to clone.
#[derive(Clone)]
pub struct Dashboard {
    fresh: Fresh,
    access: Access,
}

impl Dashboard {
    /// Takes the first picture of a store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open(store: Store, access: Access, clock: Clock) -> Result<Self, StoreError> {
        Ok(Self {
            fresh: Fresh::open(store, clock).await?,
            access,
        })
    }

    /// Tells of the pull requests that are open, where a shell knows them: a store remembers only that they were opened.
    pub fn tell_pulls(&self, pulls: Vec<Pull>) {
        self.fresh.tell_pulls(pulls);
    }

    /// Takes another picture if the store has changed since the last; whether it had.
    ///
    /// # Errors
    /// When the store cannot be read; the last picture stays.
    pub async fn refresh(&self) -> Result<bool, StoreError> {
        self.fresh.refresh().await
    }

    /// The pages.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/", get(pages::overview))
            .route("/timetable", get(pages::timetable))
            .route("/load", get(pages::load))
            .route("/workflows", get(pages::workflows))
            .route("/workflows/{owner}/{name}/{file}", get(pages::workflow))
            .route(
                "/workflows/{host}/{owner}/{name}/{file}",
                get(pages::workflow),
            )
            .route("/accuracy", get(pages::accuracy))
            .route("/cost", get(pages::costs))
            .route("/plan", get(pages::plan))
            .route("/events", get(live::events))
            .route("/assets/{version}/{file}", get(assets::asset))
            .fallback(pages::nothing_here)
            .layer(middleware::from_fn_with_state(
                self.access.clone(),
                access::admit,
            ))
            .layer(middleware::from_fn(guard::headers))
            .with_state(self.fresh.clone())
    }

    /// Serves on a listener, and takes new pictures, until `stop` resolves.
    ///
    /// # Errors
    /// When the listener has no address, or one that this access does not allow.
    pub async fn serve_on(
        &self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let address: SocketAddr = listener.local_addr()?;
        self.access.allows(address).map_err(std::io::Error::other)?;
        tracing::info!(%address, "dashboard listens");
        tokio::select! {
            () = self.fresh.keep() => {}
            () = serve(listener, self.router(), MOST_CONNECTIONS, stop) => {}
        }
        Ok(())
    }
}

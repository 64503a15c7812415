//! The REST face of the simulated GitHub.
//!
//! Owns HTTP, and of GraphQL the one mutation that REST has no like of: routes, permissions, paging, conditional requests, budgets and faults, at `/` as on github.com and below
//! `/api/v3` as on an Enterprise Server. Usable in-process as a tower service or on a loopback port. The world's lock
//! is never held while something is awaited.

mod accounts;
mod actions;
mod answer;
mod apps;
mod call;
mod commits;
mod contents;
mod data;
mod door;
mod graphql;
mod issues;
pub(super) mod json;
mod limits;
mod merging;
mod pulls;
mod refs;
mod repositories;
mod route;
mod runs;
mod shelter;
mod table;

use axum::{Router, body::Body, extract::State, http::Request, response::Response};

use super::SharedWorld;

/// The face as a service; every path goes through one door, so that unknown endpoints are counted.
pub fn router(world: SharedWorld) -> Router {
    Router::new().fallback(enter).with_state(world)
}

/// Serves the face on a listener until the process ends.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(world: SharedWorld, listener: tokio::net::TcpListener) -> std::io::Result<()> {
    axum::serve(listener, router(world)).await
}

/// The REST endpoints the face has: method and path template, named as in GitHub's published description.
#[must_use]
pub fn endpoints() -> Vec<(&'static str, &'static str)> {
    table::ROUTES
        .iter()
        .filter(|route| route.template != graphql::PATH)
        .map(|route| (route.method, route.template))
        .collect()
}

async fn enter(State(world): State<SharedWorld>, request: Request<Body>) -> Response {
    shelter::answer(&world, request).await
}

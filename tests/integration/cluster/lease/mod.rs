//! Two controllers with one lease, each with an account of its own, before a real API server and a simulated GitHub.
//!
//! [`pair`] sets the scene; the other files are tests. Nobody sleeps: tests watch the Lease and ask the admin servers.

pub(super) mod pair;

mod outage;
mod shards;
mod store_away;
mod turns;
mod webhooks;

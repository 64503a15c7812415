//! The Kubernetes shell: watches, statuses, events, finalizers, and when to look again.
//!
//! Thin on purpose. A reconcile turns an object into a [`crate::decide::Object`], makes a round, and writes what the
//! round concluded; it judges nothing itself. Only this module and `api` name Kubernetes' client library.

mod agenda;
mod children;
mod client;
mod connection;
mod context;
#[cfg(test)]
mod defects;
mod deleted;
mod error;
mod event;
mod freshness;
mod gather;
mod hears;
mod lease;
mod meant;
mod members;
mod object;
mod pace;
mod pulls;
mod registry;
mod relay;
mod review;
mod rivals;
mod run;
mod schedule_set;
mod secret;
mod selector;
mod standby;
mod stream;
mod summary;
mod term;
mod undeclared;
mod webhooks;
mod workers;
mod workflow_schedule;
mod write;

pub use lease::Settings as Lease;
pub use review::ApiServer;
pub use run::{Options, RunError, run};
pub use selector::Selector;

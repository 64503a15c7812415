//! One look at the world, for one object: repositories, runs, files, pull requests, and what the history teaches.
//!
//! Owns the order and the thrift of reading: one listing per repository serves all of its workflows, and a repository
//! that does not change costs one conditional request an interval. A look never fails: what cannot be read is unknown,
//! with the reason. New runs are recorded once, whatever happens in between.

mod account;
pub mod anomalies;
pub mod by_hand;
mod cache;
pub mod charges;
mod claim;
mod concern;
pub mod connect;
mod file;
mod found;
mod ingest;
mod jobs;
pub mod kept;
mod kin;
mod learn;
mod ledger;
mod look;
mod lookout;
mod nudge;
mod observatory;
mod planned_from;
pub mod pulls;
mod ration;
mod refresh;
mod retain;
mod snapshot;
#[cfg(test)]
pub(crate) mod stage;
mod survey;
mod teach;
mod view;
pub mod why;

pub use concern::{concerns, concerns_set};
pub use look::{Site, look};
pub use lookout::{Rest, Resting};
pub use observatory::Observatory;

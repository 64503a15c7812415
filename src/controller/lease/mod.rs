//! Leader election: of several controllers with one lease, one acts, and the others stand by.
//!
//! The protocol is [`crate::decide::lease`]'s; this room owns its clock, its requests and the [`Lead`] that everything
//! which acts or writes is polled under. A process that loses the lease begins anew as a standby, with nothing remembered
//! from before: what it knew may be another's past by then.

mod election;
mod lead;
mod record;

pub use election::Settings;

pub(super) use election::{Election, lead_by_turns};
pub(super) use lead::Lead;

//! Webhook deliveries: who signed one, and what it is news of.
//!
//! Owns what GitHub sends of its own accord, as bytes in and values out: no socket, no clock, no wait. News says where to
//! look and never what is there: whoever hears it asks GitHub, so that a lost, repeated, reordered or forged delivery can
//! change nothing but when.

mod event;
mod news;
mod signature;
mod wire;

pub use event::Event;
pub use news::{Malformed, News};
pub use signature::Signature;

#[cfg(test)]
mod tests;

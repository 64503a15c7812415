//! What has become otherwise about a workflow: slower, faster, more variable, failing, flaky, queueing, costly.
//!
//! Owns what an anomaly is, how one is found in a history, when it is over, and which workflows' anomalies are one incident. Knows no
//! clock and no store; a history is watched anew each time, so there is no state to keep. Invariants: what is said of an
//! instant rests on nothing that happened after it; an anomaly's figures stay as they were when it was noticed; equal histories
//! give equal anomalies, whatever the order in which they are told.
//!
//! It is kept apart from the forecast's own notion of a shift, which must adapt soon and may do so for nothing: an alarm has a
//! false-alarm rate that is stated and measured (`docs/anomalies.md`).

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod alarm;
mod chart;
mod history;
mod kind;
mod rule;
#[cfg(test)]
mod tests;
mod words;

pub use alarm::{Alarm, alarms};
pub use history::{History, find};
pub use kind::{Amount, Anomaly, End, Ended, Kind};

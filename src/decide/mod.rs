//! The waist of the house: from what was seen to what shall be done, pure and total.
//!
//! ```text
//! object ─┐
//! seen ───┼─▶ decide ─▶ Decision { effects, facts } ─▶ perform ─▶ outcomes ─▶ conclude ─▶ status, events, when
//! now ────┘
//! ```
//!
//! [`decide`] never waits, never asks the time and never fails: what could not be read is [`Known::Unknown`], a spec
//! that means nothing is `Stalled`. An [`Effect`] is data and carries the [`Precondition`] under which it is right; the
//! precondition speaks of the present and is read again, uncached, just before the act. The very functions here are
//! model-checked, so their inputs and outputs are small and `Eq + Ord + Hash`.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod anomalous;
pub mod backoff;
pub mod conclude;
pub mod condition;
pub mod connection;
pub mod defect;
pub mod effect;
mod facts;
mod in_sync;
mod incident;
pub mod known;
pub mod lease;
pub mod mark;
pub mod pull;
pub mod ration;
pub mod rivals;
pub mod schedule_set;
pub mod seen;
pub mod standing;
pub mod status;
pub mod timetable;
pub mod wish;
pub mod workflow_schedule;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

pub use conclude::{Conclusion, Event, EventKind, conclude};
pub use effect::{Deed, Effect, Outcome, Precondition, Proposal};
pub use known::{Cause, Known, Retry, Why};
pub use rivals::Rivals;
pub use seen::{
    CostSeen, FileSeen, Learned, PullSeen, PullState, RepositorySeen, Seen, WorkflowState,
};
pub use standing::{Hold, Standing};
pub use wish::{Problem, Wish};
pub use workflow_schedule::{Decision, Object, decide};

//! The timetable of one owner's workflows: planned whole, checked whole, before any line of it acts.
//!
//! Owns what conflicts, what an intent asks of a cron, which moves earn themselves, and the check that every plan
//! passes. It knows the words of the house only: no files, no clusters, no clock, no randomness.
//!
//! Invariants:
//! * the same items give the same timetable, in whatever order they come;
//! * a line that breaks nothing and gains nothing stays byte for byte as the file has it;
//! * a move that no intent asks for lowers the overlap by at least [`MIN_GAIN`] and raises no pool's peak;
//! * it goes no farther than it must: past a place that is nearly as good only for what half of a move must save;
//! * who acts is planned against the others as they are today: no recommendation pushes anybody;
//! * a move stays proposed until it has lost half of its reason, [`KEEP_SHARE`]: planning anew from what was proposed
//!   proposes the same, and once all that acts has been carried out nothing acts;
//! * no move leaves this room that [`check()`] objects to.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod allowed;
mod board;
mod check;
mod conflict;
mod every;
mod item;
mod keep;
mod occupancy;
mod order;
mod planner;
mod reason;
mod report;
mod search;
mod shift;
mod state;
mod timetable;
mod told;
mod turn;
mod week;
mod write_up;

#[cfg(test)]
mod tests;

pub use check::{Fault, Finding, check};
pub use item::{After, Intent, Item, JobDemand, Pool, Weekday, Window};
pub use keep::KEEP_SHARE;
pub use planner::plan;
pub use reason::{Reason, Violation};
pub use report::report;
pub use search::{MIN_GAIN, MIN_GAIN_SHARE};
pub(crate) use timetable::overlap_words;
pub use timetable::{Action, Conflict, Impact, Line, Load, Move, PoolPeak, Timetable};
pub use told::TOLD_WITHIN;

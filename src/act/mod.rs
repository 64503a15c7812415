//! Deeds on GitHub: every effect is checked against the present once more, uncached, and then performed.
//!
//! The executor has no opinions: what to do was decided, under which precondition was decided, and a precondition that
//! does not hold ends the effect without a trace. [`wording`] holds every word that people read on GitHub.
//!
//! Branches move by fast-forward alone: a commit that somebody pushed in between makes GitHub refuse ours.

mod close;
mod open;
mod perform;
mod present;
mod update;
pub mod wording;

pub use perform::{Actor, perform};

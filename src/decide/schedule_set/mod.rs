//! The decision about one WorkflowScheduleSet: which WorkflowSchedules to make, change, adopt and delete, and what to tell.
//!
//! ```text
//! owner's repositories ─▶ select ─▶ sort ─┬─▶ managed ───▶ decide ─▶ effects ─▶ conclude ─▶ status
//! WorkflowSchedules there are ────────────┴─▶ unmanaged, each with its reason ──────┘
//! ```
//!
//! Pure and total like its neighbours. Invariants: nothing is deleted for want of knowledge, nor
//! most of all at once by GitHub's word alone; an object made by hand is never
//! touched; the same owner and the same objects give the same effects, and once those are done, none.

pub mod child;
pub mod conclude;
mod decision;
mod doubt;
pub mod pattern;
pub mod seen;
mod sort;
mod status;
pub mod wish;

#[cfg(test)]
mod tests;

pub use child::{Wanted, child_name};
pub use conclude::{SetConclusion, conclude};
pub use decision::{Leaving, SetDecision, SetEffect, decide};
pub use seen::{Child, Content, Fate, Other, RepositoryFound, SetSeen, Survey, WorkflowFound};
pub use wish::{SetObject, SetWish};

//! Edits of workflow files: find the cron and time zone scalars, replace their bytes, prove that nothing else changed.
//!
//! Owns what a workflow file says about its schedule and the only way in which this crate changes one. Pure: bytes
//! in, bytes or a [`Refusal`] out. It must not know where a file comes from, why a schedule changes, or who asks.
//!
//! Invariants: an edit either gives a file that is byte for byte the old one outside the replaced scalars (and the
//! literals compared with `github.event.schedule`), or a refusal; nothing panics, whatever the bytes.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod apply;
mod behaviour;
mod change;
mod comment;
mod diff;
mod document;
mod generated;
mod lines;
mod literal;
mod literal_change;
mod literal_part;
mod locate;
mod occurrence;
mod parse;
mod place;
mod prove;
mod refusal;
mod scalar;
mod schedule_pattern;
mod schedule_use;
mod span;
mod tree;
mod tree_builder;

#[cfg(test)]
mod tests;

pub use apply::edit;
pub use change::{Change, Edited, Note, Options, Replacement};
pub use comment::TimeComment;
pub use diff::diff;
pub use document::{ScheduleEntry, WorkflowDocument, read};
pub use generated::GeneratedMark;
pub use literal::{LITERALS_MAX, Literal, LiteralKind};
pub use locate::ENTRIES_MAX;
pub use parse::{BYTES_MAX, DEPTH_MAX, NODES_MAX};
pub use refusal::Refusal;

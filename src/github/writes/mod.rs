//! What we do at GitHub: one file per object, each a method of [`super::Client`].
//!
//! Invariants of every write: it goes alone, it is sent once, and its error says whether it may have happened
//! ([`super::Error::wrote`]).

pub(super) mod branches;
pub(super) mod commits;
pub(super) mod pulls;
pub(super) mod removal;
pub(super) mod turn;

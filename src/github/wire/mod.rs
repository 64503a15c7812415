//! GitHub's wire format, as little of it as we read: every field that can be null or absent is optional.

pub(super) mod pull;
pub(super) mod repository;
pub(super) mod run;
pub(super) mod token;

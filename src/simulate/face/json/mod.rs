//! Resources as GitHub's JSON: one file a family, each a function from the world's value to a `Value`.

mod account;
mod commit;
mod pull;
mod repository;
mod run;

use base64::{Engine as _, prelude::BASE64_STANDARD};

pub(in crate::simulate) use account::{account, account_id, permissions};
pub(in crate::simulate) use commit::{changed_file, commit, git_commit};
pub(in crate::simulate) use pull::{comment, issue, label, pull, pull_simple};
pub(in crate::simulate) use repository::{fork, full_repository, minimal_repository};
pub(in crate::simulate) use run::{job, run, workflow};

use crate::domain::Timestamp;

/// An instant as GitHub writes it.
pub(super) fn instant(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// A node id: opaque, stable, made of a resource's kind and number.
pub(super) fn node(kind: &str, id: impl std::fmt::Display) -> String {
    BASE64_STANDARD.encode(format!("{kind}:{id}"))
}

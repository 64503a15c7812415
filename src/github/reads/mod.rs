//! What we ask of GitHub: one file per object, each a method of [`super::Client`] and the value it returns.

pub(super) mod branches;
pub(super) mod files;
pub(super) mod identity;
pub(super) mod owner;
pub(super) mod pulls;
pub(super) mod repository;
pub(super) mod runs;

use super::target;
use crate::domain::RepositoryName;

/// The path of a repository; its name is in an alphabet that needs no escaping, and is escaped all the same.
pub(super) fn repository_path(repository: &RepositoryName) -> String {
    format!(
        "/repos/{}/{}",
        target::segment(repository.owner()),
        target::segment(repository.name())
    )
}

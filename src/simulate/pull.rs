//! Pull requests as the world knows them.

use crate::domain::Timestamp;

/// A comment on a pull request.
#[derive(Clone, Debug)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) by: String,
    pub(super) body: String,
    pub(super) at: Timestamp,
}

/// Where a pull request's head lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// In the repository itself.
    Same,
    /// In somebody's fork.
    Fork(String),
    /// In a fork of theirs that was deleted.
    Gone(String),
}

/// A pull request.
#[derive(Clone, Debug)]
pub(super) struct Pull {
    pub(super) id: u64,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) draft: bool,
    pub(super) open: bool,
    pub(super) origin: Origin,
    pub(super) head_branch: String,
    pub(super) head_sha: String,
    pub(super) base_branch: String,
    /// The base branch's tip when the pull request was opened, or last merged or closed.
    pub(super) base_sha: String,
    pub(super) by: String,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) closed_by: Option<String>,
    pub(super) merged_at: Option<Timestamp>,
    pub(super) merged_by: Option<String>,
    pub(super) merge_commit: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) reviewers: Vec<String>,
    pub(super) approvals: Vec<String>,
    pub(super) comments: Vec<Comment>,
    pub(super) maintainer_can_modify: bool,
}

impl Pull {
    /// Whether its head is this branch of the repository itself.
    pub(super) fn is_from(&self, branch: &str) -> bool {
        self.origin == Origin::Same && self.head_branch == branch
    }

    /// Whose branch its head is, where the repository's owner is given.
    pub(super) fn head_owner<'a>(&'a self, owner: &'a str) -> &'a str {
        match &self.origin {
            Origin::Same => owner,
            Origin::Fork(user) | Origin::Gone(user) => user,
        }
    }
}

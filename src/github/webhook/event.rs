//! The events that are read; every other one is let go by unread.

use strum::{EnumString, IntoStaticStr};

/// An event that is read, by GitHub's name in `X-GitHub-Event`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// GitHub tries a new hook.
    Ping,
    /// A run was asked for, began or ended.
    WorkflowRun,
    /// A job was queued, began or ended.
    WorkflowJob,
    /// A branch or tag moved.
    Push,
    /// Something happened to a pull request.
    PullRequest,
    /// An App was installed, suspended, given other permissions, or removed.
    Installation,
    /// An App may see more repositories than before, or fewer.
    InstallationRepositories,
    /// A repository came to be, went, was archived, renamed, transferred or described anew.
    Repository,
}

impl Event {
    /// Reads the header; none for an event that is not read.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// GitHub's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

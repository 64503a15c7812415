//! The fields that are read of a delivery's body, in GitHub's words. What is not read may be anything.

use serde::Deserialize;

/// The repository that an event belongs to.
#[derive(Debug, Deserialize)]
pub(super) struct Repository {
    pub full_name: String,
    #[serde(default)]
    pub default_branch: Option<String>,
}

/// `workflow_run`.
#[derive(Debug, Deserialize)]
pub(super) struct RunEvent {
    pub action: String,
    pub workflow_run: Run,
    pub repository: Repository,
}

#[derive(Debug, Deserialize)]
pub(super) struct Run {
    /// Older Enterprise Servers tell it of the workflow alone.
    #[serde(default)]
    pub path: Option<String>,
}

/// The workflow that stands beside a run; null for what GitHub runs of its own accord.
#[derive(Debug, Deserialize)]
pub(super) struct WorkflowBeside {
    #[serde(default)]
    pub workflow: Option<Workflow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Workflow {
    #[serde(default)]
    pub path: Option<String>,
}

/// `push`.
#[derive(Debug, Deserialize)]
pub(super) struct PushEvent {
    #[serde(rename = "ref")]
    pub reference: String,
    #[serde(default)]
    pub forced: bool,
    #[serde(default)]
    pub commits: Option<Vec<Commit>>,
    pub repository: Repository,
}

/// The paths that a commit touches.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Commit {
    #[serde(default)]
    pub added: Vec<String>,
    #[serde(default)]
    pub removed: Vec<String>,
    #[serde(default)]
    pub modified: Vec<String>,
}

/// `pull_request`.
#[derive(Debug, Deserialize)]
pub(super) struct PullEvent {
    pub action: String,
    pub pull_request: Pull,
    pub repository: Repository,
}

#[derive(Debug, Deserialize)]
pub(super) struct Pull {
    pub head: Head,
}

#[derive(Debug, Deserialize)]
pub(super) struct Head {
    #[serde(rename = "ref")]
    pub reference: String,
}

/// `repository`.
#[derive(Debug, Deserialize)]
pub(super) struct RepositoryEvent {
    pub repository: Repository,
    #[serde(default)]
    pub changes: Option<Changes>,
}

/// What was otherwise before.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Changes {
    #[serde(default)]
    owner: Option<Former>,
}

#[derive(Debug, Deserialize)]
struct Former {
    #[serde(default)]
    from: FormerOwner,
}

/// One of both is there.
#[derive(Debug, Default, Deserialize)]
struct FormerOwner {
    #[serde(default)]
    user: Option<Account>,
    #[serde(default)]
    organization: Option<Account>,
}

#[derive(Debug, Deserialize)]
struct Account {
    login: String,
}

impl Changes {
    /// Whose the repository was, where it was transferred.
    pub(super) fn former_owner(self) -> Option<String> {
        let from = self.owner?.from;
        from.user.or(from.organization).map(|account| account.login)
    }
}

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

//! `WorkflowSchedule`: one workflow file of one repository, when it must run, and how far cronwright may go.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{reference::LocalReference, rules};

pub mod status;
pub mod timing;

pub use status::WorkflowScheduleStatus;
pub use timing::{After, Timing, Weekday, Window};

/// Declares when one workflow must run and how far cronwright may go to make it so.
#[derive(
    CustomResource,
    KubeSchema,
    Clone,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
)]
#[kube(
    group = "cronwright.dev",
    version = "v1alpha1",
    kind = "WorkflowSchedule",
    plural = "workflowschedules",
    shortname = "wfs",
    category = "cronwright",
    namespaced,
    status = "WorkflowScheduleStatus",
    derive = "PartialEq",
    doc = "One scheduled GitHub Actions workflow: when it must run, how far cronwright may go, and what is known of it.",
    printcolumn(
        name = "Repository",
        type_ = "string",
        json_path = ".spec.repository",
        priority = "1"
    ),
    printcolumn(name = "Workflow", type_ = "string", json_path = ".spec.workflow"),
    printcolumn(name = "Current", type_ = "string", json_path = ".status.currentCron"),
    printcolumn(
        name = "Proposed",
        type_ = "string",
        json_path = ".status.recommendation.cron"
    ),
    printcolumn(name = "P50", type_ = "string", json_path = ".status.prediction.p50"),
    printcolumn(
        name = "P90",
        type_ = "string",
        json_path = ".status.prediction.p90",
        priority = "1"
    ),
    printcolumn(
        name = "Confidence",
        type_ = "integer",
        json_path = ".status.prediction.confidence"
    ),
    printcolumn(
        name = "Success",
        type_ = "string",
        json_path = ".status.prediction.success"
    ),
    printcolumn(
        name = "Late",
        type_ = "string",
        json_path = ".status.prediction.latenessP50",
        priority = "1"
    ),
    printcolumn(
        name = "Score",
        type_ = "integer",
        json_path = ".status.accuracy.score",
        priority = "1"
    ),
    printcolumn(
        name = "Action",
        type_ = "string",
        json_path = ".status.recommendation.action"
    ),
    printcolumn(name = "PR", type_ = "string", json_path = ".status.pullRequest.label"),
    printcolumn(
        name = "In-Sync",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"InSync\")].status",
        priority = "1"
    ),
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].status"
    ),
    printcolumn(
        name = "Message",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].message",
        priority = "1"
    ),
    printcolumn(
        name = "Age",
        type_ = "date",
        json_path = ".metadata.creationTimestamp"
    ),
    selectable = ".spec.repository"
)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowScheduleSpec {
    /// The GitHubConnection, in the same namespace, through which the repository is reached.
    pub connection_ref: LocalReference,
    /// The repository, owner/name.
    #[x_kube(validation = Rule::new("self.matches('^[A-Za-z0-9_-]{1,39}/[A-Za-z0-9._-]{1,100}$') && !self.matches('/[.]{1,2}$')").message("repository must be owner/name, for example acme/payments"))]
    #[x_kube(validation = Rule::new("self == oldSelf").message("repository cannot be changed; make a new WorkflowSchedule"))]
    #[schemars(length(max = 140))]
    pub repository: String,
    /// The workflow file's name below .github/workflows.
    #[x_kube(validation = Rule::new("!self.contains('/')").message("workflow must be a file name below .github/workflows, without a slash"))]
    #[x_kube(validation = Rule::new("self.matches('^.+[.](yml|yaml)$')").message("workflow must end in .yml or .yaml"))]
    #[x_kube(validation = Rule::new("self == oldSelf").message("workflow cannot be changed; make a new WorkflowSchedule"))]
    #[schemars(length(max = 255))]
    pub workflow: String,
    /// When the workflow must run. Left out: as the file has it now, moved only to end a conflict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
    /// How far cronwright may go.
    #[serde(default)]
    pub policy: Policy,
    /// How a pull request is presented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<PullRequestOptions>,
    /// How often the workflow is looked at.
    #[x_kube(validation = rules::interval("interval"))]
    #[serde(default = "default_interval")]
    #[schemars(length(max = 40))]
    pub interval: String,
    /// Stops everything for this object: nothing is read, nothing is changed, status stays.
    #[serde(default)]
    pub suspend: bool,
}

/// How far cronwright may go.
#[derive(
    KubeSchema, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// Observe: forecasts only. Recommend: also proposes a schedule in status. PullRequest: also opens a pull request.
    #[serde(default)]
    pub mode: Mode,
    /// The confidence, in percent, from which a recommendation is ready to apply; from 50 it is for review.
    #[x_kube(validation = Rule::new("self >= 0 && self <= 100").message("minConfidence must be a percentage from 0 to 100"))]
    #[serde(default = "default_confidence")]
    pub min_confidence: i32,
    /// How many pull requests may be opened for this workflow in seven days.
    #[x_kube(validation = Rule::new("self >= 0 && self <= 100").message("maxChangesPerWeek must be from 0 to 100"))]
    #[serde(default = "default_changes")]
    pub max_changes_per_week: i32,
    /// Allows the edit of a file that says it is generated from elsewhere.
    #[serde(default)]
    pub edit_generated_files: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            min_confidence: default_confidence(),
            max_changes_per_week: default_changes(),
            edit_generated_files: false,
        }
    }
}

/// How far cronwright may go, each mode including the ones before it.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    strum::IntoStaticStr,
)]
pub enum Mode {
    /// Looks, forecasts, scores.
    Observe,
    /// Also proposes a schedule.
    #[default]
    Recommend,
    /// Also opens one pull request.
    PullRequest,
}

/// How a pull request is presented.
#[derive(
    KubeSchema, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct PullRequestOptions {
    /// Labels to put on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Set)]
    #[schemars(length(max = 20), inner(length(min = 1, max = 50)))]
    pub labels: Vec<String>,
    /// Accounts whose review is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Set)]
    #[schemars(length(max = 15), inner(length(min = 1, max = 39)))]
    pub reviewers: Vec<String>,
    /// Opens it as a draft.
    #[serde(default)]
    pub draft: bool,
}

fn default_interval() -> String {
    "5m".to_owned()
}

/// The threshold at which the inspiring practice calls a recommendation ready to apply.
fn default_confidence() -> i32 {
    70
}

fn default_changes() -> i32 {
    1
}

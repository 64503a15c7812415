//! `WorkflowScheduleSet`: which scheduled workflows of an owner to manage, and the template for their schedules.

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::{reference::LocalReference, rules};

pub mod limits;
pub mod selection;
pub mod status;
pub mod template;

pub use limits::Limits;
pub use selection::{RepositorySelection, WorkflowSelection};
pub use status::WorkflowScheduleSetStatus;
pub use template::{ScheduleTemplate, TemplateMetadata, TemplateSpec};

/// Declares which scheduled workflows of an owner to manage, how, and within which limits.
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
    kind = "WorkflowScheduleSet",
    plural = "workflowschedulesets",
    shortname = "wfss",
    category = "cronwright",
    namespaced,
    status = "WorkflowScheduleSetStatus",
    derive = "PartialEq",
    doc = "The scheduled workflows of a whole owner: which of them to manage, how, and within which limits.",
    printcolumn(name = "Owner", type_ = "string", json_path = ".spec.owner"),
    printcolumn(
        name = "Repositories",
        type_ = "integer",
        json_path = ".status.repositories",
        priority = "1"
    ),
    printcolumn(name = "Found", type_ = "integer", json_path = ".status.found"),
    printcolumn(name = "Managed", type_ = "integer", json_path = ".status.managed"),
    printcolumn(name = "Unmanaged", type_ = "integer", json_path = ".status.unmanaged"),
    printcolumn(
        name = "Forecast",
        type_ = "string",
        json_path = ".status.forecastCoverage"
    ),
    printcolumn(
        name = "Score",
        type_ = "integer",
        json_path = ".status.accuracy.score"
    ),
    printcolumn(
        name = "PRs",
        type_ = "integer",
        json_path = ".status.pullRequests.open"
    ),
    printcolumn(
        name = "Waiting",
        type_ = "integer",
        json_path = ".status.pullRequests.waiting",
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
    )
)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowScheduleSetSpec {
    /// The GitHubConnection, in the same namespace, through which the owner is reached.
    pub connection_ref: LocalReference,
    /// The organisation or account whose repositories are looked through.
    #[x_kube(validation = Rule::new("self.matches('^[A-Za-z0-9_-]{1,39}$')").message("owner must be the login of an organisation or account, for example acme"))]
    #[x_kube(validation = Rule::new("self == oldSelf").message("owner cannot be changed; make a new WorkflowScheduleSet"))]
    #[schemars(length(max = 39))]
    pub owner: String,
    /// Which of its repositories; left out, all of them but forks and archived ones.
    #[serde(default)]
    pub repositories: RepositorySelection,
    /// Which of their workflows; left out, every one that has a schedule.
    #[serde(default)]
    pub workflows: WorkflowSelection,
    /// What each WorkflowSchedule is made from.
    #[serde(default)]
    pub template: ScheduleTemplate,
    /// How many pull requests there may be across the set, and when.
    #[serde(default)]
    pub limits: Limits,
    /// How often the owner is looked through.
    #[x_kube(validation = rules::interval("interval"))]
    #[serde(default = "default_interval")]
    #[schemars(length(max = 40))]
    pub interval: String,
    /// Stops the set itself: nothing is looked for, made or deleted. The WorkflowSchedules there are go on; to suspend
    /// those, set template.spec.suspend.
    #[serde(default)]
    pub suspend: bool,
}

fn default_interval() -> String {
    "5m".to_owned()
}

//! What is known of an owner's workflows, as status tells it. Nothing here changes while nothing happens.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Condition;

/// How many unmanaged workflows are told one by one.
pub const MOST_TOLD: usize = 100;

/// What is known of the owner's workflows and what became of the wish.
#[derive(
    KubeSchema, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowScheduleSetStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The value of the requestedAt annotation that was served last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,
    /// How many repositories the owner has, as far as the credentials see them.
    #[serde(default)]
    pub repositories: i64,
    /// How many workflows were found in the repositories that are taken.
    #[serde(default)]
    pub found: i64,
    /// How many of them have a WorkflowSchedule of this set.
    #[serde(default)]
    pub managed: i64,
    /// How many workflows, and repositories that are not looked into, have none.
    #[serde(default)]
    pub unmanaged: i64,
    /// How many of those for each reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["reason".to_owned()]))]
    pub unmanaged_reasons: Vec<UnmanagedReason>,
    /// Which ones, and why: one hundred at most, those first that somebody can do something about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub unmanaged_workflows: Vec<UnmanagedStatus>,
    /// The share of managed workflows with a forecast, such as 92%; left out while there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast_coverage: Option<String>,
    /// How past forecasts of all of them compared with what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<SetAccuracyStatus>,
    /// Their pull requests.
    #[serde(default)]
    pub pull_requests: SetPullRequestsStatus,
    /// How many rounds have failed in a row; the next one waits accordingly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<u32>,
    /// The conditions.
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".to_owned()]))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

/// How many workflows are not managed for one reason.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct UnmanagedReason {
    /// The reason.
    pub reason: String,
    /// How many.
    pub count: i64,
}

/// A workflow, or a repository that is not looked into, that has no WorkflowSchedule of this set.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct UnmanagedStatus {
    /// The repository, owner/name.
    pub repository: String,
    /// The workflow file; left out where it is the whole repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// ByHand, AnotherSet, DisabledForInactivity, Disabled, Unreadable, Generated, Archived, Fork, Excluded or NoSchedule.
    pub reason: String,
    /// More about it, such as the object that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// How past forecasts of all managed workflows compared with what happened.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct SetAccuracyStatus {
    /// How many forecasts were compared.
    pub comparisons: i64,
    /// The share within 25 % of the outcome, in percent, each comparison counting once.
    pub score: i32,
    /// How many workflows are Good, Warning and Critical.
    pub good: i64,
    /// How many of them score from 60 to 80.
    pub warning: i64,
    /// How many of them score below 60.
    pub critical: i64,
}

/// The pull requests of all managed workflows.
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
)]
#[serde(rename_all = "camelCase")]
pub struct SetPullRequestsStatus {
    /// How many are open.
    #[serde(default)]
    pub open: i64,
    /// How many changes are held back by limits.
    #[serde(default)]
    pub waiting: i64,
}

//! What is known of one workflow, as status tells it.
//!
//! Nothing here changes while nothing happens: no "last looked at", no countdown. Spans of time are texts such as
//! `12m30s`, shares are whole percent, instants are UTC.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{api::Condition, domain::Timestamp};

/// What is known of the workflow and what became of the wish.
#[derive(
    KubeSchema, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowScheduleStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The value of the requestedAt annotation that was served last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,
    /// The schedule the file has now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub current: Vec<ScheduleStatus>,
    /// The same in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_cron: Option<String>,
    /// The forecast of the next run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prediction: Option<PredictionStatus>,
    /// The schedule that would serve the intent better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<RecommendationStatus>,
    /// How past forecasts compared with what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<AccuracyStatus>,
    /// How the workflow's fires were served in the last 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryStatus>,
    /// What has become otherwise about how the workflow behaves, and is not over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anomalies: Vec<AnomalyStatus>,
    /// What its runs cost in the 30 days up to its last one. Told, and never a reason to act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<CostStatus>,
    /// The last completed run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_run: Option<LastRunStatus>,
    /// The pull request that is or was open for this workflow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<PullRequestStatus>,
    /// How many rounds have failed in a row; the next one waits accordingly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<u32>,
    /// The conditions.
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".to_owned()]))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

/// One entry of the file's schedule.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleStatus {
    /// The cron.
    pub cron: String,
    /// Its time zone; left out, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// The forecast of the next run.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct PredictionStatus {
    /// Half of the runs are expected to take at most this long.
    pub p50: String,
    /// Nine in ten runs are expected to take at most this long.
    pub p90: String,
    /// Nine in ten runs are expected to take at least this long ...
    pub lower: String,
    /// ... and at most this long.
    pub upper: String,
    /// The expected share of such forecasts within 25 % of the outcome, in percent.
    pub confidence: i32,
    /// The probability that the run succeeds, such as 97.3%.
    pub success: String,
    /// That probability lies at or above this one and ...
    #[serde(default)]
    pub success_lower: String,
    /// ... at or below this one, nine times in ten: far apart where few outcomes are known.
    #[serde(default)]
    pub success_upper: String,
    /// The expected wait for a runner.
    pub queue_p50: String,
    /// The wait for a runner that nine in ten runs stay below.
    pub queue_p90: String,
    /// The expected time from the fire to the run's creation.
    pub lateness_p50: String,
    /// The lateness that nine in ten runs stay below.
    pub lateness_p90: String,
    /// How many runs the duration rests on.
    pub samples: i64,
    /// Which model made it.
    pub model: String,
    /// When the duration's level was last seen to shift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift_since: Option<Timestamp>,
}

/// The schedule that would serve the intent better, or why the present one stays.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct RecommendationStatus {
    /// Apply, Review, NeedsData or None.
    pub action: String,
    /// The proposed schedule in one line; left out when the present one stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// The schedule entries as they would be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<ScheduleStatus>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// What part of the intent cannot hold, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<String>,
    /// The workflows it collides with now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<ConflictStatus>,
    /// The digest of the change: what a person's no is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// A workflow whose expected runs overlap with this one's on the same runners.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct ConflictStatus {
    /// The other workflow, owner/name/file.
    pub with: String,
    /// The expected overlap in a week.
    pub overlap: String,
    /// Whether that is job time beyond what their runners can do at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beyond_capacity: bool,
}

/// How past forecasts compared with what happened.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct AccuracyStatus {
    /// How many forecasts were compared.
    pub comparisons: i64,
    /// Mean error relative to the actual duration, in percent.
    pub mean_error: i64,
    /// Median error relative to the actual duration, in percent.
    pub median_error: i64,
    /// How many were within 10 %, within 25 %, within 50 % and beyond.
    pub distribution: ErrorDistribution,
    /// The share within 25 %, in percent.
    pub score: i32,
    /// Good above 80, Warning from 60, Critical below.
    pub health: String,
    /// The share of actual durations inside the 90 % interval, in percent.
    pub coverage: i32,
    /// How much smaller the error is than that of repeating the last duration, in percent; negative is worse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill: Option<i32>,
    /// How much smaller the median error of the newer half of the comparisons is than that of the older half, in percent;
    /// negative is worse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub improvement: Option<i32>,
    /// Since when the forecasts have not earned that a pull request rests on them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demoted_since: Option<Timestamp>,
}

/// Comparisons by the size of their error; every comparison counts once.
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
pub struct ErrorDistribution {
    /// At most 10 %.
    pub excellent: i64,
    /// Over 10 % and at most 25 %.
    pub good: i64,
    /// Over 25 % and at most 50 %.
    pub fair: i64,
    /// Over 50 %.
    pub poor: i64,
}

/// How the workflow's fires were served in the last 30 days.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryStatus {
    /// Fires that can be judged.
    pub fires: i64,
    /// Served in time.
    pub on_time: i64,
    /// Served late.
    pub late: i64,
    /// Served by the run of a later fire.
    pub coalesced: i64,
    /// Never served.
    pub missed: i64,
}

/// Something that has become otherwise.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct AnomalyStatus {
    /// SuccessDropping, CostRunaway, QueueGrowing, Slower, MoreVariable, Flaky or Faster.
    pub kind: String,
    /// What starts the runs that it is about; left out, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// When the first run was created that was otherwise, or that day began.
    pub since: Timestamp,
    /// The number of that run, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<i64>,
    /// When it was certain enough to be told.
    pub noticed_at: Timestamp,
    /// How it was before, such as 12m or 98%.
    pub from: String,
    /// How it was from then on, until it was told.
    pub to: String,
}

/// What runs cost: each job's minutes rounded up, times the price of its runner's label.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct CostStatus {
    /// About so many US dollars ...
    pub usd: String,
    /// ... no less than these ...
    pub low_usd: String,
    /// ... and no more than these. They are apart where the jobs of some runs were not measured.
    pub high_usd: String,
    /// How many minutes are billed.
    pub billed_minutes: i64,
    /// How many of these ran on labels without a price; they are in no sum until `spec.prices` of the connection has one.
    pub unpriced_minutes: i64,
    /// The share of runs whose jobs were measured, in percent; the others are estimated from these.
    pub measured: i32,
    /// What running less often would spare, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<String>,
}

/// The last completed run.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct LastRunStatus {
    /// GitHub's number of the run.
    pub id: i64,
    /// How it ended.
    pub conclusion: String,
    /// What started it.
    pub event: String,
    /// When it started.
    pub started_at: Timestamp,
    /// How long it ran.
    pub duration: String,
}

/// The pull request of this workflow.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct PullRequestStatus {
    /// Its number.
    pub number: i64,
    /// Its address for a browser.
    pub url: String,
    /// Open, Merged, Declined or Withdrawn.
    pub state: String,
    /// Number and state in one word, for the column.
    pub label: String,
    /// The digest of the change it carries.
    pub digest: String,
}

//! `GitHubConnection`: where GitHub is, who we are there, and how much of its budget we may use.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, reference::SecretKeyReference, rules};
use crate::domain::{Host, Timestamp};

/// Declares how GitHub is reached.
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
    kind = "GitHubConnection",
    plural = "githubconnections",
    shortname = "ghc",
    category = "cronwright",
    namespaced,
    status = "GitHubConnectionStatus",
    derive = "PartialEq",
    doc = "Where GitHub is, who cronwright is there, and how much of GitHub's request budget it may use.",
    printcolumn(
        name = "URL",
        type_ = "string",
        json_path = ".spec.url",
        priority = "1"
    ),
    printcolumn(
        name = "Identity",
        type_ = "string",
        json_path = ".status.authenticatedAs"
    ),
    printcolumn(name = "Schedules", type_ = "integer", json_path = ".status.schedules"),
    printcolumn(name = "Budget", type_ = "string", json_path = ".status.budgetLeft"),
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
#[x_kube(validation = Rule::new("!has(self.formerWebhookSecretRef) || has(self.webhookSecretRef)").message("formerWebhookSecretRef needs webhookSecretRef, the secret that comes after it"))]
#[serde(rename_all = "camelCase")]
pub struct GitHubConnectionSpec {
    /// Address of the API: `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise Server.
    #[x_kube(validation = Rule::new("self.matches('^https?://[^/?#@ ]+(/[^?#@ ]*)?$')").message("url must be an http(s) address without user, query or fragment, for example https://api.github.com"))]
    #[serde(default = "default_url")]
    #[schemars(length(max = 2048))]
    pub url: String,
    /// Who cronwright is there.
    pub credentials: Credentials,
    /// The Secret key that holds the secret with which GitHub signs the webhook deliveries meant for this connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_secret_ref: Option<SecretKeyReference>,
    /// The webhook secret of before, which stays valid while the hook is given the new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former_webhook_secret_ref: Option<SecretKeyReference>,
    /// How often repositories are polled at most.
    #[x_kube(validation = rules::interval("interval"))]
    #[serde(default = "default_interval")]
    #[schemars(length(max = 40))]
    pub interval: String,
    /// The share of GitHub's hourly request limit that may be used, in percent.
    #[x_kube(validation = Rule::new("self >= 1 && self <= 100").message("budgetPercent must be from 1 to 100"))]
    #[serde(default = "default_budget")]
    pub budget_percent: i32,
    /// What a minute of a job costs by the label of its runner, where that is not what GitHub's own list says: runners of your
    /// own, larger runners, a price that was agreed on. Costs are told by these; nothing is done by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["label".to_owned()]))]
    pub prices: Vec<LabelPrice>,
    /// Stops everything that goes through this connection.
    #[serde(default)]
    pub suspend: bool,
}

/// The price of a runner's label.
#[derive(
    KubeSchema, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct LabelPrice {
    /// The label that jobs ask for a runner by; letter case does not matter. Of several labels of one job the dearest counts,
    /// and `self-hosted` only where no other has a price.
    #[schemars(length(min = 1, max = 256))]
    pub label: String,
    /// US dollars a minute, such as 0.006.
    #[x_kube(validation = Rule::new("self.matches('^[0-9]{1,4}([.][0-9]{1,6})?$')").message("perMinute must be US dollars with at most six digits behind the point, for example \"0.006\""))]
    #[schemars(length(max = 11))]
    pub per_minute: String,
}

/// A token or an App, never both.
#[derive(
    KubeSchema, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[x_kube(validation = Rule::new("has(self.tokenSecretRef) != has(self.app)").message("credentials need exactly one of tokenSecretRef and app"))]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// The Secret key that holds a personal access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_secret_ref: Option<SecretKeyReference>,
    /// A GitHub App.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<AppCredentials>,
}

/// A GitHub App and its installation.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct AppCredentials {
    /// The App's number.
    #[schemars(range(min = 1))]
    pub app_id: i64,
    /// The installation's number; left out, the App's only installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub installation_id: Option<i64>,
    /// The Secret key that holds the App's private key in PEM form.
    pub private_key_secret_ref: SecretKeyReference,
}

/// What is known of the connection. Nothing here changes while nothing happens.
#[derive(
    KubeSchema, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct GitHubConnectionStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The value of the requestedAt annotation that was served last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,
    /// The account that GitHub takes us for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticated_as: Option<String>,
    /// Permissions that pull requests need and that are not granted, as far as GitHub tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_permissions: Vec<String>,
    /// What is left of the hourly request limit, in steps of ten percent, such as 90% of 5000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_left: Option<String>,
    /// The hour of the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_contact: Option<Timestamp>,
    /// How many WorkflowSchedules go through it.
    #[serde(default)]
    pub schedules: i64,
    /// The digest of the timetable that was planned last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timetable: Option<String>,
    /// What many workflows of one owner share that has become otherwise, and is not over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<IncidentStatus>,
    /// How many rounds have failed in a row; the next one waits accordingly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<u32>,
    /// The conditions.
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".to_owned()]))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

/// Workflows of one owner that changed in the same way within the same hours.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct IncidentStatus {
    /// SuccessDropping, CostRunaway, QueueGrowing, Slower, MoreVariable, Flaky or Faster.
    pub kind: String,
    /// Whose workflows.
    pub owner: String,
    /// When the first run was created that was otherwise.
    pub since: Timestamp,
    /// How many workflows.
    pub workflows: i64,
    /// Which ones, twenty at the most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// The same in words.
    pub message: String,
}

impl GitHubConnectionSpec {
    /// The references to secrets that may sign deliveries; none while everything stops.
    pub fn webhook_secrets(&self) -> impl Iterator<Item = &SecretKeyReference> {
        let named = [&self.webhook_secret_ref, &self.former_webhook_secret_ref];
        named.into_iter().flatten().filter(|_| !self.suspend)
    }

    /// Which GitHub the address leads to.
    #[must_use]
    pub fn host(&self) -> Host {
        Host::of_api(&self.url)
    }
}

fn default_url() -> String {
    "https://api.github.com".to_owned()
}

fn default_interval() -> String {
    "5m".to_owned()
}

/// Half, so that people and other tools on the same installation keep the other half.
fn default_budget() -> i32 {
    50
}

//! What each WorkflowSchedule of a set is made from.

use std::collections::BTreeMap;

use kube::KubeSchema;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::api::{
    rules,
    workflow_schedule::{Policy, PullRequestOptions, Timing},
};

/// What each WorkflowSchedule is made from.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleTemplate {
    /// Its labels and annotations.
    #[serde(default)]
    pub metadata: TemplateMetadata,
    /// Its spec, as far as it does not say which workflow.
    #[serde(default)]
    pub spec: TemplateSpec,
}

/// Labels and annotations of each WorkflowSchedule.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct TemplateMetadata {
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "labels")]
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "annotations")]
    pub annotations: BTreeMap<String, String>,
}

/// The spec of each WorkflowSchedule, as far as it does not say which workflow.
#[derive(
    KubeSchema, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct TemplateSpec {
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
    /// Stops everything for each of them: nothing is read, nothing is changed, status stays.
    #[serde(default)]
    pub suspend: bool,
}

impl Default for TemplateSpec {
    fn default() -> Self {
        Self {
            timing: None,
            policy: Policy::default(),
            pull_request: None,
            interval: default_interval(),
            suspend: false,
        }
    }
}

fn default_interval() -> String {
    "5m".to_owned()
}

/// Kubernetes' own bound of a label's value is 63 characters.
fn labels(_: &mut SchemaGenerator) -> Schema {
    map(63)
}

fn annotations(_: &mut SchemaGenerator) -> Schema {
    map(1024)
}

/// A map of texts; sizes are bounded, since each WorkflowSchedule carries a copy.
fn map(longest: u32) -> Schema {
    json_schema!({
        "type": "object",
        "maxProperties": 32,
        "additionalProperties": { "type": "string", "maxLength": longest },
    })
}

//! How many pull requests there may be across a set, and when.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use crate::api::{rules, workflow_schedule::Window};

/// How many pull requests there may be across the set, and when one may be opened. None is closed for a limit.
#[derive(
    KubeSchema, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// How many may be open at once.
    #[x_kube(validation = Rule::new("self >= 0 && self <= 1000").message("openPullRequests must be from 0 to 1000"))]
    #[serde(default = "default_open")]
    pub open_pull_requests: i32,
    /// How many may be opened in sixty minutes.
    #[x_kube(validation = Rule::new("self >= 0 && self <= 500").message("pullRequestsPerHour must be from 0 to 500"))]
    #[serde(default = "default_per_hour")]
    pub pull_requests_per_hour: i32,
    /// How many may be open at once in one repository.
    #[x_kube(validation = Rule::new("self >= 0 && self <= 100").message("perRepository must be from 0 to 100"))]
    #[serde(default = "default_per_repository")]
    pub per_repository: i32,
    /// When pull requests may be opened; left out, at any time.
    #[x_kube(validation = rules::not_empty("windows", "leave it out to allow any time"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 20))]
    pub windows: Option<Vec<Window>>,
    /// The IANA time zone of the windows; left out, UTC.
    #[x_kube(validation = rules::time_zone())]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub time_zone: Option<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            open_pull_requests: default_open(),
            pull_requests_per_hour: default_per_hour(),
            per_repository: default_per_repository(),
            windows: None,
            time_zone: None,
        }
    }
}

/// As many as a team looks through in a day.
fn default_open() -> i32 {
    10
}

/// So few that the first ones can be read before the next come.
fn default_per_hour() -> i32 {
    2
}

/// Two changes of one repository's files are better read one after the other.
fn default_per_repository() -> i32 {
    1
}

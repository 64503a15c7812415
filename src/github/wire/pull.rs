//! Pull requests and what surrounds them.

use serde::{Deserialize, Serialize};

use super::repository::WireAccount;
use crate::domain::Timestamp;

#[derive(Deserialize)]
pub(in crate::github) struct WirePull {
    pub(in crate::github) number: u64,
    pub(in crate::github) html_url: Option<String>,
    pub(in crate::github) state: String,
    pub(in crate::github) body: Option<String>,
    pub(in crate::github) created_at: Timestamp,
    pub(in crate::github) merged_at: Option<Timestamp>,
    pub(in crate::github) head: WireEnd,
    pub(in crate::github) base: WireEnd,
}

/// One end of a pull request; `repo` is null when the repository of the head was deleted.
#[derive(Deserialize)]
pub(in crate::github) struct WireEnd {
    #[serde(rename = "ref")]
    pub(in crate::github) branch: String,
    pub(in crate::github) sha: String,
    pub(in crate::github) repo: Option<WireEndRepository>,
}

#[derive(Deserialize)]
pub(in crate::github) struct WireEndRepository {
    pub(in crate::github) full_name: Option<String>,
}

/// An issue's part that pull requests do not show.
#[derive(Deserialize)]
pub(in crate::github) struct WireIssue {
    pub(in crate::github) closed_by: Option<WireAccount>,
}

/// A comment's part that we read.
#[derive(Deserialize)]
pub(in crate::github) struct WireComment {
    pub(in crate::github) body: Option<String>,
}

/// What a pull request is opened with.
#[derive(Serialize)]
pub(in crate::github) struct OpenPull<'a> {
    pub(in crate::github) head: &'a str,
    pub(in crate::github) base: &'a str,
    pub(in crate::github) title: &'a str,
    pub(in crate::github) body: &'a str,
    pub(in crate::github) draft: bool,
    pub(in crate::github) maintainer_can_modify: bool,
}

/// What is changed of a pull request.
#[derive(Default, Serialize)]
pub(in crate::github) struct EditPull<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::github) title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::github) body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::github) base: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::github) state: Option<&'a str>,
}

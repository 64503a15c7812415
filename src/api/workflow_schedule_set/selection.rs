//! Which repositories and workflows a set takes.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use crate::api::rules;

/// Which repositories of the owner. Archived ones are never taken: nothing runs there, and nothing can be changed.
#[derive(
    KubeSchema, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct RepositorySelection {
    /// Patterns of names (without the owner), of which one must fit; `*` stands for any text, `?` for one letter. Left
    /// out, every name fits.
    #[x_kube(validation = rules::not_empty("include", "leave it out to take every name"))]
    #[x_kube(validation = rules::patterns("include", "[A-Za-z0-9._*?-]"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100), inner(length(min = 1, max = 100)))]
    pub include: Option<Vec<String>>,
    /// Patterns of names, of which none may fit.
    #[x_kube(validation = rules::patterns("exclude", "[A-Za-z0-9._*?-]"))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100), inner(length(min = 1, max = 100)))]
    pub exclude: Vec<String>,
    /// Topics, of which the repository must have one. Left out, topics do not matter.
    #[x_kube(validation = rules::not_empty("topics", "leave it out where topics do not matter"))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 20), inner(length(min = 1, max = 50)))]
    pub topics: Option<Vec<String>>,
    /// Takes forks, too. GitHub does not run their schedules unless somebody has switched them on.
    #[serde(default)]
    pub forks: bool,
}

/// Which workflow files of the repositories that are taken.
#[derive(
    KubeSchema, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowSelection {
    /// Patterns of file names below .github/workflows, of which one must fit. Left out, every name fits.
    #[x_kube(validation = rules::not_empty("include", "leave it out to take every file"))]
    #[x_kube(validation = rules::patterns("include", "[^/]"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100), inner(length(min = 1, max = 255)))]
    pub include: Option<Vec<String>>,
    /// Patterns of file names, of which none may fit.
    #[x_kube(validation = rules::patterns("exclude", "[^/]"))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100), inner(length(min = 1, max = 255)))]
    pub exclude: Vec<String>,
}

//! Repositories, their workflows, files, branches and commits.

use serde::Deserialize;

use crate::domain::{Timestamp, Visibility};

#[derive(Deserialize)]
pub(in crate::github) struct WireRepository {
    pub(in crate::github) id: Option<u64>,
    pub(in crate::github) full_name: String,
    pub(in crate::github) default_branch: Option<String>,
    #[serde(default)]
    pub(in crate::github) archived: bool,
    #[serde(default)]
    pub(in crate::github) disabled: bool,
    #[serde(default)]
    pub(in crate::github) fork: bool,
    #[serde(default)]
    pub(in crate::github) topics: Vec<String>,
    pub(in crate::github) pushed_at: Option<Timestamp>,
    pub(in crate::github) private: Option<bool>,
    pub(in crate::github) visibility: Option<String>,
}

impl WireRepository {
    /// Who can see it, where GitHub tells; what is internal to an enterprise is not public.
    pub(in crate::github) fn visibility(&self) -> Option<Visibility> {
        let of = |private| {
            if private {
                Visibility::Private
            } else {
                Visibility::Public
            }
        };
        match self.visibility.as_deref() {
            Some("public") => Some(Visibility::Public),
            Some("private" | "internal") => Some(Visibility::Private),
            Some(_) | None => self.private.map(of),
        }
    }
}

/// A page of repositories: an installation's is counted, an owner's is a plain list.
#[derive(Deserialize)]
#[serde(untagged)]
pub(in crate::github) enum RepositoryPage {
    Counted { repositories: Vec<WireRepository> },
    Plain(Vec<WireRepository>),
}

impl RepositoryPage {
    pub(in crate::github) fn into_rows(self) -> Vec<WireRepository> {
        match self {
            Self::Counted { repositories } | Self::Plain(repositories) => repositories,
        }
    }
}

/// A repository's name in GraphQL.
#[derive(Deserialize)]
pub(in crate::github) struct WireNode {
    pub(in crate::github) node_id: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::github) struct WorkflowPage {
    pub(in crate::github) workflows: Vec<WireWorkflow>,
}

#[derive(Deserialize)]
pub(in crate::github) struct WireWorkflow {
    pub(in crate::github) path: Option<String>,
    pub(in crate::github) state: Option<String>,
}

/// A file by the contents API. Folders answer with a list instead, which is no such object.
#[derive(Deserialize)]
pub(in crate::github) struct WireContent {
    #[serde(rename = "type")]
    pub(in crate::github) kind: String,
    pub(in crate::github) encoding: Option<String>,
    pub(in crate::github) content: Option<String>,
    #[serde(default)]
    pub(in crate::github) size: u64,
    pub(in crate::github) sha: String,
}

#[derive(Deserialize)]
pub(in crate::github) struct WireReference {
    pub(in crate::github) object: WireObject,
}

/// Anything that answers with an object id.
#[derive(Deserialize)]
pub(in crate::github) struct WireObject {
    pub(in crate::github) sha: String,
}

/// A comparison of two commits; the commits are oldest first and paged.
#[derive(Deserialize)]
pub(in crate::github) struct WireComparison {
    pub(in crate::github) commits: Vec<WireCommit>,
}

/// A commit by the repository API: who made it lies one floor down.
#[derive(Deserialize)]
pub(in crate::github) struct WireCommit {
    pub(in crate::github) sha: String,
    #[serde(default)]
    pub(in crate::github) parents: Vec<WireObject>,
    pub(in crate::github) commit: WireCommitData,
}

/// A commit by the Git data API.
#[derive(Deserialize)]
pub(in crate::github) struct WireGitCommit {
    pub(in crate::github) sha: String,
    #[serde(default)]
    pub(in crate::github) parents: Vec<WireObject>,
    #[serde(flatten)]
    pub(in crate::github) commit: WireCommitData,
}

#[derive(Deserialize)]
pub(in crate::github) struct WireCommitData {
    pub(in crate::github) message: Option<String>,
    pub(in crate::github) tree: WireObject,
    pub(in crate::github) author: Option<WireHand>,
    pub(in crate::github) committer: Option<WireHand>,
}

#[derive(Deserialize)]
pub(in crate::github) struct WireHand {
    pub(in crate::github) name: Option<String>,
    pub(in crate::github) email: Option<String>,
}

/// An account; GitHub answers `{}` for some that it cannot match.
#[derive(Deserialize)]
pub(in crate::github) struct WireAccount {
    pub(in crate::github) login: Option<String>,
    #[serde(rename = "type")]
    pub(in crate::github) kind: Option<String>,
}

/// An App as it sees itself.
#[derive(Deserialize)]
pub(in crate::github) struct WireApp {
    pub(in crate::github) slug: Option<String>,
    pub(in crate::github) name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_can_see_a_repository_is_told_by_the_newer_word_and_else_by_the_older() {
        let of = |more: &str| {
            let text = format!("{{\"full_name\":\"acme/app\"{more}}}");
            serde_json::from_str::<WireRepository>(&text)
                .unwrap()
                .visibility()
        };
        assert_eq!(of(r#","visibility":"public""#), Some(Visibility::Public));
        // Internal to an enterprise: GitHub calls it private as well, and bills it.
        let internal = r#","private":true,"visibility":"internal""#;
        assert_eq!(of(internal), Some(Visibility::Private));
        assert_eq!(of(r#","private":false"#), Some(Visibility::Public));
        assert_eq!(
            of(r#","private":true,"visibility":null"#),
            Some(Visibility::Private)
        );
        assert_eq!(
            of(r#","visibility":"shared","private":true"#),
            Some(Visibility::Private)
        );
        assert_eq!(of(""), None);
    }
}

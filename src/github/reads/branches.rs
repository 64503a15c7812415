//! Where a branch stands, and what the commits on it hold and who made them.

use super::repository_path;
use crate::{
    domain::RepositoryName,
    github::{
        Client, Error, Result,
        call::Call,
        paging::Pages,
        target::{path, segment},
        wire::repository::{
            WireCommit, WireCommitData, WireComparison, WireGitCommit, WireHand, WireObject,
            WireReference,
        },
    },
};

/// The pages of a comparison that are read (ours): whoever has pushed a thousand commits to our branch owns it.
const MOST_PAGES: usize = 10;

/// The commit a branch stands at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchHead {
    /// The id of the commit.
    pub sha: String,
}

/// A commit: what it holds and who made it, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitInfo {
    /// Its id.
    pub sha: String,
    /// The id of its tree.
    pub tree: String,
    /// The ids of its parents, in order.
    pub parents: Vec<String>,
    /// Who wrote it.
    pub author: Hand,
    /// Who made the commit of it; GitHub itself for commits that it signed.
    pub committer: Hand,
    /// Its message.
    pub message: String,
}

/// A name and an address as a commit gives them, whether GitHub knows an account of theirs or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hand {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
}

impl Client {
    /// Reads where a branch stands; nothing when there is no such branch.
    ///
    /// # Errors
    /// A repository that cannot be seen looks like a branch that is not there: read the repository first.
    pub async fn branch(
        &self,
        repository: &RepositoryName,
        branch: &str,
    ) -> Result<Option<BranchHead>> {
        let target = format!(
            "{}/git/ref/heads/{}",
            repository_path(repository),
            path(branch)
        );
        let what = format!("read the branch {branch} of {repository}");
        let call = Call::get("/repos/{owner}/{repo}/git/ref/{ref}", target, what);
        match self.read(&call).await {
            // A repository without any commit answers with a conflict.
            Err(Error::NotFound { .. } | Error::Conflict { .. }) => Ok(None),
            other => {
                let wire: WireReference = other?.json(&call)?;
                Ok(Some(BranchHead {
                    sha: wire.object.sha,
                }))
            }
        }
    }

    /// Lists the commits that `head` has and `base` has not, oldest first; both are branches or ids.
    ///
    /// # Errors
    /// [`Error::NotFound`] when either does not exist or they share no history; [`Error::TooLarge`] above 1,000 commits.
    pub async fn commits_since(
        &self,
        repository: &RepositoryName,
        base: &str,
        head: &str,
    ) -> Result<Vec<CommitInfo>> {
        let ends = format!("{}...{}", segment(base), segment(head));
        let target = format!(
            "{}/compare/{ends}?per_page=100",
            repository_path(repository)
        );
        let what = format!("compare {base} with {head} in {repository}");
        let mut pages = Pages::new(
            Call::get("/repos/{owner}/{repo}/compare/{basehead}", target, what),
            MOST_PAGES,
        );
        let mut commits = Vec::new();
        while let Some((call, answer)) = pages.next(self).await? {
            let page: WireComparison = answer.json(&call)?;
            let commit = |wire: WireCommit| info(wire.sha, wire.parents, wire.commit);
            commits.extend(page.commits.into_iter().map(commit));
        }
        Ok(commits)
    }

    /// Reads a commit, by its id. Those of a pull request stay readable when its branch is gone.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn commit(&self, repository: &RepositoryName, sha: &str) -> Result<CommitInfo> {
        let target = format!(
            "{}/git/commits/{}",
            repository_path(repository),
            segment(sha)
        );
        let what = format!("read the commit {sha} in {repository}");
        let route = "/repos/{owner}/{repo}/git/commits/{commit_sha}";
        let call = Call::get(route, target, what);
        let wire: WireGitCommit = self.read(&call).await?.json(&call)?;
        Ok(info(wire.sha, wire.parents, wire.commit))
    }
}

fn info(sha: String, parents: Vec<WireObject>, data: WireCommitData) -> CommitInfo {
    let hand = |wire: Option<WireHand>| {
        wire.map_or_else(Hand::default, |wire| Hand {
            name: wire.name.unwrap_or_default(),
            email: wire.email.unwrap_or_default(),
        })
    };
    CommitInfo {
        sha,
        tree: data.tree.sha,
        parents: parents.into_iter().map(|parent| parent.sha).collect(),
        author: hand(data.author),
        committer: hand(data.committer),
        message: data.message.unwrap_or_default(),
    }
}

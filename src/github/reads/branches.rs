//! Where a branch stands, and who made the commits on it.

use super::repository_path;
use crate::{
    domain::RepositoryName,
    github::{
        Client, Error, Result,
        call::Call,
        paging::Pages,
        target::{path, segment},
        wire::repository::{WireAccount, WireComparison, WireReference},
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

/// A commit and who made it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitInfo {
    /// Its id.
    pub sha: String,
    /// The account of its author, where GitHub knows one.
    pub author_login: Option<String>,
    /// The account of its committer, where GitHub knows one; `web-flow` for commits that GitHub signed.
    pub committer_login: Option<String>,
    /// The name that the commit itself gives for its author.
    pub author_name: Option<String>,
    /// Its message.
    pub message: String,
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
            commits.extend(page.commits.into_iter().map(|wire| CommitInfo {
                sha: wire.sha,
                author_login: login(wire.author),
                committer_login: login(wire.committer),
                author_name: wire.commit.author.and_then(|author| author.name),
                message: wire.commit.message.unwrap_or_default(),
            }));
        }
        Ok(commits)
    }
}

/// The login of an account that may be unknown.
pub(super) fn login(account: Option<WireAccount>) -> Option<String> {
    account.and_then(|account| account.login)
}

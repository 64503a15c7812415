//! Pull requests.

use super::repository_path;
use crate::{
    domain::{RepositoryName, Timestamp},
    github::{
        Client, Result,
        call::Call,
        paging::Pages,
        target::query,
        wire::pull::{WireComment, WireEndRepository, WireIssue, WirePull},
    },
};

/// The pages of pull requests that one question reads (ours); a question by branch needs one.
const MOST_PAGES: usize = 50;

/// Whether a pull request is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PullState {
    /// It is.
    Open,
    /// It was merged, or closed without; see [`Pull::merged_at`].
    Closed,
}

/// A pull request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pull {
    /// Its number in the repository.
    pub number: u64,
    /// Its page, for people.
    pub url: String,
    /// Whether it is open.
    pub state: PullState,
    /// When it was merged, if it was.
    pub merged_at: Option<Timestamp>,
    /// The branch it brings.
    pub head_branch: String,
    /// Whether that branch lies in another repository, or did in one that is gone.
    pub from_fork: bool,
    /// The commit that branch stood at.
    pub head_sha: String,
    /// The branch it goes to.
    pub base_branch: String,
    /// Its text.
    pub body: String,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// Who closed a pull request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Closer {
    /// The account's login.
    pub login: String,
    /// An App's account, and nobody's person.
    pub bot: bool,
}

/// Which branches' pull requests to list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Head {
    /// Those of one branch of the repository itself, present or past: one request.
    Branch(String),
    /// Those of branches of the repository itself that begin so: as many requests as the repository has hundreds of pulls
    /// in that state. Ask for open ones.
    Prefix(String),
}

/// Which states to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum PullsIn {
    /// Open ones.
    Open,
    /// Merged and otherwise closed ones.
    Closed,
    /// All.
    All,
}

impl From<WirePull> for Pull {
    fn from(wire: WirePull) -> Self {
        // Both ends carry the present name, so a rename in between makes no fork of our own branch.
        let end = |repository: Option<WireEndRepository>| repository.and_then(|end| end.full_name);
        let (head, base) = (end(wire.head.repo), end(wire.base.repo));
        Self {
            from_fork: head.is_none() || head != base,
            number: wire.number,
            url: wire.html_url.unwrap_or_default(),
            state: if wire.state == "open" {
                PullState::Open
            } else {
                PullState::Closed
            },
            merged_at: wire.merged_at,
            head_branch: wire.head.branch,
            head_sha: wire.head.sha,
            base_branch: wire.base.branch,
            body: wire.body.unwrap_or_default(),
            created_at: wire.created_at,
        }
    }
}

impl Head {
    /// Whether a pull request is meant. GitHub's own filter is checked again: servers have ignored it before.
    fn means(&self, pull: &Pull) -> bool {
        let ours = !pull.from_fork;
        match self {
            Self::Branch(branch) => ours && pull.head_branch == *branch,
            Self::Prefix(prefix) => ours && pull.head_branch.starts_with(prefix),
        }
    }
}

impl Client {
    /// Lists pull requests, newest first.
    ///
    /// Caveat: after a transfer to another owner, [`Head::Branch`] finds nothing under the old name; pass the name that
    /// [`Client::repository`] gives.
    ///
    /// # Errors
    /// [`crate::github::Error::TooLarge`] when the answer has more than 5,000 rows before filtering by prefix.
    pub async fn pulls(
        &self,
        repository: &RepositoryName,
        head: &Head,
        states: PullsIn,
    ) -> Result<Vec<Pull>> {
        let filter = match head {
            Head::Branch(branch) => Some(format!("{}:{branch}", repository.owner())),
            Head::Prefix(_) => None,
        };
        let pairs = [
            ("state", Some(<&str>::from(states).to_owned())),
            ("sort", Some("created".to_owned())),
            ("direction", Some("desc".to_owned())),
            ("per_page", Some("100".to_owned())),
            ("head", filter),
        ];
        let target = query(&format!("{}/pulls", repository_path(repository)), &pairs);
        let what = format!("list the pull requests of {repository}");
        let mut pages = Pages::new(
            Call::get("/repos/{owner}/{repo}/pulls", target, what),
            MOST_PAGES,
        );
        let mut pulls = Vec::new();
        while let Some((call, answer)) = pages.next(self).await? {
            let page: Vec<WirePull> = answer.json(&call)?;
            pulls.extend(
                page.into_iter()
                    .map(Pull::from)
                    .filter(|pull| head.means(pull)),
            );
        }
        Ok(pulls)
    }

    /// Reads one pull request.
    ///
    /// # Errors
    /// [`crate::github::Error::NotFound`] when there is none of that number.
    pub async fn pull(&self, repository: &RepositoryName, number: u64) -> Result<Pull> {
        let target = format!("{}/pulls/{number}", repository_path(repository));
        let what = format!("read pull request {number} of {repository}");
        let call = Call::get("/repos/{owner}/{repo}/pulls/{pull_number}", target, what);
        Ok(self.read(&call).await?.json::<WirePull>(&call)?.into())
    }

    /// Lists the texts of a pull request's comments, oldest first.
    ///
    /// # Errors
    /// [`crate::github::Error::NotFound`] when there is none of that number.
    pub async fn comments(&self, repository: &RepositoryName, number: u64) -> Result<Vec<String>> {
        let target = format!(
            "{}/issues/{number}/comments?per_page=100",
            repository_path(repository)
        );
        let what = format!("list the comments on pull request {number} of {repository}");
        let route = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
        let mut pages = Pages::new(Call::get(route, target, what), MOST_PAGES);
        let mut comments = Vec::new();
        while let Some((call, answer)) = pages.next(self).await? {
            let page: Vec<WireComment> = answer.json(&call)?;
            comments.extend(
                page.into_iter()
                    .map(|comment| comment.body.unwrap_or_default()),
            );
        }
        Ok(comments)
    }

    /// Reads which account closed a pull request; nothing while it is open or when the account is gone.
    ///
    /// # Errors
    /// [`crate::github::Error::NotFound`] when there is none of that number.
    pub async fn closed_by(
        &self,
        repository: &RepositoryName,
        number: u64,
    ) -> Result<Option<Closer>> {
        let target = format!("{}/issues/{number}", repository_path(repository));
        let what = format!("read who closed pull request {number} of {repository}");
        let call = Call::get("/repos/{owner}/{repo}/issues/{issue_number}", target, what);
        let closed_by = self.read(&call).await?.json::<WireIssue>(&call)?.closed_by;
        Ok(closed_by.and_then(|account| {
            Some(Closer {
                login: account.login?,
                bot: account.kind.as_deref() == Some("Bot"),
            })
        }))
    }
}

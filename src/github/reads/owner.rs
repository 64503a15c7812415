//! The repositories of an owner.

use crate::{
    domain::{RepositoryName, Timestamp},
    github::{
        Client, Error, Result,
        call::Call,
        paging::Pages,
        target,
        wire::repository::{RepositoryPage, WireRepository},
    },
};

/// An owner has so many pages of repositories at most (ours): 20,000, twice what the largest fleet is meant for.
const MOST_PAGES: usize = 200;

/// A repository as a listing tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListedRepository {
    /// GitHub's number of it, which stays through renames.
    pub id: u64,
    /// Its present name.
    pub name: RepositoryName,
    /// The branch whose workflow files fire.
    pub default_branch: String,
    /// Read-only, or disabled by GitHub.
    pub archived: bool,
    /// Whether it is a fork.
    pub fork: bool,
    /// Its topics.
    pub topics: Vec<String>,
    /// The last push to any branch.
    pub pushed_at: Option<Timestamp>,
}

impl Client {
    /// Lists the repositories of an owner that the credentials see, by name.
    ///
    /// An App is asked for what its installation reaches, which is one account's; for anybody else GitHub tells of an
    /// account's public repositories and of an organisation's besides those that are shared with us. A name in the answer
    /// may have another owner where the owner is called otherwise now, or the App is installed somewhere else.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such owner; [`Error::TooLarge`] above 20,000 repositories.
    pub async fn repositories_of(&self, owner: &str) -> Result<Vec<ListedRepository>> {
        let what = format!("list the repositories of {owner}");
        if self.inner.keeper.app().is_some() {
            let target = "/installation/repositories?per_page=100".to_owned();
            let installed = Call::get("/installation/repositories", target, what);
            return self.listed(installed).await;
        }
        let login = target::segment(owner);
        let target = format!("/orgs/{login}/repos?per_page=100&type=all");
        let of_organization = Call::get("/orgs/{org}/repos", target, what.clone());
        match self.listed(of_organization).await {
            Err(Error::NotFound { .. }) => {
                let target = format!("/users/{login}/repos?per_page=100&type=owner");
                self.listed(Call::get("/users/{username}/repos", target, what))
                    .await
            }
            other => other,
        }
    }

    async fn listed(&self, first: Call) -> Result<Vec<ListedRepository>> {
        let mut pages = Pages::new(first, MOST_PAGES);
        let mut repositories = Vec::new();
        while let Some((call, answer)) = pages.next(self).await? {
            // An installation's listing is counted, the others are plain.
            let page: RepositoryPage = answer.json(&call)?;
            repositories.extend(page.into_rows().into_iter().filter_map(row));
        }
        repositories.sort();
        repositories.sort_by(|a, b| a.name.cmp(&b.name));
        // A repository that was created while pages were read stands on two of them.
        repositories.dedup_by(|a, b| a.name == b.name);
        Ok(repositories)
    }
}

/// None for a name that is not in GitHub's alphabet: nothing could be asked about it.
fn row(wire: WireRepository) -> Option<ListedRepository> {
    Some(ListedRepository {
        id: wire.id.unwrap_or_default(),
        name: wire.full_name.parse().ok()?,
        default_branch: wire.default_branch.unwrap_or_else(|| "main".to_owned()),
        archived: wire.archived || wire.disabled,
        fork: wire.fork,
        topics: wire.topics,
        pushed_at: wire.pushed_at,
    })
}

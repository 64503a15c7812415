//! A repository and its workflows.

use super::repository_path;
use crate::{
    domain::{RepositoryName, Timestamp, Visibility, WorkflowFile},
    github::{
        Client, Error, Result, Wrote,
        call::Call,
        paging::Pages,
        wire::repository::{WireRepository, WorkflowPage},
    },
};

/// A repository holds so many pages of workflows at most (ours): 2,000 files, far above any that was seen.
const MOST_PAGES: usize = 20;

/// A repository as GitHub knows it now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository {
    /// Its present name, which differs from the one asked for after a rename.
    pub name: RepositoryName,
    /// The branch whose workflow files fire.
    pub default_branch: String,
    /// Read-only.
    pub archived: bool,
    /// Disabled by GitHub.
    pub disabled: bool,
    /// The last push to any branch.
    pub pushed_at: Option<Timestamp>,
    /// Who can see it, where GitHub tells.
    pub visibility: Option<Visibility>,
}

/// A workflow that has a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Workflow {
    /// Its file, by which it is known.
    pub file: WorkflowFile,
    /// Whether it fires.
    pub state: WorkflowState,
}

/// Whether a workflow fires.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum WorkflowState {
    /// It does.
    Active,
    /// Its file is gone.
    Deleted,
    /// It lies in a fork where nobody turned it on.
    DisabledFork,
    /// GitHub turned it off for want of activity in the repository.
    DisabledInactivity,
    /// A person turned it off.
    DisabledManually,
    /// A word GitHub did not use when this was written.
    Unknown,
}

impl Client {
    /// Reads a repository, following renames.
    ///
    /// # Errors
    /// [`Error::NotFound`] also when the credentials may not see it.
    pub async fn repository(&self, repository: &RepositoryName) -> Result<Repository> {
        let what = format!("read the repository {repository}");
        let call = Call::get("/repos/{owner}/{repo}", repository_path(repository), what);
        let wire: WireRepository = self.read(&call).await?.json(&call)?;
        let name = wire.full_name.parse();
        let name = name
            .map_err(|_| Error::malformed(&call.what, "its name is not owner/name", Wrote::No))?;
        Ok(Repository {
            name,
            visibility: wire.visibility(),
            default_branch: wire.default_branch.unwrap_or_else(|| "main".to_owned()),
            archived: wire.archived,
            disabled: wire.disabled,
            pushed_at: wire.pushed_at,
        })
    }

    /// Lists the workflows of a repository that have a file below `.github/workflows`; GitHub's own (`dynamic/...`) are
    /// left out.
    ///
    /// # Errors
    /// [`Error::TooLarge`] above 2,000 workflows.
    pub async fn workflows(&self, repository: &RepositoryName) -> Result<Vec<Workflow>> {
        let target = format!(
            "{}/actions/workflows?per_page=100",
            repository_path(repository)
        );
        let what = format!("list the workflows of {repository}");
        let mut pages = Pages::new(
            Call::get("/repos/{owner}/{repo}/actions/workflows", target, what),
            MOST_PAGES,
        );
        let mut workflows = Vec::new();
        while let Some((call, answer)) = pages.next(self).await? {
            let page: WorkflowPage = answer.json(&call)?;
            workflows.extend(page.workflows.into_iter().filter_map(|wire| {
                Some(Workflow {
                    file: WorkflowFile::from_path(wire.path.as_deref()?).ok()?,
                    state: wire
                        .state
                        .and_then(|state| state.parse().ok())
                        .unwrap_or(WorkflowState::Unknown),
                })
            }));
        }
        Ok(workflows)
    }
}

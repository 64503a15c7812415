//! Branches: made and moved.

use http::Method;
use serde::Serialize;

use crate::{
    domain::RepositoryName,
    github::{Client, Error, Result, call::Call, reads::repository_path, target::path},
};

pub(super) const ROUTE: &str = "/repos/{owner}/{repo}/git/refs/{ref}";

#[derive(Serialize)]
struct Move<'a> {
    sha: &'a str,
    force: bool,
}

impl Client {
    /// Makes a branch at a commit.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it exists already, wherever it stands.
    pub async fn create_branch(
        &self,
        repository: &RepositoryName,
        branch: &str,
        sha: &str,
    ) -> Result<()> {
        #[derive(Serialize)]
        struct NewReference<'a> {
            #[serde(rename = "ref")]
            reference: String,
            sha: &'a str,
        }
        let body = NewReference {
            reference: format!("refs/heads/{branch}"),
            sha,
        };
        let target = format!("{}/git/refs", repository_path(repository));
        let what = format!("make the branch {branch} of {repository}");
        let call = Call::json(
            Method::POST,
            "/repos/{owner}/{repo}/git/refs",
            target,
            what,
            &body,
        );
        self.write(&call)
            .await
            .map_err(|error| error.or_conflict(&["already exists"]))?;
        Ok(())
    }

    /// Moves a branch forward to a commit that descends from where it stands.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it does not descend: someone else's commit stays. [`Error::NotFound`] when there is no branch.
    pub async fn advance_branch(
        &self,
        repository: &RepositoryName,
        branch: &str,
        sha: &str,
    ) -> Result<()> {
        let what = format!("advance the branch {branch} of {repository}");
        let to = Move { sha, force: false };
        let call = Call::json(
            Method::PATCH,
            ROUTE,
            reference(repository, branch),
            what,
            &to,
        );
        match self.write(&call).await {
            Err(Error::Unprocessable { what, message }) if gone(&message) => {
                Err(Error::NotFound { what })
            }
            other => other
                .map(drop)
                .map_err(|error| error.or_conflict(&["fast forward", "fast-forward"])),
        }
    }
}

/// The path of a branch as a Git reference.
pub(super) fn reference(repository: &RepositoryName, branch: &str) -> String {
    format!(
        "{}/git/refs/heads/{}",
        repository_path(repository),
        path(branch)
    )
}

/// GitHub's way to say, with the status of a wrong request, that a reference is not there.
pub(super) fn gone(message: &str) -> bool {
    message.contains("Reference does not exist")
}

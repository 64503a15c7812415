//! Pull requests: opened, changed, closed, labelled, commented on, shown to reviewers.

use http::Method;
use serde::Serialize;

use crate::{
    domain::RepositoryName,
    github::{
        Client, Pull, Result,
        call::Call,
        reads::repository_path,
        wire::pull::{EditPull, OpenPull, WirePull},
    },
};

const ROUTE: &str = "/repos/{owner}/{repo}/pulls/{pull_number}";

/// What a pull request is opened with. Both branches lie in the repository itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NewPull {
    /// The branch it brings.
    pub head: String,
    /// The branch it goes to.
    pub base: String,
    /// Its title.
    pub title: String,
    /// Its text in Markdown.
    pub body: String,
    /// Not yet ready for review.
    pub draft: bool,
    /// Whether those who may write to the base may push to the branch.
    pub maintainer_can_modify: bool,
}

/// What to change of a pull request; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PullEdit {
    /// The new title.
    pub title: Option<String>,
    /// The new text.
    pub body: Option<String>,
    /// The new branch it goes to.
    pub base: Option<String>,
}

impl Client {
    /// Opens a pull request.
    ///
    /// # Errors
    /// [`crate::github::Error::Conflict`] when one is open for these branches already, or when they do not differ.
    pub async fn open_pull(&self, repository: &RepositoryName, new: &NewPull) -> Result<Pull> {
        let NewPull {
            head,
            base,
            title,
            body,
            draft,
            maintainer_can_modify,
        } = new;
        let body = OpenPull {
            head,
            base,
            title,
            body,
            draft: *draft,
            maintainer_can_modify: *maintainer_can_modify,
        };
        let target = format!("{}/pulls", repository_path(repository));
        let what = format!("open a pull request from {head} in {repository}");
        let call = Call::json(
            Method::POST,
            "/repos/{owner}/{repo}/pulls",
            target,
            what,
            &body,
        );
        let answer = self.write(&call).await;
        let answer =
            answer.map_err(|error| error.or_conflict(&["already exists", "No commits between"]))?;
        Ok(answer.json::<WirePull>(&call)?.into())
    }

    /// Changes the title, the text or the base of a pull request.
    ///
    /// # Errors
    /// [`crate::github::Error::NotFound`] when there is none of that number.
    pub async fn update_pull(
        &self,
        repository: &RepositoryName,
        number: u64,
        edit: &PullEdit,
    ) -> Result<Pull> {
        let PullEdit { title, body, base } = edit;
        let edit = EditPull {
            title: title.as_deref(),
            body: body.as_deref(),
            base: base.as_deref(),
            state: None,
        };
        self.edit_pull(repository, number, &edit, "update").await
    }

    /// Closes a pull request without merging it, and gives it a last text in the same request; one that is closed already
    /// stays so.
    ///
    /// # Errors
    /// [`crate::github::Error::NotFound`] when there is none of that number.
    pub async fn close_pull(
        &self,
        repository: &RepositoryName,
        number: u64,
        body: &str,
    ) -> Result<Pull> {
        let edit = EditPull {
            state: Some("closed"),
            body: Some(body),
            ..EditPull::default()
        };
        self.edit_pull(repository, number, &edit, "close").await
    }

    async fn edit_pull(
        &self,
        repository: &RepositoryName,
        number: u64,
        edit: &EditPull<'_>,
        verb: &str,
    ) -> Result<Pull> {
        let target = format!("{}/pulls/{number}", repository_path(repository));
        let what = format!("{verb} pull request {number} of {repository}");
        let call = Call::json(Method::PATCH, ROUTE, target, what, edit);
        Ok(self.write(&call).await?.json::<WirePull>(&call)?.into())
    }

    /// Comments on a pull request. Not idempotent: after [`crate::github::Wrote::Maybe`] it may stand there already.
    ///
    /// # Errors
    /// [`crate::github::Error::NotFound`] when there is none of that number.
    pub async fn comment(
        &self,
        repository: &RepositoryName,
        number: u64,
        body: &str,
    ) -> Result<()> {
        #[derive(Serialize)]
        struct Comment<'a> {
            body: &'a str,
        }
        let what = format!("comment on pull request {number} of {repository}");
        let route = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
        let target = format!("{}/issues/{number}/comments", repository_path(repository));
        self.write(&Call::json(
            Method::POST,
            route,
            target,
            what,
            &Comment { body },
        ))
        .await
        .map(drop)
    }

    /// Adds labels to a pull request; GitHub makes those that do not exist. Idempotent. No labels, no request.
    ///
    /// # Errors
    /// [`crate::github::Error::NotFound`] when there is none of that number.
    pub async fn add_labels(
        &self,
        repository: &RepositoryName,
        number: u64,
        labels: &[String],
    ) -> Result<()> {
        #[derive(Serialize)]
        struct Labels<'a> {
            labels: &'a [String],
        }
        if labels.is_empty() {
            return Ok(());
        }
        let what = format!("label pull request {number} of {repository}");
        let route = "/repos/{owner}/{repo}/issues/{issue_number}/labels";
        let target = format!("{}/issues/{number}/labels", repository_path(repository));
        self.write(&Call::json(
            Method::POST,
            route,
            target,
            what,
            &Labels { labels },
        ))
        .await
        .map(drop)
    }

    /// Asks people (`login`) and teams (`org/team`) for a review. Idempotent. Nobody, no request.
    ///
    /// # Errors
    /// [`crate::github::Error::Unprocessable`] when one of them may not review here; then nobody was asked.
    pub async fn request_reviewers(
        &self,
        repository: &RepositoryName,
        number: u64,
        reviewers: &[String],
    ) -> Result<()> {
        #[derive(Serialize)]
        struct Reviewers<'a> {
            reviewers: Vec<&'a str>,
            team_reviewers: Vec<&'a str>,
        }
        if reviewers.is_empty() {
            return Ok(());
        }
        let (teams, people): (Vec<_>, Vec<_>) = reviewers
            .iter()
            .map(String::as_str)
            .partition(|name| name.contains('/'));
        let team_reviewers = teams
            .into_iter()
            .filter_map(|team| team.rsplit('/').next())
            .collect();
        let what = format!("ask for reviews of pull request {number} of {repository}");
        let route = "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers";
        let target = format!(
            "{}/pulls/{number}/requested_reviewers",
            repository_path(repository)
        );
        let body = Reviewers {
            reviewers: people,
            team_reviewers,
        };
        self.write(&Call::json(Method::POST, route, target, what, &body))
            .await
            .map(drop)
    }
}

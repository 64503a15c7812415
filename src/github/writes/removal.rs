//! Removing a branch, on condition that nobody pushed to it.
//!
//! REST has no such condition; GraphQL's `updateRefs` has, and compares and removes in one instant. A server that says
//! it has none is asked the REST way, just after a look at the branch: there a push between look and removal is not seen.
//! Whatever else GraphQL refuses stays refused: the look may be an older one than what it compared with.

use http::Method;
use serde::{Deserialize, Serialize};

use super::branches::{ROUTE, gone, reference};
use crate::{
    domain::{RepositoryName, Seconds},
    github::{
        Client, Error, Limit, Result,
        call::{Answer, Call},
        error::bounded,
        reads::repository_path,
        wire::repository::WireNode,
    },
};

/// The only mutation we send. Everything that varies is a variable, so that no name can become part of the words.
const MUTATION: &str =
    "mutation($input:UpdateRefsInput!){updateRefs(input:$input){clientMutationId}}";
/// The object id that means none (Git): what a branch points to afterwards, when it is to be removed.
const NONE: &str = "0000000000000000000000000000000000000000";
/// The length of GraphQL's window of points (GitHub), for an answer that does not say when it ends.
const HOUR: Seconds = Seconds::hours(1);

#[derive(Serialize)]
struct Question<'a> {
    query: &'static str,
    variables: Variables<'a>,
}

#[derive(Serialize)]
struct Variables<'a> {
    input: UpdateRefs<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UpdateRefs<'a> {
    repository_id: &'a str,
    ref_updates: [RefUpdate<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefUpdate<'a> {
    name: String,
    before_oid: &'a str,
    after_oid: &'static str,
}

/// GraphQL refuses with a status of success.
#[derive(Deserialize)]
struct Reply {
    errors: Option<Vec<Refusal>>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Default, Deserialize)]
struct Extensions {
    code: Option<String>,
}

impl Refusal {
    /// Whether the server does not know the mutation or its input, and so has done nothing.
    fn is_of_an_unknown_mutation(&self) -> bool {
        let message = &self.message;
        self.extensions.code.as_deref() == Some("undefinedField")
            || message.contains("doesn't exist on type 'Mutation'")
            || message.contains("isn't a defined input type")
    }

    /// Whether the repository's rules keep the branch.
    fn is_of_a_rule(&self) -> bool {
        let message = self.message.to_lowercase();
        message.contains("protected branch") || message.contains("rule violation")
    }

    /// As an error: what is neither forbidden nor against a rule came too late, or is to be read again all the same.
    fn into_error(self, what: String) -> Error {
        let message = bounded(&self.message);
        if self.kind.as_deref() == Some("FORBIDDEN") {
            let permission = None;
            return Error::MissingPermission {
                what,
                permission,
                message,
            };
        }
        if self.is_of_a_rule() {
            return Error::Unprocessable { what, message };
        }
        Error::Conflict { what, message }
    }
}

impl Client {
    /// Removes a branch if it points to the commit `at`; one that is gone already is a success.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it points elsewhere: somebody pushed. [`Error::Unprocessable`] or
    /// [`Error::MissingPermission`] when it is protected.
    pub async fn remove_branch(
        &self,
        repository: &RepositoryName,
        branch: &str,
        at: &str,
    ) -> Result<()> {
        let refusal = match self.compare_and_remove(repository, branch, at).await {
            Ok(true) => return Ok(()),
            Ok(false) | Err(Error::NotFound { .. }) => None,
            Err(error @ Error::Conflict { .. }) => Some(error),
            Err(error) => return Err(error),
        };
        match (self.branch(repository, branch).await?, refusal) {
            (None, _) => Ok(()),
            (Some(_), Some(refusal)) => Err(refusal),
            (Some(head), None) if head.sha != at => Err(Error::Conflict {
                what: format!("remove the branch {branch} of {repository}"),
                message: "somebody pushed to it".to_owned(),
            }),
            (Some(_), None) => self.delete_branch(repository, branch).await,
        }
    }

    /// Removes a branch if it points to a commit, in one request; false where the server cannot.
    async fn compare_and_remove(
        &self,
        repository: &RepositoryName,
        branch: &str,
        at: &str,
    ) -> Result<bool> {
        let what = format!("remove the branch {branch} of {repository}");
        let target = repository_path(repository);
        let read = Call::get("/repos/{owner}/{repo}", target, what.clone());
        let Some(node) = self.read(&read).await?.json::<WireNode>(&read)?.node_id else {
            return Ok(false);
        };
        let update = RefUpdate {
            name: format!("refs/heads/{branch}"),
            before_oid: at,
            after_oid: NONE,
        };
        let input = UpdateRefs {
            repository_id: &node,
            ref_updates: [update],
        };
        let question = Question {
            query: MUTATION,
            variables: Variables { input },
        };
        let call = Call::json(
            Method::POST,
            "/graphql",
            "/graphql".to_owned(),
            what,
            &question,
        );
        let answer = self.write(&call).await?;
        let reply: Reply = answer.json(&call)?;
        let limited = |refusal: &Refusal| refusal.kind.as_deref() == Some("RATE_LIMITED");
        let mut errors = reply.errors.unwrap_or_default();
        if errors.iter().any(limited) {
            return Err(Error::RateLimited {
                what: call.what,
                until: self.resets_at(&answer),
                limit: Limit::Primary,
            });
        }
        if errors.iter().any(Refusal::is_of_an_unknown_mutation) {
            return Ok(false);
        }
        errors
            .pop()
            .map_or(Ok(true), |refusal| Err(refusal.into_error(call.what)))
    }

    /// Removes a branch wherever it points; one that is gone already is a success.
    async fn delete_branch(&self, repository: &RepositoryName, branch: &str) -> Result<()> {
        let what = format!("remove the branch {branch} of {repository}");
        let call = Call::bare(Method::DELETE, ROUTE, reference(repository, branch), what);
        match self.write(&call).await {
            Err(Error::NotFound { .. }) => Ok(()),
            Err(Error::Unprocessable { message, .. }) if gone(&message) => Ok(()),
            other => other.map(drop),
        }
    }

    /// When GraphQL's own limit is full again, which is not REST's; an hour at most.
    fn resets_at(&self, answer: &Answer) -> crate::domain::Timestamp {
        let latest = self.inner.now() + HOUR.to_delta();
        let told = answer.headers.get("x-ratelimit-reset");
        let told = told.and_then(|value| value.to_str().ok()?.parse().ok());
        let told = told.and_then(|epoch| crate::domain::Timestamp::from_timestamp(epoch, 0));
        told.map_or(latest, |told| told.min(latest))
    }
}

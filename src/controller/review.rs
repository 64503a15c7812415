//! Asks the API server who bears a token (`TokenReview`), and whether they may see what the dashboard shows
//! (`SubjectAccessReview`): whoever may list WorkflowSchedules where this controller watches.
//!
//! Invariant: the token goes to the API server and nowhere else; no error repeats it.

use futures::future::BoxFuture;
use k8s_openapi::api::{
    authentication::v1::{TokenReview, TokenReviewSpec, UserInfo},
    authorization::v1::{
        ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec, SubjectAccessReviewStatus,
    },
};
use kube::{Api, Client, Config, Resource as _, api::PostParams};
use secrecy::{ExposeSecret as _, SecretString};

use super::client::client;
use crate::{
    api::WorkflowSchedule,
    web::dashboard::{Reviewer, Verdict},
};

/// What whoever looks must be allowed to do, where the controller watches. The pages show the whole store all the same: what the
/// objects' statuses tell, histories behind it, and what other controllers put into a store that they share.
const VERB: &str = "list";

/// Asks one API server, for a namespace or for all.
pub struct ApiServer {
    client: Client,
    namespace: Option<String>,
}

impl ApiServer {
    /// Asks about rights in a namespace; about those in all namespaces where there is none.
    ///
    /// # Errors
    /// When the configuration's address, certificates or credentials cannot be used.
    pub fn new(config: Config, namespace: Option<String>) -> Result<Self, kube::Error> {
        Ok(Self {
            client: client(config)?,
            namespace,
        })
    }

    /// Whose token it is; none where it is nobody's, or has ended. The server tells an error of every such token, so that none says
    /// whether it could have been told apart.
    async fn user(&self, token: &SecretString) -> Result<Option<UserInfo>, kube::Error> {
        let asked = TokenReview {
            spec: TokenReviewSpec {
                token: Some(token.expose_secret().to_owned()),
                audiences: None,
            },
            ..TokenReview::default()
        };
        let api: Api<TokenReview> = Api::all(self.client.clone());
        let told = api.create(&PostParams::default(), &asked).await?;
        let status = told.status.unwrap_or_default();
        let known = status.authenticated == Some(true);
        Ok(status.user.filter(|_| known))
    }

    async fn may_look(&self, user: UserInfo) -> Result<bool, String> {
        let right = ResourceAttributes {
            group: Some(WorkflowSchedule::group(&()).into_owned()),
            resource: Some(WorkflowSchedule::plural(&()).into_owned()),
            verb: Some(VERB.to_owned()),
            namespace: self.namespace.clone(),
            ..ResourceAttributes::default()
        };
        let asked = SubjectAccessReview {
            spec: SubjectAccessReviewSpec {
                extra: user.extra,
                groups: user.groups,
                resource_attributes: Some(right),
                uid: user.uid,
                user: user.username,
                ..SubjectAccessReviewSpec::default()
            },
            ..SubjectAccessReview::default()
        };
        let api: Api<SubjectAccessReview> = Api::all(self.client.clone());
        let told = api.create(&PostParams::default(), &asked).await;
        let told = told.map_err(|error| format!("{error:#}"))?;
        allows(told.status.unwrap_or_default())
    }

    async fn judge(&self, token: &SecretString) -> Result<Verdict, String> {
        let user = self.user(token).await;
        Ok(match user.map_err(|error| format!("{error:#}"))? {
            None => Verdict::Stranger,
            Some(user) if self.may_look(user.clone()).await? => Verdict::Admitted,
            Some(_) => Verdict::Forbidden,
        })
    }
}

/// Whether the right is there.
///
/// # Errors
/// When it is not, and might be but for what went wrong on the way to the answer.
fn allows(status: SubjectAccessReviewStatus) -> Result<bool, String> {
    if status.denied == Some(true) {
        return Ok(false);
    }
    match status.evaluation_error.filter(|error| !error.is_empty()) {
        Some(error) if !status.allowed => Err(format!("rights cannot be told: {error}")),
        _ => Ok(status.allowed),
    }
}

impl Reviewer for ApiServer {
    fn review(&self, token: SecretString) -> BoxFuture<'_, Result<Verdict, String>> {
        Box::pin(async move { self.judge(&token).await })
    }

    fn right(&self) -> String {
        let kind = format!(
            "{}.{}",
            WorkflowSchedule::plural(&()),
            WorkflowSchedule::group(&())
        );
        match &self.namespace {
            Some(namespace) => format!("{VERB} {kind} in the namespace {namespace}"),
            None => format!("{VERB} {kind} in all namespaces"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_that_could_not_be_told_is_no_refusal_that_counts() {
        let status = |allowed, denied, error: &str| SubjectAccessReviewStatus {
            allowed,
            denied: Some(denied),
            evaluation_error: Some(error.to_owned()),
            reason: None,
        };
        assert_eq!(allows(status(true, false, "a role is missing")), Ok(true));
        assert_eq!(allows(status(false, false, "")), Ok(false));
        assert_eq!(allows(status(false, true, "a webhook is away")), Ok(false));
        let told = allows(status(false, false, "a webhook is away"));
        assert!(told.is_err_and(|told| told.contains("a webhook is away")));
    }
}

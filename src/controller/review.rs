//! Asks the API server who bears a token (`TokenReview`), and whether they may see what the dashboard shows
//! (`SubjectAccessReview`): whoever may list WorkflowSchedules where this controller watches.
//!
//! Invariant: the token goes to the API server and nowhere else; no error repeats it.

use futures::future::BoxFuture;
use k8s_openapi::api::{
    authentication::v1::{TokenReview, TokenReviewSpec, UserInfo},
    authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec},
};
use kube::{Api, Client, Config, Resource as _, api::PostParams};
use secrecy::{ExposeSecret as _, SecretString};

use super::client::client;
use crate::{
    api::WorkflowSchedule,
    web::dashboard::{Reviewer, Verdict},
};

/// What whoever looks must be allowed to do: the pages show nothing that the objects and their statuses do not.
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

    /// Whose token it is; none where it is nobody's, or has ended.
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

    async fn may_look(&self, user: UserInfo) -> Result<bool, kube::Error> {
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
        let told = api.create(&PostParams::default(), &asked).await?;
        let status = told.status.unwrap_or_default();
        Ok(status.allowed && status.denied != Some(true))
    }

    async fn judge(&self, token: &SecretString) -> Result<Verdict, kube::Error> {
        Ok(match self.user(token).await? {
            None => Verdict::Stranger,
            Some(user) if self.may_look(user.clone()).await? => Verdict::Admitted,
            Some(_) => Verdict::Forbidden,
        })
    }
}

impl Reviewer for ApiServer {
    fn review(&self, token: SecretString) -> BoxFuture<'_, Result<Verdict, String>> {
        Box::pin(async move {
            let judged = self.judge(&token).await;
            judged.map_err(|error| format!("{error:#}"))
        })
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

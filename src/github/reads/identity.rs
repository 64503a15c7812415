//! Who the credentials are, and what they may do.

use std::collections::{BTreeMap, BTreeSet};

use crate::github::{
    Client, Error, Result, Wrote,
    budget::Cost,
    call::Call,
    exchange::Payment,
    wire::repository::{WireAccount, WireApp},
};

/// The header in which GitHub lists the scopes of a classic token.
const SCOPES: &str = "x-oauth-scopes";

/// Who we are at GitHub.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The login that our commits, comments and pull requests carry: a user's, or an App's slug with `[bot]`.
    pub login: String,
    /// What kind of account it is.
    pub kind: IdentityKind,
    /// What we were granted.
    pub grants: Grants,
}

/// The kind of account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentityKind {
    /// A person's, or a machine user's.
    User,
    /// A GitHub App's installation: its commits are signed by GitHub.
    App,
}

/// What the credentials were granted, as far as GitHub tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grants {
    /// An installation's permissions by name with their level, such as `workflows` and `write`.
    Permissions(BTreeMap<String, String>),
    /// A classic token's scopes, such as `repo` and `workflow`.
    Scopes(BTreeSet<String>),
    /// GitHub does not tell: a fine-grained token. A missing permission shows when it is needed.
    Unknown,
}

impl Client {
    /// Asks who the credentials are. For an App this mints an installation token where none is held.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] when GitHub does not accept them.
    pub async fn identity(&self) -> Result<Identity> {
        match self.inner.keeper.app() {
            None => self.user().await,
            Some(app) => {
                // The App's own token says its name; an installation's says what it may do.
                self.bearer().await?;
                let call = Call::get("/app", "/app".to_owned(), "read who the App is");
                let answer = self.as_app(app, &call, Payment::Now(Cost::Read)).await?;
                let wire: WireApp = answer.json(&call)?;
                let slug = wire.slug.or(wire.name);
                let slug = slug.ok_or_else(|| {
                    Error::malformed(&call.what, "the App has no name", Wrote::No)
                })?;
                let grants = app
                    .grants()
                    .await
                    .map_or(Grants::Unknown, Grants::Permissions);
                Ok(Identity {
                    login: format!("{slug}[bot]"),
                    kind: IdentityKind::App,
                    grants,
                })
            }
        }
    }

    async fn user(&self) -> Result<Identity> {
        let call = Call::get("/user", "/user".to_owned(), "read who the token belongs to");
        let answer = self.read(&call).await?;
        let wire: WireAccount = answer.json(&call)?;
        let login = wire
            .login
            .ok_or_else(|| Error::malformed(&call.what, "the account has no login", Wrote::No))?;
        let kind = if wire.kind.as_deref() == Some("Bot") {
            IdentityKind::App
        } else {
            IdentityKind::User
        };
        let scopes = answer
            .headers
            .get(SCOPES)
            .and_then(|scopes| scopes.to_str().ok());
        let scope_set = |scopes: &str| {
            scopes
                .split(',')
                .map(|scope| scope.trim().to_owned())
                .filter(|s| !s.is_empty())
                .collect()
        };
        let grants = scopes.map_or(Grants::Unknown, |scopes| Grants::Scopes(scope_set(scopes)));
        Ok(Identity {
            login,
            kind,
            grants,
        })
    }
}

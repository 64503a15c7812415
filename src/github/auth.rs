//! Who we are on each request: a personal token as it is, or an App's installation token, minted once and renewed early.
//!
//! Owns the lifetime of installation tokens. Invariants: at most one token is being minted at a time, and whoever came
//! meanwhile shares its success or its failure; a credential leaves only inside an `Authorization` header marked
//! sensitive. A JSON web token is dated by the instant that it is given, which is GitHub's as far as we know it.

use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use http::HeaderValue;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use tokio::sync::Mutex;

use super::{
    Credentials, Error, Result,
    wire::token::{Grants, InstallationToken},
};
use crate::domain::{Seconds, Timestamp};

/// How long before its end a token is renewed: a token lives an hour (GitHub), a round seldom takes minutes.
const RENEW_BEFORE_END: Seconds = Seconds::minutes(5);
/// How far back a JSON web token is dated, for clocks that differ (GitHub's advice).
const DATED_BACK_SECONDS: i64 = 60;
/// How long it lives: GitHub takes ten minutes at most.
const LIVES_SECONDS: i64 = 9 * 60;

/// A credential for one request, and which of the tokens it is.
#[derive(Clone)]
pub(super) struct Bearer {
    secret: SecretString,
    serial: u64,
    /// It is the App itself, whose requests GitHub counts apart from those of its installations.
    is_app: bool,
}

impl Bearer {
    fn new(secret: SecretString, serial: u64) -> Self {
        Self {
            secret,
            serial,
            is_app: false,
        }
    }

    /// Whether it is the App itself.
    pub(super) const fn is_app(&self) -> bool {
        self.is_app
    }

    /// The header that shows it.
    pub(super) fn header(&self) -> Result<HeaderValue> {
        let header = HeaderValue::from_str(&format!("Bearer {}", self.secret.expose_secret()));
        let mut header =
            header.map_err(|_| Error::config("its token holds characters that no token has"))?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// Takes the credential out of a text that a server wrote.
    pub(super) fn redact(&self, text: &str) -> String {
        let secret = self.secret.expose_secret();
        if secret.is_empty() {
            text.to_owned()
        } else {
            text.replace(secret, "[redacted]")
        }
    }
}

/// Asks GitHub for an installation token, showing the App's JSON web token.
pub(super) trait Mint: Send + Sync {
    /// Mints a token of the App's installation, or of its only one.
    fn mint<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<InstallationToken>>;
}

/// The keeper of a connection's credentials.
pub(super) enum Keeper {
    Token(Bearer),
    App(Box<App>),
}

/// An App and the token of its installation.
pub(super) struct App {
    app_id: u64,
    pub(super) installation_id: Option<u64>,
    key: EncodingKey,
    state: Mutex<State>,
    /// How many mints have ended; who sees it move while waiting need not mint itself.
    ended: AtomicU64,
}

/// What a JSON web token says.
#[derive(Serialize)]
struct Claims {
    iss: u64,
    iat: i64,
    exp: i64,
}

#[derive(Default)]
struct State {
    token: Option<Minted>,
    failure: Option<Error>,
    serial: u64,
}

#[derive(Clone)]
struct Minted {
    bearer: Bearer,
    ends_at: Timestamp,
    grants: Grants,
}

impl Keeper {
    /// Checks credentials and keeps them.
    pub(super) fn new(credentials: Credentials) -> Result<Self> {
        match credentials {
            Credentials::Token(token) => {
                let token = SecretString::from(token.expose_secret().trim().to_owned());
                if token.expose_secret().is_empty() {
                    return Err(Error::config("its token is empty"));
                }
                let bearer = Bearer::new(token, 0);
                bearer.header()?;
                Ok(Self::Token(bearer))
            }
            Credentials::App {
                app_id,
                installation_id,
                private_key,
            } => {
                let key = EncodingKey::from_rsa_pem(private_key.expose_secret().as_bytes())
                    .map_err(|_| {
                        Error::config(
                            "its private key is not an RSA key in PEM, as GitHub gives it",
                        )
                    })?;
                let (state, ended) = (Mutex::default(), AtomicU64::new(0));
                Ok(Self::App(Box::new(App {
                    app_id,
                    installation_id,
                    key,
                    state,
                    ended,
                })))
            }
        }
    }

    /// The credential for a request now.
    pub(super) async fn bearer(&self, mint: &dyn Mint, now: Timestamp) -> Result<Bearer> {
        match self {
            Self::Token(bearer) => Ok(bearer.clone()),
            Self::App(app) => app.bearer(mint, now).await,
        }
    }

    /// Forgets a token that GitHub refused; says whether another one may be had.
    pub(super) async fn reject(&self, refused: &Bearer) -> bool {
        match self {
            Self::Token(_) => false,
            Self::App(app) => {
                let mut state = app.state.lock().await;
                state.token = state
                    .token
                    .take()
                    .filter(|token| token.bearer.serial != refused.serial);
                true
            }
        }
    }

    /// The App, where that is who we are.
    pub(super) fn app(&self) -> Option<&App> {
        match self {
            Self::Token(_) => None,
            Self::App(app) => Some(app),
        }
    }
}

impl App {
    /// Signs a JSON web token for an instant: it is the App itself, without an installation, for nine minutes.
    pub(super) fn identify(&self, now: Timestamp) -> Result<Bearer> {
        let claims = Claims {
            iss: self.app_id,
            iat: now.timestamp() - DATED_BACK_SECONDS,
            exp: now.timestamp() + LIVES_SECONDS,
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &self.key);
        let token = token.map_err(|_| {
            Error::config("its private key does not sign; is it the App's RSA key?")
        })?;
        Ok(Bearer {
            is_app: true,
            ..Bearer::new(token.into(), 0)
        })
    }

    /// What the present token was granted.
    pub(super) async fn grants(&self) -> Option<Grants> {
        self.state
            .lock()
            .await
            .token
            .as_ref()
            .map(|token| token.grants.clone())
    }

    async fn bearer(&self, mint: &dyn Mint, now: Timestamp) -> Result<Bearer> {
        let ended_before = self.ended.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        let left = |token: &Minted| Seconds::between(now, token.ends_at);
        if let Some(token) = state
            .token
            .as_ref()
            .filter(|token| left(token) > RENEW_BEFORE_END)
        {
            return Ok(token.bearer.clone());
        }
        if self.ended.load(Ordering::Acquire) != ended_before
            && let Some(failure) = &state.failure
        {
            return Err(failure.clone());
        }
        let renewed = self.renew(&mut state, mint).await;
        self.ended.fetch_add(1, Ordering::Release);
        state.failure = renewed.as_ref().err().cloned();
        match (renewed, &state.token) {
            // It still holds for some minutes: a failing renewal is no failure yet.
            (Err(_), Some(token)) if left(token) > Seconds::ZERO => Ok(token.bearer.clone()),
            (renewed, _) => renewed,
        }
    }

    async fn renew(&self, state: &mut State, mint: &dyn Mint) -> Result<Bearer> {
        let token = mint.mint(self).await?;
        state.serial += 1;
        let bearer = Bearer::new(token.token, state.serial);
        bearer.header()?;
        state.token = Some(Minted {
            bearer: bearer.clone(),
            ends_at: token.expires_at,
            grants: token.permissions,
        });
        Ok(bearer)
    }
}

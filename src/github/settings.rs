//! How a connection is set up: where GitHub is, who we are there, how much of it we may use.
//!
//! Owns the settings and their checks. Invariant: a credential is held as a secret that neither `Debug` nor a check's
//! message prints.

use std::{fmt, sync::Arc, time::Duration};

use http::Uri;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Error, RequestFact};
use crate::domain::{Digest, Host, Percent, Timestamp};

/// Tells the present instant; the shell passes the real clock, tests and the demo pass a simulated one.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Receives one fact per request, for metrics. It must return at once.
pub type Observer = Arc<dyn Fn(&RequestFact) + Send + Sync>;

/// The address of github.com's API.
pub const GITHUB_API: &str = "https://api.github.com";

/// How we show GitHub who we are.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A personal access token, classic or fine-grained.
    Token(SecretString),
    /// A GitHub App; its installation tokens are minted, shared and renewed by the client.
    App {
        /// The App's number.
        app_id: u64,
        /// The installation's number; without it the App must have exactly one installation.
        installation_id: Option<u64>,
        /// The App's RSA private key in PEM.
        private_key: SecretString,
    },
}

/// How much of GitHub a connection may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BudgetSettings {
    /// Our share of the hourly limit; the rest is left to whoever shares the credentials.
    pub hourly_share: Percent,
    /// How many requests may be under way at once. GitHub's own limit is 100 over all users of the credentials.
    pub concurrent_requests: u16,
}

impl Default for BudgetSettings {
    /// Four fifths of the hourly limit and eight requests at once: a person who debugs beside us is not locked out, and
    /// eight are enough to keep a listing of thousands of repositories at the points limit with answers of half a second.
    fn default() -> Self {
        Self {
            hourly_share: Percent(80),
            concurrent_requests: 8,
        }
    }
}

/// Everything a connection is made of.
#[derive(Clone)]
pub struct Settings {
    /// The API's address: [`GITHUB_API`], or `https://HOST/api/v3` of an Enterprise Server. Plain `http` is accepted on
    /// loopback only, because the credentials travel with every request.
    pub api_url: String,
    /// Who we are.
    pub credentials: Credentials,
    /// How long one request may take, answer included. A call of several pages takes this at most for each.
    pub request_timeout: Duration,
    /// How much we may use.
    pub budget: BudgetSettings,
    /// Who learns of every request, where someone does.
    pub observer: Option<Observer>,
}

impl Settings {
    /// Makes the settings of a connection to github.com with the defaults: 20 s a request, [`BudgetSettings::default`].
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            api_url: GITHUB_API.to_owned(),
            credentials,
            request_timeout: Duration::from_secs(20),
            budget: BudgetSettings::default(),
            observer: None,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            api_url,
            credentials,
            request_timeout,
            budget,
            observer,
        } = self;
        f.debug_struct("Settings")
            .field("api_url", api_url)
            .field("credentials", credentials)
            .field("request_timeout", request_timeout)
            .field("budget", budget)
            .field("observer", &observer.is_some())
            .finish()
    }
}

/// The checked address of an API: scheme and host, and the path below which it lives.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    scheme_and_host: String,
    base_path: String,
    host: Host,
}

impl Origin {
    /// Checks an address.
    pub(super) fn parse(api_url: &str) -> Result<Self, Error> {
        let wrong = |why: &str| {
            Error::config(format!(
                "its API address {why}; write https://api.github.com or https://HOST/api/v3"
            ))
        };
        let uri: Uri = api_url.trim().parse().map_err(|_| wrong("is not a URL"))?;
        let authority = uri.authority().ok_or_else(|| wrong("has no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong(
                "holds a user or a password, which belong into the credentials",
            ));
        }
        let loopback = uri.host().is_some_and(is_loopback);
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if loopback => {}
            Some("http") => {
                return Err(wrong(
                    "is plain http, which would send the credentials in the clear",
                ));
            }
            _ => return Err(wrong("is not http or https")),
        }
        if uri.query().is_some() {
            return Err(wrong("has a query"));
        }
        let scheme = uri.scheme_str().unwrap_or("https");
        Ok(Self {
            scheme_and_host: format!("{scheme}://{}", authority.as_str().to_ascii_lowercase()),
            base_path: uri.path().trim_end_matches('/').to_owned(),
            host: Host::of_api(api_url),
        })
    }

    /// Which GitHub it is.
    pub(super) const fn host(&self) -> &Host {
        &self.host
    }

    /// The absolute address of a path and query that the API's own answers gave, or that we made below its base path.
    /// GraphQL lives beside REST: an Enterprise Server has them at `/api/graphql` and `/api/v3`.
    pub(super) fn absolute(&self, path_and_query: &str) -> String {
        if path_and_query == "/graphql" {
            let base = self
                .base_path
                .strip_suffix("/v3")
                .unwrap_or(&self.base_path);
            return format!("{}{base}/graphql", self.scheme_and_host);
        }
        let below = path_and_query
            .strip_prefix(&self.base_path)
            .is_some_and(|rest| self.base_path.is_empty() || rest.starts_with(['/', '?']));
        let base = if below { "" } else { self.base_path.as_str() };
        format!("{}{base}{path_and_query}", self.scheme_and_host)
    }

    /// Whether an address that an answer named is on this very host.
    pub(super) fn is_home(&self, uri: &Uri) -> bool {
        match (uri.scheme_str(), uri.authority()) {
            (Some(scheme), Some(host)) => {
                format!("{scheme}://{host}").eq_ignore_ascii_case(&self.scheme_and_host)
            }
            (None, None) => true,
            _ => false,
        }
    }

    /// The identity of a connection: where it goes and as whom, as a digest that gives no credential away.
    pub(super) fn identity(&self, credentials: &Credentials) -> String {
        let place = self.absolute("/");
        let digest = match credentials {
            Credentials::Token(token) => Digest::of([
                &b"token"[..],
                place.as_bytes(),
                token.expose_secret().as_bytes(),
            ]),
            Credentials::App {
                app_id,
                installation_id,
                ..
            } => {
                let app = format!("{app_id}/{installation_id:?}");
                Digest::of([&b"app"[..], place.as_bytes(), app.as_bytes()])
            }
        };
        digest.short().to_owned()
    }
}

/// Whether a host is this very machine.
fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enterprise_path_is_kept_and_never_doubled() {
        let origin = Origin::parse("https://GHE.example/api/v3/").unwrap();
        assert_eq!(
            origin.absolute("/user?x=1"),
            "https://ghe.example/api/v3/user?x=1"
        );
        assert_eq!(
            origin.absolute("/api/v3/user"),
            "https://ghe.example/api/v3/user"
        );
        assert_eq!(
            origin.absolute("/api/v30/user"),
            "https://ghe.example/api/v3/api/v30/user"
        );
        assert_eq!(
            origin.absolute("/graphql"),
            "https://ghe.example/api/graphql"
        );
        let public = Origin::parse(GITHUB_API).unwrap();
        assert_eq!(
            public.absolute("/graphql"),
            "https://api.github.com/graphql"
        );
    }

    #[test]
    fn addresses_that_would_leak_or_not_work_are_refused() {
        for url in [
            "",
            "api.github.com",
            "ftp://a/",
            "http://ghe.example/",
            "https://me:pw@ghe.example/",
            "https://a/?b=c",
        ] {
            let error = Origin::parse(url).expect_err(url);
            assert!(!error.to_string().contains("pw"), "{error}");
        }
        for url in [
            "http://127.0.0.1:8080",
            "http://[::1]:1/",
            "http://localhost:9/api/v3",
            GITHUB_API,
        ] {
            Origin::parse(url).expect(url);
        }
    }

    #[test]
    fn the_identity_differs_by_credential_and_shows_none() {
        let origin = Origin::parse(GITHUB_API).unwrap();
        let identity = |token: &str| origin.identity(&Credentials::Token(token.into()));
        assert_ne!(identity("ghp_a"), identity("ghp_b"));
        assert!(!identity("ghp_a").contains("ghp"));
    }
}

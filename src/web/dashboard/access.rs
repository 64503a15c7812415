//! Who may see the dashboard: whoever is on this machine, whoever has the token, or whoever the cluster lets in.
//!
//! # Invariants
//! - Without a token it is served on loopback alone, and to browsers that asked for it by a name of loopback: a page elsewhere whose
//!   name was bent to this machine gets nothing.
//! - A token is compared in the same time wherever it differs, and is never printed.
//! - Whom the cluster is not asked about, for whatever reason, is refused.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use super::review::{Refusal, Reviewed};

/// The shortest token: 128 bits as hexadecimal digits are twice as long.
const SHORTEST_TOKEN: usize = 16;

/// What both tokens sign, so that equal signatures mean equal tokens.
const COMPARED: &[u8] = b"cronwright dashboard";

/// How a browser is told to ask for the token: it becomes the password of a user of any name.
const CHALLENGE: &str = "Basic realm=\"cronwright: the token is the password\", charset=\"UTF-8\"";

/// Who may see the dashboard.
#[derive(Clone, Debug)]
pub enum Access {
    /// Whoever is on this machine.
    Loopback,
    /// Whoever has the token.
    Token(SecretString),
    /// Whoever the cluster lets in.
    Cluster(Reviewed),
}

/// Why a dashboard is not served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// Others could reach it.
    #[error(
        "the dashboard shows names of private repositories, and {0} can be reached from other machines: listen on 127.0.0.1, or give a token; beside the controller the cluster can say who may look"
    )]
    Open(SocketAddr),
    /// It could be guessed.
    #[error(
        "the dashboard's token is shorter than {SHORTEST_TOKEN} characters: make one with `openssl rand -hex 32`"
    )]
    ShortToken,
}

impl Access {
    /// Whoever has the token, or, without one, whoever is on this machine.
    ///
    /// # Errors
    /// When the token could be guessed.
    pub fn by(token: Option<SecretString>) -> Result<Self, AccessError> {
        match token {
            None => Ok(Self::Loopback),
            Some(token) if token.expose_secret().len() < SHORTEST_TOKEN => {
                Err(AccessError::ShortToken)
            }
            Some(token) => Ok(Self::Token(token)),
        }
    }

    /// Whether it may be served on an address.
    ///
    /// # Errors
    /// When strangers could reach it there.
    pub fn allows(&self, address: SocketAddr) -> Result<(), AccessError> {
        match self {
            Self::Loopback if !address.ip().is_loopback() => Err(AccessError::Open(address)),
            Self::Loopback | Self::Token(_) | Self::Cluster(_) => Ok(()),
        }
    }

    /// What is answered to who may not see it; nothing to who may.
    async fn refuses(&self, headers: &HeaderMap) -> Option<Response> {
        match self {
            Self::Loopback => (!asks_loopback(headers)).then(elsewhere),
            Self::Token(token) => (!bears(headers, token)).then(|| challenge(OWN_TOKEN)),
            Self::Cluster(reviewed) => {
                let authorization = headers.get(header::AUTHORIZATION);
                let Some(token) = authorization.and_then(given) else {
                    return Some(challenge(CLUSTERS_TOKEN));
                };
                let mark = signature(&token).finalize().into_bytes().into();
                reviewed.refuses(mark, &token).await.map(told)
            }
        }
    }
}

/// Lets in who may see the dashboard.
pub(super) async fn admit(State(access): State<Access>, request: Request, next: Next) -> Response {
    // The request itself cannot be shared while somebody is asked.
    let (parts, body) = request.into_parts();
    match access.refuses(&parts.headers).await {
        None => next.run(Request::from_parts(parts, body)).await,
        Some(refused) => refused,
    }
}

const OWN_TOKEN: &str = "the dashboard needs its token: as a bearer token, or as the password\n";
const CLUSTERS_TOKEN: &str = "the dashboard needs a token of the cluster, such as `kubectl create token` makes: as a bearer \
     token, or as the password\n";

fn challenge(told: &'static str) -> Response {
    let challenge = [(header::WWW_AUTHENTICATE, CHALLENGE)];
    (StatusCode::UNAUTHORIZED, challenge, told).into_response()
}

fn elsewhere() -> Response {
    let told = "this dashboard is asked for as localhost or 127.0.0.1, and by no other name\n";
    (StatusCode::MISDIRECTED_REQUEST, told).into_response()
}

/// What the cluster's refusal is answered as.
fn told(refusal: Refusal) -> Response {
    match refusal {
        Refusal::Stranger => challenge(CLUSTERS_TOKEN),
        Refusal::Forbidden(right) => {
            let told = format!("whoever looks at the dashboard must be allowed to {right}\n");
            (StatusCode::FORBIDDEN, told).into_response()
        }
        Refusal::Unknown => {
            let told = "the cluster cannot be asked who may look: try again in a moment\n";
            (StatusCode::SERVICE_UNAVAILABLE, told).into_response()
        }
    }
}

/// Whether the request names this machine by a name that nobody else can give it.
fn asks_loopback(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let authority = host
        .to_str()
        .ok()
        .and_then(|host| host.parse::<Authority>().ok());
    authority.is_some_and(|authority| is_loopback(authority.host()))
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Whether the request bears the token.
fn bears(headers: &HeaderMap, token: &SecretString) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(given);
    given.is_some_and(|given| {
        let ours = signature(token.expose_secret().as_bytes());
        ours.verify_slice(&signature(&given).finalize().into_bytes())
            .is_ok()
    })
}

/// The token that was given: as a bearer's, or as the password of anybody.
fn given(authorization: &HeaderValue) -> Option<Vec<u8>> {
    let (scheme, value) = authorization.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(value.trim().as_bytes().to_vec());
    }
    let both = scheme
        .eq_ignore_ascii_case("basic")
        .then_some(value.trim())?;
    let both = BASE64_STANDARD.decode(both).ok()?;
    let colon = both.iter().position(|byte| *byte == b':')?;
    Some(both[colon + 1..].to_vec())
}

fn signature(token: &[u8]) -> Hmac<Sha256> {
    let mut signature =
        Hmac::new_from_slice(token).expect("a key of any length is one for this signature");
    signature.update(COMPARED);
    signature
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    /// The status of a refusal that waits for nobody.
    fn refused(access: &Access, headers: &HeaderMap) -> Option<StatusCode> {
        let refused = access.refuses(headers).now_or_never();
        refused
            .expect("nobody to wait for")
            .map(|told| told.status())
    }

    fn token() -> Access {
        Access::by(Some(TOKEN.into())).unwrap()
    }

    #[test]
    fn on_loopback_only_names_of_loopback_are_answered() {
        let answer = |host: &str| refused(&Access::Loopback, &with(header::HOST, host));
        for host in [
            "localhost",
            "LocalHost:8082",
            "127.0.0.1:1",
            "127.8.0.1",
            "[::1]:8082",
        ] {
            assert_eq!(answer(host), None, "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "10.0.0.1:8082",
            "127.0.0.1.evil",
            "",
            "a@localhost",
        ] {
            let refused = answer(host);
            // What stands before an @ is no name, so the last one asks for localhost.
            assert_eq!(refused.is_some(), host != "a@localhost", "{host}");
        }
        assert!(refused(&Access::Loopback, &HeaderMap::new()).is_some());
        let mut twice = with(header::HOST, "localhost");
        twice.append(header::HOST, "evil.example".parse().unwrap());
        assert!(refused(&Access::Loopback, &twice).is_some());
    }

    #[test]
    fn the_token_is_taken_from_a_bearer_or_as_a_password_and_no_other_is() {
        let answer = |value: &str| refused(&token(), &with(header::AUTHORIZATION, value));
        let basic = |both: &str| format!("Basic {}", BASE64_STANDARD.encode(both));
        for value in [
            format!("Bearer {TOKEN}"),
            format!("bearer  {TOKEN}"),
            basic(&format!("ada:{TOKEN}")),
            basic(&format!(":{TOKEN}")),
        ] {
            assert_eq!(answer(&value), None, "{value}");
        }
        for value in [
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
            format!("Bearer {TOKEN}0"),
            format!("Bearer {}", &TOKEN[1..]),
            format!("Token {TOKEN}"),
            basic(TOKEN),
            "Basic %%%".to_owned(),
        ] {
            assert_eq!(answer(&value), Some(StatusCode::UNAUTHORIZED), "{value}");
        }
        assert!(refused(&token(), &HeaderMap::new()).is_some());
    }

    #[test]
    fn without_a_token_nobody_else_can_reach_it_and_a_short_token_is_none() {
        let at = |address: &str| address.parse::<SocketAddr>().unwrap();
        assert!(Access::Loopback.allows(at("127.0.0.1:80")).is_ok());
        assert!(Access::Loopback.allows(at("[::1]:80")).is_ok());
        for open in ["0.0.0.0:80", "[::]:80", "10.1.2.3:80"] {
            assert_eq!(
                Access::Loopback.allows(at(open)),
                Err(AccessError::Open(at(open)))
            );
            assert!(token().allows(at(open)).is_ok());
        }
        let short = Access::by(Some("0123456789abcde".into()));
        assert_eq!(short.unwrap_err(), AccessError::ShortToken);
        assert!(!format!("{:?}", token()).contains(TOKEN));
    }
}

//! Who calls and what they may do: personal tokens, Apps, installations and their short-lived tokens.
//!
//! Of an App's JSON web tokens the shape, issuer and life span are checked always, the signature where the App was
//! given a public key. Their instants are the caller's own clock's and are not compared with simulated time.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::Value;

use super::{Refusal, World, signature::RsaKey};
use crate::domain::{Digest, RepositoryName, Timestamp};

/// How far a permission goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not at all.
    #[default]
    None,
    /// Reading.
    Read,
    /// Reading and writing.
    Write,
}

/// What a token or an installation may do; reading metadata is always part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Files, commits, branches.
    pub contents: Level,
    /// Pull requests, and comments and labels on them.
    pub pull_requests: Level,
    /// Changing files below `.github/workflows`.
    pub workflows: Level,
    /// Workflows, runs, jobs, dispatches.
    pub actions: Level,
}

impl Permissions {
    /// Everything.
    #[must_use]
    pub const fn all() -> Self {
        Self {
            contents: Level::Write,
            pull_requests: Level::Write,
            workflows: Level::Write,
            actions: Level::Write,
        }
    }

    /// Reading everything, writing nothing.
    #[must_use]
    pub const fn read_only() -> Self {
        Self {
            contents: Level::Read,
            pull_requests: Level::Read,
            workflows: Level::None,
            actions: Level::Read,
        }
    }
}

/// What a caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallerKind {
    /// Nobody: no `Authorization` header.
    Anonymous,
    /// A person's token.
    Person,
    /// An installation's token.
    Installation(u64),
    /// An App itself, by its JSON web token.
    App(u64),
}

/// A caller, identified.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) kind: CallerKind,
    pub(super) login: String,
    pub(super) permissions: Permissions,
    /// The repositories it reaches; all where none are named.
    reach: Option<BTreeSet<String>>,
    owner: Option<String>,
    expires_at: Option<Timestamp>,
}

impl Caller {
    /// Whether the caller reaches a private repository.
    pub(super) fn reaches(&self, name: &RepositoryName) -> bool {
        let owned = self
            .owner
            .as_ref()
            .is_none_or(|owner| owner.eq_ignore_ascii_case(name.owner()));
        let selected = self
            .reach
            .as_ref()
            .is_none_or(|reach| reach.contains(&name.key()));
        let known = matches!(self.kind, CallerKind::Person | CallerKind::Installation(_));
        known && owned && selected
    }

    /// Whom the hourly budget belongs to.
    pub(super) fn budget_key(&self) -> String {
        format!("{:?} {}", self.kind, self.login)
    }

    /// GitHub's words for a permission that is missing.
    pub(super) fn refusal(&self) -> Refusal {
        match self.kind {
            CallerKind::Anonymous => Refusal::new(401, "Requires authentication"),
            CallerKind::Person => {
                Refusal::new(403, "Resource not accessible by personal access token")
            }
            CallerKind::Installation(_) | CallerKind::App(_) => {
                Refusal::new(403, "Resource not accessible by integration")
            }
        }
    }
}

/// A GitHub App.
#[derive(Clone, Debug)]
pub(super) struct App {
    pub(super) id: u64,
    pub(super) slug: String,
    pub(super) owner: String,
    /// The key that its tokens must be signed with, where signatures matter.
    pub(super) key: Option<RsaKey>,
}

/// An App's installation on an account.
#[derive(Clone, Debug)]
pub(super) struct Installation {
    pub(super) id: u64,
    pub(super) app: u64,
    pub(super) account: String,
    pub(super) permissions: Permissions,
    pub(super) repositories: Option<BTreeSet<String>>,
    pub(super) created_at: Timestamp,
}

/// Who may call.
#[derive(Debug, Default)]
pub(super) struct Access {
    tokens: BTreeMap<String, Caller>,
    pub(super) apps: Vec<App>,
    pub(super) installations: Vec<Installation>,
    minted: u64,
}

impl Access {
    /// Identifies a caller by the `Authorization` header.
    pub(super) fn identify(&self, header: Option<&str>, now: Timestamp) -> Result<Caller, Refusal> {
        let Some(header) = header else {
            return Ok(anonymous());
        };
        let secret = header
            .split_once(' ')
            .map_or(header, |(_, secret)| secret)
            .trim();
        let alive = |caller: &&Caller| caller.expires_at.is_none_or(|end| now < end);
        if let Some(caller) = self.tokens.get(secret).filter(alive) {
            return Ok(caller.clone());
        }
        if secret.starts_with("eyJ") {
            self.identify_app(secret)
        } else {
            Err(bad_credentials())
        }
    }

    /// Reads an App's JSON web token: RS256, a known issuer (number or client id), a life of at most ten minutes (and one of clock skew).
    fn identify_app(&self, token: &str) -> Result<Caller, Refusal> {
        let undecodable = || Refusal::new(401, "A JSON web token could not be decoded");
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(undecodable());
        };
        let read = |part: &str| -> Option<Value> {
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
        };
        let signed = token.get(..header.len() + 1 + claims.len()).unwrap_or("");
        let (header, claims) = read(header).zip(read(claims)).ok_or_else(undecodable)?;
        let numbers = claims["exp"].as_i64().zip(claims["iat"].as_i64());
        let (exp, iat) = numbers
            .filter(|_| header["alg"] == "RS256")
            .ok_or_else(undecodable)?;
        if exp - iat > 660 {
            return Err(Refusal::new(
                401,
                "'Expiration time' claim ('exp') is too far in the future",
            ));
        }
        let text = claims["iss"].as_str().unwrap_or("");
        let number = text.trim_start_matches("Iv1.").parse().ok();
        let issuer = claims["iss"].as_u64().or(number);
        let app = self.apps.iter().find(|app| Some(app.id) == issuer);
        let app = app.ok_or_else(|| Refusal::new(404, "Integration not found"))?;
        if app
            .key
            .as_ref()
            .is_some_and(|key| !key.signed(signed, signature))
        {
            return Err(undecodable());
        }
        let kind = CallerKind::App(app.id);
        Ok(Caller {
            kind,
            login: bot(&app.slug),
            ..anonymous()
        })
    }

    /// Mints an installation's token, good for one hour of simulated time.
    pub(super) fn mint(&mut self, id: u64, now: Timestamp) -> Option<(String, Timestamp)> {
        let installation = self
            .installations
            .iter()
            .find(|installation| installation.id == id)?;
        let app = self.apps.iter().find(|app| app.id == installation.app)?;
        self.minted += 1;
        // Installation tokens have grown to about 520 characters; nobody may assume a length.
        let parts = (0..8_u64).map(|part| {
            let text = format!("{id} {} {part}", self.minted);
            Digest::of([text.as_bytes()]).as_str().to_owned()
        });
        let token = format!("ghs_{}", parts.collect::<String>());
        let expires_at = now + TimeDelta::hours(1);
        let caller = Caller {
            kind: CallerKind::Installation(id),
            login: bot(&app.slug),
            permissions: installation.permissions,
            reach: installation.repositories.clone(),
            owner: Some(installation.account.clone()),
            expires_at: Some(expires_at),
        };
        self.tokens.insert(token.clone(), caller);
        Some((token, expires_at))
    }
}

impl World {
    /// Gives a person a token that reaches every repository of the world.
    pub fn add_token(&mut self, token: &str, login: &str, permissions: Permissions) {
        let kind = CallerKind::Person;
        let caller = Caller {
            kind,
            login: login.to_owned(),
            permissions,
            ..anonymous()
        };
        self.access.tokens.insert(token.to_owned(), caller);
    }

    /// Takes a token back: it answers 401 from now on.
    pub fn revoke_token(&mut self, token: &str) {
        self.access.tokens.remove(token);
    }

    /// Registers an App under a number of its own.
    pub fn add_app(&mut self, id: u64, slug: &str, owner: &str) {
        self.access.apps.push(App {
            id,
            slug: slug.to_owned(),
            owner: owner.to_owned(),
            key: None,
        });
    }

    /// Lets an App in only when its tokens are signed with the private half of this RSA key.
    ///
    /// # Errors
    /// 404 without such an App, 422 when the text is no RSA public key in PEM (PKCS#1 or SPKI).
    pub fn require_signature(&mut self, app: u64, public_key_pem: &str) -> Result<(), Refusal> {
        let key = RsaKey::read(public_key_pem);
        let key = key.ok_or_else(|| Refusal::unprocessable("not an RSA public key in PEM"))?;
        let known = self.access.apps.iter_mut().find(|known| known.id == app);
        known.ok_or_else(Refusal::not_found)?.key = Some(key);
        Ok(())
    }

    /// Installs an App on an account, for all of its repositories or for some; returns the installation's id.
    pub fn install_app(
        &mut self,
        app: u64,
        account: &str,
        permissions: Permissions,
        repositories: Option<&[RepositoryName]>,
    ) -> u64 {
        let id = self.next_id();
        let repositories =
            repositories.map(|names| names.iter().map(RepositoryName::key).collect());
        let account = account.to_owned();
        let created_at = self.now;
        self.access.installations.push(Installation {
            id,
            app,
            account,
            permissions,
            repositories,
            created_at,
        });
        id
    }

    /// Changes what an installation may do: tokens minted from now on have it, older ones keep what they had.
    pub fn set_permissions(&mut self, installation: u64, permissions: Permissions) {
        let known = self
            .access
            .installations
            .iter_mut()
            .find(|known| known.id == installation);
        if let Some(known) = known {
            known.permissions = permissions;
        }
    }
}

/// The login under which an App acts.
fn bot(slug: &str) -> String {
    format!("{slug}[bot]")
}

fn anonymous() -> Caller {
    Caller {
        kind: CallerKind::Anonymous,
        login: String::new(),
        permissions: Permissions::default(),
        reach: None,
        owner: None,
        expires_at: None,
    }
}

fn bad_credentials() -> Refusal {
    Refusal::new(401, "Bad credentials")
}

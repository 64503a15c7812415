//! Which GitHub something lives on: `acme/app` of github.com and `acme/app` of an Enterprise Server are two repositories.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::workflow::{NameError, WorkflowId};

/// What github.com is called: by the host of its API, and by people.
const GITHUB: [&str; 2] = ["api.github.com", "github.com"];

/// github.com, or another server by the host of its API.
///
/// Printed as nothing for github.com, so that its repositories are called what everybody calls them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Host(String);

impl Host {
    /// The host of an API's address, such as `https://ghe.example/api/v3`; the usual port is not part of it.
    #[must_use]
    pub fn of_api(url: &str) -> Self {
        let rest = url.trim().split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split('/').next().unwrap_or_default();
        Self::named(authority.strip_suffix(":443").unwrap_or(authority))
    }

    /// Whether it is github.com.
    #[must_use]
    pub const fn is_github(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether GitHub runs it, with runners of its own: github.com, and an enterprise's part of it below `ghe.com`.
    #[must_use]
    pub fn is_hosted(&self) -> bool {
        self.is_github() || self.0.ends_with(".ghe.com")
    }

    /// Its name; empty for github.com.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn named(authority: &str) -> Self {
        let authority = authority.to_ascii_lowercase();
        if GITHUB.contains(&authority.as_str()) {
            return Self::default();
        }
        Self(authority)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<String> for Host {
    fn from(name: String) -> Self {
        Self::named(&name)
    }
}

impl From<Host> for String {
    fn from(host: Host) -> Self {
        host.0
    }
}

/// A workflow together with the GitHub that it lives on: how those name it who tell of all of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Located {
    /// Which GitHub.
    pub host: Host,
    /// Which workflow there.
    pub id: WorkflowId,
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.is_github() {
            return write!(f, "{}", self.id);
        }
        write!(f, "{}/{}", self.host, self.id)
    }
}

impl FromStr for Located {
    type Err = NameError;

    /// Reads `owner/name/file`, or `host/owner/name/file`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (repository, file) = text
            .rsplit_once('/')
            .ok_or_else(|| NameError::Repository(text.to_owned()))?;
        let (host, repository) = match repository.split_once('/') {
            Some((host, rest)) if rest.contains('/') => (Host::named(host), rest),
            Some(_) | None => (Host::default(), repository),
        };
        Ok(Self {
            host,
            id: WorkflowId {
                repository: repository.parse()?,
                file: file.parse()?,
            },
        })
    }
}

impl From<WorkflowId> for Located {
    /// A workflow of github.com.
    fn from(id: WorkflowId) -> Self {
        Self {
            host: Host::default(),
            id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_told_by_the_address_of_its_api() {
        let host = |url| Host::of_api(url).to_string();
        for github in [
            "https://api.github.com",
            "https://API.github.com:443/",
            " https://api.github.com ",
            "https://github.com",
        ] {
            assert!(Host::of_api(github).is_github(), "{github}");
        }
        assert_eq!(host("https://GHE.example/api/v3"), "ghe.example");
        assert_eq!(host("https://ghe.example:443/api/v3"), "ghe.example");
        assert_eq!(host("https://ghe.example:8443"), "ghe.example:8443");
        assert_eq!(host("http://127.0.0.1:8080/api/v3"), "127.0.0.1:8080");
    }

    #[test]
    fn a_workflow_elsewhere_is_named_with_its_host_and_read_back() {
        for name in [
            "acme/app/nightly.yml",
            "ghe.example:8443/acme/app/nightly.yml",
        ] {
            let located: Located = name.parse().unwrap();
            assert_eq!(located.to_string(), name);
        }
        for name in [
            "nightly.yml",
            "acme/nightly.yml",
            "a/ghe.example/acme/app/x.yml",
        ] {
            assert!(name.parse::<Located>().is_err(), "{name}");
        }
    }
}

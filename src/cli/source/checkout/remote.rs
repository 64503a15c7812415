//! Which repository of which GitHub an address of Git names. Pure.
//!
//! Invariant: no message repeats an address, which may carry a password.

use super::server::GITHUB;
use crate::domain::RepositoryName;

/// The host that serves SSH for github.com where port 22 is closed.
const SSH_OF_GITHUB: &str = "ssh.github.com";

/// A repository on a GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remote {
    /// The server, as people type it into a browser.
    pub(super) host: String,
    pub(super) repository: RepositoryName,
}

impl Remote {
    /// Reads `https://HOST/OWNER/NAME`, `ssh://git@HOST/OWNER/NAME`, `git@HOST:OWNER/NAME` and their like.
    ///
    /// # Errors
    /// What is missing, in words that repeat nothing of it but its host.
    pub(super) fn parse(address: &str) -> Result<Self, String> {
        let (host, path) = match address.split_once("://") {
            Some((scheme, rest)) => of_url(scheme, rest)?,
            None => of_scp(address)?,
        };
        let host = host
            .rsplit_once('@')
            .map_or(host, |(_, host)| host)
            .to_ascii_lowercase();
        let legal = |letter: char| letter.is_ascii_alphanumeric() || ".-:".contains(letter);
        if !host.starts_with(|first: char| first.is_ascii_alphanumeric())
            || !host.chars().all(legal)
        {
            return Err("it names no server".to_owned());
        }
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let repository = path
            .parse()
            .map_err(|_| format!("it names no repository OWNER/NAME on {host}"))?;
        let host = if host == SSH_OF_GITHUB || host == "www.github.com" {
            GITHUB.to_owned()
        } else {
            host
        };
        Ok(Self { host, repository })
    }
}

/// Server and path of a URL. The port of SSH is not that of the API.
fn of_url<'a>(scheme: &str, rest: &'a str) -> Result<(&'a str, &'a str), String> {
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    match scheme {
        "http" | "https" => Ok((strip_port(authority, &["443", "80"]), path)),
        "ssh" | "git+ssh" | "ssh+git" | "git" => Ok((
            authority
                .rsplit_once(':')
                .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
                .map_or(authority, |(host, _)| host),
            path,
        )),
        _ => Err("it leads to no server".to_owned()),
    }
}

fn strip_port<'a>(authority: &'a str, usual: &[&str]) -> &'a str {
    match authority.rsplit_once(':') {
        Some((host, port)) if usual.contains(&port) => host,
        Some(_) | None => authority,
    }
}

/// Server and path of `user@host:path`; a path of this machine is none.
fn of_scp(address: &str) -> Result<(&str, &str), String> {
    address
        .split_once(':')
        .filter(|(host, _)| !host.contains('/') && host.len() > 1)
        .ok_or_else(|| "it leads to no server".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(address: &str) -> String {
        let remote = Remote::parse(address).expect(address);
        format!("{} {}", remote.host, remote.repository)
    }

    #[test]
    fn every_way_to_write_a_repository_of_github_names_the_same() {
        for address in [
            "https://github.com/acme/app",
            "https://github.com/acme/app.git",
            "https://github.com:443/acme/app/",
            "https://ada:secret@GitHub.com/acme/app.git",
            "https://www.github.com/acme/app",
            "http://github.com/acme/app",
            "git://github.com/acme/app.git",
            "git@github.com:acme/app.git",
            "org-123@github.com:/acme/app.git",
            "github.com:acme/app",
            "ssh://git@github.com/acme/app.git",
            "ssh://git@github.com:22/acme/app.git",
            "ssh://git@ssh.github.com:443/acme/app.git",
        ] {
            assert_eq!(named(address), "github.com acme/app", "{address}");
        }
    }

    #[test]
    fn an_enterprise_server_keeps_its_host_and_the_port_of_its_pages() {
        assert_eq!(named("git@ghe.example:acme/app"), "ghe.example acme/app");
        assert_eq!(
            named("ssh://git@ghe.example:2222/acme/app"),
            "ghe.example acme/app"
        );
        assert_eq!(
            named("https://ghe.example:8443/acme/app"),
            "ghe.example:8443 acme/app"
        );
    }

    #[test]
    fn what_names_no_repository_is_refused_without_repeating_it() {
        for address in [
            "",
            "/srv/git/app.git",
            "../app",
            "file:///srv/git/app.git",
            "C:/git/app",
            "https://github.com",
            "https://tok3n@github.com/acme",
            "https://github.com/acme/app/pull/7",
            "git@github.com:acme/..",
            "https://tok3n@/acme/app",
            "https://tok3n@[::1]/acme/app",
        ] {
            let told = Remote::parse(address).expect_err(address);
            assert!(!told.contains("tok3n"), "{told}");
        }
    }
}

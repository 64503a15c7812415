//! Which server is asked about a checkout: the one of `--api-url`, or else the one that its remote is on. Pure.

use anyhow::Context as _;

use super::remote::Remote;

/// The server that everybody knows, as people type it into a browser.
pub(super) const GITHUB: &str = "github.com";
/// Where the API of a server of GitHub's own is: of github.com, and of `TENANT.ghe.com`.
const API: &str = "api.";
/// What servers that GitHub runs for one enterprise are called.
const TENANTS: &str = ".ghe.com";

/// A server with an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// As people type it into a browser, with the port if it is an unusual one.
    pub(super) host: String,
    pub(super) api_url: String,
    /// Whether it was given in so many words, instead of read from a checkout.
    pub(super) is_given: bool,
}

impl Server {
    /// The server that is given, or else the remote's.
    ///
    /// # Errors
    /// When what is given is no URL, or the remote is on something that only this machine's SSH or Git knows.
    pub(super) fn of(remote: &Remote, given: Option<&str>) -> anyhow::Result<Self> {
        if let Some(url) = given {
            let host = host(url)
                .context("--api-url is no URL of a server, such as https://ghe.example/api/v3")?;
            return Ok(Self {
                host,
                api_url: url.to_owned(),
                is_given: true,
            });
        }
        let host = remote.host.clone();
        anyhow::ensure!(
            host.contains('.'),
            "'origin' is on {host}, a short name of this machine's SSH or Git rather than a server: give --api-url, such as \
             https://api.github.com"
        );
        let api_url = if is_of_github(&host) {
            format!("https://{API}{host}")
        } else {
            format!("https://{host}/api/v3")
        };
        Ok(Self {
            host,
            api_url,
            is_given: false,
        })
    }
}

/// Whether GitHub runs the server itself.
fn is_of_github(host: &str) -> bool {
    host == GITHUB || host.ends_with(TENANTS)
}

/// The server whose API is at a URL.
fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = host.to_ascii_lowercase();
    let host = host.strip_suffix(":443").unwrap_or(&host);
    let own = host.strip_prefix(API).filter(|host| is_of_github(host));
    Some(own.unwrap_or(host).to_owned()).filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str, given: Option<&str>) -> anyhow::Result<Server> {
        Server::of(&Remote::parse(address).unwrap(), given)
    }

    #[test]
    fn every_kind_of_server_has_its_api_where_github_says() {
        for (address, api_url) in [
            ("git@github.com:acme/app", "https://api.github.com"),
            ("git@acme.ghe.com:acme/app", "https://api.acme.ghe.com"),
            ("git@ghe.example:acme/app", "https://ghe.example/api/v3"),
            (
                "https://ghe.example:8443/acme/app",
                "https://ghe.example:8443/api/v3",
            ),
        ] {
            let server = of(address, None).unwrap();
            assert_eq!(server.api_url, api_url);
            let given = of("git@elsewhere.example:acme/app", Some(api_url)).unwrap();
            assert_eq!(given.host, server.host, "it is known by its API, too");
        }
    }

    #[test]
    fn a_short_name_of_this_machine_is_no_server_until_one_is_given() {
        for address in [
            "gh:acme/app",
            "git@work:acme/app",
            "https://localhost:8080/a/b",
        ] {
            let told = of(address, None).unwrap_err().to_string();
            assert!(told.contains("give --api-url"), "{told}");
            let given = of(address, Some("https://api.github.com")).unwrap();
            assert_eq!(given.host, GITHUB);
        }
        assert!(of("gh:acme/app", Some("api.github.com")).is_err());
        let disguised = of("gh:acme/app", Some("https://api.github.com@evil.example/")).unwrap();
        assert_eq!(disguised.host, "evil.example");
    }
}

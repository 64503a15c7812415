//! With which token GitHub is asked about a checkout.
//!
//! Invariants: a token is no argument, where every process of the machine could read it; a checkout, which anybody may have
//! written, does not choose the server that sees one; one that was made for github.com is shown to no other server.

use std::{fs, path::Path};

use anyhow::Context as _;
use secrecy::SecretString;

use super::server::{GITHUB, Server};

/// The longest token file that is read, in bytes.
const LONGEST_FILE: u64 = 64 * 1024;

/// Finds the token for the server that will be asked: that of the file, or else of the environment, which `variable` reads.
///
/// # Errors
/// When there is none, with where it may stand; when nobody but the checkout names the server.
pub(super) fn token(
    file: Option<&Path>,
    server: &Server,
    variable: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<SecretString> {
    let host = &server.host;
    anyhow::ensure!(
        is_named(server, &variable),
        "no token is shown to {host}, which the checkout's 'origin' alone names: if it is yours, set GH_HOST={host}, or give \
         --api-url {}",
        server.api_url
    );
    if let Some(file) = file {
        return in_file(file);
    }
    let names = names(host, &variable);
    let values = names.iter().filter_map(|name| variable(name));
    let mut values = values.map(|value| value.trim().to_owned());
    let token = values.find(|value| !value.is_empty());
    token.map(SecretString::from).with_context(|| {
        format!(
            "no token for {host}: set {names} or --token-file. Reading takes a fine-grained token with Actions, Contents and \
             Pull requests: read (for a public repository, any token). Without one GitHub answers 60 requests an hour, too few for a history",
            names = names.join(", "),
        )
    })
}

/// Whether somebody else than the checkout says that the server is theirs.
fn is_named(server: &Server, variable: &impl Fn(&str) -> Option<String>) -> bool {
    let host = server.host.as_str();
    server.is_given
        || host == GITHUB
        || is_value(variable, "GH_HOST", host)
        || is_value(variable, "GITHUB_SERVER_URL", host)
}

/// Whether a variable has this server, as a host or a URL.
fn is_value(variable: &impl Fn(&str) -> Option<String>, name: &str, host: &str) -> bool {
    let value = variable(name).unwrap_or_default();
    let value = value.trim();
    let value = value.split_once("://").map_or(value, |(_, host)| host);
    value.trim_end_matches('/').eq_ignore_ascii_case(host)
}

/// The variables that a token of the server stands in, as GitHub's own tools have them.
fn names(host: &str, variable: &impl Fn(&str) -> Option<String>) -> Vec<&'static str> {
    if host == GITHUB {
        return vec!["GH_TOKEN", "GITHUB_TOKEN"];
    }
    let mut names = vec!["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];
    // In a job of that server's Actions, the job's own token is one of that server.
    if is_value(variable, "GITHUB_SERVER_URL", host) {
        names.push("GITHUB_TOKEN");
    }
    names
}

fn in_file(path: &Path) -> anyhow::Result<SecretString> {
    let unreadable = || format!("the token file {} cannot be read", path.display());
    let length = fs::metadata(path).with_context(unreadable)?.len();
    anyhow::ensure!(
        length <= LONGEST_FILE,
        "{} is longer than a token can be",
        path.display()
    );
    let text = fs::read_to_string(path).with_context(unreadable)?;
    let token = text.trim();
    anyhow::ensure!(
        !token.is_empty(),
        "the token file {} is empty",
        path.display()
    );
    Ok(SecretString::from(token.to_owned()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::{super::remote::Remote, *};

    fn asked(
        address: &str,
        api_url: Option<&str>,
        file: Option<&Path>,
        environment: &[(&str, &str)],
    ) -> Result<String, String> {
        let server = Server::of(&Remote::parse(address).unwrap(), api_url).unwrap();
        let variable = |name: &str| {
            let one = environment.iter().find(|(has, _)| *has == name);
            one.map(|(_, value)| (*value).to_owned())
        };
        let token = token(file, &server, variable);
        token
            .map(|token| token.expose_secret().to_owned())
            .map_err(|error| error.to_string())
    }

    fn found(address: &str, environment: &[(&str, &str)]) -> Result<String, String> {
        asked(address, None, None, environment)
    }

    #[test]
    fn a_token_of_github_is_shown_to_github_alone() {
        let environment = [
            ("GH_TOKEN", " "),
            ("GITHUB_TOKEN", "of-github\n"),
            ("GH_HOST", "ghe.example"),
        ];
        let github = "git@github.com:acme/app.git";
        assert_eq!(found(github, &environment).unwrap(), "of-github");

        let other = found("https://ghe.example/acme/app", &environment).unwrap_err();
        assert!(other.contains("set GH_ENTERPRISE_TOKEN"), "{other}");
        // It is the server that is asked who sees it, not the one that the checkout is of.
        let elsewhere = Some("https://ghe.example/api/v3");
        assert!(asked(github, elsewhere, None, &environment).is_err());
    }

    #[test]
    fn a_server_that_the_checkout_alone_names_sees_no_token_and_no_file_is_read_for_it() {
        let environment = [
            ("GITHUB_TOKEN", "s3cret"),
            ("GH_ENTERPRISE_TOKEN", "s3cret"),
            ("GITHUB_ENTERPRISE_TOKEN", "s3cret"),
            ("GH_HOST", "ghe.example"),
            ("GITHUB_SERVER_URL", "https://github.com"),
        ];
        for other in [
            "https://evil.example/acme/app",
            "git@github.com.evil.example:acme/app",
            "https://ghe.example.evil.example/acme/app",
            "https://ghe.example:8443/acme/app",
        ] {
            let file = Some(Path::new("s3cret-file"));
            for told in [
                found(other, &environment),
                asked(other, None, file, &environment),
            ] {
                let told = told.unwrap_err();
                assert!(
                    told.contains("set GH_HOST=") && !told.contains("s3cret"),
                    "{told}"
                );
            }
        }
        let told = found("https://evil.example/acme/app", &environment).unwrap_err();
        insta::assert_snapshot!(told, @"no token is shown to evil.example, which the checkout's 'origin' alone names: if it is yours, set GH_HOST=evil.example, or give --api-url https://evil.example/api/v3");
    }

    #[test]
    fn an_enterprise_server_that_is_named_has_variables_of_its_own_and_in_its_own_actions_the_usual_one()
     {
        let server = "https://ghe.example/acme/app";
        let own = ("GITHUB_ENTERPRISE_TOKEN", "theirs");
        let named = [own, ("GH_HOST", "GHE.example")];
        assert_eq!(found(server, &named).unwrap(), "theirs");
        let given = Some("https://ghe.example/api/v3");
        assert_eq!(asked(server, given, None, &[own]).unwrap(), "theirs");
        let tenant = [own, ("GH_HOST", "acme.ghe.com")];
        assert_eq!(
            found("git@acme.ghe.com:acme/app", &tenant).unwrap(),
            "theirs"
        );
        let mut job = vec![
            ("GITHUB_TOKEN", "of-the-job"),
            ("GITHUB_SERVER_URL", "https://GHE.example"),
        ];
        assert_eq!(found(server, &job).unwrap(), "of-the-job");
        job[1].1 = "https://github.com";
        assert!(found(server, &job).is_err());
    }

    #[test]
    fn without_a_token_it_is_told_where_one_may_stand_and_what_it_takes() {
        insta::assert_snapshot!(
            found("https://github.com/acme/app", &[]).unwrap_err(),
            @"no token for github.com: set GH_TOKEN, GITHUB_TOKEN or --token-file. Reading takes a fine-grained token with Actions, Contents and Pull requests: read (for a public repository, any token). Without one GitHub answers 60 requests an hour, too few for a history"
        );
    }
}

//! With which token GitHub is asked about a checkout.
//!
//! Invariants: a token is no argument, where every process of the machine could read it; one that was made for github.com is
//! shown to no other server.

use std::{fs, path::Path};

use anyhow::Context as _;
use secrecy::SecretString;

use super::remote::Remote;

/// The longest token file that is read, in bytes.
const LONGEST_FILE: u64 = 64 * 1024;

/// Finds the token: that of the file, or else of the environment, which `variable` reads.
///
/// # Errors
/// When there is none, with where it may stand.
pub(super) fn token(
    file: Option<&Path>,
    remote: &Remote,
    variable: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<SecretString> {
    if let Some(file) = file {
        return in_file(file);
    }
    let names = names(remote, &variable);
    let values = names.iter().filter_map(|name| variable(name));
    let mut values = values.map(|value| value.trim().to_owned());
    let token = values.find(|value| !value.is_empty());
    token.map(SecretString::from).with_context(|| {
        format!(
            "no token for {host}: set {names} or --token-file. Reading takes a fine-grained token with Actions, Contents and \
             Pull requests: read (for a public repository, any token). Without one GitHub answers 60 requests an hour, too few for a history",
            host = remote.host,
            names = names.join(", "),
        )
    })
}

/// The variables that a token of the server stands in, as GitHub's own tools have them.
fn names(remote: &Remote, variable: &impl Fn(&str) -> Option<String>) -> Vec<&'static str> {
    if remote.is_github() {
        return vec!["GH_TOKEN", "GITHUB_TOKEN"];
    }
    let mut names = vec!["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];
    // In a job of that server's Actions, the job's own token is one of that server.
    let server = variable("GITHUB_SERVER_URL").unwrap_or_default();
    let server = server.split_once("://").map_or("", |(_, host)| host);
    if server
        .trim_end_matches('/')
        .eq_ignore_ascii_case(&remote.host)
    {
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

    use super::*;

    fn found(address: &str, environment: &[(&str, &str)]) -> Result<String, String> {
        let remote = Remote::parse(address).unwrap();
        let variable = |name: &str| {
            let one = environment.iter().find(|(has, _)| *has == name);
            one.map(|(_, value)| (*value).to_owned())
        };
        let token = token(None, &remote, variable);
        token
            .map(|token| token.expose_secret().to_owned())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_token_of_github_is_shown_to_github_alone() {
        let environment = [("GH_TOKEN", " "), ("GITHUB_TOKEN", "of-github\n")];
        let github = "git@github.com:acme/app.git";
        assert_eq!(found(github, &environment).unwrap(), "of-github");

        for other in [
            "https://ghe.example/acme/app",
            "https://github.com.evil.example/acme/app",
            "https://gitlab.com/acme/app",
        ] {
            let told = found(other, &environment).unwrap_err();
            assert!(
                told.contains("GH_ENTERPRISE_TOKEN") && !told.contains("of-github"),
                "{told}"
            );
        }
    }

    #[test]
    fn an_enterprise_server_has_variables_of_its_own_and_in_its_own_actions_the_usual_one() {
        let server = "https://ghe.example/acme/app";
        let own = [("GITHUB_ENTERPRISE_TOKEN", "theirs")];
        assert_eq!(found(server, &own).unwrap(), "theirs");
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

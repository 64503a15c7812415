//! Why a listing failed, in words that say what to do.

use kube::Error;

use super::client::Cluster;

/// What was asked for, and where.
pub(super) struct Asked<'a> {
    pub(super) plural: &'static str,
    pub(super) place: &'a str,
    pub(super) server: &'a str,
    pub(super) is_everywhere: bool,
}

impl<'a> Asked<'a> {
    pub(super) fn new(cluster: &'a Cluster, plural: &'static str) -> Self {
        Self {
            plural,
            place: &cluster.place,
            server: &cluster.server,
            is_everywhere: cluster.namespace.is_none(),
        }
    }

    /// The error, told to a person.
    pub(super) fn refused(&self, error: Error) -> anyhow::Error {
        let told = self.told(&error);
        if let Error::Api(status) = error {
            // The server's own words, without the shape they came in.
            return anyhow::anyhow!("{told} ({})", status.message);
        }
        if matches!(error, Error::Auth(_)) {
            // Its own words hold whatever a plugin for credentials printed.
            return anyhow::anyhow!(told);
        }
        anyhow::Error::new(error).context(told)
    }

    fn told(&self, error: &Error) -> String {
        let Self {
            plural,
            place,
            server,
            is_everywhere,
        } = self;
        let code = if let Error::Api(status) = error {
            Some(status.code)
        } else {
            None
        };
        match (code, error) {
            (Some(401), _) | (_, Error::Auth(_)) => format!(
                "{place} does not know who you are: log in again, and see that 'kubectl auth whoami' answers"
            ),
            (Some(403), _) => {
                let elsewhere = if *is_everywhere {
                    "; -n NAME looks in one namespace"
                } else {
                    ""
                };
                format!(
                    "you may not list {plural} in {place}: the right is 'list' on {plural} of the group cronwright.dev{elsewhere}"
                )
            }
            (Some(404), _) => format!(
                "{place} does not know {plural}: cronwright is not installed there; 'cronwright crds | kubectl apply -f -' adds its kinds"
            ),
            (Some(_), _) => format!("{place} did not list {plural}"),
            (None, Error::SerdeError(_)) => format!(
                "{place} has {plural} of another version than this program's; use the controller's version"
            ),
            (None, _) => format!("{place} does not answer at {server}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use kube::client::AuthError;

    use super::*;

    #[test]
    fn what_a_plugin_for_credentials_printed_is_not_told() {
        let asked = Asked {
            plural: "workflowschedules",
            place: "production",
            server: "https://cluster.example",
            is_everywhere: false,
        };
        let error = Error::Auth(AuthError::AuthExec("s3cret".to_owned()));
        let told = format!("{:#}", asked.refused(error));
        assert!(
            told.starts_with("production does not know who you are"),
            "{told}"
        );
        assert!(!told.contains("s3cret"), "{told}");
    }
}

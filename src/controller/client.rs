//! The Kubernetes client as the controller needs it.

use std::time::Duration;

use kube::{Client, Config};

/// How long the API server may take to let us in.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Makes a client that fails rather than retries by itself: an object that waits for a retry keeps others waiting, and its
/// own next round is the better retry.
///
/// # Errors
/// When the configuration's address, certificates or credentials cannot be used.
pub(super) fn client(mut config: Config) -> Result<Client, kube::Error> {
    config.default_retry = false;
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    Client::try_from(config)
}

//! What a replica does while another one leads: it takes GitHub's deliveries, and passes them on. And what both need before they can: the
//! secrets of all connections.
//!
//! GitHub does not send again what was refused, and a Service sends to every replica that is ready. To know what is signed a
//! standby reads the connections and the secrets that they name, once a minute, and nothing else: it makes no round, writes nothing,
//! and asks GitHub nothing.

use std::{collections::BTreeMap, convert::Infallible, time::Duration};

use kube::{Api, api::ListParams};
use secrecy::SecretString;

use super::{
    error::Error,
    hears::Term,
    object::identity,
    secret,
    term::{Process, api},
    write::limited,
};
use crate::{api::GitHubConnection, web::webhooks::Keyring};

/// How often secrets are read: a changed one is known well before the five minutes that docs/webhooks.md tells to wait, for a
/// list from the API server's memory and a few Secrets a minute.
const SECRETS_EVERY: Duration = Duration::from_secs(60);

/// How soon they are tried again to be read where a term waits for them.
const AGAIN: Duration = Duration::from_secs(1);

/// Hears deliveries for whoever leads, for as long as it is polled; nothing where nobody would hear of them.
pub(super) async fn stand_by(process: &Process) -> Infallible {
    let (Some(hears), Some(relay)) = (&process.hears, &process.relay) else {
        return std::future::pending().await;
    };
    let term = hears.begin();
    let (hooks, queue) = term.parts();
    tokio::select! {
        never = keep_secrets(process, &hooks.keyring, &term) => never,
        never = relay.pass_on(queue, &term) => never,
    }
}

/// Keeps the secrets of all connections, and hears once they are known.
async fn keep_secrets(process: &Process, keyring: &Keyring, term: &Term<'_>) -> Infallible {
    let connections: Api<GitHubConnection> = api(&process.client, &process.options);
    let mut silent = false;
    loop {
        match secrets(process, &connections).await {
            Ok(secrets) => {
                keyring.replace(secrets);
                term.hear();
                silent = false;
            }
            Err(error) if !silent => {
                tracing::warn!(error = %error, "webhook secrets could not be read; those known stay in use");
                silent = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(SECRETS_EVERY).await;
    }
}

/// Lets a term that leads hear as soon as the secrets of all connections are known; from then on their rounds keep them.
pub(super) async fn know_secrets(process: &Process, term: Option<&Term<'_>>) -> Infallible {
    if let Some(term) = term {
        let connections: Api<GitHubConnection> = api(&process.client, &process.options);
        let secrets = loop {
            match secrets(process, &connections).await {
                Ok(secrets) => break secrets,
                Err(error) => tracing::debug!(error = %error, "webhook secrets could not be read"),
            }
            tokio::time::sleep(AGAIN).await;
        };
        // A round may have been quicker, and knows better.
        term.parts().0.keyring.fill(secrets);
        term.hear();
    }
    std::future::pending().await
}

/// The secrets of every connection by `namespace/name`. What is wrong with one of them is told by whoever leads.
async fn secrets(
    process: &Process,
    connections: &Api<GitHubConnection>,
) -> Result<BTreeMap<String, Vec<SecretString>>, Error> {
    let mut wanted = ListParams::default().match_any();
    if let Some(selector) = &process.options.selector {
        wanted = wanted.labels(&selector.to_string());
    }
    let listed = limited("the GitHubConnections", connections.list(&wanted)).await?;
    let mut all = BTreeMap::new();
    for connection in listed {
        let (secrets, _) = secret::webhook(&process.client, &connection).await?;
        all.insert(identity(&connection), secrets);
    }
    Ok(all)
}

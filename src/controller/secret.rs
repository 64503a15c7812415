//! Credentials from the Secrets that a GitHubConnection names.

use k8s_openapi::api::core::v1::Secret;
use kube::{Api, ResourceExt};
use secrecy::SecretString;

use super::{error::Error, write::limited};
use crate::{
    api::{GitHubConnection, SecretKeyReference},
    decide::{Cause, Retry, Why},
    domain::Digest,
    github::Credentials,
};

/// Credentials with a digest that changes when they do, and tells nothing else of them.
pub(super) struct Held {
    /// The credentials.
    pub credentials: Credentials,
    /// Their digest.
    pub digest: Digest,
}

/// Reads the credentials of a connection, or tells why there are none.
///
/// # Errors
/// When the API server does not answer; that says nothing about the credentials.
pub(super) async fn credentials(
    client: &kube::Client,
    connection: &GitHubConnection,
) -> Result<Result<Held, Why>, Error> {
    match read(client, connection).await {
        Ok(held) => Ok(Ok(held)),
        Err(Refusal::Told(why)) => Ok(Err(why)),
        Err(Refusal::Silent(error)) => Err(error),
    }
}

/// Reads the secrets that may sign a connection's deliveries, and tells why one of them is not to be had.
///
/// # Errors
/// When the API server does not answer.
pub(super) async fn webhook(
    client: &kube::Client,
    connection: &GitHubConnection,
) -> Result<(Vec<SecretString>, Option<Why>), Error> {
    let namespace = connection.namespace().unwrap_or_default();
    let (mut secrets, mut missing) = (Vec::new(), None);
    for reference in connection.spec.webhook_secrets() {
        match value(client, &namespace, reference).await {
            Ok(secret) => secrets.push(SecretString::from(secret)),
            Err(Refusal::Told(why)) => missing = Some(why),
            Err(Refusal::Silent(error)) => return Err(error),
        }
    }
    Ok((secrets, missing))
}

/// Why no credentials were read.
enum Refusal {
    /// They are not there, or not to be read.
    Told(Why),
    /// Nobody answered.
    Silent(Error),
}

async fn read(client: &kube::Client, connection: &GitHubConnection) -> Result<Held, Refusal> {
    let namespace = connection.namespace().unwrap_or_default();
    let named = &connection.spec.credentials;
    match (&named.token_secret_ref, &named.app) {
        (Some(reference), None) => {
            let token = value(client, &namespace, reference).await?;
            let digest = Digest::of([b"token".as_slice(), token.as_bytes()]);
            Ok(Held {
                credentials: Credentials::Token(SecretString::from(token)),
                digest,
            })
        }
        (None, Some(app)) => {
            let key = value(client, &namespace, &app.private_key_secret_ref).await?;
            let digest = Digest::of([b"app".as_slice(), key.as_bytes()]);
            let number = |number: i64| u64::try_from(number).unwrap_or_default();
            let credentials = Credentials::App {
                app_id: number(app.app_id),
                installation_id: app.installation_id.map(number),
                private_key: SecretString::from(key),
            };
            Ok(Held {
                credentials,
                digest,
            })
        }
        (Some(_), Some(_)) | (None, None) => Err(refused(
            "spec.credentials needs exactly one of tokenSecretRef and app".to_owned(),
            Retry::Never,
        )),
    }
}

/// One value of a Secret, as text without the white space around it, which editors and shells like to add.
async fn value(
    client: &kube::Client,
    namespace: &str,
    reference: &SecretKeyReference,
) -> Result<String, Refusal> {
    let SecretKeyReference { name, key } = reference;
    let secrets: Api<Secret> = Api::namespaced(client.clone(), namespace);
    let answer = limited("a Secret", secrets.get_opt(name)).await;
    let secret = answer.map_err(|error| {
        if !error.is_code(403) {
            return Refusal::Silent(error);
        }
        refused(
            format!("Secret {namespace}/{name} may not be read; let the controller's service account get it"),
            Retry::Backoff,
        )
    })?;
    let Some(secret) = secret else {
        return Err(refused(
            format!("Secret {namespace}/{name} does not exist; create it with the key '{key}'"),
            Retry::Backoff,
        ));
    };
    let Some(bytes) = secret.data.as_ref().and_then(|data| data.get(key)) else {
        return Err(refused(
            format!("Secret {namespace}/{name} has no key '{key}'"),
            Retry::Backoff,
        ));
    };
    let text = std::str::from_utf8(&bytes.0)
        .map(str::trim)
        .unwrap_or_default();
    if text.is_empty() {
        return Err(refused(
            format!("key '{key}' of Secret {namespace}/{name} is empty or no text"),
            Retry::Backoff,
        ));
    }
    Ok(text.to_owned())
}

fn refused(message: String, retry: Retry) -> Refusal {
    Refusal::Told(Why {
        cause: Cause::CredentialsRefused,
        message,
        retry,
    })
}

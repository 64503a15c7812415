//! Credentials from the Secrets of the folder.

use secrecy::SecretString;

use super::manifests::Manifests;
use crate::{
    api::{GitHubConnection, SecretKeyReference},
    decide::{Cause, Retry, Why},
    github::Credentials,
};

/// The credentials that a connection names.
pub(super) fn credentials(
    manifests: &Manifests,
    namespace: &str,
    connection: &GitHubConnection,
) -> Result<Credentials, Why> {
    let named = &connection.spec.credentials;
    match (&named.token_secret_ref, &named.app) {
        (Some(reference), None) => Ok(Credentials::Token(value(manifests, namespace, reference)?)),
        (None, Some(app)) => Ok(Credentials::App {
            app_id: u64::try_from(app.app_id).unwrap_or_default(),
            installation_id: app
                .installation_id
                .and_then(|number| u64::try_from(number).ok()),
            private_key: value(manifests, namespace, &app.private_key_secret_ref)?,
        }),
        (Some(_), Some(_)) | (None, None) => Err(refused(
            "spec.credentials needs exactly one of tokenSecretRef and app".to_owned(),
        )),
    }
}

/// One value of a Secret of the folder.
pub(super) fn value(
    manifests: &Manifests,
    namespace: &str,
    reference: &SecretKeyReference,
) -> Result<SecretString, Why> {
    let SecretKeyReference { name, key } = reference;
    let secret = manifests.secrets.get(&format!("{namespace}/{name}"));
    let secret = secret.ok_or_else(|| {
        refused(format!(
            "Secret {namespace}/{name} is not among the manifests"
        ))
    })?;
    let text = secret
        .get(key)
        .map(|text| text.trim())
        .filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| {
        refused(format!(
            "Secret {namespace}/{name} has no key '{key}', or it is empty"
        ))
    })?;
    Ok(SecretString::from(text.to_owned()))
}

fn refused(message: String) -> Why {
    Why {
        cause: Cause::CredentialsRefused,
        message,
        retry: Retry::Never,
    }
}

//! Installations, their tokens and what these may do.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use crate::domain::Timestamp;

/// Permissions by name with their level, such as `workflows` and `write`.
pub(in crate::github) type Grants = BTreeMap<String, String>;

#[derive(Deserialize)]
pub(in crate::github) struct InstallationToken {
    #[serde(deserialize_with = "secret")]
    pub(in crate::github) token: SecretString,
    pub(in crate::github) expires_at: Timestamp,
    #[serde(default)]
    pub(in crate::github) permissions: Grants,
}

#[derive(Debug, Deserialize)]
pub(in crate::github) struct Installation {
    pub(in crate::github) id: u64,
}

/// Reads a text straight into a secret.
fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

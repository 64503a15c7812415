//! The secrets that may sign deliveries, by the connection that names them.
//!
//! Several connections share one endpoint, and a delivery reaches those whose secret signs it and no other. Connections
//! that share a secret cost one computation. Invariant: a secret is in no text that leaves here.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock},
};

use secrecy::{ExposeSecret as _, SecretString};

use crate::github::webhook::Signature;

/// How many different secrets a delivery is tried against: each costs a pass over the body, about a millisecond for the
/// longest one, and an answer has a tenth of a second.
const MOST_SECRETS: usize = 32;

/// The secrets by `namespace/name` of their connection, cheap to clone.
#[derive(Clone, Default)]
pub struct Keyring(Arc<RwLock<BTreeMap<String, Vec<SecretString>>>>);

/// More different secrets than a delivery can be tried against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "one endpoint serves {MOST_SECRETS} different webhook secrets at most; let connections share a secret"
)]
pub struct Full;

impl Keyring {
    /// Puts a connection's secrets in place of those it had.
    ///
    /// # Errors
    /// When there are too many; the connection has none then.
    pub fn put(&self, connection: &str, secrets: Vec<SecretString>) -> Result<(), Full> {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.remove(connection);
        let known = all.values().flatten().chain(&secrets);
        let distinct: BTreeSet<_> = known.map(|secret| secret.expose_secret()).collect();
        if distinct.len() > MOST_SECRETS {
            return Err(Full);
        }
        if !secrets.is_empty() {
            all.insert(connection.to_owned(), secrets);
        }
        Ok(())
    }

    /// Takes a connection's secrets away.
    pub fn remove(&self, connection: &str) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.remove(connection);
    }

    /// The connections one of whose secrets signed this body.
    pub(super) fn signers(&self, signature: &Signature, body: &[u8]) -> BTreeSet<String> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        // Every secret is tried, whichever signs: the time an answer takes tells nothing of them.
        let distinct: BTreeSet<_> = all
            .values()
            .flatten()
            .map(|one| one.expose_secret())
            .collect();
        let signing: BTreeSet<_> = distinct
            .into_iter()
            .filter(|secret| signature.is_of(&SecretString::from(*secret), body))
            .collect();
        let signs = |secret: &SecretString| signing.contains(secret.expose_secret());
        all.iter()
            .filter(|(_, secrets)| secrets.iter().any(signs))
            .map(|(connection, _)| connection.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(index: usize) -> SecretString {
        format!("secret-{index}").into()
    }

    #[test]
    fn there_is_room_for_so_many_secrets_and_for_any_number_of_connections_that_share_them() {
        let keyring = Keyring::default();
        for index in 0..MOST_SECRETS {
            assert_eq!(
                keyring.put(&format!("ci/{index}"), vec![secret(index)]),
                Ok(())
            );
        }
        assert_eq!(
            keyring.put("ci/more", vec![secret(MOST_SECRETS)]),
            Err(Full)
        );
        assert_eq!(keyring.put("ci/more", vec![secret(0), secret(1)]), Ok(()));
        keyring.remove("ci/5");
        assert_eq!(keyring.put("ci/again", vec![secret(MOST_SECRETS)]), Ok(()));
    }
}

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

/// How many different secrets a delivery is tried against. Each costs a pass over the body: a hundredth of a millisecond or
/// two for what GitHub mostly sends, about one for the longest. So the dearest forgery costs a quarter of a second, its
/// sender a mebibyte, and others are heard between two passes.
const MOST_SECRETS: usize = 256;
/// How many of them are one namespace's, so that nobody takes the room of all.
const MOST_OF_A_NAMESPACE: usize = 32;

/// The secrets by `namespace/name` of their connection, cheap to clone.
#[derive(Clone, Default)]
pub struct Keyring(Arc<RwLock<BTreeMap<String, Vec<SecretString>>>>);

/// More different secrets than a delivery can be tried against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "one endpoint serves {MOST_SECRETS} different webhook secrets at most, {MOST_OF_A_NAMESPACE} of them of one namespace; the \
     secrets before stay in use; let connections share a secret"
)]
pub struct Full;

impl Keyring {
    /// Puts a connection's secrets in place of those it had.
    ///
    /// # Errors
    /// When there are too many; the connection keeps those it had.
    pub fn put(&self, connection: &str, secrets: Vec<SecretString>) -> Result<(), Full> {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let former = all.remove(connection);
        if !secrets.is_empty() {
            all.insert(connection.to_owned(), secrets);
        }
        let namespace = namespace(connection);
        let ours = all
            .iter()
            .filter(|(name, _)| self::namespace(name) == namespace);
        let ours = distinct(ours.map(|(_, secrets)| secrets)).len();
        if ours <= MOST_OF_A_NAMESPACE && distinct(all.values()).len() <= MOST_SECRETS {
            return Ok(());
        }
        all.remove(connection);
        all.extend(former.map(|former| (connection.to_owned(), former)));
        Err(Full)
    }

    /// Puts the secrets of all connections in place of those that were there. Those for which there is no room are left out.
    pub fn replace(&self, secrets: BTreeMap<String, Vec<SecretString>>) {
        {
            let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
            all.retain(|connection, _| secrets.contains_key(connection));
        }
        for (connection, secrets) in secrets {
            let _ = self.put(&connection, secrets);
        }
    }

    /// Puts the secrets of those connections that have none yet.
    pub fn fill(&self, secrets: BTreeMap<String, Vec<SecretString>>) {
        for (connection, secrets) in secrets {
            let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let is_known = known.contains_key(&connection);
            drop(known);
            if !is_known {
                let _ = self.put(&connection, secrets);
            }
        }
    }

    /// Takes a connection's secrets away.
    pub fn remove(&self, connection: &str) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.remove(connection);
    }

    /// Takes all secrets away.
    pub fn clear(&self) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.clear();
    }

    /// The connections one of whose secrets signed this body.
    pub(super) async fn signers(&self, signature: &Signature, body: &[u8]) -> BTreeSet<String> {
        // A copy, so that nobody waits for the passes who puts a secret.
        let all = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut signing = BTreeSet::new();
        // Every secret is tried, whichever signs: the time an answer takes tells nothing of them.
        for secret in distinct(all.values()) {
            if signature.is_of(&SecretString::from(secret), body) {
                signing.insert(secret);
            }
            tokio::task::yield_now().await;
        }
        let signs = |secret: &SecretString| signing.contains(secret.expose_secret());
        all.iter()
            .filter(|(_, secrets)| secrets.iter().any(signs))
            .map(|(connection, _)| connection.clone())
            .collect()
    }
}

/// Each secret once.
fn distinct<'a>(secrets: impl Iterator<Item = &'a Vec<SecretString>>) -> BTreeSet<&'a str> {
    secrets.flatten().map(|one| one.expose_secret()).collect()
}

fn namespace(connection: &str) -> &str {
    connection.split_once('/').unwrap_or_default().0
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use sha2::Sha256;

    use super::*;

    fn secret(index: usize) -> SecretString {
        format!("secret-{index}").into()
    }

    #[test]
    fn there_is_room_for_so_many_secrets_and_for_any_number_of_connections_that_share_them() {
        let keyring = Keyring::default();
        for index in 0..MOST_SECRETS {
            let connection = format!("team-{}/{index}", index / MOST_OF_A_NAMESPACE);
            assert_eq!(keyring.put(&connection, vec![secret(index)]), Ok(()));
        }
        let one_more = || vec![secret(MOST_SECRETS)];
        assert_eq!(keyring.put("ci/more", one_more()), Err(Full));
        assert_eq!(keyring.put("ci/more", vec![secret(0), secret(1)]), Ok(()));
        keyring.remove("team-0/5");
        assert_eq!(keyring.put("ci/again", one_more()), Ok(()));
    }

    #[test]
    fn a_namespace_has_room_of_its_own_and_takes_nobody_elses() {
        let keyring = Keyring::default();
        for index in 0..MOST_OF_A_NAMESPACE {
            let connection = format!("ci/{index}");
            assert_eq!(keyring.put(&connection, vec![secret(index)]), Ok(()));
        }
        let one_more = || vec![secret(MOST_OF_A_NAMESPACE)];
        assert_eq!(keyring.put("ci/more", one_more()), Err(Full));
        assert_eq!(keyring.put("qa/more", one_more()), Ok(()));
    }

    #[test]
    fn what_is_replaced_leaves_nothing_of_connections_that_are_gone_and_what_is_filled_in_takes_nothing_away()
     {
        let keyring = Keyring::default();
        for name in ["ci/gone", "ci/kept"] {
            keyring.put(name, vec![secret(0)]).unwrap();
        }
        let all = ["ci/kept", "ci/new"].map(|name| (name.to_owned(), vec![secret(1)]));
        keyring.replace(BTreeMap::from(all));
        let names = |keyring: &Keyring| {
            keyring
                .0
                .read()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&keyring), ["ci/kept", "ci/new"]);
        keyring.fill(
            ["ci/kept", "ci/more"]
                .map(|name| (name.to_owned(), vec![secret(2)]))
                .into(),
        );
        let all = keyring.0.read().unwrap();
        let of = |name: &str| distinct([&all[name]].into_iter());
        assert_eq!(of("ci/kept"), BTreeSet::from(["secret-1"]));
        assert_eq!(of("ci/more"), BTreeSet::from(["secret-2"]));
    }

    #[tokio::test]
    async fn secrets_for_which_there_is_no_room_do_not_take_those_away_that_were_there() {
        let keyring = Keyring::default();
        for index in 0..MOST_OF_A_NAMESPACE {
            keyring
                .put(&format!("ci/{index}"), vec![secret(index)])
                .unwrap();
        }
        let two = vec![secret(MOST_SECRETS), secret(MOST_SECRETS + 1)];
        assert_eq!(keyring.put("ci/5", two), Err(Full));
        let mut mac = Hmac::<Sha256>::new_from_slice(b"secret-5").unwrap();
        mac.update(b"{}");
        let text = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        let signature = Signature::read(&text).unwrap();
        let signers = keyring.signers(&signature, b"{}").await;
        assert_eq!(signers, BTreeSet::from(["ci/5".to_owned()]));
    }
}

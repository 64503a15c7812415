//! The signature of a delivery: HMAC-SHA256 of its body under a secret that GitHub and we share.
//!
//! Invariant: compared in constant time, and before anything of the body is read.

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

/// What `X-Hub-Signature-256` claims.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signature([u8; 32]);

impl Signature {
    /// Reads the header, `sha256=` and 64 hexadecimal digits.
    #[must_use]
    pub fn read(header: &str) -> Option<Self> {
        let digits = header.strip_prefix("sha256=")?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// Whether it is the signature of this body under this secret. An empty secret signs nothing: anybody has it.
    #[must_use]
    pub fn is_of(&self, secret: &SecretString, body: &[u8]) -> bool {
        let secret = secret.expose_secret().as_bytes();
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
            return false;
        };
        mac.update(body);
        !secret.is_empty() && mac.verify_slice(&self.0).is_ok()
    }

    /// The claimed bytes. Once verified they tell the body, under its secret, from every other.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

//! RS256 signatures of App tokens, verified with the one TLS library the product has.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use rustls::{SignatureScheme, crypto::aws_lc_rs::default_provider};

/// What stands before the key in a `PUBLIC KEY` (SPKI): the algorithm's empty parameters, then a bit string whose
/// length takes two bytes.
const BEFORE_KEY: [u8; 4] = [0x05, 0x00, 0x03, 0x82];

/// An RSA public key, as PKCS#1 bytes.
#[derive(Clone, Debug)]
pub(super) struct RsaKey(Vec<u8>);

impl RsaKey {
    /// Reads PEM text.
    pub(super) fn read(pem: &str) -> Option<Self> {
        let body: String = pem
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .map(str::trim)
            .collect();
        let bytes = BASE64_STANDARD
            .decode(body)
            .ok()
            .filter(|bytes| !bytes.is_empty())?;
        if pem.contains("BEGIN RSA PUBLIC KEY") {
            return Some(Self(bytes));
        }
        let before = bytes
            .windows(BEFORE_KEY.len())
            .position(|window| window == BEFORE_KEY)?;
        // Two bytes of length and one that counts unused bits follow.
        bytes
            .get(before + BEFORE_KEY.len() + 3..)
            .map(|key| Self(key.to_vec()))
    }

    /// Whether a text carries this key's signature, given in base64url.
    pub(super) fn signed(&self, text: &str, signature: &str) -> bool {
        let Ok(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature) else {
            return false;
        };
        let provider = default_provider();
        let known = provider.signature_verification_algorithms.mapping.iter();
        let mut rs256 = known.filter(|(scheme, _)| *scheme == SignatureScheme::RSA_PKCS1_SHA256);
        rs256.any(|(_, algorithms)| {
            let mut algorithms = algorithms.iter();
            algorithms.any(|algorithm| {
                algorithm
                    .verify_signature(&self.0, text.as_bytes(), &signature)
                    .is_ok()
            })
        })
    }
}

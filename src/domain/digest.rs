//! Content digests: the identity of a plan is what it would change, nothing else.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of some content, as 64 lowercase hexadecimal characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// Digests an ordered list of parts.
    ///
    /// Each part is preceded by its length, so that no two different lists share their bytes.
    #[must_use]
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Self(hex::encode(hasher.finalize()))
    }

    /// The first twelve characters: enough to name a branch (48 bits), short enough to read.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }

    /// All 64 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_byte_between_parts_changes_the_digest() {
        assert_ne!(
            Digest::of([b"ab".as_slice(), b"c"]),
            Digest::of([b"a".as_slice(), b"bc"])
        );
    }

    #[test]
    fn the_same_parts_give_the_same_digest() {
        assert_eq!(Digest::of([b"x".as_slice()]), Digest::of([b"x".as_slice()]));
        assert_eq!(Digest::of([b"x".as_slice()]).short().len(), 12);
    }
}

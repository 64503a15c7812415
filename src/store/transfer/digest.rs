//! What a table holds, as one number that is the same in every database.

use sha2::{Digest as _, Sha256};

use super::super::statement::Value;

/// Grows row by row, in the order of their keys.
#[derive(Clone, Default)]
pub(super) struct Sum(Sha256);

impl Sum {
    /// Adds a row: every value with its kind and its length, so that no two different rows add the same.
    pub(super) fn add(&mut self, row: &[Value]) {
        for value in row {
            match value {
                Value::Number(None) | Value::Text(None) => self.0.update(b"-"),
                Value::Number(Some(number)) => {
                    self.0.update(b"n");
                    self.0.update(number.to_be_bytes());
                }
                Value::Text(Some(text)) => self.bytes(b"t", text.as_bytes()),
                Value::Bytes(bytes) => self.bytes(b"b", bytes),
            }
        }
    }

    fn bytes(&mut self, kind: &[u8], bytes: &[u8]) {
        self.0.update(kind);
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    /// The digest of what was added, 64 hexadecimal characters.
    pub(super) fn hex(&self) -> String {
        hex::encode(self.0.clone().finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_differ_have_different_sums() {
        let sum = |rows: &[&[Value]]| {
            let mut sum = Sum::default();
            rows.iter().for_each(|row| sum.add(row));
            sum.hex()
        };
        let (a, ab): (Value, Value) = ("a".into(), "ab".into());
        let (b, none): (Value, Value) = ("b".into(), Value::Number(None));
        let all = [
            sum(&[]),
            sum(&[&[a.clone(), b.clone()]]),
            sum(&[&[ab.clone(), "".into()]]),
            sum(&[&[ab.clone(), none.clone()]]),
            sum(&[&[none, ab]]),
            sum(&[&[b, a]]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(one), "{at}");
        }
    }
}

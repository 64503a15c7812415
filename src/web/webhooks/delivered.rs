//! Which deliveries were taken already: the newest few thousand, whatever is sent.
//!
//! GitHub repeats a delivery under its id when somebody asks for it; who replays a recorded one may give it another id,
//! but not another signature. Invariant: only what was verified and taken is remembered, so that a forgery neither stands
//! in the way of the true delivery nor pushes anything out.

use std::collections::{BTreeSet, VecDeque};

use crate::domain::Digest;

/// How many deliveries are remembered: some hours of a busy organisation, below half a megabyte.
const MOST: usize = 4096;

/// The deliveries that were taken.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    known: BTreeSet<[u8; 32]>,
    order: VecDeque<[u8; 32]>,
}

impl Delivered {
    /// Whether one of these marks is known.
    pub(super) fn knows(&self, marks: &[Digest]) -> bool {
        marks.iter().any(|mark| self.known.contains(&bytes(mark)))
    }

    /// Remembers these marks, and forgets the oldest for them.
    pub(super) fn remember(&mut self, marks: &[Digest]) {
        for mark in marks.iter().map(bytes) {
            if self.known.insert(mark) {
                self.order.push_back(mark);
            }
        }
        while self.order.len() > MOST * 2 {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }
}

/// A digest in half of its room.
fn bytes(digest: &Digest) -> [u8; 32] {
    let mut bytes = [0; 32];
    // A digest is 64 hexadecimal characters.
    let _ = hex::decode_to_slice(digest.as_str(), &mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten_and_the_newest_are_known() {
        let mut delivered = Delivered::default();
        let mark = |index: usize| Digest::of([index.to_be_bytes().as_slice()]);
        for index in 0..MOST * 3 {
            delivered.remember(&[mark(index)]);
        }
        assert!(delivered.knows(&[mark(MOST * 3 - 1)]));
        assert!(delivered.knows(&[mark(MOST)]));
        assert!(!delivered.knows(&[mark(MOST - 1)]));
        assert_eq!(delivered.known.len(), MOST * 2);
    }
}

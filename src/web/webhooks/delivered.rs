//! Which deliveries were taken already: the newest few thousand, whatever is sent.
//!
//! GitHub repeats a delivery under its id when somebody asks for it; who replays a recorded one may give it another id,
//! but not another signature. Invariant: only what was verified and taken is remembered, so that a forgery neither stands
//! in the way of the true delivery nor pushes anything out.

use std::collections::{BTreeSet, VecDeque};

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
    pub(super) fn knows(&self, marks: &[[u8; 32]]) -> bool {
        marks.iter().any(|mark| self.known.contains(mark))
    }

    /// Remembers these marks, and forgets the oldest for them.
    pub(super) fn remember(&mut self, marks: &[[u8; 32]]) {
        for mark in marks {
            if self.known.insert(*mark) {
                self.order.push_back(*mark);
            }
        }
        while self.order.len() > MOST * 2 {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten_and_the_newest_are_known() {
        let mut delivered = Delivered::default();
        let mark = |index: usize| {
            let mut mark = [0; 32];
            mark[..8].copy_from_slice(&index.to_be_bytes());
            mark
        };
        for index in 0..MOST * 3 {
            delivered.remember(&[mark(index)]);
        }
        assert!(delivered.knows(&[mark(MOST * 3 - 1)]));
        assert!(delivered.knows(&[mark(MOST)]));
        assert!(!delivered.knows(&[mark(MOST - 1)]));
        assert_eq!(delivered.known.len(), MOST * 2);
    }
}

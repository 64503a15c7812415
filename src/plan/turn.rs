//! Who is planned first: those whose moves will be made, then those whose moves are only recommended.
//!
//! A recommendation that nobody carries out must not push anybody, so whoever acts is planned against the others as
//! they are today. Invariant: every item is of exactly one turn.

use super::item::Item;

/// A part of the fleet that is planned together while the rest stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// Those whose moves would be applied.
    Acting,
    /// The others: their lines are reviewed, or wait for data.
    Advised,
}

impl Turn {
    /// In the order in which they come.
    pub(super) const ALL: [Self; 2] = [Self::Acting, Self::Advised];

    /// Whether it is an item's turn.
    pub(super) fn is_of(self, item: &Item) -> bool {
        item.acts() == (self == Self::Acting)
    }
}

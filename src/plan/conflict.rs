//! Which workflows want the same runners at the same time.
//!
//! Owns the attribution of a crowd to its members. It reports; the search does not depend on it.

use super::board::{Footprint, to_seconds};
use super::state::State;
use super::timetable::Conflict;
use super::week::SLOTS;

/// How many conflicts a line names.
const NAMED: usize = 5;

/// How many of the heaviest in one slot are looked at: enough to name the worst five of anybody, and bounded where
/// thousands crowd.
const LOOKED_AT: usize = 32;

/// An item's units, weighted by jobs, in one slot.
type Present = (u64, usize);

/// What an item shares with another one in a pool, in cost parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Share {
    parts: u64,
    with: usize,
    pool: usize,
}

/// The worst conflicts of every item as the board stands, worst first.
pub(super) fn worst(state: &State) -> Vec<Vec<Conflict>> {
    let mut found: Vec<Vec<Share>> = vec![Vec::new(); state.items.len()];
    let mut sums = Sums::of(state.items.len());
    for pool in 0..state.board.pools() {
        let (slots, held) = present(state, pool);
        for (place, held) in held.iter().enumerate() {
            sums.add(state, pool, &slots, place, held);
            found[place].extend(sums.take_worst(pool));
        }
    }
    let named = |mut found: Vec<Share>| {
        found.sort_unstable_by_key(Share::rank);
        let conflict = |share: Share| Conflict {
            with: state.items[share.with].id.clone(),
            overlap_seconds: to_seconds(share.parts),
            pool: state.board.name(share.pool),
            beyond_capacity: state.board.has_capacity(share.pool),
        };
        found
            .into_iter()
            .take(NAMED)
            .map(conflict)
            .filter(|conflict| conflict.overlap_seconds.0 > 0)
            .collect()
    };
    found.into_iter().map(named).collect()
}

impl Share {
    /// The worst first; equals in the order of their ids.
    const fn rank(&self) -> (std::cmp::Reverse<u64>, usize, usize) {
        (std::cmp::Reverse(self.parts), self.with, self.pool)
    }
}

/// What one item shares with each other one: a sum for everybody, used for one item after the other.
struct Sums {
    parts: Vec<u64>,
    /// Whose sum is not zero.
    touched: Vec<usize>,
}

impl Sums {
    fn of(items: usize) -> Self {
        Self {
            parts: vec![0; items],
            touched: Vec::new(),
        }
    }

    /// Adds what an item shares in the slots that it holds.
    fn add(
        &mut self,
        state: &State,
        pool: usize,
        slots: &[Vec<Present>],
        place: usize,
        held: &[(usize, u64)],
    ) {
        let contended = |(slot, _): &&(usize, u64)| state.board.is_contended(pool, *slot);
        for &(slot, ours) in held.iter().filter(contended) {
            let others = slots[slot].iter().take(LOOKED_AT);
            for &(theirs, other) in others.filter(|(_, other)| *other != place) {
                let parts = state.board.shared(pool, slot, ours, theirs);
                if parts > 0 && self.parts[other] == 0 {
                    self.touched.push(other);
                }
                self.parts[other] += parts;
            }
        }
    }

    /// The worst sums, and all of them at zero again.
    fn take_worst(&mut self, pool: usize) -> Vec<Share> {
        let take = |with: usize| Share {
            parts: std::mem::take(&mut self.parts[with]),
            with,
            pool,
        };
        let mut found: Vec<Share> = self.touched.drain(..).map(take).collect();
        if found.len() > NAMED {
            found.select_nth_unstable_by_key(NAMED - 1, Share::rank);
            found.truncate(NAMED);
        }
        found
    }
}

/// Who is present in each slot of a pool, the heaviest first; and per item, the slots it holds with its units there.
fn present(state: &State, pool: usize) -> (Vec<Vec<Present>>, Vec<Footprint>) {
    let mut slots: Vec<Vec<Present>> = vec![Vec::new(); SLOTS];
    let mut held: Vec<Footprint> = vec![Vec::new(); state.items.len()];
    for (place, range) in state.ranges.iter().enumerate() {
        for demand in state.demands[place]
            .iter()
            .filter(|demand| demand.pool == pool)
        {
            let weight = state.board.weight(*demand);
            for (slot, units) in range
                .clone()
                .flat_map(|at| state.footprint(at, state.entries[at].by))
            {
                match slots[slot].last_mut() {
                    Some((sum, last)) if *last == place => *sum += units * weight,
                    _ => slots[slot].push((units * weight, place)),
                }
            }
        }
    }
    for (slot, present) in slots.iter_mut().enumerate() {
        for &(units, place) in present.iter() {
            held[place].push((slot, units));
        }
        present.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    }
    (slots, held)
}

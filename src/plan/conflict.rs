//! Which workflows want the same runners at the same time.
//!
//! Owns the attribution of a crowd to its members. It reports; the search does not depend on it.

use std::collections::BTreeMap;

use super::board::to_seconds;
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

/// The worst conflicts of every item as the board stands, worst first.
pub(super) fn worst(state: &State) -> Vec<Vec<Conflict>> {
    let mut found: Vec<Vec<(u64, usize, usize)>> = vec![Vec::new(); state.items.len()];
    for pool in 0..state.board.pools() {
        let slots = present(state, pool);
        for (ours, shared) in shared(state, pool, &slots).into_iter().enumerate() {
            found[ours].extend(
                shared
                    .into_iter()
                    .map(|(theirs, parts)| (parts, theirs, pool)),
            );
        }
    }
    let named = |mut found: Vec<(u64, usize, usize)>| {
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.cmp(b)));
        let conflict = |(parts, theirs, pool): (u64, usize, usize)| Conflict {
            with: state.items[theirs].id.clone(),
            overlap_seconds: to_seconds(parts),
            pool: state.board.name(pool),
        };
        found
            .into_iter()
            .map(conflict)
            .filter(|conflict| conflict.overlap_seconds.0 > 0)
            .take(NAMED)
            .collect()
    };
    found.into_iter().map(named).collect()
}

/// Who is present in each slot of a pool, the heaviest first.
fn present(state: &State, pool: usize) -> Vec<Vec<Present>> {
    let mut slots: Vec<Vec<Present>> = vec![Vec::new(); SLOTS];
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
    for slot in &mut slots {
        slot.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    }
    slots
}

/// Per item, what it shares with each other one, in cost parts.
fn shared(state: &State, pool: usize, slots: &[Vec<Present>]) -> Vec<BTreeMap<usize, u64>> {
    let mut shared = vec![BTreeMap::new(); state.items.len()];
    for (slot, present) in slots
        .iter()
        .enumerate()
        .filter(|(slot, _)| state.board.is_contended(pool, *slot))
    {
        for &(ours, place) in present {
            for &(theirs, other) in present
                .iter()
                .take(LOOKED_AT)
                .filter(|(_, other)| *other != place)
            {
                *shared[place].entry(other).or_default() +=
                    state.board.shared(pool, slot, ours, theirs);
            }
        }
    }
    shared
}

//! The local search: one schedule at a time goes where it costs least, as long as that earns itself.
//!
//! Owns which moves are worth making. Invariants: a move never breaks more of an intent than it finds broken; one
//! that mends nothing lowers the overlap by at least [`MIN_GAIN`] and raises no peak. Every such step lowers the sum
//! of all overlaps, and nobody is brought back twice, so the search ends, and it ends where no single move is worth
//! making.

use super::board::{Price, to_parts};
use super::keep::{self, KEEP_SHARE};
use super::state::State;
use super::turn::Turn;
use crate::domain::{Percent, Seconds};

/// The least overlap that a move must save in a week, as [`super::Load::overlap_seconds`] counts it.
///
/// A choice: an hour of waiting every twelve weeks is less than the minute a reviewer takes each time is worth.
pub const MIN_GAIN: Seconds = Seconds::minutes(5);

/// The least share of a schedule's own overlap that a move must save.
///
/// A choice: what stays three quarters as bad is not worth a pull request.
pub const MIN_GAIN_SHARE: Percent = Percent(25);

/// How often all schedules are looked at, at most. Fleets settle in three to six passes.
const MOST_PASSES: usize = 40;

/// What a place costs, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    pub(super) own_broken: usize,
    pub(super) order_broken: usize,
    pub(super) price: Price,
}

impl Cost {
    /// How much of intents is broken, the schedule's own before the order of others.
    pub(super) const fn broken(self) -> (usize, usize) {
        (self.own_broken, self.order_broken)
    }

    /// The overlap that this place saves against another one.
    pub(super) const fn gain_over(self, other: Self) -> u64 {
        other.price.overlap.saturating_sub(self.price.overlap)
    }

    /// Whether this place saves a share of what a new move from another place must save.
    pub(super) fn earns(self, other: Self, share: Percent) -> bool {
        let (gain, due) = (u128::from(self.gain_over(other)), u128::from(share.0));
        let all = u128::from(other.price.overlap);
        gain * 100 >= u128::from(to_parts(MIN_GAIN)) * due
            && gain * 10_000 >= all * u128::from(MIN_GAIN_SHARE.0) * due
    }
}

/// Finds places for those whose turn it is, while the others stand still: what was asked of them before, then what
/// their intents need, then what overlaps.
pub(super) fn settle(state: &mut State, turn: Turn) {
    let queue = heaviest_first(state, turn);
    // A peak that an intent made is one that others may use, as they may the next time, when it is today's.
    state.board.accept_peaks();
    let today = state.board.overlap();
    keep::follow(state, &queue);
    let kept = state.board.overlap();
    mend_intents(state, turn);
    state.board.accept_peaks();
    // An intent may cost overlap; nothing else may.
    let most = today + state.board.overlap().saturating_sub(kept);
    ease_conflicts(state, &queue, most);
    keep::account(state, &queue);
}

fn heaviest_first(state: &State, turn: Turn) -> Vec<usize> {
    let free = |at: &usize| {
        let entry = &state.entries[*at];
        !entry.fixed && turn.is_of(&state.items[entry.item])
    };
    let mut queue: Vec<usize> = (0..state.entries.len()).filter(free).collect();
    let weight =
        |at: &usize| -> u64 { state.footprint(*at, 0).iter().map(|(_, units)| units).sum() };
    queue.sort_by_cached_key(|at| std::cmp::Reverse(weight(at)));
    queue
}

/// Moves what breaks its intent to where it breaks least; those that are waited for go first.
fn mend_intents(state: &mut State, turn: Turn) {
    for place in state.order.sequence.clone() {
        for at in state.ranges[place].clone() {
            let free = !state.entries[at].fixed && turn.is_of(&state.items[place]);
            if free && is_broken(state, at) {
                improve(state, at);
            }
        }
    }
}

/// Moves what overlaps until no single move is worth making and every move that was made earns itself.
fn ease_conflicts(state: &mut State, queue: &[usize], most: u64) {
    for _ in 0..MOST_PASSES {
        let moved = queue.iter().filter(|at| improve(state, **at)).count();
        if moved == 0 && keep::bring_back(state, queue, most) == 0 {
            return;
        }
    }
}

fn is_broken(state: &State, at: usize) -> bool {
    state.own_broken(at, state.entries[at].by) > 0 || state.starts_too_early(at)
}

/// Moves one schedule if that is worth it; says whether it moved.
fn improve(state: &mut State, at: usize) -> bool {
    let here = state.entries[at].by;
    let footprint = state.lift(at);
    let now = cost(state, at, here, None).unwrap_or(WORST);
    // Nothing to mend and nothing to gain: the search would only tell by how much it is not worth it.
    let hopeless = now.own_broken + now.order_broken == 0 && now.price.overlap < to_parts(MIN_GAIN);
    let best = if hopeless { None } else { best(state, at, now) };
    state.put_back(at, &footprint);
    let Some((to, there)) = best else {
        state.entries[at].forgone = if hopeless { now.price.overlap } else { 0 };
        return false;
    };
    // What does not mend is cheaper in price alone, so it is no higher above today's peak either.
    if there.broken() >= now.broken() && !there.earns(now, Percent(100)) {
        state.entries[at].forgone = there.gain_over(now);
        return false;
    }
    state.shift(at, to);
    true
}

/// The nearest other place from which no further move would be worth half of one: what saves little more is not worth
/// an afternoon for a nightly that nobody said may leave the night.
fn best(state: &mut State, at: usize, now: Cost) -> Option<(i32, Cost)> {
    loop {
        let cheapest = cheapest(state, at, now)?;
        let (by, cost) = nearest(state, at, now, cheapest);
        // Shifts are judged by the clock of a few weeks; the year has the last word.
        if cost.own_broken > 0 || state.holds_all_year(at, by) {
            return Some((by, cost));
        }
        state.entries[at].refused.insert(by);
    }
}

/// The first place on the way to the cheapest one that the cheapest one is not worth passing for.
fn nearest(state: &State, at: usize, now: Cost, cheapest: (i32, Cost)) -> (i32, Cost) {
    let entry = &state.entries[at];
    let good_enough = |cost: &Cost| {
        let worth_it = cost.broken() < now.broken() || cost.earns(now, Percent(100));
        cost.broken() == cheapest.1.broken()
            && cost.price.above_peak == cheapest.1.price.above_peak
            && worth_it
            && !cheapest.1.earns(*cost, KEEP_SHARE)
    };
    let places = std::iter::once(0).chain(entry.shape.shifts(entry.phase, state.waits(entry.item)));
    places
        .filter(|by| *by != entry.by && !entry.refused.contains(by))
        .take_while(|by| *by != cheapest.0)
        .find_map(|by| Some((by, cost(state, at, by, Some(now)).filter(good_enough)?)))
        .unwrap_or(cheapest)
}

fn cheapest(state: &State, at: usize, now: Cost) -> Option<(i32, Cost)> {
    let entry = &state.entries[at];
    if now == FREE {
        return None;
    }
    let mut best: Option<(i32, Cost)> = None;
    let places = std::iter::once(0).chain(entry.shape.shifts(entry.phase, state.waits(entry.item)));
    for by in places.filter(|by| *by != entry.by && !entry.refused.contains(by)) {
        let bound = best.map_or(now, |(_, cost)| cost);
        if let Some(cost) = cost(state, at, by, Some(bound)) {
            best = Some((by, cost));
        }
        if best.is_some_and(|(_, cost)| cost == FREE) {
            break;
        }
    }
    best
}

const FREE: Cost = Cost {
    own_broken: 0,
    order_broken: 0,
    price: Price {
        above_peak: 0,
        overlap: 0,
    },
};
const MOST: Price = Price {
    above_peak: u64::MAX,
    overlap: u64::MAX,
};
const WORST: Cost = Cost {
    own_broken: usize::MAX,
    order_broken: usize::MAX,
    price: MOST,
};

/// What a schedule costs at two shifts, all others standing where they stand.
pub(super) fn compare(state: &mut State, at: usize, one: i32, other: i32) -> (Cost, Cost) {
    let footprint = state.lift(at);
    let at_shift = |by| cost(state, at, by, None).unwrap_or(WORST);
    let costs = (at_shift(one), at_shift(other));
    state.put_back(at, &footprint);
    costs
}

/// What a lifted schedule costs at a shift; nothing when that is not below the bound.
fn cost(state: &State, at: usize, by: i32, bound: Option<Cost>) -> Option<Cost> {
    let bound = bound.unwrap_or(WORST);
    let own_broken = state.own_broken(at, by);
    if own_broken > bound.own_broken {
        return None;
    }
    let order_broken = state.order_broken(at, by);
    let broken = (own_broken, order_broken);
    let most = match broken.cmp(&(bound.own_broken, bound.order_broken)) {
        std::cmp::Ordering::Less => MOST,
        std::cmp::Ordering::Equal => bound.price,
        std::cmp::Ordering::Greater => return None,
    };
    let price = state.price(at, by, most);
    let cost = Cost {
        own_broken,
        order_broken,
        price,
    };
    (cost < bound).then_some(cost)
}

//! Why a plan is steady: what was proposed stays proposed until it is clearly no longer worth it.
//!
//! Owns how a search starts from the timetable in force, and what brings a move back. Invariant: following what was
//! asked raises neither overlap nor a peak above today's, save for an intent's sake, so a plan that starts from an old
//! one is no worse than today either.

use super::search::{Cost, compare};
use super::state::State;
use crate::domain::Percent;

/// The share of what a new move must save ([`super::MIN_GAIN`], [`super::MIN_GAIN_SHARE`]) that a move must still save
/// to stay proposed.
///
/// A choice: forecasts differ by tenths from one day to the next, and only what has lost half of its reason is news.
pub const KEEP_SHARE: Percent = Percent(50);

/// Moves schedules to where the timetable in force wants them, as far as none of them breaks or costs more there.
///
/// Some of those places are free only after another has left, hence the rounds.
pub(super) fn follow(state: &mut State, queue: &[usize]) {
    let asked = |at: &usize| Some((*at, state.entries[*at].asked?));
    let mut waiting: Vec<(usize, i32)> = queue.iter().filter_map(asked).collect();
    loop {
        let before = waiting.len();
        waiting.retain(|(at, by)| !follows(state, *at, *by));
        // What mends an intent may raise a peak, and then there is room below it.
        let room = state.board.accept_peaks();
        if waiting.len() == before && !room {
            return;
        }
    }
}

fn follows(state: &mut State, at: usize, by: i32) -> bool {
    let (home, asked) = compare(state, at, state.entries[at].by, by);
    let cheaper = asked.price.above_peak <= home.price.above_peak
        && asked.price.overlap <= home.price.overlap;
    let follows = match asked.broken().cmp(&home.broken()) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Equal => cheaper,
        std::cmp::Ordering::Greater => false,
    } && is_sound(state, at, by, asked);
    if follows {
        state.shift(at, by);
    }
    follows
}

/// Brings home whose move does not earn itself now that all others have moved, as long as the whole costs no more than
/// it may; says how many.
pub(super) fn bring_back(state: &mut State, queue: &[usize], most: u64) -> usize {
    let mut room = most.saturating_sub(state.board.overlap());
    let mut back = 0;
    for &at in queue {
        let entry = &state.entries[at];
        if entry.by == 0 || entry.came_back {
            continue;
        }
        let due = if entry.asked == Some(entry.by) {
            KEEP_SHARE
        } else {
            Percent(100)
        };
        let (home, here) = compare(state, at, 0, entry.by);
        let loss = here.gain_over(home);
        let stays = home.broken() != here.broken()
            || here.earns(home, due)
            || home.price.above_peak > here.price.above_peak
            || loss > room
            || !is_sound(state, at, 0, home);
        if !stays {
            room -= loss;
            state.shift(at, 0);
            state.entries[at].came_back = true;
            back += 1;
        }
    }
    back
}

/// Notes what every move saves where all have come to stand.
pub(super) fn account(state: &mut State, queue: &[usize]) {
    for &at in queue {
        let by = state.entries[at].by;
        if by != 0 {
            let (home, here) = compare(state, at, 0, by);
            let entry = &mut state.entries[at];
            entry.saved = here.gain_over(home);
            entry.eases = entry.saved > 0 || here.price.above_peak < home.price.above_peak;
        }
    }
}

/// Whether a place that looks whole on the grid is whole all year.
fn is_sound(state: &State, at: usize, by: i32, cost: Cost) -> bool {
    cost.own_broken > 0 || state.holds_all_year(at, by)
}

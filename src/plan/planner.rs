//! How a timetable is made, as a table of contents.
//!
//! Owns the order of the steps. Each step lives in a room of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::board::Board;
use super::check::{broken_intents, broken_shape};
use super::item::{Item, Pool};
use super::reason::{Reason, Violation};
use super::state::State;
use super::timetable::{Conflict, Load, Timetable};
use super::turn::Turn;
use super::week::monday;
use super::{Fault, conflict, every, search, write_up};
use crate::domain::{Schedule, Seconds, Timestamp, WorkflowId};

/// How often a turn is planned anew without the workflows whose moves failed the check, before nobody of it moves.
const MOST_ROUNDS: usize = 6;

/// Plans all workflows of one owner together.
///
/// Loads are compared on the week from the first Monday after `now`. Of several items with one id the least counts.
///
/// # Guarantees
/// * Items and pools may come in any order; the same ones give the same timetable.
/// * Moves that no intent asks for never make the load worse than the intents alone make it.
/// * Every move passes [`super::check()`]; what cannot be moved soundly stays and its line says why.
/// * Whoever acts is planned before all others and against where those stand today: what is proposed to the others
///   changes nothing for them.
/// * Planning anew, with what was proposed as what was asked, proposes the same.
/// * Once all that acts has been carried out, nothing acts but what was refuted and is sound beside the new times.
///
/// # Caveats
/// Crons that fire less often than weekly load nothing and are moved by their intent only.
#[must_use]
pub fn plan(items: &[Item], pools: &[Pool], now: Timestamp) -> Timetable {
    let items = sorted(items);
    let today = Today::of(&items, pools, now);
    let mut held = BTreeSet::new();
    for turn in Turn::ALL {
        for round in 0..=MOST_ROUNDS {
            match attempt(&today, now, &held) {
                Ok(timetable) => return timetable,
                Err(refuted) if refuted.turn != turn => break,
                Err(refuted) if round + 1 < MOST_ROUNDS => held.extend(refuted.places),
                Err(_) => held.extend((0..items.len()).filter(|at| turn.is_of(&items[*at]))),
            }
        }
    }
    unplanned(pools)
}

/// What is, whatever is then proposed: where every attempt starts.
struct Today<'a> {
    state: State<'a>,
    load: Load,
    /// Who is in whose way.
    conflicts: Vec<Vec<Conflict>>,
    broken: Vec<BTreeSet<Fault>>,
}

impl<'a> Today<'a> {
    fn of(items: &'a [Item], pools: &[Pool], now: Timestamp) -> Self {
        let as_is: Vec<_> = items.iter().map(|item| item.schedules.clone()).collect();
        let mut state = State::today(items, pools, monday(now));
        let (load, conflicts) = (state.load(), conflict::worst(&state));
        state.board.hold_peaks();
        Self {
            state,
            load,
            conflicts,
            broken: broken(items, &as_is, now),
        }
    }
}

/// The items whose moves fail the check, and in whose turn they made them.
struct Refuted {
    turn: Turn,
    places: BTreeSet<usize>,
}

/// Makes one plan in which some stay where they are; refuses with those whose moves fail the check.
fn attempt(
    today: &Today<'_>,
    now: Timestamp,
    held: &BTreeSet<usize>,
) -> Result<Timetable, Refuted> {
    let mut state = today.state.clone();
    let mut refusals = BTreeMap::new();
    let mut broken = Broken {
        before: today.broken.clone(),
        after: today.broken.clone(),
    };
    for turn in Turn::ALL {
        // The owners' word: crons they named, cadences they asked for.
        refusals.append(&mut obey(&mut state, turn, held));
        // Windows, deadlines, order; then what overlaps.
        search::settle(&mut state, turn);
        // No move leaves that the check objects to.
        let promised = broken.after;
        broken.after = self::broken(state.items, &proposed(&state), now);
        let mut places = refuted(&state, turn, &promised, &broken.after);
        places.extend(pointless(&state, turn, &today.conflicts, &broken));
        if !places.is_empty() {
            return Err(Refuted { turn, places });
        }
    }
    let proposed = proposed(&state);
    let (load, conflicts) = (today.load.clone(), today.conflicts.clone());
    Ok(write_up::timetable(
        &state, load, conflicts, refusals, proposed, &broken, held,
    ))
}

/// What each item breaks of its intent, as the file is and as it is proposed.
pub(super) struct Broken {
    pub(super) before: Vec<BTreeSet<Fault>>,
    pub(super) after: Vec<BTreeSet<Fault>>,
}

fn broken(items: &[Item], schedules: &[Vec<Schedule>], now: Timestamp) -> Vec<BTreeSet<Fault>> {
    let schedules: Vec<&[Schedule]> = schedules.iter().map(Vec::as_slice).collect();
    broken_intents(items, &schedules, now)
}

/// The items of a turn whose moves break what was whole; a pinned cron may, since its owner said so.
///
/// Those who are only advised answer for the order of those who act, too.
fn refuted(
    state: &State,
    turn: Turn,
    promised: &[BTreeSet<Fault>],
    after: &[BTreeSet<Fault>],
) -> BTreeSet<usize> {
    let items = state.items;
    let proposed = proposed(state);
    let moved =
        |place: usize| turn.is_of(&items[place]) && items[place].schedules != proposed[place];
    let mut refuted = BTreeSet::new();
    for place in 0..items.len() {
        let item = &items[place];
        let worse = !after[place].is_subset(&promised[place]);
        if moved(place) {
            let breaks = worse && item.intent.pinned.is_none();
            let misshapen = !broken_shape(item, &proposed[place]).is_empty();
            refuted.extend((breaks || misshapen).then_some(place));
        } else if worse && item.acts() {
            let waited_for = state
                .order
                .touching(place)
                .filter(|edge| edge.waits == place);
            refuted.extend(
                waited_for
                    .map(|edge| edge.first)
                    .filter(|first| turn == Turn::Advised && moved(*first)),
            );
        }
    }
    refuted
}

/// The items of a turn whose moves nobody could be told a reason for: what looked mended on the grid is not by the year.
fn pointless(
    state: &State,
    turn: Turn,
    conflicts: &[Vec<Conflict>],
    broken: &Broken,
) -> BTreeSet<usize> {
    let items = state.items;
    let has_no_reason = |place: usize| {
        let reasons = write_up::why_it_moves(state, place, &conflicts[place], broken);
        reasons.iter().all(|reason| *reason == Reason::NoForecast)
    };
    let proposed = proposed(state);
    (0..items.len())
        .filter(|place| turn.is_of(&items[*place]) && items[*place].schedules != proposed[*place])
        .filter(|place| has_no_reason(*place))
        .collect()
}

/// Puts pinned crons and asked-for cadences in the files' place; says what cannot be.
fn obey(state: &mut State, turn: Turn, held: &BTreeSet<usize>) -> BTreeMap<usize, Violation> {
    let mut refusals = BTreeMap::new();
    let items = state.items;
    for (place, item) in items
        .iter()
        .enumerate()
        .filter(|(_, item)| turn.is_of(item))
    {
        let wanted = if item.intent.pinned.is_some() {
            pinned(item)
        } else {
            rebased(item)
        };
        let pinned = item.intent.pinned.is_some();
        let stays = pinned || held.contains(&place);
        for at in state.ranges[place].clone() {
            state.entries[at].fixed |= stays;
        }
        match wanted {
            Err(violation) => {
                refusals.insert(place, violation);
            }
            Ok(schedules) if item.movable && !held.contains(&place) => {
                for (at, schedule) in state.ranges[place].clone().zip(schedules) {
                    if state.entries[at].base != schedule {
                        state.replace(at, schedule, pinned);
                    }
                }
            }
            Ok(_) => {}
        }
    }
    refusals
}

/// The schedules with the crons that the owner named; a cron that fires alike keeps the file's text.
fn pinned(item: &Item) -> Result<Vec<Schedule>, Violation> {
    let pinned = item.intent.pinned.as_deref().unwrap_or(&[]);
    if pinned.len() != item.schedules.len() {
        return Err(Violation::PinnedCount {
            pinned: pinned.len(),
            file: item.schedules.len(),
        });
    }
    if pinned
        .iter()
        .any(|cron| cron.shortest_interval() < Seconds::minutes(5))
    {
        return Err(Violation::PinnedTooOften);
    }
    let named = item.schedules.iter().zip(pinned).map(|(file, cron)| {
        let cron = if file.cron.fires_like(cron) {
            &file.cron
        } else {
            cron
        };
        Schedule {
            cron: cron.clone(),
            time_zone: file.time_zone,
        }
    });
    Ok(named.collect())
}

fn rebased(item: &Item) -> Result<Vec<Schedule>, Violation> {
    every::rebased(item)
        .map(|other| other.map_or_else(|| item.schedules.clone(), |schedule| vec![schedule]))
}

fn proposed(state: &State) -> Vec<Vec<Schedule>> {
    let schedule = |at: usize| {
        let entry = &state.entries[at];
        entry
            .schedule_at(entry.by)
            .unwrap_or_else(|| entry.base.clone())
    };
    state
        .ranges
        .iter()
        .map(|range| range.clone().map(schedule).collect())
        .collect()
}

fn sorted(items: &[Item]) -> Vec<Item> {
    let mut items = items.to_vec();
    items.sort();
    items.dedup_by(|later, first| later.id == first.id);
    items
}

/// The timetable of nobody.
fn unplanned(pools: &[Pool]) -> Timetable {
    let load = Board::of(pools).load([0; 24]);
    Timetable {
        lines: BTreeMap::<WorkflowId, _>::new(),
        before: load.clone(),
        after: load,
    }
}

//! The words of a plan: from where everything stands to a line for everybody.
//!
//! Owns reasons and actions. It moves nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::board::to_seconds;
use super::check::Fault;
use super::item::Item;
use super::planner::Broken;
use super::reason::{Reason, Violation};
use super::state::{State, needs};
use super::timetable::{Action, Conflict, Impact, Line, Load, Move, Timetable};
use crate::domain::{Percent, Schedule};

/// The confidence below which a person's review is no help either; the same bound as in earlier tools.
const REVIEWABLE: Percent = Percent(50);

/// Writes the timetable.
pub(super) fn timetable(
    state: &State,
    before: Load,
    conflicts: Vec<Vec<Conflict>>,
    mut refusals: BTreeMap<usize, Violation>,
    proposed: Vec<Vec<Schedule>>,
    broken: &Broken,
    held: &BTreeSet<usize>,
) -> Timetable {
    let mut lines = BTreeMap::new();
    for (place, (proposed, conflicts)) in proposed.into_iter().zip(conflicts).enumerate() {
        let item = &state.items[place];
        let moves = moves(item, &proposed);
        let violations = violations(state, place, refusals.remove(&place), broken, &proposed);
        let reasons = if moves.is_empty() {
            vec![why_it_stays(state, place, &conflicts, broken, held)]
        } else {
            why_it_moves(state, place, &conflicts, broken)
        };
        let saved = state.ranges[place]
            .clone()
            .map(|at| state.entries[at].saved)
            .sum();
        let line = Line {
            current: item.schedules.clone(),
            proposed,
            action: action(item, &moves),
            improvement: to_seconds(if moves.is_empty() { 0 } else { saved }),
            moves,
            reasons,
            conflicts,
            violations,
            confidence: item
                .forecast
                .as_ref()
                .map_or(Percent(0), |forecast| forecast.confidence),
            impact: item
                .forecast
                .as_ref()
                .map(|forecast| Impact::of(forecast.duration.p50)),
        };
        lines.insert(item.id.clone(), line);
    }
    Timetable {
        lines,
        before,
        after: state.load(),
    }
}

fn moves(item: &Item, proposed: &[Schedule]) -> Vec<Move> {
    let pairs = item.schedules.iter().zip(proposed).enumerate();
    pairs
        .filter(|(_, (from, to))| from != to)
        .map(|(index, (from, to))| Move {
            index,
            from: from.clone(),
            to: to.clone(),
        })
        .collect()
}

fn action(item: &Item, moves: &[Move]) -> Action {
    if moves.is_empty() {
        return Action::None;
    }
    if item.acts() {
        return Action::Apply;
    }
    match item.forecast.as_ref().map(|forecast| forecast.confidence) {
        Some(confidence) if confidence >= REVIEWABLE => Action::Review,
        _ => Action::NeedsData,
    }
}

/// What a move is for; empty for one that is good for nothing.
pub(super) fn why_it_moves(
    state: &State,
    place: usize,
    conflicts: &[Conflict],
    broken: &Broken,
) -> Vec<Reason> {
    let item = &state.items[place];
    if item.intent.pinned.is_some() {
        return vec![Reason::Pinned];
    }
    let mut reasons = Vec::new();
    if let (Some(to), [only]) = (item.intent.every, item.schedules.as_slice())
        && only.cron.cadence() != to
    {
        reasons.push(Reason::CadenceChanged {
            from: only.cron.cadence(),
            to,
        });
    }
    reasons.extend(
        broken.before[place]
            .difference(&broken.after[place])
            .filter_map(|fault| mended(item, fault)),
    );
    let (waits_still, moves_too): (Vec<usize>, Vec<usize>) = made_way_for(state, place, broken)
        .partition(|other| {
            state.ranges[*other]
                .clone()
                .all(|at| state.entries[at].by == 0)
        });
    let makes_way = |other: usize| Reason::MakesWay {
        id: state.items[other].id.clone(),
    };
    reasons.extend(waits_still.into_iter().map(makes_way));
    let eases = state.ranges[place]
        .clone()
        .any(|at| state.entries[at].eases);
    if eases {
        reasons.push(match conflicts.first() {
            Some(worst) => Reason::Conflicts {
                with: worst.with.clone(),
                overlap: worst.overlap_seconds,
                beyond_capacity: worst.beyond_capacity,
            },
            None => Reason::OthersMove,
        });
    }
    // Where the other moved as well, that may have been enough; nobody says so unless nothing else explains the move.
    if reasons.is_empty() {
        reasons.extend(moves_too.into_iter().map(makes_way));
    }
    reasons.extend(item.forecast.is_none().then_some(Reason::NoForecast));
    reasons
}

/// Those that wait for an item and had to wait longer than they did: their order holds now.
fn made_way_for<'a>(
    state: &'a State,
    place: usize,
    broken: &'a Broken,
) -> impl Iterator<Item = usize> + 'a {
    let fault = Fault::Order {
        id: state.items[place].id.clone(),
    };
    let edges = state.order.touching(place);
    edges
        .filter(move |edge| edge.first == place)
        .map(|edge| edge.waits)
        .filter(move |waits| {
            broken.before[*waits].contains(&fault) && !broken.after[*waits].contains(&fault)
        })
}

fn mended(item: &Item, fault: &Fault) -> Option<Reason> {
    match fault {
        Fault::Window => Some(Reason::OutsideWindow),
        Fault::Deadline => item
            .intent
            .finish_by
            .map(|finish_by| Reason::MissesDeadline { finish_by }),
        Fault::Order { id } => Some(Reason::AfterDependency { id: id.clone() }),
        Fault::Missing
        | Fault::NotMovable
        | Fault::Count
        | Fault::Zone { .. }
        | Fault::Cadence { .. }
        | Fault::Days { .. }
        | Fault::TooOften { .. } => None,
    }
}

fn why_it_stays(
    state: &State,
    place: usize,
    conflicts: &[Conflict],
    broken: &Broken,
    held: &BTreeSet<usize>,
) -> Reason {
    let item = &state.items[place];
    let forgone: u64 = state.ranges[place]
        .clone()
        .map(|at| state.entries[at].forgone)
        .sum();
    if item.schedules.is_empty() {
        Reason::NoSchedule
    } else if !item.movable {
        Reason::NotMovable
    } else if held.contains(&place) {
        Reason::Refuted
    } else if item.intent.pinned.is_some() {
        Reason::AsPinned
    } else if !broken.after[place].is_empty() {
        Reason::NothingBetter
    } else if item.forecast.is_none() {
        Reason::NoForecast
    } else if forgone > 0 || !conflicts.is_empty() {
        Reason::GainTooSmall {
            saved: to_seconds(forgone),
        }
    } else {
        Reason::NoConflict
    }
}

/// The parts of the intent that do not hold, those that can never hold first.
fn violations(
    state: &State,
    place: usize,
    refusal: Option<Violation>,
    broken: &Broken,
    proposed: &[Schedule],
) -> Vec<Violation> {
    let item = &state.items[place];
    let asked = item
        .intent
        .every
        .filter(|_| refusal.is_none() && item.intent.pinned.is_none());
    let cadence = asked
        .filter(|every| {
            proposed
                .iter()
                .any(|schedule| schedule.cron.cadence() != *every)
        })
        .map(|every| Violation::Cadence { every });
    let unknown = state.order.unknown.get(&place).into_iter().flatten();
    let cyclic = state.order.cyclic.get(&place).into_iter().flatten();
    refusal
        .into_iter()
        .chain(cadence)
        .chain(unknown.map(|id| Violation::UnknownDependency { id: id.clone() }))
        .chain(cyclic.map(|id| Violation::OrderCycle { id: id.clone() }))
        .chain(
            broken.after[place]
                .iter()
                .filter_map(|fault| unmended(item, fault)),
        )
        .collect()
}

fn unmended(item: &Item, fault: &Fault) -> Option<Violation> {
    match fault {
        Fault::Window => Some(Violation::Window),
        Fault::Deadline => item.intent.finish_by.map(|finish_by| Violation::Deadline {
            finish_by,
            needs: needs(item),
        }),
        Fault::Order { id } => Some(Violation::Order { id: id.clone() }),
        Fault::Missing
        | Fault::NotMovable
        | Fault::Count
        | Fault::Zone { .. }
        | Fault::Cadence { .. }
        | Fault::Days { .. }
        | Fault::TooOften { .. } => None,
    }
}

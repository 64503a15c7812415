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

fn why_it_moves(
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
    for edge in state
        .order
        .touching(place)
        .filter(|edge| edge.first == place)
    {
        let fault = Fault::Order {
            id: item.id.clone(),
        };
        let mended = broken.before[edge.waits].contains(&fault)
            && !broken.after[edge.waits].contains(&fault);
        let other_stays = state.ranges[edge.waits]
            .clone()
            .all(|at| state.entries[at].by == 0);
        reasons.extend((mended && other_stays).then(|| Reason::MakesWay {
            id: state.items[edge.waits].id.clone(),
        }));
    }
    // A move that mends nothing was made for the overlap, even where it is kept for a peak's sake alone.
    let eases = reasons.is_empty()
        || state.ranges[place]
            .clone()
            .any(|at| state.entries[at].saved > 0);
    if let (Some(worst), true) = (conflicts.first(), eases) {
        reasons.push(Reason::Conflicts {
            with: worst.with.clone(),
            overlap: worst.overlap_seconds,
        });
    }
    reasons.extend(item.forecast.is_none().then_some(Reason::NoForecast));
    reasons
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

//! Who waits for whom.
//!
//! Owns the graph of `after`: what of it can hold at all, and whether it holds for given fires.

use std::collections::{BTreeMap, BTreeSet};

use super::allowed::day_start;
use super::item::Item;
use super::occupancy::p90_end;
use super::week::{DAY, WEEK, local_minute, offset_minutes};
use crate::domain::{Seconds, TimeZone, Timestamp, WorkflowId};

/// One wait that can hold: both workflows exist and no circle runs through it.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    /// The place of the workflow that waits.
    pub(super) waits: usize,
    /// The place of the workflow that is waited for.
    pub(super) first: usize,
    /// From the first fire of the one to the first fire of the other.
    pub(super) gap_minutes: u32,
    zone: TimeZone,
    day_start: u32,
}

/// The graph, with what of it cannot hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    /// The waits that can hold.
    pub(super) edges: Vec<Edge>,
    /// Per place, the workflows that are not known.
    pub(super) unknown: BTreeMap<usize, Vec<WorkflowId>>,
    /// Per place, the workflows that wait for it in turn.
    pub(super) cyclic: BTreeMap<usize, Vec<WorkflowId>>,
    /// Every place, those that are waited for first.
    pub(super) sequence: Vec<usize>,
    incident: Vec<Vec<usize>>,
}

impl Order {
    /// Reads the graph of items that are sorted by id.
    pub(super) fn of(items: &[Item]) -> Self {
        let places: BTreeMap<&WorkflowId, usize> = items
            .iter()
            .enumerate()
            .map(|(at, item)| (&item.id, at))
            .collect();
        let mut order = Self {
            incident: vec![Vec::new(); items.len()],
            ..Self::default()
        };
        let mut known = Vec::new();
        for (waits, item) in items.iter().enumerate() {
            for after in &item.intent.after {
                match places.get(&after.id) {
                    Some(&first) => known.push(edge(items, waits, first, after.slack)),
                    None => order
                        .unknown
                        .entry(waits)
                        .or_default()
                        .push(after.id.clone()),
                }
            }
        }
        let (sequence, circular) = sorted(items.len(), &known);
        order.sequence = sequence;
        for edge in known {
            // What a circle only leads to can still hold: only waits between members of circles are dropped.
            if circular.contains(&edge.waits) && circular.contains(&edge.first) {
                order
                    .cyclic
                    .entry(edge.waits)
                    .or_default()
                    .push(items[edge.first].id.clone());
            } else {
                order.incident[edge.waits].push(order.edges.len());
                order.incident[edge.first].push(order.edges.len());
                order.edges.push(edge);
            }
        }
        order
    }

    /// The waits that a workflow is part of.
    pub(super) fn touching(&self, place: usize) -> impl Iterator<Item = &Edge> {
        self.incident[place].iter().map(|edge| &self.edges[*edge])
    }
}

impl Edge {
    /// Whether the wait holds for fires given as minutes after a Monday, 00:00 UTC.
    pub(super) fn holds_on_grid(
        &self,
        monday: Timestamp,
        waits: impl Iterator<Item = u32>,
        first: impl Iterator<Item = u32>,
    ) -> bool {
        let ahead = offset_minutes(self.zone, monday);
        let local = |minute: u32| {
            (minute.cast_signed() + ahead)
                .rem_euclid(WEEK.cast_signed())
                .cast_unsigned()
        };
        self.holds(waits.map(local), first.map(local))
    }

    /// Whether the wait holds for real fires of one week.
    pub(super) fn holds_for(&self, waits: &[Timestamp], first: &[Timestamp]) -> bool {
        let local = |at: &Timestamp| local_minute(*at, self.zone);
        self.holds(waits.iter().map(local), first.iter().map(local))
    }

    fn holds(&self, waits: impl Iterator<Item = u32>, first: impl Iterator<Item = u32>) -> bool {
        let (waits, first) = (self.first_by_day(waits), self.first_by_day(first));
        waits.iter().zip(first).all(|(waits, first)| {
            waits
                .zip(first)
                .is_none_or(|(waits, first)| waits >= first.saturating_add(self.gap_minutes))
        })
    }

    /// The day's first fire, as minutes after the day began.
    fn first_by_day(&self, local_minutes: impl Iterator<Item = u32>) -> [Option<u32>; 7] {
        let mut days = [None; 7];
        for minute in local_minutes {
            let minute = (minute + WEEK - self.day_start) % WEEK;
            let first: &mut Option<u32> = &mut days[(minute / DAY) as usize];
            *first = Some(first.map_or(minute % DAY, |earlier| earlier.min(minute % DAY)));
        }
        days
    }
}

fn edge(items: &[Item], waits: usize, first: usize, slack: Seconds) -> Edge {
    let intent = &items[waits].intent;
    let end = items[first]
        .forecast
        .as_ref()
        .map_or(Seconds::ZERO, p90_end);
    Edge {
        waits,
        first,
        gap_minutes: u32::try_from(end.saturating_add(slack).0.div_ceil(60)).unwrap_or(u32::MAX),
        zone: intent.time_zone.unwrap_or_default(),
        day_start: day_start(intent),
    }
}

/// Places in an order in which nobody comes before whom they wait for, and the places that lie on circles.
///
/// Kahn's algorithm from both ends: what remains when sources and sinks are peeled off lies on circles or between
/// them.
fn sorted(places: usize, edges: &[Edge]) -> (Vec<usize>, BTreeSet<usize>) {
    let forward = peel(places, edges, |edge| (edge.first, edge.waits));
    let backward = peel(places, edges, |edge| (edge.waits, edge.first));
    let peeled: BTreeSet<usize> = forward.iter().chain(&backward).copied().collect();
    let circular: BTreeSet<usize> = (0..places)
        .filter(|place| !peeled.contains(place))
        .collect();
    let mut sequence = forward;
    let seen: BTreeSet<usize> = sequence.iter().copied().collect();
    sequence.extend(circular.iter().copied());
    sequence.extend(
        backward
            .into_iter()
            .rev()
            .filter(|place| !seen.contains(place)),
    );
    (sequence, circular)
}

fn peel(places: usize, edges: &[Edge], ends: impl Fn(&Edge) -> (usize, usize)) -> Vec<usize> {
    let mut waiting = vec![0_usize; places];
    let mut next = vec![Vec::new(); places];
    for (from, to) in edges.iter().map(ends) {
        waiting[to] += 1;
        next[from].push(to);
    }
    let mut ready: BTreeSet<usize> = (0..places).filter(|place| waiting[*place] == 0).collect();
    let mut sequence = Vec::new();
    while let Some(place) = ready.pop_first() {
        sequence.push(place);
        for &to in &next[place] {
            waiting[to] -= 1;
            if waiting[to] == 0 {
                ready.insert(to);
            }
        }
    }
    sequence
}

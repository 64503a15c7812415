//! How much of each slot after its fire a run is expected to want a runner.
//!
//! Owns the step from a forecast to a load. Units are whole, so that sums do not depend on their order. The time that
//! runs wait is no part of it: they wait because of the crowd that they start in, and leave the wait behind with it.

use std::collections::BTreeMap;

use super::week::{SLOT_MINUTES, SLOT_SECONDS, SLOTS};
use crate::domain::{Forecast, Quantiles, Seconds};

/// How many equally likely runs stand for a forecast.
const RUNS: usize = 5;

/// What one job that is surely there for a whole slot adds to it: a fifth of a second for each run and second.
pub(super) const FULL: u64 = RUNS as u64 * SLOT_SECONDS;

/// The order in which lengths are paired with latenesses, so that a late run is not always a long one.
///
/// A Latin hypercube sample (`McKay`, Beckman and Conover 1979): each fifth of either range occurs once.
const PAIRING: [usize; RUNS] = [2, 4, 1, 3, 0];

/// The longest span that one run may hold: the week itself.
const LONGEST_SECONDS: u64 = SLOTS as u64 * SLOT_SECONDS;

/// The expected presence of one run, by the minute in its slot at which it fires.
#[derive(Clone, Debug)]
pub(super) struct Presence([Vec<(usize, u64)>; SLOT_MINUTES as usize]);

impl Presence {
    /// Spreads a forecast over the slots after the fire.
    pub(super) fn of(forecast: &Forecast) -> Self {
        Self(std::array::from_fn(|minute| {
            spread(forecast, minute as u64 * 60)
        }))
    }

    /// Slots after that of the fire, with units, for a fire at this minute of the week.
    pub(super) fn after(&self, minute: u32) -> &[(usize, u64)] {
        &self.0[(minute % SLOT_MINUTES) as usize]
    }
    /// The slots from that of the fire to the last that a run can hold.
    pub(super) fn slots(&self) -> usize {
        self.0
            .iter()
            .flatten()
            .map(|(slot, _)| slot + 1)
            .max()
            .unwrap_or(0)
    }
}

/// From the fire to the end that nine in ten runs keep, taken part by part: a cautious bound.
pub(super) fn p90_end(forecast: &Forecast) -> Seconds {
    forecast
        .lateness
        .p90
        .saturating_add(forecast.queue.p90)
        .saturating_add(forecast.duration.p90)
}

fn spread(forecast: &Forecast, into_slot: u64) -> Vec<(usize, u64)> {
    let (late, duration) = (fifths(forecast.lateness), fifths(forecast.duration));
    let mut units = BTreeMap::new();
    for (run, pair) in PAIRING.into_iter().enumerate() {
        let start = into_slot + late[run];
        let end = start + duration[pair].clamp(1, LONGEST_SECONDS);
        for slot in start / SLOT_SECONDS..=(end - 1) / SLOT_SECONDS {
            let from = start.max(slot * SLOT_SECONDS);
            let to = end.min((slot + 1) * SLOT_SECONDS);
            *units.entry((slot % SLOTS as u64) as usize).or_default() += to - from;
        }
    }
    units.into_iter().collect()
}

/// The middles of the five fifths of a span, read off a straight line through p50 and p90.
fn fifths(span: Quantiles) -> [u64; RUNS] {
    let middle = span.p50.0.min(LONGEST_SECONDS);
    let reach = span.p90.0.min(LONGEST_SECONDS).saturating_sub(middle);
    [
        middle.saturating_sub(reach),
        middle.saturating_sub(reach / 2),
        middle,
        middle + reach / 2,
        middle + reach,
    ]
}

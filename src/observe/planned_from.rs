//! What a timetable was planned from, and when what is known by now calls for another one.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{domain::Timestamp, plan::Item};

/// How long a timetable stays in force while nothing but forecasts change: they move a little with every run, and a plan
/// that moves with them is one that nobody can act on.
const FORECASTS_MAY_WAIT: TimeDelta = TimeDelta::hours(24);
/// How long while workflows got their first forecast, or lost it: in a large fleet one does every few minutes, and nothing
/// is proposed by a first forecast alone.
const FIRST_FORECASTS_MAY_WAIT: TimeDelta = TimeDelta::hours(1);

/// What a timetable was planned from, and when.
///
/// Hashes are compared with those of the same program only; another one's differ, and it plans anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PlannedFrom {
    /// Everything but what forecasts say, and whether there are any.
    structure: u64,
    /// Which workflows have a forecast.
    #[serde(default)]
    forecast: u64,
    /// Everything.
    everything: u64,
    at: Timestamp,
}

impl PlannedFrom {
    /// What these items are.
    pub(super) fn of(items: &[Item], at: Timestamp) -> Self {
        let mut structure = DefaultHasher::new();
        let mut forecast = DefaultHasher::new();
        let mut everything = DefaultHasher::new();
        for item in items {
            (&item.id, &item.schedules, &item.intent, item.movable).hash(&mut structure);
            item.forecast.is_some().hash(&mut forecast);
            // Forecasts carry the instant at which they were made, which is no news by itself.
            let said = item
                .forecast
                .as_ref()
                .map(|said| (said.duration, said.lateness, said.queue, said.confidence));
            (said, &item.jobs).hash(&mut everything);
        }
        let structure = structure.finish();
        structure.hash(&mut everything);
        Self {
            structure,
            forecast: forecast.finish(),
            everything: everything.finish(),
            at,
        }
    }

    /// Whether the items of the present are to be planned anew: they are others, or are to be otherwise; or only their
    /// forecasts have changed, for long enough.
    pub(super) fn calls_for_another(self, present: Self) -> bool {
        let since = |wait| present.at >= self.at + wait;
        self.structure != present.structure
            || (self.forecast != present.forecast && since(FIRST_FORECASTS_MAY_WAIT))
            || (self.everything != present.everything && since(FORECASTS_MAY_WAIT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: PlannedFrom = PlannedFrom {
        structure: 1,
        forecast: 1,
        everything: 1,
        at: Timestamp::UNIX_EPOCH,
    };

    #[test]
    fn other_workflows_are_planned_at_once_first_forecasts_within_the_hour_and_moved_ones_within_the_day()
     {
        let waits = |change: fn(&mut PlannedFrom)| {
            let minutes = [0, 59, 60, 1_439, 1_440];
            minutes.map(|minutes| {
                let mut present = PlannedFrom {
                    at: BEFORE.at + TimeDelta::minutes(minutes),
                    ..BEFORE
                };
                change(&mut present);
                BEFORE.calls_for_another(present)
            })
        };
        assert_eq!(waits(|_| {}), [false; 5]);
        assert_eq!(waits(|present| present.structure = 2), [true; 5]);
        let first = |present: &mut PlannedFrom| (present.forecast, present.everything) = (2, 2);
        assert_eq!(waits(first), [false, false, true, true, true]);
        let moved = |present: &mut PlannedFrom| present.everything = 2;
        assert_eq!(waits(moved), [false, false, false, false, true]);
    }
}

//! What a forecast says: of each hour and of each day, the most jobs at once, with a band.

use serde::Serialize;

use crate::domain::Timestamp;

/// The most jobs at once, as quantiles. Invariant kept by its makers: `p10 <= p50 <= p90`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Band {
    /// One in ten comes to at most so many.
    pub p10: u32,
    /// Half come to at most so many.
    pub p50: u32,
    /// Nine in ten come to at most so many.
    pub p90: u32,
}

/// An hour to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Hour {
    /// When it begins.
    pub begins: Timestamp,
    /// The most jobs at once in it.
    pub jobs: Band,
    /// The minutes of all its jobs together that are expected; sixty are one runner that is busy all the time.
    pub expected_job_minutes: u32,
}

/// A day to come, in UTC; of the first one what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Day {
    /// When it begins.
    pub begins: Timestamp,
    /// The most jobs at once in any of its hours.
    pub jobs: Band,
    /// How many past days it was made from; none where it rests on crons alone.
    pub like_days: u32,
}

/// What is to come of some runners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PoolLoad {
    /// Which runners.
    pub pool: String,
    /// Its hours, in order.
    pub hours: Vec<Hour>,
    /// Its days, in order.
    pub days: Vec<Day>,
}

/// Something that may come, and how much it counts.
pub(super) type Weighted = (u32, f64);

impl Band {
    /// The quantiles of what may come: each is one of the values.
    pub(super) fn of(values: &mut [Weighted]) -> Self {
        values.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let total: f64 = values.iter().map(|(_, weight)| weight).sum();
        let at = |share: f64| {
            let mut below = 0.0;
            let reached = values.iter().find(|(_, weight)| {
                below += weight;
                below >= total * share
            });
            reached.or(values.last()).map_or(0, |(value, _)| *value)
        };
        Self {
            p10: at(0.1),
            p50: at(0.5),
            p90: at(0.9),
        }
    }
}

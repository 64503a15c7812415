//! From workloads to the load of every pool.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde::Serialize;

use super::{band::PoolLoad, coming::Fires, days::midnight, pool::Pool, workload::Workload};
use crate::domain::Timestamp;

/// Which hours are forecast, and from what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// Since when runs are known.
    pub since: Timestamp,
    /// The present: nothing that ended after it is used, and its hour is the first one.
    pub now: Timestamp,
    /// How many hours are forecast, up to those of a year.
    pub hours: u32,
}

/// The hours that are forecast at most: those of a year, of which nobody knows as much.
const MOST_HOURS: u32 = 366 * 24;

impl Horizon {
    /// When the first of the hours begins.
    #[must_use]
    pub fn begins(&self) -> Timestamp {
        self.now - TimeDelta::seconds(self.now.timestamp().rem_euclid(3_600))
    }

    pub(super) fn ends(&self) -> Timestamp {
        self.begins() + TimeDelta::hours(i64::from(self.hours.min(MOST_HOURS)))
    }

    /// How many days the hours reach into.
    pub(super) fn days(&self) -> i64 {
        let reach = self.ends() - midnight(self.now);
        (reach + TimeDelta::days(1) - TimeDelta::seconds(1)).num_days()
    }
}

/// What is to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoadForecast {
    /// All runners together.
    pub all: PoolLoad,
    /// Those of each kind, by name.
    pub pools: Vec<PoolLoad>,
}

/// What all runners together are called.
const ALL: &str = "all runners";

/// Forecasts how many jobs want a runner at once, on every kind of runner and on all of them together.
#[must_use]
pub fn forecast(workloads: &[Workload], horizon: &Horizon) -> LoadForecast {
    let jobs = || workloads.iter().flat_map(|workload| &workload.jobs);
    let names: BTreeSet<&str> = jobs().map(|job| job.pool.as_str()).collect();
    let fires = fires(workloads, horizon);
    let of = |pool: Option<&str>| {
        let name = pool.unwrap_or(ALL).to_owned();
        Pool::of(workloads, &fires, pool, horizon).load(name, horizon)
    };
    LoadForecast {
        all: of(None),
        pools: names.into_iter().map(|name| of(Some(name))).collect(),
    }
}

fn fires<'a>(workloads: &'a [Workload], horizon: &Horizon) -> Vec<Option<Fires<'a>>> {
    let from = midnight(horizon.now);
    let until = from + TimeDelta::days(horizon.days());
    let fires = |workload| Fires::of(workload, horizon.now, from, until);
    workloads.iter().map(fires).collect()
}

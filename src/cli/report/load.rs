//! The week that follows the newest timetable: how many jobs will want each kind of runner at once, at most.
//!
//! It begins with the timetable and not with the present, so that equal stores give equal reports.

use serde::Serialize;

use crate::{
    cli::page::Content,
    domain::Timestamp,
    report::{Inventory, LoadAhead, PoolAhead, Report, words::or_dash},
};

/// Hours of a week.
pub(super) const WEEK: u32 = 168;

/// A report with the load that follows it.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    #[serde(flatten)]
    pub(super) report: &'a Report,
    /// Of each kind of runner, all of them together first.
    pub(super) load: Vec<Fullest>,
}

/// The fullest hour of the week on some runners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Fullest {
    runners: String,
    capacity: Option<u32>,
    /// The hour with the largest p90; the first of several. None without load.
    begins: Option<Timestamp>,
    p50: u32,
    p90: u32,
    /// The largest p90 of any hour after every move.
    p90_after: u32,
    /// In how many hours the p90 is more than the runners can do.
    full_hours: usize,
    /// The same after every move.
    full_hours_after: usize,
}

/// When the newest timetable was made.
pub(super) fn begins(inventory: &Inventory) -> Option<Timestamp> {
    inventory
        .planned
        .iter()
        .map(|planned| planned.made_at)
        .max()
}

/// The fullest hours of a load.
pub(super) fn fullest(load: &LoadAhead) -> Vec<Fullest> {
    let of = |pool: &PoolAhead| {
        let by_p90 =
            |hour: &&crate::report::HourAhead| (hour.jobs.p90, std::cmp::Reverse(hour.begins));
        let fullest = pool.hours.iter().max_by_key(by_p90);
        let fullest = fullest.filter(|hour| hour.jobs.p90 > 0);
        let after = pool.hours.iter().map(|hour| hour.jobs_after.p90);
        Fullest {
            runners: pool.pool.clone(),
            capacity: pool.capacity,
            begins: fullest.map(|hour| hour.begins),
            p50: fullest.map_or(0, |hour| hour.jobs.p50),
            p90: fullest.map_or(0, |hour| hour.jobs.p90),
            p90_after: after.max().unwrap_or(0),
            full_hours: pool.hours.iter().filter(|hour| hour.is_full).count(),
            full_hours_after: pool.hours.iter().filter(|hour| hour.is_full_after).count(),
        }
    };
    load.pools.iter().map(of).collect()
}

/// They as a table.
pub(super) fn table(load: &[Fullest]) -> Content {
    let row = |one: &Fullest| {
        vec![
            one.runners.clone(),
            or_dash(one.capacity),
            or_dash(one.begins.map(|at| at.format("%a %m-%d %H:%M"))),
            one.p50.to_string(),
            one.p90.to_string(),
            one.p90_after.to_string(),
            one.full_hours.to_string(),
            one.full_hours_after.to_string(),
        ]
    };
    Content::Table {
        header: vec![
            "runners",
            ">capacity",
            "fullest hour",
            ">p50",
            ">p90",
            ">p90 after",
            ">hours full",
            ">after",
        ],
        rows: load.iter().map(row).collect(),
    }
}

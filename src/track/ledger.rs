//! The ledger: every fire that a workflow's crons implied, with what became of it.
//!
//! GitHub never says which fire a run serves, so the ledger infers it, by one rule:
//!
//! 1. A run can serve a fire if it was created at or after it and at most [`HORIZON`] later.
//! 2. Runs are taken from the latest to the earliest, and each serves the latest fire that it can and that none serves yet.
//! 3. A fire that none serves is *coalesced* into the first run created at or after it, if that came within [`COALESCING`];
//!    else it is *pending* until the horizon has passed, and then *missed*.
//!
//! Since all runs reach equally far back, rule 2 keeps the order of fires and serves as many fires as any assignment could;
//! among the fires that could be served it prefers the late ones, because late fires coalesce rather than queue up.
//!
//! Caveat: a run that is late by more than the cadence looks like a punctual run of a later fire, and the fire it was meant
//! for like a coalesced or missed one. No rule could tell; for a workflow both amount to the same runs at the same times.
//!
//! Invariants: one entry a fire, in order; a run serves at most one fire; nothing is served before it fires; another run
//! never takes a served fire's service away (it can only push earlier runs to earlier fires).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Delivery, Fire, Run, RunId, Schedule, Seconds, Timestamp};

/// The lateness that still counts as on time.
///
/// Three times the shortest interval that GitHub allows, and a quarter of the median lateness of public fires in a good
/// month (56 minutes): what lies below is the scheduler's ordinary breathing.
pub const TOLERANCE: Seconds = Seconds::minutes(15);

/// How long after a fire its run can still be expected.
///
/// The latest of 142 public fires came after 8.3 hours (p99 7.9 hours); twelve leave half as much again, and stay below the
/// cadence of a daily cron, so that the next day's run is never taken for today's.
pub const HORIZON: Seconds = Seconds::hours(12);

/// How long after a fire another fire's run can stand for it.
///
/// Crons of every five minutes were seen to be delivered once in two to three hours, one run for all fires between.
pub const COALESCING: Seconds = Seconds::hours(3);

/// Lists the fires after `from` up to `now`, each with what became of it.
///
/// The schedules are those in force since `from`; fires that several of them share are one. Runs of other events, later
/// attempts' copies, runs created after `now` and runs in any order are taken as they come.
#[must_use]
pub fn ledger(
    schedules: &[Schedule],
    from: Timestamp,
    runs: &[Run],
    now: Timestamp,
) -> Vec<(Fire, Delivery)> {
    deliveries(&fires(schedules, from, now), &starts(runs, now), now)
}

/// A scheduled run, reduced to when it was created and which it is.
type Start = (Timestamp, RunId);

fn fires(schedules: &[Schedule], from: Timestamp, now: Timestamp) -> Vec<Timestamp> {
    let each = schedules
        .iter()
        .flat_map(|schedule| schedule.fires(from).take_while(|at| *at <= now));
    each.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The scheduled runs in order of creation, one a run whatever its attempts.
fn starts(runs: &[Run], now: Timestamp) -> Vec<Start> {
    let mut first: BTreeMap<RunId, Timestamp> = BTreeMap::new();
    for run in runs
        .iter()
        .filter(|run| run.is_scheduled() && run.created_at <= now)
    {
        let created = first.entry(run.id).or_insert(run.created_at);
        *created = run.created_at.min(*created);
    }
    let mut starts: Vec<Start> = first
        .into_iter()
        .map(|(id, created)| (created, id))
        .collect();
    starts.sort_unstable();
    starts
}

/// The rule, for fires and starts that ascend.
fn deliveries(fires: &[Timestamp], starts: &[Start], now: Timestamp) -> Vec<(Fire, Delivery)> {
    let served = assign(fires, starts);
    let delivery = |at: Timestamp| {
        served
            .get(&at)
            .map_or_else(|| unserved(at, starts, now), |start| own_run(at, start))
    };
    fires
        .iter()
        .map(|at| (Fire { at: *at }, delivery(*at)))
        .collect()
}

/// Rule 2. What a start leaves to the earlier ones lies below the fire that it took.
fn assign(fires: &[Timestamp], starts: &[Start]) -> BTreeMap<Timestamp, Start> {
    let (mut served, mut left) = (BTreeMap::new(), fires.len());
    for start in starts.iter().rev() {
        let reachable = fires.partition_point(|at| *at <= start.0).min(left);
        let latest = reachable.checked_sub(1).map(|index| (index, fires[index]));
        if let Some((index, at)) =
            latest.filter(|(_, at)| Seconds::between(*at, start.0) <= HORIZON)
        {
            served.insert(at, *start);
            left = index;
        }
    }
    served
}

fn own_run(at: Timestamp, (created, run): &Start) -> Delivery {
    let (run, lateness) = (*run, Seconds::between(at, *created));
    if lateness <= TOLERANCE {
        Delivery::OnTime { run, lateness }
    } else {
        Delivery::Late { run, lateness }
    }
}

/// Rule 3. The first run after an unserved fire serves a later one, else it would have served this one.
fn unserved(at: Timestamp, starts: &[Start], now: Timestamp) -> Delivery {
    let next = starts.get(starts.partition_point(|(created, _)| *created < at));
    match next {
        Some((created, run)) if Seconds::between(at, *created) <= COALESCING => {
            Delivery::Coalesced { run: *run }
        }
        _ if Seconds::between(at, now) <= HORIZON => Delivery::Pending,
        _ => Delivery::Missed,
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;

//! The linter of plans: what must hold of every timetable, asked of real fires and of the files' own text.
//!
//! Owns the list of promises. It shares the meaning of windows, deadlines and order with the planner and nothing
//! else: not its grid, not its shifts, not its week.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::allowed::Allowed;
use super::item::Item;
use super::order::Order;
use super::state::needs;
use super::timetable::Timetable;
use super::week::{fires, local_minute, monday, weeks_of_the_year};
use crate::domain::{Cron, Schedule, Seconds, TimeZone, Timestamp, WorkflowId};

/// The shortest interval that GitHub serves; its documentation of `on.schedule` says so.
const SHORTEST_INTERVAL: Seconds = Seconds::minutes(5);

/// One promise that a timetable breaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// The workflow whose line breaks it.
    pub id: WorkflowId,
    /// What is broken.
    pub fault: Fault,
}

/// What can be wrong with a line.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::IntoStaticStr,
)]
pub enum Fault {
    /// The timetable has no line for the workflow.
    Missing,
    /// It moves although it must not.
    NotMovable,
    /// Schedules were added or removed.
    Count,
    /// A time zone changed.
    Zone {
        /// Which schedule.
        index: usize,
    },
    /// A cadence changed that nobody asked to change, or is not the one asked for.
    Cadence {
        /// Which schedule.
        index: usize,
    },
    /// The days on which it fires changed.
    Days {
        /// Which schedule.
        index: usize,
    },
    /// It fires more often than GitHub serves, and did not before.
    TooOften {
        /// Which schedule.
        index: usize,
    },
    /// It fires outside the windows on some day of the year.
    Window,
    /// It may end after the deadline on some day of the year.
    Deadline,
    /// It does not wait for another workflow.
    Order {
        /// The workflow to wait for.
        id: WorkflowId,
    },
}

/// Checks a timetable against the items it was made from.
///
/// # Guarantees
/// Empty for every timetable of [`super::plan`], except for windows, deadlines and orders that the files break today
/// and that no move could mend; the lines name those as violations.
#[must_use]
pub fn check(items: &[Item], timetable: &Timetable, now: Timestamp) -> Vec<Finding> {
    let items: BTreeMap<&WorkflowId, &Item> = items.iter().map(|item| (&item.id, item)).collect();
    let items: Vec<Item> = items.into_values().cloned().collect();
    let proposed: Vec<Option<&[Schedule]>> = items
        .iter()
        .map(|item| {
            timetable
                .lines
                .get(&item.id)
                .map(|line| line.proposed.as_slice())
        })
        .collect();
    let present: Vec<&[Schedule]> = proposed
        .iter()
        .map(|schedules| schedules.unwrap_or(&[]))
        .collect();
    let broken = broken_intents(&items, &present, now);
    let mut findings = Vec::new();
    for ((item, schedules), broken) in items.iter().zip(proposed).zip(broken) {
        let shape = schedules.map_or_else(
            || vec![Fault::Missing],
            |schedules| broken_shape(item, schedules),
        );
        findings.extend(shape.into_iter().chain(broken).map(|fault| Finding {
            id: item.id.clone(),
            fault,
        }));
    }
    findings
}

/// A promise about one schedule: before, after, whose.
type Promise = fn(&Item, &Schedule, &Schedule, usize) -> Option<Fault>;

/// What must hold of each schedule that changes, the most basic first.
const PROMISES: [Promise; 5] = [
    // Nobody moves what its owner, its mode or its file keeps in place.
    |item, _, _, _| (!item.movable).then_some(Fault::NotMovable),
    // A time zone is a decision of people.
    |_, before, after, index| {
        (before.time_zone != after.time_zone).then_some(Fault::Zone { index })
    },
    // What GitHub would not serve as written is not written.
    |_, before, after, index| {
        let interval = after.cron.shortest_interval();
        (interval < SHORTEST_INTERVAL.min(before.cron.shortest_interval()))
            .then_some(Fault::TooOften { index })
    },
    // The cadence stays, unless the intent names another one or the crons themselves.
    |item, before, after, index| {
        let wanted = item.intent.every.unwrap_or_else(|| before.cron.cadence());
        (item.intent.pinned.is_none() && after.cron.cadence() != wanted)
            .then_some(Fault::Cadence { index })
    },
    // So do the days and the number of fires.
    |item, before, after, index| {
        let asked = item.intent.pinned.is_some()
            || item
                .intent
                .every
                .is_some_and(|every| every != before.cron.cadence());
        let same = days(&before.cron) == days(&after.cron)
            && fires_a_day(&before.cron) == fires_a_day(&after.cron);
        (!asked && !same).then_some(Fault::Days { index })
    },
];

/// What a line's change does to its shape.
pub(super) fn broken_shape(item: &Item, proposed: &[Schedule]) -> Vec<Fault> {
    if proposed.len() != item.schedules.len() {
        return vec![Fault::Count];
    }
    let pairs = item.schedules.iter().zip(proposed).enumerate();
    let changed = pairs.filter(|(_, (before, after))| before != after);
    changed
        .flat_map(|(index, (before, after))| {
            PROMISES
                .iter()
                .filter_map(move |promise| promise(item, before, after, index))
        })
        .collect()
}

/// Per item, the windows, deadlines and orders that its schedules break on some day of the year.
pub(super) fn broken_intents(
    items: &[Item],
    schedules: &[&[Schedule]],
    now: Timestamp,
) -> Vec<BTreeSet<Fault>> {
    let start = monday(now);
    let mut broken: Vec<BTreeSet<Fault>> = items
        .iter()
        .zip(schedules)
        .map(|(item, schedules)| {
            let allowed = Allowed::of(&item.intent, needs(item));
            schedules
                .iter()
                .flat_map(|schedule| broken_times(item, &allowed, schedule, start))
                .collect()
        })
        .collect();
    let order = Order::of(items);
    for edge in &order.edges {
        let both = [schedules[edge.waits], schedules[edge.first]];
        let zones = both
            .iter()
            .copied()
            .flatten()
            .map(|schedule| schedule.time_zone);
        let zones = zones
            .chain([items[edge.waits].intent.time_zone.unwrap_or_default()])
            .collect();
        let in_week = |of: &[Schedule], week| -> Vec<Timestamp> {
            of.iter()
                .flat_map(|schedule| fires(schedule, week).collect::<Vec<_>>())
                .collect()
        };
        let holds =
            |week: Timestamp| edge.holds_for(&in_week(both[0], week), &in_week(both[1], week));
        if !weeks_of_the_year(&zones, start, false)
            .into_iter()
            .all(holds)
        {
            broken[edge.waits].insert(Fault::Order {
                id: items[edge.first].id.clone(),
            });
        }
    }
    broken
}

/// Whether a schedule keeps windows and deadline on every day of the year.
pub(super) fn holds_all_year(
    item: &Item,
    allowed: &Allowed,
    schedule: &Schedule,
    start: Timestamp,
) -> bool {
    broken_times(item, allowed, schedule, start).is_empty()
}

fn broken_times(
    item: &Item,
    allowed: &Allowed,
    schedule: &Schedule,
    start: Timestamp,
) -> BTreeSet<Fault> {
    let mut broken = BTreeSet::new();
    if allowed.is_everything() {
        return broken;
    }
    let zone = item.intent.time_zone.unwrap_or_default();
    let zones: BTreeSet<TimeZone> = BTreeSet::from([zone, schedule.time_zone]);
    let weekly = schedule.cron.cadence() <= Seconds::days(7);
    let (minutes, hours) = (schedule.cron.minutes(), schedule.cron.hours());
    for week in weeks_of_the_year(&zones, start, !weekly) {
        // A civil time that the clock skips is served later; that is the day's fault, not the plan's.
        for at in fires(schedule, week)
            .filter(|at| is_as_written(*at, schedule.time_zone, &minutes, &hours))
        {
            let minute = local_minute(at, zone);
            broken.extend((!allowed.in_window(minute)).then_some(Fault::Window));
            broken.extend((!allowed.in_time(minute)).then_some(Fault::Deadline));
        }
    }
    broken
}

fn is_as_written(at: Timestamp, zone: TimeZone, minutes: &[u8], hours: &[u8]) -> bool {
    let minute = local_minute(at, zone);
    let has =
        |numbers: &[u8], number: u32| numbers.iter().any(|listed| u32::from(*listed) == number);
    has(minutes, minute % 60) && has(hours, minute / 60 % 24)
}

fn days(cron: &Cron) -> Option<&str> {
    cron.as_str().splitn(3, ' ').nth(2)
}

fn fires_a_day(cron: &Cron) -> usize {
    cron.minutes().len() * cron.hours().len()
}

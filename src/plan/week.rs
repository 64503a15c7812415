//! The reference week: the cycle on which loads are compared, and the weeks of a year that can differ from it.
//!
//! Owns the five-minute grid. A week is the shortest span after which most crons repeat.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveTime, Offset, TimeDelta, TimeZone as _, Timelike};

use crate::domain::{Schedule, TimeZone, Timestamp};

/// The width of a slot: GitHub's shortest interval between two fires.
pub(super) const SLOT_SECONDS: u64 = 300;

/// Minutes of a slot.
pub(super) const SLOT_MINUTES: u32 = 5;

/// Slots of a week.
pub(super) const SLOTS: usize = 2_016;

/// Minutes of a day.
pub(super) const DAY: u32 = 1_440;

/// Minutes of a week.
pub(super) const WEEK: u32 = 7 * DAY;

/// The first Monday, 00:00 UTC, that does not lie before an instant.
pub(super) fn monday(now: Timestamp) -> Timestamp {
    let midnight = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    let days = i64::from(midnight.weekday().num_days_from_monday());
    let this = midnight
        .checked_sub_signed(TimeDelta::days(days))
        .unwrap_or(midnight);
    if this == now {
        this
    } else {
        this.checked_add_signed(TimeDelta::days(7)).unwrap_or(this)
    }
}

/// The fires of one week as instants.
pub(super) fn fires(schedule: &Schedule, start: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
    let end = start + TimeDelta::days(7);
    schedule
        .fires(start - TimeDelta::seconds(1))
        .take_while(move |at| *at < end)
}

/// The fires of one week as minutes after its start.
pub(super) fn fire_minutes(schedule: &Schedule, start: Timestamp) -> Vec<u32> {
    fires(schedule, start)
        .filter_map(|at| u32::try_from((at - start).num_minutes()).ok())
        .collect()
}

/// How far a zone's clock is ahead of UTC.
pub(super) fn offset_minutes(zone: TimeZone, at: Timestamp) -> i32 {
    zone.0
        .offset_from_utc_datetime(&at.naive_utc())
        .fix()
        .local_minus_utc()
        / 60
}

/// The local minute of the week, zero on Monday at midnight.
pub(super) fn local_minute(at: Timestamp, zone: TimeZone) -> u32 {
    let local = at.with_timezone(&zone.0);
    local.weekday().num_days_from_monday() * DAY + local.hour() * 60 + local.minute()
}

/// The starts of the weeks that stand for the year after a Monday.
///
/// Between two changes of the clock all weeks are alike, so one of each kind and the weeks of the changes are enough
/// for crons that repeat weekly. Others need the whole year.
pub(super) fn weeks_of_the_year(
    zones: &BTreeSet<TimeZone>,
    start: Timestamp,
    whole: bool,
) -> Vec<Timestamp> {
    let at = |week: i64| start + TimeDelta::days(7 * week);
    if whole {
        return (0..53).map(at).collect();
    }
    let mut weeks = BTreeSet::from([start]);
    if zones.iter().all(|zone| *zone == TimeZone::UTC) {
        return weeks.into_iter().collect();
    }
    for week in 1..=53 {
        let changes = |zone: &TimeZone| {
            offset_minutes(*zone, at(week)) != offset_minutes(*zone, at(week - 1))
        };
        if zones.iter().any(changes) {
            weeks.extend([at(week - 1), at(week)]);
        }
    }
    weeks.into_iter().collect()
}

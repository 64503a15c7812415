//! The times between fires that follow each other, counted over the calendar's whole cycle.
//!
//! Counted in UTC: a daylight saving change makes one interval longer and another shorter, and is left out.

use std::collections::BTreeMap;

use super::fields::{Fields, MONTH_DAYS};
use crate::domain::Seconds;

/// Days after which weekdays and leap years repeat within 1901 to 2099: 28 years of 365.25 days.
const CYCLE_DAYS: u32 = 10_227;

/// Minutes of a day.
const DAY_MINUTES: u32 = 1_440;

/// The years of one cycle; the first of them starts on a Saturday.
const CYCLE_YEARS: std::ops::Range<u32> = 2000..2028;

/// How often each number occurs.
type Counts = BTreeMap<u32, u64>;

/// The shortest time between neighbouring fires; the whole cycle of 28 years for a cron that never fires.
pub(super) fn shortest(fields: &Fields) -> Seconds {
    minutes(intervals(fields).keys().next().copied())
}

/// The median time between neighbouring fires (the lower of two in the middle); the whole cycle if it never fires.
pub(super) fn median(fields: &Fields) -> Seconds {
    let intervals = intervals(fields);
    let total: u64 = intervals.values().sum();
    let mut passed = 0;
    minutes(intervals.into_iter().find_map(|(interval, count)| {
        passed += count;
        (passed * 2 >= total).then_some(interval)
    }))
}

fn minutes(interval: Option<u32>) -> Seconds {
    interval.map_or(Seconds::days(u64::from(CYCLE_DAYS)), |minutes| {
        Seconds::minutes(u64::from(minutes))
    })
}

/// How often each time between neighbouring fires, in minutes, occurs in one cycle.
fn intervals(fields: &Fields) -> Counts {
    let (days, times) = (day_gaps(fields), fields.times());
    let firing_days: u64 = days.values().sum();
    let mut intervals = Counts::new();
    if let (Some(first), Some(last), true) = (times.first(), times.last(), firing_days > 0) {
        for pair in times.windows(2) {
            *intervals.entry(pair[1] - pair[0]).or_default() += firing_days;
        }
        for (gap, count) in days {
            *intervals
                .entry(gap * DAY_MINUTES - (last - first))
                .or_default() += count;
        }
    }
    intervals
}

/// How often each number of days lies between neighbouring dates on which it fires.
fn day_gaps(fields: &Fields) -> Counts {
    let every_date = fields.months.len() == 12 && !fields.days_restricted;
    if every_date {
        // Only the weekday matters: one week, from a Sunday in a month and on a day that any selects.
        return gaps(
            (0..7)
                .filter(|weekday| fields.fires_on(1, 1, *weekday))
                .map(u32::from),
            7,
        );
    }
    gaps(cycle(fields), CYCLE_DAYS)
}

/// The gaps between ascending days, the last of which is followed by the first of the next period.
fn gaps(mut days: impl Iterator<Item = u32>, period: u32) -> Counts {
    let mut gaps = Counts::new();
    let Some(first) = days.next() else {
        return gaps;
    };
    let mut previous = first;
    for day in days.chain([first + period]) {
        *gaps.entry(day - previous).or_default() += 1;
        previous = day;
    }
    gaps
}

/// The days of one cycle on which it fires, counted from 0.
fn cycle(fields: &Fields) -> impl Iterator<Item = u32> + '_ {
    let dates = CYCLE_YEARS.flat_map(|year| {
        let months = (1_u8..).zip(MONTH_DAYS);
        months.flat_map(move |(month, longest)| {
            let days = if month == 2 && year % 4 != 0 {
                longest - 1
            } else {
                longest
            };
            (1..=days).map(move |day| (month, day))
        })
    });
    let weekdays = (0_u8..7).cycle().skip(6);
    (0..)
        .zip(dates.zip(weekdays))
        .filter(|(_, ((month, day), weekday))| fields.fires_on(*month, *day, *weekday))
        .map(|(index, _)| index)
}

//! Turns civil times into instants: daylight saving as GitHub does it.
//!
//! Rules: a civil time that the spring change skips fires at the next valid time; one that the autumn change
//! repeats fires once, the first time. Fires that fall together are one. Invariant: instants strictly
//! ascend and lie after the given one.

use chrono::{NaiveDateTime, TimeZone as _};
use chrono_tz::{GapInfo, Tz};

use super::calendar::Calendar;
use crate::domain::Timestamp;

/// Two days before the years that the crate `cron` knows (1970 to 2100): room for every zone's offset.
const EARLIEST: Timestamp =
    Timestamp::from_timestamp(-2 * 86_400, 0).expect("1969 is within chrono's years");

/// 2101-01-02, past the last of those years in every zone.
const LATEST: Timestamp =
    Timestamp::from_timestamp(4_134_067_200, 0).expect("2101 is within chrono's years");

/// The fires of a calendar read in a zone, strictly after an instant.
pub(super) fn fires(
    calendar: &Calendar,
    zone: Tz,
    after: Timestamp,
) -> impl Iterator<Item = Timestamp> + '_ {
    // Also keeps the civil time within chrono's range.
    let start = after.clamp(EARLIEST, LATEST);
    let civil = start.with_timezone(&zone).naive_local().and_utc();
    let mut last = after;
    calendar
        .after(civil)
        .filter_map(move |civil| instant(zone, civil.naive_utc()))
        .filter(move |instant| {
            let later = *instant > last;
            last = last.max(*instant);
            later
        })
}

/// The instant at which a civil time fires; none where the zone knows no later valid time.
fn instant(zone: Tz, civil: NaiveDateTime) -> Option<Timestamp> {
    let local = zone.from_local_datetime(&civil);
    let valid = local
        .earliest()
        .or_else(|| GapInfo::new(&civil, &zone)?.end);
    valid.map(|instant| instant.to_utc())
}

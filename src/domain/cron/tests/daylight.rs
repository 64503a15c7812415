//! Daylight saving: a skipped time advances, a repeated one fires once, order holds in every zone.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, TimeDelta};

use super::*;

#[test]
fn a_time_that_spring_skips_fires_when_the_clock_goes_on() {
    let day_before = |zone, after| fires("30 2 * * *", zone, after, 2);

    assert_eq!(
        day_before("Europe/Berlin", "2026-03-28T12:00:00Z"),
        ["2026-03-29T01:00Z", "2026-03-30T00:30Z"]
    );
    assert_eq!(
        day_before("America/New_York", "2026-03-07T12:00:00Z"),
        ["2026-03-08T07:00Z", "2026-03-09T06:30Z"]
    );
    // Morocco goes back to its standard time after Ramadan.
    assert_eq!(
        day_before("Africa/Casablanca", "2026-03-21T12:00:00Z"),
        ["2026-03-22T02:00Z", "2026-03-23T01:30Z"]
    );
}

#[test]
fn half_an_hour_of_daylight_saving_is_honoured() {
    assert_eq!(
        fires(
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T12:00:00Z",
            2
        ),
        ["2026-10-03T15:30Z", "2026-10-04T15:15Z"]
    );
    assert_eq!(
        fires(
            "45 1 * * *",
            "Australia/Lord_Howe",
            "2026-04-04T12:00:00Z",
            2
        ),
        ["2026-04-04T14:45Z", "2026-04-05T15:15Z"]
    );
}

#[test]
fn several_skipped_times_are_one_fire() {
    assert_eq!(
        fires("*/15 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
        ["2026-03-29T01:00Z", "2026-03-30T00:00Z"]
    );
    assert_eq!(
        fires("30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 3),
        [
            "2026-03-29T00:30Z",
            "2026-03-29T01:00Z",
            "2026-03-29T01:30Z"
        ]
    );
    assert_eq!(
        fires("0,30 2,3 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 2),
        ["2026-03-29T01:00Z", "2026-03-29T01:30Z"]
    );
}

#[test]
fn a_time_that_autumn_repeats_fires_the_first_time_only() {
    assert_eq!(
        fires("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
        ["2026-10-25T00:30Z", "2026-10-26T01:30Z"]
    );
    assert_eq!(
        fires("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2),
        ["2026-11-01T05:30Z", "2026-11-02T06:30Z"]
    );
    assert_eq!(
        fires("30 2 * * *", "Africa/Casablanca", "2026-02-14T12:00:00Z", 2),
        ["2026-02-15T01:30Z", "2026-02-16T02:30Z"]
    );
}

#[test]
fn within_the_repeated_hour_the_next_fire_lies_after_it() {
    // 02:15 in Berlin for the second time.
    assert_eq!(
        fires("*/30 * * * *", "Europe/Berlin", "2026-10-25T01:15:00Z", 2),
        ["2026-10-25T02:00Z", "2026-10-25T02:30Z"]
    );
}

#[test]
fn a_midnight_or_a_whole_day_that_is_skipped_advances_too() {
    assert_eq!(
        fires("0 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z", 1),
        ["2026-04-23T22:00Z"]
    );
    // Samoa had no 30 December 2011.
    assert_eq!(
        fires("0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", 1),
        ["2011-12-30T10:00Z"]
    );
}

/// Every civil minute around an instant with the first instant that shows it.
fn clock(zone: TimeZone, around: Timestamp) -> BTreeMap<NaiveDateTime, Timestamp> {
    let mut clock = BTreeMap::new();
    for minute in -2_880..2_880 {
        let at = around + TimeDelta::minutes(minute);
        clock
            .entry(at.with_timezone(&zone.0).naive_local())
            .or_insert(at);
    }
    clock
}

#[test]
fn around_every_change_the_fires_are_those_of_a_minute_by_minute_walk() {
    let changes = [
        ("Europe/Berlin", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25T01:00:00Z"),
        ("America/New_York", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-11-01T06:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
        ("Africa/Casablanca", "2026-02-15T02:00:00Z"),
        ("Africa/Casablanca", "2026-03-22T02:00:00Z"),
        ("Pacific/Apia", "2011-12-30T10:00:00Z"),
        ("UTC", "2026-01-01T00:00:00Z"),
    ];
    let texts = [
        "*/15 * * * *",
        "* * * * *",
        "7 */2 * * *",
        "30 2 * * *",
        "*/20 1-3 * * *",
        "0 0 * * *",
        "45 1 * * SUN",
    ];
    for ((zone, change), text) in changes
        .iter()
        .flat_map(|change| texts.map(|text| (*change, text)))
    {
        let (zone, change) = (zone.parse().unwrap(), instant(change));
        let clock = clock(zone, change);
        let (start, end) = (change - TimeDelta::days(1), change + TimeDelta::days(1));

        // A civil time fires at the first instant that shows it or, if none does, a later one.
        let mut civil = *clock.keys().next().unwrap();
        let mut expected = Vec::new();
        let plain = oracle::Plain::read(text);
        while let Some((_, at)) = clock.range(civil..).next() {
            if plain.selects(civil) && (start..end).contains(at) && expected.last() != Some(at) {
                expected.push(*at);
            }
            civil += TimeDelta::minutes(1);
        }

        let cron = cron(text);
        let fires = cron.fires(zone, start - TimeDelta::seconds(1));
        assert_eq!(
            fires.take_while(|fire| *fire < end).collect::<Vec<_>>(),
            expected,
            "{text} {zone} {change}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn in_every_zone_fires_ascend_and_lie_after_the_given_instant(
        text in expression(),
        zone in proptest::sample::select(&chrono_tz::TZ_VARIANTS[..]),
        after in any_instant(),
    ) {
        let cron = cron(&text);
        let mut last = after;
        for fire in cron.fires(TimeZone(zone), after).take(50) {
            prop_assert!(fire > last, "{fire} after {last}");
            last = fire;
        }
    }

    #[test]
    fn starting_later_leaves_out_the_earlier_fires_and_changes_none(
        zone in proptest::sample::select(&chrono_tz::TZ_VARIANTS[..]),
        after in any_instant(),
        skipped in 0..400_usize,
    ) {
        let cron = cron("*/20 * * * *");
        let all: Vec<_> = cron.fires(TimeZone(zone), after).take(skipped + 5).collect();
        let restarted: Vec<_> = cron.fires(TimeZone(zone), all[skipped]).take(4).collect();
        prop_assert_eq!(&all[skipped + 1..], &restarted);
    }
}

//! Which instants an expression selects, in UTC; intervals between them.

use super::*;
use crate::domain::Seconds;

#[test]
fn a_daily_cron_fires_every_day_and_never_at_the_given_instant() {
    assert_eq!(
        fires("17 2 * * *", "UTC", "2026-03-01T02:17:00Z", 2),
        ["2026-03-02T02:17Z", "2026-03-03T02:17Z"]
    );
}

#[test]
fn a_fraction_of_a_second_before_a_fire_the_fire_is_still_to_come() {
    assert_eq!(
        fires("17 2 * * *", "UTC", "2026-03-01T02:16:59.999Z", 1),
        ["2026-03-01T02:17Z"]
    );
}

#[test]
fn both_day_fields_restricted_means_either() {
    assert_eq!(
        fires("0 0 13 * FRI", "UTC", "2026-11-01T00:00:00Z", 3),
        [
            "2026-11-06T00:00Z",
            "2026-11-13T00:00Z",
            "2026-11-20T00:00Z"
        ]
    );
}

#[test]
fn zero_and_seven_are_both_sunday() {
    let sundays = fires("0 0 * * 0", "UTC", "2026-11-01T00:00:00Z", 4);

    assert_eq!(
        fires("0 0 * * 7", "UTC", "2026-11-01T00:00:00Z", 4),
        sundays
    );
    assert_eq!(sundays[0], "2026-11-08T00:00Z");
    assert!(cron("0 0 * * 5-7").fires_like(&cron("0 0 * * FRI,SAT,SUN")));
}

#[test]
fn a_leap_day_is_waited_for_across_2100() {
    assert_eq!(
        fires("0 0 29 2 *", "UTC", "2094-01-01T00:00:00Z", 3),
        ["2096-02-29T00:00Z"]
    );
}

#[test]
fn a_cron_that_never_fires_ends() {
    let never = cron("0 0 30 2 *");

    assert_eq!(
        never
            .fires(TimeZone::UTC, instant("2026-01-01T00:00:00Z"))
            .next(),
        None
    );
    assert!(!never.ever_fires());
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    let daily = cron("0 0 * * *");
    for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        let zone = zone.parse().unwrap();
        assert_eq!(daily.fires(zone, Timestamp::MAX_UTC).next(), None);
        assert!(daily.fires(zone, Timestamp::MIN_UTC).next().is_some());
        assert!(daily.fires(zone, instant("2100-12-29T00:00:00Z")).count() <= 3);
    }
}

#[test]
fn expressions_that_fire_alike_are_told_from_those_that_do_not() {
    let alike = |left: &str, right: &str| cron(left).fires_like(&cron(right));

    assert!(alike("0 0 * * MON-FRI", "00 0 * * 1,2,3,4,5"));
    assert!(alike("*/15 * * * *", "0,15,30,45 0-23 1-31 1-12 *"));
    assert!(alike("0 0 30 2 *", "5 5 31 2 *"), "neither ever fires");
    assert!(alike("0 0 29-31 2 *", "0 0 29 2 *"));
    assert!(
        alike("0 0 15 * 0-6", "0 0 * * *"),
        "either day field selects every day"
    );
    assert!(!alike("0 0 13 * *", "0 0 13 * FRI"));
    assert!(!alike("0 0 * * *", "1 0 * * *"));
    assert!(!alike("0 0 * * *", "0 1 * * *"));
}

#[test]
fn intervals_and_cadence_are_told() {
    let told = |text| (cron(text).shortest_interval(), cron(text).cadence());
    let (minutes, hours, days) = (Seconds::minutes, Seconds::hours, Seconds::days);

    assert_eq!(told("*/15 * * * *"), (minutes(15), minutes(15)));
    assert_eq!(told("*/25 * * * *"), (minutes(10), minutes(25)));
    assert_eq!(told("0 0 * * 1-5"), (days(1), days(1)));
    assert_eq!(told("0 9-17 * * 1-5"), (hours(1), hours(1)));
    assert_eq!(told("0 9,13 * * *"), (hours(4), hours(4)));
    assert_eq!(told("0 0 * * 1"), (days(7), days(7)));
    assert_eq!(told("0 0 1 * *"), (days(28), days(31)));
    assert_eq!(told("0 0 29 2 *"), (days(1461), days(1461)));
    assert_eq!(told("0 0 30 2 *"), (days(10_227), days(10_227)));
    assert_eq!(told("* * * * *"), (minutes(1), minutes(1)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_two_fires_are_closer_than_the_shortest_interval_and_some_are_that_close(
        text in expression(),
        after in any_instant(),
    ) {
        let cron = cron(&text);
        let fires: Vec<_> = cron.fires(TimeZone::UTC, after).take(300).collect();
        let intervals = fires.windows(2).map(|pair| Seconds::between(pair[0], pair[1]));
        let shortest = intervals.min().unwrap_or(Seconds(u64::MAX));
        prop_assert!(cron.shortest_interval() <= shortest);
        prop_assert!(cron.shortest_interval() <= cron.cadence());
    }

    #[test]
    fn the_shortest_interval_is_seen_within_28_years(text in rare_expression()) {
        let cron = cron(&text);
        let fires: Vec<_> = cron.fires(TimeZone::UTC, instant("2000-01-01T00:00:00Z")).take(12_000).collect();
        let mut intervals: Vec<_> = fires.windows(2).map(|pair| Seconds::between(pair[0], pair[1])).collect();
        intervals.sort_unstable();
        prop_assert_eq!(intervals.first().copied(), Some(cron.shortest_interval()));
    }
}

/// Expressions with one fire a day at most, so that a cycle of the calendar is soon enumerated.
fn rare_expression() -> impl Strategy<Value = String> {
    let daily = [Field::DayOfMonth, Field::Month, Field::DayOfWeek].map(field);
    let text = daily.prop_map(|fields| format!("17 2 {}", fields.join(" ")));
    text.prop_filter("fires", |text| cron(text).ever_fires())
}

//! Which anomalies are one alarm.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::super::{Alarm, Anomaly, Kind, alarms};
use super::{found, night, nights};
use crate::domain::{Located, Timestamp};

fn slower() -> Anomaly {
    found(&nights(&[(720, 40), (1_260, 4)])).remove(0)
}

/// A workflow that changed between two runs.
fn changed(name: &str, after: Timestamp, since: Timestamp) -> (Located, Anomaly) {
    let anomaly = Anomaly {
        after,
        since,
        ..slower()
    };
    (name.parse().expect("a workflow"), anomaly)
}

fn told(each: &[(Located, Anomaly)]) -> Vec<Alarm> {
    among(each, each.len())
}

/// The alarms of workflows that are some of so many of acme.
fn among(each: &[(Located, Anomaly)], all: usize) -> Vec<Alarm> {
    let watched: Located = "acme/app/nightly.yml".parse().expect("a workflow");
    let watched = std::iter::repeat_n((&watched.host, &watched.id), all);
    alarms(each.iter().map(|(one, anomaly)| (one, anomaly)), watched)
}

/// Fourteen nightlies of acme that run at several hours, and an hourly that tells most exactly.
fn incident() -> Vec<(Located, Anomaly)> {
    let hour = |hours: i64| night(40) + TimeDelta::hours(hours);
    let nightly = |number: i64| {
        let since = hour(number % 5);
        changed(
            &format!("acme/app-{number}/nightly.yml"),
            since - TimeDelta::days(1),
            since,
        )
    };
    let hourly = changed("acme/hourly/check.yml", hour(-1), hour(0));
    (0..13).map(nightly).chain([hourly]).collect()
}

#[test]
fn workflows_of_one_owner_that_change_within_the_same_hours_are_one_alarm() {
    let alarms = told(&incident());
    assert_eq!(alarms.len(), 1);
    assert!(alarms[0].is_shared());
    assert_eq!(
        alarms[0].to_string(),
        "14 workflows of acme became slower at about 2026-02-10 02:00 UTC"
    );
}

#[test]
fn another_owner_another_host_another_kind_and_another_day_are_other_alarms() {
    let mut each = incident();
    let (after, since) = (night(39), night(40));
    each.push(changed("other/app/nightly.yml", after, since));
    each.push(changed("ghe.example/acme/app/nightly.yml", after, since));
    each.push(changed("acme/app/weekly.yml", night(60), night(61)));
    let mut failing = changed("acme/app/e2e.yml", after, since);
    failing.1.kind = Kind::SuccessDropping;
    each.push(failing);
    let sizes: Vec<usize> = told(&each)
        .iter()
        .map(|alarm| alarm.workflows.len())
        .collect();
    assert_eq!(sizes.iter().filter(|size| **size == 1).count(), 4);
    assert_eq!(sizes.iter().sum::<usize>(), 18);
}

#[test]
fn two_nightlies_that_change_in_one_night_are_each_its_own_affair() {
    let each = &incident()[..2];
    let alarms = told(each);
    assert_eq!(alarms.len(), 2);
    assert!(alarms.iter().all(|alarm| !alarm.is_shared()));
    assert_eq!(
        alarms[1].to_string(),
        "acme/app-0/nightly.yml became slower at about 2026-02-10 02:00 UTC"
    );
}

#[test]
fn in_a_large_fleet_an_incident_is_more_than_what_changes_in_one_night_by_chance() {
    let each: Vec<_> = (0..60)
        .map(|number| {
            let name = format!("acme/app-{number}/nightly.yml");
            changed(&name, night(39), night(40))
        })
        .collect();
    let shared = |some: usize, all| among(&each[..some], all).iter().any(Alarm::is_shared);
    assert!(shared(3, 20) && !shared(3, 200));
    // Twenty of 5,000 are what one night brings.
    assert!(!shared(20, 5_000) && shared(45, 5_000));
    assert!(!shared(60, 1_000_000));
}

#[test]
fn what_changed_before_a_run_that_was_as_before_is_another_matter() {
    let hour = |hours: i64| night(40) + TimeDelta::hours(hours);
    let hourly = |number: i64| {
        let name = format!("acme/app-{number}/check.yml");
        changed(&name, hour(number), hour(number + 1))
    };
    let each: Vec<_> = (0..3).map(hourly).collect();
    assert_eq!(told(&each).len(), 3);
}

#[test]
fn what_is_over_is_no_alarm() {
    let over = found(&nights(&[(720, 40), (1_260, 20)])).remove(0);
    let workflow: Located = "acme/app/nightly.yml".parse().expect("a workflow");
    assert_eq!(alarms([(&workflow, &over)], []), []);
}

proptest! {
    #[test]
    fn every_workflow_is_in_one_alarm_and_the_order_does_not_matter(
        spans in prop::collection::vec((0..60_i64, 1..30_i64), 1..30),
        turn in 0..30_usize,
    ) {
        let named = spans.iter().enumerate().map(|(number, (from, length))| {
            let after = night(0) + TimeDelta::hours(*from);
            changed(&format!("acme/app-{number}/a.yml"), after, after + TimeDelta::hours(*length))
        });
        let mut each: Vec<_> = named.collect();
        let alarms = told(&each);
        prop_assert_eq!(alarms.iter().map(|alarm| alarm.workflows.len()).sum::<usize>(), each.len());
        let apart = each.len();
        each.rotate_left(turn % apart);
        prop_assert_eq!(told(&each), alarms);
    }
}

//! Sentences about fires and the runs that serve them.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::domain::{Conclusion, RunStatus};

fn at(text: &str) -> Timestamp {
    format!("2026-03-{text}:00Z").parse().unwrap()
}

fn scheduled(id: u64, created_at: Timestamp) -> Run {
    Run {
        id: RunId(id),
        attempt: 1,
        workflow: "nightly.yml".parse().unwrap(),
        event: "schedule".into(),
        status: RunStatus::Completed,
        conclusion: Some(Conclusion::Success),
        created_at,
        started_at: created_at,
        updated_at: created_at + TimeDelta::minutes(5),
        head_branch: None,
        head_sha: String::new(),
    }
}

fn runs(created: &[&str]) -> Vec<Run> {
    created
        .iter()
        .enumerate()
        .map(|(index, text)| scheduled(index as u64 + 1, at(text)))
        .collect()
}

fn schedules(crons: &[(&str, &str)]) -> Vec<Schedule> {
    let schedule = |(cron, zone): &(&str, &str)| Schedule {
        cron: cron.parse().unwrap(),
        time_zone: zone.parse().unwrap(),
    };
    crons.iter().map(schedule).collect()
}

/// The ledger as text: a line a fire.
fn told(crons: &[(&str, &str)], from: &str, created: &[&str], now: &str) -> String {
    let line = |(fire, delivery): (Fire, Delivery)| {
        let what = match delivery {
            Delivery::OnTime { run, lateness } => {
                format!("on time by run {} after {lateness}", run.0)
            }
            Delivery::Late { run, lateness } => format!("late by run {} after {lateness}", run.0),
            Delivery::Coalesced { run } => format!("coalesced into run {}", run.0),
            Delivery::Missed => "missed".into(),
            Delivery::Pending => "pending".into(),
        };
        format!("{} {what}\n", fire.at.format("%dT%H:%M"))
    };
    ledger(&schedules(crons), at(from), &runs(created), at(now))
        .into_iter()
        .map(line)
        .collect()
}

#[test]
fn a_nightly_is_on_time_late_missed_and_pending() {
    let created = ["01T02:03", "02T03:10", "04T02:16", "05T10:20"];
    insta::assert_snapshot!(told(&[("0 2 * * *", "UTC")], "01T00:00", &created, "06T09:00"), @r"
    01T02:00 on time by run 1 after 3m
    02T02:00 late by run 2 after 1h10m
    03T02:00 missed
    04T02:00 late by run 3 after 16m
    05T02:00 late by run 4 after 8h20m
    06T02:00 pending
    ");
}

#[test]
fn two_crons_of_one_workflow_make_one_list_and_their_late_runs_keep_their_order() {
    let crons = [("0 2 * * *", "UTC"), ("0 2,3 * * *", "UTC")];
    insta::assert_snapshot!(told(&crons, "01T00:00", &["01T03:10", "01T04:05"], "01T20:00"), @r"
    01T02:00 late by run 1 after 1h10m
    01T03:00 late by run 2 after 1h5m
    ");
}

#[test]
fn fires_of_every_five_minutes_coalesce_into_the_run_that_comes_hours_later() {
    let told = told(
        &[("*/5 * * * *", "UTC")],
        "01T00:00",
        &["01T02:33"],
        "01T02:40",
    );
    assert_eq!(told.matches("coalesced into run 1").count(), 29);
    assert!(
        told.ends_with("01T02:30 on time by run 1 after 3m\n01T02:35 pending\n01T02:40 pending\n"),
        "{told}"
    );
}

#[test]
fn three_in_the_morning_in_tokyo_is_expected_at_18_00_utc_and_not_at_hour_3() {
    insta::assert_snapshot!(told(&[("0 3 * * *", "Asia/Tokyo")], "01T00:00", &["01T18:01"], "02T09:00"), @"01T18:00 on time by run 1 after 1m");
}

#[test]
fn a_nightly_in_berlin_moves_its_fires_with_the_clock() {
    insta::assert_snapshot!(told(&[("0 4 * * *", "Europe/Berlin")], "28T00:00", &["28T03:00", "29T02:00"], "29T09:00"), @r"
    28T03:00 on time by run 1 after 0s
    29T02:00 on time by run 2 after 0s
    ");
}

#[test]
fn fires_before_the_schedule_was_in_force_are_nobodys_fault() {
    assert_eq!(
        told(&[("0 2 * * *", "UTC")], "01T02:00", &[], "02T01:59"),
        ""
    );
    assert_eq!(told(&[], "01T02:00", &["01T02:01"], "09T00:00"), "");
    assert_eq!(
        told(&[("0 2 * * *", "UTC")], "09T00:00", &[], "01T00:00"),
        ""
    );
}

#[test]
fn later_attempts_and_runs_of_other_events_serve_nothing() {
    let mut list = runs(&["01T02:01", "02T02:01"]);
    list[1].event = "workflow_dispatch".into();
    list.push(Run {
        attempt: 2,
        started_at: at("02T02:00"),
        ..list[0].clone()
    });

    let entries = ledger(
        &schedules(&[("0 2 * * *", "UTC")]),
        at("01T00:00"),
        &list,
        at("03T00:00"),
    );

    let served = Delivery::OnTime {
        run: RunId(1),
        lateness: Seconds(60),
    };
    let told: Vec<Delivery> = entries.into_iter().map(|(_, delivery)| delivery).collect();
    assert_eq!(told, [served, Delivery::Missed]);
}

fn minutes(minutes: i64) -> Timestamp {
    at("01T00:00") + TimeDelta::minutes(minutes)
}

/// Ascending fires and starts at arbitrary minutes of ten days, and an instant to look at them.
fn any_case() -> impl Strategy<Value = (Vec<Timestamp>, Vec<Start>, Timestamp)> {
    let fires = prop::collection::btree_set(0..14_400_i64, 0..30);
    let starts = prop::collection::vec(0..14_400_i64, 0..30);
    (fires, starts, 0..16_000_i64).prop_map(|(fires, created, now)| {
        let numbered = created.into_iter().enumerate().filter(|(_, at)| *at <= now);
        let mut starts: Vec<Start> = numbered
            .map(|(index, at)| (minutes(at), RunId(index as u64)))
            .collect();
        starts.sort_unstable();
        (
            fires
                .into_iter()
                .filter(|at| *at <= now)
                .map(minutes)
                .collect(),
            starts,
            minutes(now),
        )
    })
}

fn own(delivery: &Delivery) -> Option<(RunId, Seconds)> {
    match delivery {
        Delivery::OnTime { run, lateness } | Delivery::Late { run, lateness } => {
            Some((*run, *lateness))
        }
        Delivery::Coalesced { .. } | Delivery::Missed | Delivery::Pending => None,
    }
}

/// The most fires that any assignment could serve, by augmenting paths (Kuhn), which shares nothing with the rule.
fn most_served(fires: &[Timestamp], starts: &[Start]) -> usize {
    fn place(
        start: usize,
        can: &[Vec<usize>],
        tried: &mut BTreeSet<usize>,
        holder: &mut BTreeMap<usize, usize>,
    ) -> bool {
        can[start].iter().any(|fire| {
            tried.insert(*fire)
                && holder
                    .get(fire)
                    .copied()
                    .is_none_or(|other| place(other, can, tried, holder))
                && holder.insert(*fire, start).is_none_or(|_| true)
        })
    }
    let reaches = |created: Timestamp, at: Timestamp| {
        at <= created && Seconds::between(at, created) <= HORIZON
    };
    let fires_of = |(created, _): &Start| {
        (0..fires.len())
            .filter(|index| reaches(*created, fires[*index]))
            .collect()
    };
    let can: Vec<Vec<usize>> = starts.iter().map(fires_of).collect();
    let mut holder = BTreeMap::new();
    (0..starts.len())
        .filter(|start| place(*start, &can, &mut BTreeSet::new(), &mut holder))
        .count()
}

proptest! {
    #[test]
    fn every_fire_appears_once_and_in_order((fires, starts, now) in any_case()) {
        let entries = deliveries(&fires, &starts, now);
        prop_assert_eq!(entries.iter().map(|(fire, _)| fire.at).collect::<Vec<_>>(), fires);
    }

    #[test]
    fn a_run_serves_one_fire_at_most_none_before_it_and_none_out_of_order((fires, starts, now) in any_case()) {
        let created: BTreeMap<RunId, Timestamp> = starts.iter().map(|(at, run)| (*run, *at)).collect();
        let entries = deliveries(&fires, &starts, now);
        let served: Vec<(Timestamp, RunId, Seconds)> =
            entries.iter().filter_map(|(fire, delivery)| own(delivery).map(|(run, late)| (fire.at, run, late))).collect();

        prop_assert_eq!(served.iter().map(|(_, run, _)| run).collect::<BTreeSet<_>>().len(), served.len());
        prop_assert!(served.iter().all(|(at, run, lateness)| *at + lateness.to_delta() == created[run]));
        prop_assert!(served.iter().all(|(_, _, lateness)| *lateness <= HORIZON));
        prop_assert!(served.is_sorted_by_key(|(_, run, _)| created[run]));
    }

    #[test]
    fn as_many_fires_are_served_as_any_assignment_could_serve((fires, starts, now) in any_case()) {
        let served = deliveries(&fires, &starts, now).iter().filter(|(_, delivery)| own(delivery).is_some()).count();
        prop_assert_eq!(served, most_served(&fires, &starts));
    }

    #[test]
    fn another_run_never_takes_a_served_fires_service_away((fires, mut starts, now) in any_case(), more in 0..16_000_i64) {
        let before = deliveries(&fires, &starts, now);
        starts.push((minutes(more), RunId(999)));
        starts.sort_unstable();
        let after = deliveries(&fires, &starts, now);

        for (before, after) in before.iter().zip(&after) {
            prop_assert!(own(&before.1).is_none() || own(&after.1).is_some(), "{:?} {:?}", before, after);
        }
    }

    #[test]
    fn a_fire_is_coalesced_only_into_a_run_that_serves_a_later_one_within_three_hours((fires, starts, now) in any_case()) {
        let entries = deliveries(&fires, &starts, now);
        let serves: BTreeMap<RunId, Timestamp> =
            entries.iter().filter_map(|(fire, delivery)| own(delivery).map(|(run, _)| (run, fire.at))).collect();
        for (fire, delivery) in &entries {
            if let Delivery::Coalesced { run } = delivery {
                let created = starts.iter().find(|(_, id)| id == run).map(|(at, _)| *at).unwrap();
                prop_assert!(serves[run] > fire.at && Seconds::between(fire.at, created) <= COALESCING);
            }
        }
    }

    #[test]
    fn a_fire_is_missed_only_after_its_horizon((fires, starts, now) in any_case()) {
        for (fire, delivery) in deliveries(&fires, &starts, now) {
            let passed = Seconds::between(fire.at, now) > HORIZON;
            prop_assert!(delivery != Delivery::Missed || passed);
            prop_assert!(delivery != Delivery::Pending || !passed);
        }
    }
}

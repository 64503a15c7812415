//! What holds of every forecast of load, and what single fleets come to.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::domain::{Permille, Quantiles, Schedule, Seconds, TimeZone, Timestamp};

/// A Monday.
fn now() -> Timestamp {
    "2026-09-14T06:20:00Z".parse().expect("an instant")
}

fn horizon(hours: u32) -> Horizon {
    Horizon {
        since: now() - TimeDelta::days(30),
        now: now(),
        hours,
    }
}

fn schedule(cron: &str) -> Schedule {
    Schedule {
        cron: cron.parse().expect("a cron"),
        time_zone: TimeZone::UTC,
    }
}

fn sure(seconds: u64) -> Quantiles {
    Quantiles {
        p50: Seconds(seconds),
        p90: Seconds(seconds),
    }
}

fn by_cron(name: &str, cron: &str, minutes: u64) -> Workload {
    Workload {
        name: name.to_owned(),
        jobs: vec![JobShape::whole("linux")],
        past: [].into(),
        coming: Some(Coming {
            schedules: vec![schedule(cron)],
            lateness: sure(600),
            duration: sure(minutes * 60),
            delivered: Permille(1000),
        }),
    }
}

/// Runs of an hour that began at an hour of so many past days.
fn pushed(name: &str, days_back: impl IntoIterator<Item = i64>, hour: i64) -> Workload {
    let midnight: Timestamp = "2026-09-14T00:00:00Z".parse().expect("an instant");
    let run = |back: i64| {
        let start = midnight - TimeDelta::days(back) + TimeDelta::hours(hour);
        Past {
            start,
            end: start + TimeDelta::hours(1),
            is_scheduled: false,
        }
    };
    Workload {
        name: name.to_owned(),
        jobs: vec![JobShape::whole("linux")],
        past: days_back.into_iter().map(run).collect(),
        coming: None,
    }
}

/// The hours with any load: how far from the first one, with their p50 and p90.
fn busy(load: &LoadForecast) -> Vec<(usize, u32, u32)> {
    let hours = load.all.hours.iter().enumerate();
    hours
        .filter(|(_, hour)| hour.jobs.p90 > 0)
        .map(|(at, hour)| (at, hour.jobs.p50, hour.jobs.p90))
        .collect()
}

#[test]
fn a_nightly_is_there_when_its_cron_fires_though_nobody_saw_it_run() {
    let load = forecast(&[by_cron("acme/a/x.yml", "30 2 * * *", 45)], &horizon(24));
    // The first hour is six o'clock; the run is there from 02:40 until 03:25.
    assert_eq!(busy(&load), [(20, 1, 1), (21, 1, 1)]);
    assert_eq!(load.all.hours[20].expected_job_minutes, 20);
    assert_eq!(load.all.hours[21].expected_job_minutes, 25);
    assert_eq!(load.all.days.len(), 2);
}

#[test]
fn no_number_of_hours_or_days_is_too_many() {
    let nightly = [pushed("", 1..=60, 3)];
    let load = forecast(&nightly, &horizon(u32::MAX));
    assert_eq!(load.all.hours.len(), 366 * 24);
    let since = now() - TimeDelta::days(60);
    assert_eq!(worth(&nightly, since, now(), u32::MAX, u32::MAX), None);
}

#[test]
fn a_cron_that_was_moved_is_expected_at_its_new_time_for_as_long_as_its_runs_took() {
    let mut moved = by_cron("acme/a/x.yml", "0 12 * * *", 5);
    moved.past = pushed("", 1..=20, 2).past;
    for run in std::sync::Arc::make_mut(&mut moved.past) {
        run.is_scheduled = true;
    }
    let load = forecast(&[moved], &horizon(24));
    assert_eq!(busy(&load), [(6, 1, 1), (7, 1, 1)]);
    assert_eq!(load.all.hours[6].expected_job_minutes, 50);
}

#[test]
fn a_weekly_cron_is_expected_on_its_day_alone() {
    let load = forecast(&[by_cron("acme/a/x.yml", "0 9 * * 3", 30)], &horizon(168));
    assert_eq!(busy(&load), [(2 * 24 + 3, 1, 1)]);
}

#[test]
fn what_no_cron_explains_is_expected_as_it_came_on_days_of_the_same_kind() {
    // Every workday of the last two weeks at nine.
    let workdays = [3, 4, 5, 6, 7, 10, 11, 12, 13, 14];
    let load = forecast(
        &[pushed("acme/a/ci.yml", workdays, 9)],
        &Horizon {
            since: now() - TimeDelta::days(15),
            ..horizon(168)
        },
    );
    let at = |day: usize| day * 24 + 3;
    let expected: Vec<_> = [0, 1, 2, 3, 4].map(|day| (at(day), 1, 1)).into();
    assert_eq!(busy(&load), expected);
    let days: Vec<u32> = load.all.days.iter().map(|day| day.like_days).collect();
    assert_eq!(days, [10, 10, 10, 10, 10, 4, 4, 10]);
}

#[test]
fn a_burst_on_one_day_in_five_is_in_the_band_and_not_in_the_middle() {
    let burst: Vec<Workload> = (0..8)
        .map(|number| pushed(&format!("acme/a/{number}.yml"), [4, 11], 9))
        .collect();
    let load = forecast(
        &burst,
        &Horizon {
            since: now() - TimeDelta::days(15),
            ..horizon(24)
        },
    );
    assert_eq!(busy(&load), [(3, 0, 8)]);
    assert_eq!(
        load.all.days[0].jobs,
        Band {
            p10: 0,
            p50: 0,
            p90: 8
        }
    );
}

#[test]
fn jobs_are_told_by_their_runners_and_for_their_part_of_the_run() {
    let mut workload = by_cron("acme/a/x.yml", "50 6 * * *", 100);
    workload.jobs = vec![
        JobShape {
            pool: "linux".into(),
            from: Permille(0),
            to: Permille(500),
        },
        JobShape {
            pool: "macos".into(),
            from: Permille(500),
            to: Permille(1000),
        },
    ];
    let load = forecast(&[workload], &horizon(3));
    let of = |at: usize| {
        let hours = load.pools[at].hours.iter();
        hours
            .map(|hour| hour.expected_job_minutes)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (load.pools[0].pool.as_str(), of(0)),
        ("linux", vec![0, 50, 0])
    );
    assert_eq!(
        (load.pools[1].pool.as_str(), of(1)),
        ("macos", vec![0, 10, 40])
    );
    assert_eq!(load.all.hours[1].jobs.p90, 1);
}

#[test]
fn a_workflow_whose_fires_are_never_served_is_no_load() {
    let mut dead = by_cron("acme/a/x.yml", "0 9 * * *", 30);
    let coming = dead.coming.as_mut().expect("it has crons");
    coming.delivered = Permille(0);
    assert_eq!(busy(&forecast(&[dead], &horizon(168))), []);
}

#[test]
fn a_fleet_that_does_the_same_every_week_is_told_as_well_as_by_the_last_one() {
    let nightlies: Vec<Workload> = (0..10)
        .map(|number| pushed(&format!("acme/a/{number}.yml"), 1..=60, number % 5))
        .collect();
    let (since, until) = (now() - TimeDelta::days(60), now());
    let told = worth(&nightlies, since, until, 14, 7).expect("weeks enough");
    // The last six beginnings have less than a week before the end.
    assert_eq!(
        told.hours,
        8 * 168 + (1..=6).map(|day| day * 24).sum::<u32>()
    );
    assert!(told.ours.error_jobs.abs() < 1e-9 && told.last_week.error_jobs.abs() < 1e-9);
    assert!((told.ours.below_p90 - 1.0).abs() < 1e-9);
    assert!(worth(&nightlies, until - TimeDelta::days(20), until, 14, 1).is_none());
}

prop_compose! {
    fn any_past()(back in 0..40_000_i64, takes in 0..50_000_i64, is_scheduled in any::<bool>()) -> Past {
        let start = now() - TimeDelta::minutes(back);
        Past { start, end: start + TimeDelta::seconds(takes), is_scheduled }
    }
}

prop_compose! {
    fn any_workload()(
        number in 0..1_000_u32, past in prop::collection::vec(any_past(), 0..30), hour in 0..24_u32, every in any::<bool>(),
        late in 0..9_000_u64, takes in 0..90_000_u64, delivered in 0..=1_000_u16, has_cron in any::<bool>(),
        jobs in prop::collection::vec(("[ab]", 0..=500_u16, 0..=1_000_u16), 0..4),
    ) -> Workload {
        let cron = if every { format!("*/20 {hour} * * *") } else { format!("0 {hour} * * 1") };
        let shape = |(pool, from, to): (String, u16, u16)| JobShape { pool, from: Permille(from), to: Permille(to) };
        let wide = |p50| Quantiles { p50: Seconds(p50), p90: Seconds(p50 * 2) };
        Workload {
            name: format!("acme/app/{number}.yml"),
            jobs: jobs.into_iter().map(shape).collect(),
            past: past.into(),
            coming: has_cron.then(|| Coming {
                schedules: vec![schedule(&cron)], lateness: wide(late), duration: wide(takes), delivered: Permille(delivered),
            }),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn bands_are_ordered_and_a_day_holds_its_hours(
        workloads in prop::collection::vec(any_workload(), 0..5), hours in 1..60_u32,
    ) {
        let load = forecast(&workloads, &horizon(hours));
        for pool in load.pools.iter().chain([&load.all]) {
            prop_assert_eq!(pool.hours.len(), hours as usize);
            for hour in &pool.hours {
                prop_assert!(hour.jobs.p10 <= hour.jobs.p50 && hour.jobs.p50 <= hour.jobs.p90);
                let mut days = pool.days.iter().rev();
                let day = days.find(|day| day.begins <= hour.begins).expect("each hour lies in a day");
                prop_assert!(hour.jobs.p50 <= day.jobs.p50 && hour.jobs.p90 <= day.jobs.p90);
            }
        }
    }

    #[test]
    fn expected_loads_add_up_whatever_the_order(
        one in prop::collection::vec(any_workload(), 0..4), other in prop::collection::vec(any_workload(), 0..4),
    ) {
        let together: Vec<Workload> = one.iter().chain(&other).cloned().collect();
        let turned: Vec<Workload> = other.iter().chain(&one).cloned().collect();
        let [one, other, both] = [&one, &other, &together].map(|all| forecast(all, &horizon(30)));
        prop_assert_eq!(&forecast(&turned, &horizon(30)), &both);
        let minutes = |load: &LoadForecast, at: usize| load.all.hours[at].expected_job_minutes;
        for at in 0..30 {
            // Each is rounded to a whole minute.
            prop_assert!((minutes(&one, at) + minutes(&other, at)).abs_diff(minutes(&both, at)) <= 1);
        }
        for at in 0..30 {
            let pools: u32 = both.pools.iter().map(|pool| pool.hours[at].expected_job_minutes).sum();
            prop_assert!(pools.abs_diff(minutes(&both, at)) <= 1);
        }
    }

    #[test]
    fn nothing_that_ended_after_the_present_is_used(
        workloads in prop::collection::vec(any_workload(), 1..4), late in any_past(),
    ) {
        let told = forecast(&workloads, &horizon(30));
        let mut more = workloads;
        let late = Past { end: now() + TimeDelta::minutes(1), ..late };
        more[0].past = more[0].past.iter().copied().chain([late]).collect();
        prop_assert_eq!(forecast(&more, &horizon(30)), told);
    }

    #[test]
    fn without_workflows_there_is_no_load(hours in 0..200_u32) {
        let load = forecast(&[], &horizon(hours));
        prop_assert!(load.pools.is_empty());
        prop_assert!(load.all.hours.iter().all(|hour| hour.jobs == Band::default() && hour.expected_job_minutes == 0));
    }
}

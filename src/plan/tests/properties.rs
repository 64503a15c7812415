//! What holds for every fleet.

use proptest::prelude::*;

use super::support::*;
use crate::domain::{
    Forecast, Interval, Percent, Permille, ProbabilityInterval, Quantiles, Seconds,
};
use crate::plan::{Action, After, Intent, Item, JobDemand, Pool, Reason, check, plan};

const CRONS: [&str; 12] = [
    "0 0 * * *",
    "0 0 * * *",
    "30 3 * * 1-5",
    "*/30 * * * *",
    "0 */6 * * *",
    "15 4 * * 0",
    "0 3,15 * * *",
    "5-50/15 9-17 * * 1-5",
    "0 0 1 * *",
    "45 23 * * *",
    "0 12 * * MON,THU",
    "*/20 * * * *",
];
const ZONES: [&str; 4] = ["UTC", "UTC", "Europe/Berlin", "America/New_York"];

fn forecasts() -> impl Strategy<Value = Option<Forecast>> {
    let quantiles = |most: u64| {
        (0..most, 0..most / 2).prop_map(|(p50, more)| Quantiles {
            p50: Seconds(p50),
            p90: Seconds(p50 + more),
        })
    };
    let some = (
        quantiles(20_000),
        quantiles(900),
        quantiles(9_000),
        40..=100_u8,
    )
        .prop_map(|(duration, queue, lateness, confidence)| Forecast {
            made_at: now(),
            model: "test/1".to_owned(),
            duration,
            interval: Interval {
                lower: duration.p50,
                upper: duration.p90,
            },
            queue,
            lateness,
            success: Permille(900),
            success_interval: ProbabilityInterval {
                lower: Permille(800),
                upper: Permille(990),
            },
            confidence: Percent(confidence),
            samples: 9,
            drift_since: None,
        });
    proptest::option::weighted(0.9, some)
}

fn jobs() -> impl Strategy<Value = Vec<JobDemand>> {
    let job = (0..3_usize, 0..6_u32).prop_map(|(label, count)| JobDemand {
        labels: vec![["big", "small", "hosted"][label].to_owned()],
        count,
    });
    proptest::collection::vec(job, 0..3)
}

fn items(intents: bool) -> impl Strategy<Value = Vec<Item>> {
    let item = (
        0..CRONS.len(),
        0..CRONS.len(),
        0..ZONES.len(),
        any::<bool>(),
        forecasts(),
        jobs(),
        0..8_u8,
        0..12_usize,
    );
    proptest::collection::vec(item, 0..12).prop_map(move |drawn| {
        let make = |(n, (cron, other, zone, two, forecast, jobs, intent, on)): (
            usize,
            (usize, usize, usize, bool, _, _, u8, usize),
        )| {
            let mut schedules = vec![schedule(CRONS[cron], ZONES[zone])];
            schedules.extend(two.then(|| schedule(CRONS[other], "UTC")));
            let mut item = Item {
                id: id(&format!("w{n}")),
                schedules,
                asked: Vec::new(),
                intent: Intent::default(),
                forecast,
                jobs,
                movable: on != 0,
            };
            if intents {
                match intent {
                    0 => item.intent.windows = vec![window(&[], "22:00", "05:00")],
                    1 => item.intent.finish_by = Some(time("06:30")),
                    2 | 3 => {
                        item.intent.after = vec![After {
                            id: id(&format!("w{on}")),
                            slack: Seconds::minutes(10),
                        }]
                    }
                    4 => item.intent.every = Some(Seconds::hours(12)),
                    5 => item.intent.time_zone = zone_of(on),
                    _ => {}
                }
            }
            item
        };
        drawn.into_iter().enumerate().map(make).collect()
    })
}

fn zone_of(n: usize) -> Option<crate::domain::TimeZone> {
    zone(ZONES[n % ZONES.len()])
}

fn pools() -> Vec<Pool> {
    vec![
        pool(3),
        Pool {
            labels: vec!["small".to_owned()],
            capacity: 1,
        },
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_is_never_worse_than_today(items in items(false)) {
        let timetable = plan(&items, &pools(), now());
        prop_assert!(timetable.after.overlap_seconds <= timetable.before.overlap_seconds);
        for (before, after) in timetable.before.peaks.iter().zip(&timetable.after.peaks) {
            prop_assert!(after.peak_jobs <= before.peak_jobs, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_plan_without_intents_passes_its_check(items in items(false)) {
        let timetable = plan(&items, &pools(), now());
        prop_assert_eq!(check(&items, &timetable, now()), vec![]);
    }

    #[test]
    fn whatever_a_plan_breaks_its_lines_name(items in items(true)) {
        let timetable = plan(&items, &pools(), now());
        for finding in check(&items, &timetable, now()) {
            let line = &timetable.lines[&finding.id];
            prop_assert!(!line.violations.is_empty(), "{:?}", finding);
        }
    }

    #[test]
    fn the_order_of_items_and_pools_does_not_matter(items in items(true)) {
        let (mut turned, mut pools_turned) = (items.clone(), pools());
        turned.reverse();
        pools_turned.reverse();
        let (one, other) = (plan(&items, &pools(), now()), plan(&turned, &pools_turned, now()));
        prop_assert_eq!(one.digest(), other.digest());
        prop_assert_eq!(one, other);
    }

    #[test]
    fn every_move_has_a_reason(items in items(true)) {
        let timetable = plan(&items, &pools(), now());
        for (id, line) in timetable.lines.iter().filter(|(_, line)| !line.moves.is_empty()) {
            prop_assert!(!line.reasons.is_empty(), "{id}: {line:?}");
        }
    }

    #[test]
    fn once_what_acts_is_carried_out_nothing_acts(items in items(true)) {
        let timetable = plan(&items, &pools(), now());
        let again = plan(&carried_out(&items, &timetable), &pools(), now());
        for (id, line) in again.lines.iter().filter(|(_, line)| line.action == Action::Apply) {
            let first = &timetable.lines[id];
            prop_assert!(first.reasons == [Reason::Refuted], "{id}: {line:?} after {first:?}");
        }
    }

    #[test]
    fn planning_anew_from_what_was_proposed_proposes_the_same(items in items(true)) {
        let timetable = plan(&items, &pools(), now());
        let again = plan(&asked(&items, &timetable), &pools(), now());
        prop_assert_eq!(differing(&timetable, &again), Vec::<String>::new());
    }

    #[test]
    fn what_is_proposed_to_the_others_changes_nothing_for_who_acts(
        items in items(true),
        shifts in proptest::collection::vec(0..CRONS.len(), 14),
    ) {
        let timetable = plan(&items, &pools(), now());
        let mut others = items;
        for (item, cron) in others.iter_mut().zip(shifts).filter(|(item, _)| !item.acts()) {
            // Everything of it that is not of today: what it was told, what it wants, whether it can be moved at all.
            item.asked = vec![schedule(CRONS[cron], "UTC"); item.schedules.len()];
            item.intent.every = (cron % 3 == 0).then(|| Seconds::hours(6));
            item.movable = cron % 4 != 0;
        }
        let other = plan(&others, &pools(), now());
        for item in others.iter().filter(|item| item.acts()) {
            prop_assert_eq!(&timetable.lines[&item.id].proposed, &other.lines[&item.id].proposed);
        }
    }

    #[test]
    fn a_plan_that_starts_from_anything_is_never_worse_than_today(
        mut items in items(false),
        told in proptest::collection::vec(0..CRONS.len(), 14),
    ) {
        for (item, cron) in items.iter_mut().zip(told) {
            item.asked = vec![schedule(CRONS[cron], "UTC"); item.schedules.len()];
        }
        let timetable = plan(&items, &pools(), now());
        prop_assert_eq!(check(&items, &timetable, now()), vec![]);
        prop_assert!(timetable.after.overlap_seconds <= timetable.before.overlap_seconds);
        for (before, after) in timetable.before.peaks.iter().zip(&timetable.after.peaks) {
            prop_assert!(after.peak_jobs <= before.peak_jobs, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_plan_reads_back_from_json_as_itself(items in items(true)) {
        let timetable = plan(&items, &pools(), now());
        let json = serde_json::to_string(&timetable).unwrap();
        prop_assert_eq!(serde_json::from_str::<crate::plan::Timetable>(&json).unwrap(), timetable);
    }
}

#[test]
fn nobody_gives_an_empty_timetable() {
    let timetable = planned(&[], &[pool(1)]);
    assert!(timetable.lines.is_empty());
    assert_eq!(timetable.before, timetable.after);
}

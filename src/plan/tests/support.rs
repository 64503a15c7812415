//! Makers of items, so that a test names only what it is about.

use std::collections::BTreeSet;

use chrono::{NaiveTime, TimeZone as _, Utc};

use crate::domain::{
    Forecast, Interval, Percent, Permille, ProbabilityInterval, Quantiles, Schedule, Seconds,
    TimeZone, Timestamp, WorkflowId,
};
use crate::plan::{
    Action, Intent, Item, JobDemand, Line, Pool, Timetable, Weekday, Window, check, plan,
};

/// A Thursday.
pub(super) fn now() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 1, 15, 12, 0, 0).unwrap()
}

pub(super) fn id(name: &str) -> WorkflowId {
    WorkflowId {
        repository: format!("acme/{name}").parse().unwrap(),
        file: "nightly.yml".parse().unwrap(),
    }
}

pub(super) fn forecast(duration_seconds: u64, confidence: u8) -> Forecast {
    let exact = |seconds| Quantiles {
        p50: Seconds(seconds),
        p90: Seconds(seconds),
    };
    Forecast {
        made_at: now(),
        model: "test/1".to_owned(),
        duration: exact(duration_seconds),
        interval: Interval {
            lower: Seconds(duration_seconds),
            upper: Seconds(duration_seconds),
        },
        queue: exact(0),
        lateness: exact(0),
        success: Permille(990),
        success_interval: ProbabilityInterval {
            lower: Permille(800),
            upper: Permille(990),
        },
        confidence: Percent(confidence),
        samples: 30,
        drift_since: None,
    }
}

/// One job of this length on runners labelled `big`, forecast with 90 % confidence.
pub(super) fn item(name: &str, crons: &[&str], duration_seconds: u64) -> Item {
    Item {
        id: id(name),
        schedules: crons.iter().map(|cron| schedule(cron, "UTC")).collect(),
        asked: Vec::new(),
        intent: Intent::default(),
        forecast: Some(forecast(duration_seconds, 90)),
        jobs: vec![JobDemand {
            labels: vec!["big".to_owned()],
            count: 1,
        }],
        movable: true,
    }
}

pub(in crate::plan) fn schedule(cron: &str, zone: &str) -> Schedule {
    Schedule {
        cron: cron.parse().unwrap(),
        time_zone: zone.parse().unwrap(),
    }
}

pub(super) fn zone(name: &str) -> Option<TimeZone> {
    Some(name.parse().unwrap())
}

pub(super) fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

pub(super) fn window(days: &[Weekday], from: &str, to: &str) -> Window {
    Window {
        days: BTreeSet::from_iter(days.iter().copied()),
        from: time(from),
        to: time(to),
    }
}

pub(super) fn pool(capacity: u32) -> Pool {
    Pool {
        labels: vec!["big".to_owned()],
        capacity,
    }
}

pub(super) fn line<'a>(timetable: &'a Timetable, name: &str) -> &'a Line {
    &timetable.lines[&id(name)]
}

/// The text of the only schedule that is proposed.
pub(super) fn proposed(timetable: &Timetable, name: &str) -> String {
    line(timetable, name).proposed[0].to_string()
}

/// The items with every proposal carried out that acts.
pub(super) fn carried_out(items: &[Item], timetable: &Timetable) -> Vec<Item> {
    let done = |item: &Item| {
        let line = &timetable.lines[&item.id];
        let mut item = item.clone();
        if line.action == Action::Apply {
            item.schedules.clone_from(&line.proposed);
        }
        item
    };
    items.iter().map(done).collect()
}

/// The items as they are the next time: nothing has been carried out, everything has been proposed.
pub(super) fn asked(items: &[Item], timetable: &Timetable) -> Vec<Item> {
    let told = |item: &Item| Item {
        asked: timetable.lines[&item.id].proposed.clone(),
        ..item.clone()
    };
    items.iter().map(told).collect()
}

/// Whose proposals differ between two timetables.
pub(super) fn differing(one: &Timetable, other: &Timetable) -> Vec<String> {
    let differs = |id: &WorkflowId| one.lines[id].proposed != other.lines[id].proposed;
    one.lines
        .keys()
        .filter(|id| differs(id))
        .map(|id| format!("{id}: {:?} {:?}", one.lines[id], other.lines[id]))
        .collect()
}

/// Plans, and holds the plan to what every plan promises.
pub(super) fn planned(items: &[Item], pools: &[Pool]) -> Timetable {
    let timetable = plan(items, pools, now());
    let again = plan(&carried_out(items, &timetable), pools, now());
    let acting: Vec<_> = again
        .lines
        .iter()
        .filter(|(_, line)| line.action == Action::Apply)
        .collect();
    assert!(
        acting.is_empty(),
        "a planned timetable acts again: {acting:#?}"
    );
    let anew = plan(&asked(items, &timetable), pools, now());
    assert_eq!(differing(&timetable, &anew), Vec::<String>::new());
    let violated = timetable
        .lines
        .values()
        .flat_map(|line| &line.violations)
        .count();
    assert!(
        check(items, &timetable, now()).len() <= violated,
        "a finding that no line names"
    );
    timetable
}

//! Recommendations: histories of several workflows in, one timetable out, and the load that it leaves.
//!
//! `cargo run --example recommend`

#![allow(clippy::print_stdout)]

use chrono::TimeDelta;
use cronwright::{
    domain::{Permille, Run, RunId, Schedule, TimeZone, Timestamp, WorkflowId},
    load::{Coming, Horizon, JobShape, Workload, forecast as forecast_load},
    plan::{Intent, Item, JobDemand, Pool, Timetable, plan},
    predict::{Evidence, forecast},
};

/// Repository, minutes of a run, and its jobs: all of them start at midnight.
const FLEET: [(&str, i64, u32); 4] = [
    ("acme/api", 40, 2),
    ("acme/data", 90, 1),
    ("acme/mobile", 25, 3),
    ("acme/site", 10, 1),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now: Timestamp = "2026-09-14T06:00:00Z".parse()?;
    let items: Vec<Item> = FLEET
        .iter()
        .map(|(repository, minutes, jobs)| item(repository, *minutes, *jobs, now))
        .collect::<Result<_, _>>()?;
    let linux = Pool {
        labels: vec!["linux".to_owned()],
        capacity: 4,
    };
    let timetable = plan(&items, &[linux], now);
    for (id, line) in &timetable.lines {
        println!("{id}: {}", line.action);
        for change in &line.moves {
            println!("  {} becomes {}", change.from, change.to);
        }
        for reason in &line.reasons {
            println!("  {reason}");
        }
    }
    for (when, moved) in [("now", false), ("after every move", true)] {
        let most = most_jobs(&items, &timetable, moved, now);
        println!("{when}: in the fullest hour of a week nine in ten come to {most} jobs at once");
    }
    Ok(())
}

fn item(
    repository: &str,
    minutes: i64,
    jobs: u32,
    now: Timestamp,
) -> Result<Item, Box<dyn std::error::Error>> {
    let file: cronwright::domain::WorkflowFile = "nightly.yml".parse()?;
    let night = |back: i64| {
        let start = now - TimeDelta::hours(6) - TimeDelta::days(back);
        let end = start + TimeDelta::minutes(minutes) + TimeDelta::seconds(back * 7 % 30);
        Run::told(
            RunId(back.unsigned_abs()),
            file.clone(),
            "schedule",
            [start, end],
            true,
        )
    };
    let runs: Vec<Run> = (1..=40).map(night).collect();
    let evidence = Evidence {
        runs: &runs,
        ..Evidence::default()
    };
    Ok(Item {
        id: WorkflowId {
            repository: repository.parse()?,
            file: file.clone(),
        },
        schedules: vec![Schedule {
            cron: "0 0 * * *".parse()?,
            time_zone: TimeZone::UTC,
        }],
        asked: Vec::new(),
        intent: Intent::default(),
        forecast: forecast(&evidence, now),
        jobs: vec![JobDemand {
            labels: vec!["linux".to_owned()],
            count: jobs,
        }],
        movable: true,
    })
}

/// The largest p90 of a week's hours.
fn most_jobs(items: &[Item], timetable: &Timetable, moved: bool, now: Timestamp) -> u32 {
    let workload = |item: &Item| {
        let line = timetable.lines.get(&item.id);
        let proposed = line.filter(|_| moved).map(|line| line.proposed.clone());
        let coming = item.forecast.as_ref().map(|forecast| Coming {
            schedules: proposed.unwrap_or_else(|| item.schedules.clone()),
            lateness: forecast.lateness,
            duration: forecast.duration,
            delivered: Permille(1000),
        });
        let jobs = item.jobs.iter().map(|demand| demand.count as usize).sum();
        Workload {
            name: item.id.to_string(),
            jobs: vec![JobShape::whole("linux"); jobs],
            past: [].into(),
            coming,
        }
    };
    let workloads: Vec<Workload> = items.iter().map(workload).collect();
    let horizon = Horizon {
        since: now,
        now,
        hours: 168,
    };
    let load = forecast_load(&workloads, &horizon).all;
    load.hours
        .iter()
        .map(|hour| hour.jobs.p90)
        .max()
        .unwrap_or(0)
}

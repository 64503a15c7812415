//! The load to come on some runners: a day hour by hour with its band, and the week as a map, now and after every move.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use chrono::{Datelike as _, Timelike as _};
use serde::Deserialize;

use super::answer;
use crate::{
    report::{Hour, HourAhead, Hours, LoadAhead, PoolAhead, words::or_dash},
    web::dashboard::{
        fresh::{Fresh, Shown},
        parts::{Bands, Cell, Frame, Heat, Tab, Table},
    },
};

/// How many hours are told one by one.
const DAY: usize = 24;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web::dashboard) struct Asked {
    pool: String,
}

/// Answers with the load.
pub(in crate::web::dashboard) async fn load(
    State(fresh): State<Fresh>,
    Query(asked): Query<Asked>,
) -> Response {
    answer(&Page::of(&fresh.shown(), &asked))
}

#[derive(Template)]
#[template(path = "load.html")]
struct Page {
    frame: Frame,
    pools: Vec<(String, bool)>,
    pool: String,
    capacity: Option<u32>,
    facts: Vec<(&'static str, String)>,
    day: Bands,
    hours: Table,
    now: Heat,
    after: Heat,
    days: Table,
}

impl Page {
    fn of(shown: &Shown, asked: &Asked) -> Self {
        let load = &shown.picture.load;
        let chosen = load.pools.iter().find(|pool| pool.pool == asked.pool);
        let pool = chosen.unwrap_or(&load.pools[0]);
        let day = &pool.hours[..pool.hours.len().min(DAY)];
        let [now, after] = heats(pool);
        let named = |one: &PoolAhead| (one.pool.clone(), one.pool == pool.pool);
        Self {
            frame: Frame::of(shown, Some(Tab::Load), "Load"),
            pools: load.pools.iter().map(named).collect(),
            pool: pool.pool.clone(),
            capacity: pool.capacity,
            facts: facts(load),
            day: Bands::of(&pool.pool, day, pool.capacity),
            hours: hours(day),
            now,
            after,
            days: days(pool),
        }
    }
}

fn facts(load: &LoadAhead) -> Vec<(&'static str, String)> {
    let since = load.known_since.map(|since| since.format("%Y-%m-%d"));
    let sources = &load.workflows;
    vec![
        ("runs known since", or_dash(since)),
        ("workflows told by their crons", sources.by_cron.to_string()),
        ("by their past runs", sources.by_past_runs.to_string()),
        ("without a known run", sources.unknown.to_string()),
    ]
}

/// The week now and after, in the same shades. The hours begin anywhere in the week, and come once each.
fn heats(pool: &PoolAhead) -> [Heat; 2] {
    let (mut now, mut after) = (Hours::default(), Hours::default());
    let is_full = |jobs: u32| pool.capacity.is_some_and(|capacity| jobs > capacity);
    for hour in &pool.hours {
        let (day, at) = (
            hour.begins.weekday().num_days_from_monday(),
            hour.begins.hour(),
        );
        for (hours, jobs) in [(&mut now, hour.jobs.p90), (&mut after, hour.jobs_after.p90)] {
            hours[day as usize][at as usize] = Hour {
                jobs,
                is_full: is_full(jobs),
            };
        }
    }
    let all = now.iter().chain(&after).flatten();
    let most = all.map(|hour| hour.jobs).max().unwrap_or(0);
    let name = |when: &str| format!("{}, p90 {when}", pool.pool);
    [
        Heat::of(&name("now"), &now, most),
        Heat::of(&name("after every move"), &after, most),
    ]
}

fn hours(hours: &[HourAhead]) -> Table {
    let row = |hour: &HourAhead| {
        let p90 = Cell::text(hour.jobs.p90.to_string());
        vec![
            Cell::text(hour.begins.format("%a %H:%M").to_string()),
            Cell::text(format!(
                "{:.1}",
                f64::from(hour.expected_job_minutes) / 60.0
            )),
            Cell::text(hour.jobs.p10.to_string()),
            Cell::text(hour.jobs.p50.to_string()),
            if hour.is_full { p90.toned("bad") } else { p90 },
            Cell::text(hour.jobs_after.p90.to_string()),
            Cell::text(if hour.is_full { "full" } else { "" }),
        ]
    };
    Table::new(
        "The hours as a table",
        &[
            "hour (UTC)",
            ">busy on average",
            ">p10",
            ">p50",
            ">p90",
            ">p90 after every move",
            "runners",
        ],
        "None.",
    )
    .with(hours.iter().map(row))
}

fn days(pool: &PoolAhead) -> Table {
    let pairs = pool.days.iter().zip(&pool.days_after);
    let rows = pairs.map(|(day, after)| {
        let numbers = [
            day.like_days,
            day.jobs.p10,
            day.jobs.p50,
            day.jobs.p90,
            after.jobs.p90,
        ];
        let date = Cell::text(day.begins.format("%A, %Y-%m-%d").to_string());
        let numbers = numbers.map(|number| Cell::text(number.to_string()));
        std::iter::once(date).chain(numbers).collect()
    });
    Table::new(
        "The most jobs at once of each day",
        &[
            "day (UTC)",
            ">from like days",
            ">p10",
            ">p50",
            ">p90",
            ">p90 after every move",
        ],
        "None.",
    )
    .with(rows)
}

//! The week on some runners as a map, and a day of it workflow by workflow, now and after every move.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use chrono::TimeDelta;
use serde::Deserialize;

use super::{answer, holds, page_number};
use crate::{
    domain::{Located, Schedule, Timestamp},
    plan::PoolPeak,
    report::{
        Entry, PoolWeek, Usual, runners,
        words::{or_dash, schedules},
    },
    web::dashboard::{
        fresh::{Fresh, Shown},
        parts::{Cell, Frame, Gantt, Heat, Lane, Pager, Runs, Tab, Table, to_workflow},
        picture::Picture,
    },
};

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web::dashboard) struct Asked {
    q: String,
    pool: String,
    day: String,
    by: String,
    page: Option<String>,
}

/// Answers with the timetable.
pub(in crate::web::dashboard) async fn timetable(
    State(fresh): State<Fresh>,
    Query(asked): Query<Asked>,
) -> Response {
    answer(&Timetable::of(&fresh.shown(), asked))
}

#[derive(Template)]
#[template(path = "timetable.html")]
struct Timetable {
    frame: Frame,
    q: String,
    pools: Vec<(String, bool)>,
    days: Vec<(String, &'static str, bool)>,
    groupings: Vec<(&'static str, &'static str, bool)>,
    pool: String,
    capacity: Option<u32>,
    now: Heat,
    after: Heat,
    day: String,
    pager: Pager,
    is_empty: bool,
    gantt: Gantt,
    table: Table,
}

/// A workflow with what is drawn of it.
struct Drawn<'a> {
    entry: &'a Entry,
    usual: Usual,
    /// The runners that it wants, as one name.
    runners: String,
}

impl Timetable {
    fn of(shown: &Shown, asked: Asked) -> Self {
        let picture = &shown.picture;
        let week = &picture.week;
        let asked_pool = week.pools.iter().find(|one| one.pool == asked.pool);
        let pool = asked_pool.unwrap_or(&week.pools[0]);
        let at: usize = asked.day.parse().unwrap_or(0).min(6);
        let begins = week.begins + TimeDelta::days(i64::try_from(at).unwrap_or(0));
        let by_runner = asked.by == "runners";
        let all = drawn(picture, &asked, asked_pool, by_runner);
        let number = at.to_string();
        let values = [
            ("q", asked.q.as_str()),
            ("pool", &asked.pool),
            ("day", &number),
            ("by", &asked.by),
        ];
        let page = page_number(asked.page.as_deref());
        let pager = Pager::of("workflows", all.len(), page, "/timetable", &values);
        let piece = pager.piece(&all);
        let day = begins.format("%A, %Y-%m-%d").to_string();
        let lanes = piece.iter().map(|one| one.lane(begins, by_runner));
        let [now, after] = heats(pool);
        Self {
            frame: Frame::of(shown, Some(Tab::Timetable), "Timetable"),
            pools: week
                .pools
                .iter()
                .map(|one| (one.pool.clone(), one.pool == pool.pool))
                .collect(),
            days: (0..7)
                .map(|day| (day.to_string(), DAYS[day], day == at))
                .collect(),
            groupings: vec![
                ("", "repository", !by_runner),
                ("runners", "runners", by_runner),
            ],
            pool: pool.pool.clone(),
            capacity: pool.capacity,
            now,
            after,
            gantt: Gantt::of(
                format!("When each workflow is expected to run on {day}"),
                lanes.collect(),
            ),
            table: table(piece),
            is_empty: all.is_empty(),
            day,
            pager,
            q: asked.q,
        }
    }
}

/// The week now and after, in the same shades.
fn heats(pool: &PoolWeek) -> [Heat; 2] {
    let both = [&pool.now, &pool.after];
    let all = both.iter().flat_map(|hours| hours.iter().flatten());
    let most = all.map(|hour| hour.jobs).max().unwrap_or(0);
    let name = |when: &str| format!("{} {when}", pool.pool);
    [
        Heat::of(&name("now"), &pool.now, most),
        Heat::of(&name("after every move"), &pool.after, most),
    ]
}

/// The workflows that are asked for and have a schedule and a forecast, by group and name.
fn drawn<'a>(
    picture: &'a Picture,
    asked: &Asked,
    pool: Option<&PoolWeek>,
    by_runner: bool,
) -> Vec<Drawn<'a>> {
    let sources = picture.report.timetables.iter();
    let peaks: Vec<PoolPeak> = sources
        .flat_map(|source| source.now.peaks.clone())
        .collect();
    // The first of the week are all runners together.
    let only = pool.filter(|pool| pool.pool != picture.week.pools[0].pool);
    let drawn = |entry: &'a Entry| {
        let wants = runners(picture.demands.get(&entry.id), &peaks);
        let names: Vec<String> = wants.into_iter().map(|(name, _)| name).collect();
        if only.is_some_and(|pool| !names.contains(&pool.pool)) {
            return None;
        }
        Some(Drawn {
            entry,
            usual: picture.usual(&entry.id)?,
            runners: names.join(" + "),
        })
    };
    let entries = picture.report.workflows.iter();
    let mut all: Vec<Drawn<'a>> = entries
        .filter(|entry| !entry.current.is_empty() && holds(&entry.workflow, &asked.q))
        .filter_map(drawn)
        .collect();
    if by_runner {
        all.sort_by(|a, b| (&a.runners, &a.entry.id).cmp(&(&b.runners, &b.entry.id)));
    }
    all
}

impl Drawn<'_> {
    fn lane(&self, begins: Timestamp, by_runner: bool) -> Lane {
        let entry = self.entry;
        let runs = |schedules: &[Schedule]| Runs::of(schedules, self.usual, begins);
        let repository = repository_of(&entry.id);
        Lane {
            name: if by_runner {
                entry.workflow.clone()
            } else {
                entry.id.id.file.to_string()
            },
            group: if by_runner {
                self.runners.clone()
            } else {
                repository
            },
            link: to_workflow(&entry.id),
            conflicts: entry.conflicts.len(),
            moves: entry.moves(),
            now: runs(&entry.current),
            after: runs(&entry.proposed),
        }
    }
}

fn table(drawn: &[Drawn<'_>]) -> Table {
    let row = |one: &Drawn<'_>| {
        let entry = one.entry;
        let worst = entry.conflicts.first();
        let overlap = worst.map(|worst| format!("{} for {} a week", worst.with, worst.share()));
        vec![
            Cell::link(&entry.workflow, to_workflow(&entry.id)),
            Cell::text(&one.runners),
            Cell::code(schedules(&entry.current)),
            if entry.moves() {
                Cell::code(schedules(&entry.proposed))
            } else {
                Cell::text("as it is")
            },
            Cell::text(one.usual.late.rounded().to_string()),
            Cell::text(one.usual.p50.rounded().to_string()),
            Cell::text(one.usual.p90.rounded().to_string()),
            Cell::text(or_dash(overlap)),
        ]
    };
    Table::new(
        "The day as a table",
        &[
            "workflow",
            "runners",
            "now",
            "after every move",
            ">late",
            ">p50",
            ">p90",
            "overlaps most with",
        ],
        "None.",
    )
    .with(drawn.iter().map(row))
}
/// The repository with the GitHub it lives on, as it is named everywhere.
fn repository_of(id: &Located) -> String {
    let name = id.to_string();
    name.rsplit_once('/')
        .map_or_else(String::new, |(repository, _)| repository.to_owned())
}

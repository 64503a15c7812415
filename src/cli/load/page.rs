//! The load to come as a page: what it rests on, then each kind of runner with its hours, or with its days.

use chrono::Timelike as _;

use crate::{
    cli::page::{Content, Page},
    domain::Percent,
    load::{Day, LoadWorth},
    report::{HourAhead, LoadAhead, NO_JOBS, PoolAhead, words::or_dash},
};

/// How many kinds of runners the page tells; the data has all of them.
const POOLS: usize = 10;
/// The width of the longest bar.
const BAR: u32 = 30;
/// Up to so many hours are told one by one; of more, days.
const HOURS: u32 = 48;
/// Into how many parts the fullest hour is divided.
const PARTS: u32 = 8;

/// The page of a load.
pub(super) fn page(load: &LoadAhead) -> Page {
    pools(begun(load, facts(load)), load)
}

/// The page of a load from statuses.
pub(super) fn of_statuses(load: &LoadAhead) -> Page {
    let sources = &load.workflows;
    let fact = (
        "workflows by cron / without schedule or forecast".to_owned(),
        format!("{} / {}", sources.by_cron, sources.unknown),
    );
    let page = pools(begun(load, vec![fact]), load);
    page.with("Not told", Content::Lines(vec![NO_JOBS.to_owned()]))
}

fn begun(load: &LoadAhead, facts: Vec<(String, String)>) -> Page {
    let title = format!(
        "Load of the next {} hours, from {}",
        load.hours,
        load.from.format("%Y-%m-%d %H:%M UTC")
    );
    Page::new(title).with("", Content::Facts(facts))
}

fn pools(mut page: Page, load: &LoadAhead) -> Page {
    let told = busiest(&load.pools);
    for pool in &told {
        let capacity = pool
            .capacity
            .map_or_else(String::new, |capacity| format!(" ({capacity} at once)"));
        let content = if load.hours <= HOURS {
            hours(pool)
        } else {
            days(pool)
        };
        page = page.with(&format!("{}{capacity}", pool.pool), content);
    }
    let left_out = load.pools.len() - told.len();
    if left_out == 0 {
        return page;
    }
    let line = format!("{left_out} kinds of runners with less load: --format json has them all");
    page.with("Left out", Content::Lines(vec![line]))
}

fn facts(load: &LoadAhead) -> Vec<(String, String)> {
    let since = load.known_since.map(|since| since.format("%Y-%m-%d"));
    let sources = &load.workflows;
    let mut facts = vec![
        ("runs known since".to_owned(), or_dash(since)),
        (
            "workflows by cron / by past runs / without a known run".to_owned(),
            format!(
                "{} / {} / {}",
                sources.by_cron, sources.by_past_runs, sources.unknown
            ),
        ),
    ];
    match &load.worth {
        None => facts.push((
            "worth".to_owned(),
            "not known before there are four weeks of runs".to_owned(),
        )),
        Some(worth) => facts.extend(told(worth)),
    }
    facts
}

/// What such forecasts were worth.
pub(super) fn told(worth: &LoadWorth) -> [(String, String); 2] {
    let share = Percent::from_share;
    let (ours, simple) = (&worth.ours, &worth.last_week);
    [
        (
            "of the last 14 days' hours, at or below p90 / from p10 to p90".to_owned(),
            format!("{} / {}", share(ours.below_p90), share(ours.inside_band)),
        ),
        (
            "mean error of an hour, and of the same hour last week".to_owned(),
            format!("{:.2} / {:.2} jobs", ours.error_jobs, simple.error_jobs),
        ),
    ]
}

/// All runners, and the kinds that will be busiest, in their order.
fn busiest(pools: &[PoolAhead]) -> Vec<&PoolAhead> {
    let most = |pool: &PoolAhead| pool.days.iter().map(|day| day.jobs.p90).max();
    let mut by_load: Vec<usize> = (0..pools.len()).collect();
    by_load.sort_by_key(|at| (*at > 0, std::cmp::Reverse(most(&pools[*at])), *at));
    by_load.truncate(POOLS);
    by_load.sort_unstable();
    by_load.into_iter().map(|at| &pools[at]).collect()
}

fn hours(pool: &PoolAhead) -> Content {
    let most = pool.hours.iter().map(|hour| hour.jobs.p90).max();
    let row = |hour: &HourAhead| {
        vec![
            hour.begins.format("%a %H:%M").to_string(),
            format!("{:.1}", f64::from(hour.expected_job_minutes) / 60.0),
            hour.jobs.p10.to_string(),
            hour.jobs.p50.to_string(),
            hour.jobs.p90.to_string(),
            hour.jobs_after.p90.to_string(),
            bar(hour, most.unwrap_or(0)),
            if hour.is_full { "full" } else { "" }.to_owned(),
        ]
    };
    Content::Table {
        header: vec![
            "hour",
            ">busy on average",
            ">p10",
            ">p50",
            ">p90",
            ">p90 after moves",
            "p50 #, p90 -",
            "",
        ],
        rows: pool.hours.iter().map(row).collect(),
    }
}

fn bar(hour: &HourAhead, most: u32) -> String {
    let long = |jobs: u32| (jobs * BAR).div_ceil(most.max(1)) as usize;
    let (inner, outer) = (long(hour.jobs.p50), long(hour.jobs.p90));
    format!("{}{}", "#".repeat(inner), "-".repeat(outer - inner))
}

fn days(pool: &PoolAhead) -> Content {
    let most = pool.hours.iter().map(|hour| hour.jobs.p90).max();
    let row = |(day, after): (&Day, &Day)| {
        let is_of = |hour: &&HourAhead| hour.begins.date_naive() == day.begins.date_naive();
        let of_day: Vec<&HourAhead> = pool.hours.iter().filter(is_of).collect();
        let full = of_day.iter().filter(|hour| hour.is_full).count();
        vec![
            day.begins.format("%a %Y-%m-%d").to_string(),
            day.like_days.to_string(),
            day.jobs.p50.to_string(),
            day.jobs.p90.to_string(),
            after.jobs.p90.to_string(),
            strip(&of_day, most.unwrap_or(0)),
            if full > 0 {
                format!("full in {full} h")
            } else {
                String::new()
            },
        ]
    };
    Content::Table {
        header: vec![
            "day",
            ">like days",
            ">most p50",
            ">most p90",
            ">p90 after moves",
            "p90 of 00 to 23 h, in eighths of the fullest",
            "",
        ],
        rows: pool.days.iter().zip(&pool.days_after).map(row).collect(),
    }
}

/// For each hour of a day how many eighths of the fullest it has; a point for none, a dash for what is not told.
fn strip(hours: &[&HourAhead], most: u32) -> String {
    let mark = |at: u32| {
        let hour = hours.iter().find(|hour| hour.begins.hour() == at);
        let parts = hour.map(|hour| (hour.jobs.p90 * PARTS).div_ceil(most.max(1)));
        match parts {
            None => '-',
            Some(0) => '.',
            Some(parts) => char::from_digit(parts, 10).unwrap_or('?'),
        }
    };
    (0..24).map(mark).collect()
}

//! What the forecast of concurrent load is worth next to the same hour last week: on drawn fleets whose crons are known, and
//! on recorded runs where there are some.
//!
//! Figures go to the standard output; nothing here passes or fails.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

mod drawn;
mod recorded;

use std::{hint::black_box, time::Instant};

use chrono::TimeDelta;
use cronwright::{
    domain::Timestamp,
    load::{Compared, Horizon, LoadWorth, Workload, forecast, worth},
};

/// How many days ahead is forecast.
const AHEAD_DAYS: [u32; 2] = [1, 7];

/// Workflows whose load is told together, with what is known of them.
pub struct Case {
    pub name: String,
    pub workloads: Vec<Workload>,
    pub since: Timestamp,
    pub until: Timestamp,
    pub held_out_days: u32,
}

fn main() {
    // A test run of all targets only holds that the bench works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let seeds = if is_bench { 5 } else { 1 };
    for (name, draw) in drawn::FLEETS {
        let cases: Vec<Case> = (0..seeds).map(draw).collect();
        told(&format!("drawn: {name}"), &cases);
    }
    spans(if is_bench { 10_000 } else { 10 });
    if let Some(path) = recorded::path().filter(|_| is_bench) {
        told("recorded", &recorded::cases(&path));
    } else if is_bench {
        println!("no recorded runs: CRONWRIGHT_DATA names no folder with runs.csv.gz");
    }
}

/// Prints what a week of a large fleet costs.
fn spans(workflows: u32) {
    let case = drawn::large(workflows);
    let horizon = Horizon {
        since: case.since,
        now: case.until,
        hours: 168,
    };
    let begun = Instant::now();
    black_box(forecast(&case.workloads, &horizon));
    println!("a week of {workflows} workflows: {:?}", begun.elapsed());
}

/// Prints each case and the mean of them, as shares of the same hour last week.
fn told(name: &str, cases: &[Case]) {
    println!("{name}");
    for ahead in AHEAD_DAYS {
        let mut ratios = Vec::new();
        println!(
            "  {:<36}{:>6} {:>9} {:>8} {:>8} {:>7} {:>7} {:>9} {:>8}",
            format!("next {ahead} days"),
            "hours",
            "error",
            "same h.",
            "pinball",
            "<=p90",
            "band",
            "day peak",
            "<=p90"
        );
        for case in cases {
            let (workloads, held_out) = (&case.workloads, case.held_out_days);
            let Some(worth) = worth(workloads, case.since, case.until, held_out, ahead) else {
                println!("  {:<36} too short", case.name);
                continue;
            };
            let ratio = ratio(&worth);
            row(&case.name, worth.hours, ratio);
            ratios.push(ratio);
        }
        row("mean", 0, mean(&ratios));
    }
}

fn row(name: &str, hours: u32, figures: [f64; 7]) {
    let [error, same, pinball, below, inside, peak, peak_below] = figures;
    println!(
        "  {name:<36}{hours:>6} {error:>9.3} {same:>8.3} {pinball:>8.3} {:>6.1}% {:>6.1}% {peak:>9.3} {:>7.1}%",
        below * 100.0,
        inside * 100.0,
        peak_below * 100.0
    );
}

/// Errors as shares of those of the same hour last week, and coverage as it is.
fn ratio(worth: &LoadWorth) -> [f64; 7] {
    let of = |figure: fn(&Compared) -> f64, ours: &Compared| {
        figure(ours) / figure(&worth.last_week).max(1e-9)
    };
    let ours = &worth.ours;
    [
        of(|one| one.error_jobs, ours),
        of(|one| one.error_jobs, &worth.same_hours),
        of(|one| one.pinball_p90, ours),
        ours.below_p90,
        ours.inside_band,
        of(|one| one.day_error_jobs, ours),
        ours.day_below_p90,
    ]
}

fn mean(rows: &[[f64; 7]]) -> [f64; 7] {
    #[allow(clippy::cast_precision_loss)] // A few rows.
    let number = rows.len().max(1) as f64;
    std::array::from_fn(|at| rows.iter().map(|row| row[at]).sum::<f64>() / number)
}

/// An instant of the drawn fleets.
pub fn day(number: i64) -> Timestamp {
    let first: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    first + TimeDelta::days(number)
}

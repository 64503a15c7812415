//! The forecast of one workflow with a long history, as a ratio to the simplest forecast there is: a median of ten.
//!
//! Figures go to the standard output; nothing here passes or fails.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use cronwright::{
    domain::{Conclusion, Run, RunId, RunStatus, Seconds, Timestamp},
    predict::{Evidence, forecast},
};

const RUNS: u32 = 500;
/// Of how many runs the simple forecast takes the median.
const NAIVE_RUNS: usize = 10;
/// How many forecasts of the simple kind are timed as one: a single one is shorter than the clock can tell.
const BATCH: u32 = 1_000;

fn main() {
    // A test run of all targets only holds that the bench works.
    let repetitions = if std::env::args().any(|argument| argument == "--bench") {
        501
    } else {
        3
    };
    let runs: Vec<_> = (0..RUNS).map(run).collect();
    let waits: Vec<_> = runs
        .iter()
        .map(|run| (run.updated_at, Seconds(run.id.0 * 37 % 600)))
        .collect();
    let evidence = Evidence {
        runs: &runs,
        queue: &waits,
        lateness: &waits,
        ..Evidence::default()
    };
    let (mut ours, mut simple) = (Vec::new(), Vec::new());
    for _ in 0..repetitions {
        // Turn by turn, so that whatever else the machine does meets both.
        let start = Instant::now();
        black_box(forecast(black_box(&evidence), instant(RUNS)));
        ours.push(start.elapsed());
        let start = Instant::now();
        for _ in 0..BATCH {
            black_box(naive(black_box(&runs)));
        }
        simple.push(start.elapsed() / BATCH);
    }
    let (ours, simple) = (median(ours), median(simple));
    println!("forecast from {RUNS} runs: {ours:?}");
    println!("median of the last {NAIVE_RUNS}: {simple:?}");
    println!(
        "RATIO forecast / median of ten: {:.0}",
        ours.as_secs_f64() / simple.as_secs_f64()
    );
    println!(
        "RATIO forecast / one millisecond: {:.3}",
        ours.as_secs_f64() / 0.001
    );
}

fn naive(runs: &[Run]) -> Option<Seconds> {
    let durations = runs.iter().rev().filter_map(Run::evident_duration);
    let mut last: Vec<_> = durations.take(NAIVE_RUNS).collect();
    last.sort_unstable();
    last.get(last.len() / 2).copied()
}

fn median(mut spans: Vec<Duration>) -> Duration {
    spans.sort();
    spans[spans.len() / 2]
}

fn instant(days: u32) -> Timestamp {
    Timestamp::from_timestamp(1_700_000_000, 0).unwrap() + TimeDelta::days(i64::from(days))
}

/// A nightly that fails now and then, takes twelve minutes give or take four, and became slower half-way.
fn run(number: u32) -> Run {
    let created_at = instant(number);
    let level = if number < RUNS / 2 { 720 } else { 900 };
    let duration = level + i64::from(number * 7_919 % 480) - 240;
    Run {
        id: RunId(u64::from(number)),
        attempt: 1,
        workflow: "nightly.yml".parse().unwrap(),
        event: "schedule".to_owned(),
        status: RunStatus::Completed,
        conclusion: Some(if number.is_multiple_of(17) {
            Conclusion::Failure
        } else {
            Conclusion::Success
        }),
        created_at,
        started_at: created_at,
        updated_at: created_at + TimeDelta::seconds(duration),
        head_branch: Some("main".to_owned()),
        head_sha: format!("{number:040x}"),
    }
}

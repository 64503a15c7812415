//! Learning one run and making one forecast: whether that grows with the history, and what it costs next to the simplest
//! forecast there is, a median of ten.
//!
//! Figures go to the standard output; nothing here passes or fails.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use cronwright::{
    domain::{Circumstances, Conclusion, Run, RunId, RunStatus, Seconds, Timestamp},
    predict::Learner,
};

/// A history as long as the learner's window, and one that is as long as ten years of nightlies.
const FEW_RUNS: usize = 100;
const MANY_RUNS: u32 = 4_000;
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
    let runs: Vec<_> = (0..MANY_RUNS).map(run).collect();
    let (few, many) = (taught(&runs[..FEW_RUNS]), taught(&runs));
    let next = run(MANY_RUNS);
    let (mut young, mut old, mut simple) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..repetitions {
        // Turn by turn, so that whatever else the machine does meets all.
        young.push(timed(|| one_more(&few, &next)));
        old.push(timed(|| one_more(&many, &next)));
        simple.push(
            timed(|| {
                for _ in 0..BATCH {
                    black_box(naive(black_box(&runs)));
                }
            }) / BATCH,
        );
    }
    let (young, old, simple) = (median(young), median(old), median(simple));
    println!("one run learned and one forecast, after {FEW_RUNS} runs: {young:?}");
    println!("the same after {MANY_RUNS} runs: {old:?}");
    println!("median of the last {NAIVE_RUNS}: {simple:?}");
    println!(
        "what {MANY_RUNS} runs taught: {} bytes",
        many.to_bytes().len()
    );
    println!(
        "RATIO after {MANY_RUNS} / after {FEW_RUNS}: {:.2}",
        ratio(old, young)
    );
    println!(
        "RATIO update and forecast / median of ten: {:.0}",
        ratio(old, simple)
    );
    println!(
        "RATIO update and forecast / 0.2 ms: {:.3}",
        ratio(old, Duration::from_micros(200))
    );
}

fn taught(runs: &[Run]) -> Learner {
    let mut learner = Learner::default();
    runs.iter().for_each(|run| learner.learn(run));
    learner
}

fn one_more(learner: &Learner, run: &Run) {
    let mut learner = learner.clone();
    learner.learn(black_box(run));
    black_box(learner.forecast(&Circumstances::of(run), None, run.created_at));
}

fn timed(what: impl FnOnce()) -> Duration {
    let start = Instant::now();
    what();
    start.elapsed()
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
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
    let level = if number < MANY_RUNS / 2 { 720 } else { 900 };
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

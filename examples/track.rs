//! Tracking: each night of a workflow is forecast before it runs, scored after it, and learned from.
//!
//! `cargo run --example track`

#![allow(clippy::print_stdout)]

use chrono::TimeDelta;
use cronwright::{
    domain::{Circumstances, Run, RunId, Timestamp},
    predict::Learner,
    track::{accuracy, naive, score},
};

const NIGHTS: i64 = 60;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let first: Timestamp = "2026-07-01T02:00:00Z".parse()?;
    let (mut learner, mut runs, mut scores) = (Learner::default(), Vec::new(), Vec::new());
    for night in 0..NIGHTS {
        let run = run(first + TimeDelta::days(night), night)?;
        // Said before the run, an hour ahead of it.
        let now = run.created_at - TimeDelta::hours(1);
        let told = learner.forecast(&Circumstances::of(&run), None, now);
        let repeats = naive(&runs, "schedule", now);
        scores.extend(told.and_then(|told| score(&told, repeats, &run)));
        learner.learn(&run);
        runs.push(run);
    }
    let all = accuracy(&scores).ok_or("nothing was compared")?;
    println!("{} forecasts, {} within 25 %", all.comparisons, all.score);
    println!(
        "median error {} %, better than the last value by {:?} %",
        all.median_error, all.skill
    );
    println!("inside the 90 % interval: {}", all.coverage);
    let next = Circumstances {
        event: "schedule",
        branch: None,
        at: first + TimeDelta::days(NIGHTS),
    };
    let told = learner
        .forecast(&next, None, next.at)
        .ok_or("nothing is known")?;
    println!(
        "tonight: half take up to {}, nine in ten up to {}",
        told.duration.p50, told.duration.p90
    );
    println!("confidence {}, success {}", told.confidence, told.success);
    Ok(())
}

/// Twelve minutes give or take one, twenty from the fortieth night on; every fifteenth fails early.
fn run(start: Timestamp, night: i64) -> Result<Run, Box<dyn std::error::Error>> {
    let failed = night % 15 == 7;
    let level = if night < 40 { 720 } else { 1_200 };
    let seconds = if failed {
        95
    } else {
        level + night * 37 % 120 - 60
    };
    let end = start + TimeDelta::seconds(seconds);
    let id = RunId(night.unsigned_abs() + 1);
    Ok(Run::told(
        id,
        "nightly.yml".parse()?,
        "schedule",
        [start, end],
        !failed,
    ))
}

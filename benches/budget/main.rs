//! What a fleet costs of GitHub's limits: a thousand repositories through the real observer before a simulated GitHub, on
//! simulated time, with and without webhooks.
//!
//! Owns the hours that are lived through and the order of looks. It counts requests and times nothing, so that an optimised
//! build only makes it shorter. `../README.md` has the settings and the figures. Nothing here passes or fails.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

mod fleet;
mod tally;

use chrono::TimeDelta;
use cronwright::domain::{Seconds, Timestamp};

use fleet::Fleet;
use tally::Tally;

/// What a run is asked to do.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// How many repositories.
    pub repositories: u32,
    /// How many scheduled workflows each has.
    pub workflows: u32,
    /// How many days of runs each workflow has behind it.
    pub history_days: u32,
    /// How many pushes to its default branch each repository sees in a day; every twentieth touches a workflow file.
    pub pushes_a_day: u32,
    /// How many hours are lived through, around midnight: when most crons fire.
    pub hours: u32,
    /// How often a repository is asked.
    pub interval: Seconds,
}

fn main() {
    let number = |name: &str, usual: u32| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(usual)
    };
    // `cargo bench` says so; a test run of all targets only holds that the bench works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let asked = Asked {
        repositories: number("BENCH_REPOSITORIES", if is_bench { 1_000 } else { 3 }),
        workflows: number("BENCH_WORKFLOWS", 10),
        history_days: number("BENCH_HISTORY_DAYS", 2),
        pushes_a_day: number("BENCH_PUSHES_A_DAY", 6),
        hours: number("BENCH_HOURS", if is_bench { 3 } else { 1 }),
        interval: Seconds(u64::from(number("BENCH_INTERVAL_SECONDS", 300))),
    };
    println!("{asked:?}");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let asked_for = std::env::var("BENCH_WEBHOOKS").ok();
    for hears in [false, true] {
        if asked_for
            .as_ref()
            .is_some_and(|one| *one != hears.to_string())
        {
            continue;
        }
        println!("\n{} webhooks", if hears { "with" } else { "without" });
        runtime.block_on(live(asked, hears)).print();
    }
}

/// Lives through the hours around a midnight; what that asked.
async fn live(asked: Asked, hears: bool) -> Tally {
    let midnight: Timestamp = "2026-06-02T00:00:00Z".parse().unwrap();
    let begin = midnight - TimeDelta::minutes(i64::from(asked.hours) * 30);
    let mut fleet = Fleet::observed(asked, begin).await;
    if hears {
        fleet.listen();
    }
    let (interval, many) = (asked.interval.0, u64::from(asked.repositories));
    let mut tally = Tally::of(begin);
    let passes = u64::from(asked.hours) * 3_600 / interval;
    for pass in 0..passes {
        for place in 0..asked.repositories {
            // As even as the places that the controller draws, whose fullest minute is a tenth above this.
            let seconds = pass * interval + u64::from(place) * interval / many;
            fleet.advance(begin + Seconds(seconds).to_delta()).await;
            fleet.poll(place).await;
        }
        tally.add(fleet.take_requests());
    }
    println!("rounds that a limit has put off: {}", fleet.put_off());
    tally
}

//! The first timetable of a fleet, and whether its cost grows with the fleet or with its square.
//!
//! Figures go to the standard output; nothing here passes or fails. The digests tell whether two versions plan alike.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use chrono::{NaiveTime, TimeDelta};
use cronwright::{
    domain::{
        Digest, Forecast, Interval, Percent, Permille, ProbabilityInterval, Quantiles, Schedule,
        Seconds, Timestamp, WorkflowId,
    },
    plan::{Intent, Item, JobDemand, Pool, Window, plan},
};

/// The larger fleet is so many times the smaller one.
const TIMES: usize = 10;

fn main() {
    // A test run of all targets only holds that the bench works.
    let small = if std::env::args().any(|argument| argument == "--bench") {
        1_000
    } else {
        20
    };
    for (what, pools) in [("without a pool", false), ("with a pool", true)] {
        let few = planned(small, pools);
        let many = planned(small * TIMES, pools);
        println!(
            "plan {what}: {few:?} for {small}, {many:?} for {}",
            small * TIMES
        );
        println!(
            "RATIO planning of a workflow {what}, in a large fleet / in a small one: {:.2}",
            many.as_secs_f64() / few.as_secs_f64() / 10.0
        );
    }
}

fn planned(workflows: usize, pooled: bool) -> Duration {
    let items: Vec<_> = (0..workflows).map(item).collect();
    let pool = Pool {
        labels: vec!["fleet".to_owned(), "self-hosted".to_owned()],
        capacity: u32::try_from(workflows / 8).unwrap().max(4),
    };
    let pools = if pooled { vec![pool] } else { Vec::new() };
    let start = Instant::now();
    let timetable = plan(black_box(&items), &pools, instant());
    let span = start.elapsed();
    println!("  {workflows}: {}", timetable.digest().short());
    span
}

/// Crons as people write them (three quarters at minute 0, one in seven at midnight), spans from half a minute to two
/// hours, a tenth with windows of working nights.
fn item(number: usize) -> Item {
    let id = WorkflowId {
        repository: format!("fleet/r{:04}", number / 10).parse().unwrap(),
        file: format!("w{:02}.yml", number % 10).parse().unwrap(),
    };
    let mut draws = Draws::of(number);
    let minute = if draws.below(4) < 3 {
        0
    } else {
        draws.below(60)
    };
    let hour = if draws.below(7) == 0 {
        0
    } else {
        draws.below(24)
    };
    let cron = match draws.below(100) {
        0..50 => format!("{minute} {hour} * * *"),
        50..80 => format!("{minute} {hour} * * {}", draws.below(7)),
        80..87 => format!(
            "{minute} */{} * * *",
            [4, 6, 8, 12][draws.below(4) as usize]
        ),
        _ => format!("{minute} {hour} {} * *", 1 + draws.below(28)),
    };
    let duration = 30_u64 << draws.below(8);
    let mut intent = Intent::default();
    if draws.below(10) == 0 {
        intent.time_zone = Some("Europe/Berlin".parse().unwrap());
        intent.windows = vec![Window {
            days: Vec::new().into_iter().collect(),
            from: NaiveTime::from_hms_opt(22, 0, 0).unwrap(),
            to: NaiveTime::from_hms_opt(6, 0, 0).unwrap(),
        }];
    }
    Item {
        id,
        schedules: vec![Schedule {
            cron: cron.parse().unwrap(),
            time_zone: "UTC".parse().unwrap(),
        }],
        asked: Vec::new(),
        intent,
        forecast: Some(forecast(duration, draws.below(60))),
        jobs: vec![JobDemand {
            labels: vec!["fleet".to_owned(), "self-hosted".to_owned()],
            count: 1 + u32::try_from(draws.below(3)).unwrap(),
        }],
        movable: true,
    }
}

fn forecast(duration: u64, late: u64) -> Forecast {
    let span = |p50: u64| Quantiles {
        p50: Seconds(p50),
        p90: Seconds(p50 * 3 / 2),
    };
    Forecast {
        made_at: instant(),
        model: "bench/1".to_owned(),
        duration: span(duration),
        interval: Interval {
            lower: Seconds(duration / 2),
            upper: Seconds(duration * 2),
        },
        queue: span(20),
        lateness: span(60 * late / 4),
        success: Permille(980),
        success_interval: ProbabilityInterval {
            lower: Permille(800),
            upper: Permille(990),
        },
        confidence: Percent(u8::try_from(40 + late).unwrap()),
        samples: 30,
        drift_since: None,
    }
}

/// Numbers that are drawn from a text's digest: the same in every run.
struct Draws {
    digest: Digest,
    taken: usize,
}

impl Draws {
    fn of(number: usize) -> Self {
        Self {
            digest: Digest::of([number.to_string().as_bytes()]),
            taken: 0,
        }
    }

    fn below(&mut self, below: u64) -> u64 {
        let digits = &self.digest.as_str()[self.taken..self.taken + 6];
        self.taken += 6;
        u64::from_str_radix(digits, 16).unwrap() % below
    }
}

fn instant() -> Timestamp {
    Timestamp::UNIX_EPOCH + TimeDelta::days(20_000)
}

//! Drawn fleets: crons that are known, lateness, durations that vary, and pushes that follow the working day.

use chrono::TimeDelta;
use cronwright::{
    domain::{Permille, Quantiles, Schedule, Seconds, TimeZone, Timestamp},
    load::{Coming, JobShape, Past, Workload},
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal};

use crate::{Case, day};

/// Draws a fleet from a seed.
type Draw = fn(u64) -> Case;

/// Each kind of fleet with how it is drawn.
pub const FLEETS: [(&str, Draw); 6] = [
    ("nightlies", |seed| fleet(seed, WORKFLOWS, false, 0.0, true)),
    ("nightlies, crons not known", |seed| {
        fleet(seed, WORKFLOWS, false, 0.0, false)
    }),
    ("nightlies and pushes", |seed| {
        fleet(seed, WORKFLOWS, false, 6.0, true)
    }),
    ("nightlies and pushes, crons not known", |seed| {
        fleet(seed, WORKFLOWS, false, 6.0, false)
    }),
    ("the week after every nightly was moved", |seed| {
        fleet(seed, WORKFLOWS, true, 0.0, true)
    }),
    (
        "the week after every nightly was moved, crons not known",
        |seed| fleet(seed, WORKFLOWS, true, 0.0, false),
    ),
];

const DAYS: i64 = 56;
const WORKFLOWS: u32 = 40;
/// GitHub starts half of the runs up to nine minutes late, and drops one fire in fifty.
const LATE_SECONDS: f64 = 540.0;
const LATE_SPREAD: f64 = 0.5;
const DROPPED: f64 = 0.02;

/// As many workflows as are told together at most.
pub fn large(workflows: u32) -> Case {
    fleet(0, workflows, false, 0.0, true)
}

fn fleet(seed: u64, workflows: u32, is_moved: bool, pushes: f64, is_known: bool) -> Case {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let workloads =
        (0..workflows).map(|number| workload(&mut random, number, is_moved, pushes, is_known));
    Case {
        name: format!("seed {seed}"),
        workloads: workloads.collect(),
        since: day(0),
        until: day(DAYS),
        held_out_days: if is_moved { 7 } else { 18 },
    }
}

fn workload(
    random: &mut ChaCha8Rng,
    number: u32,
    is_moved: bool,
    pushes: f64,
    is_known: bool,
) -> Workload {
    let (before, moved) = crons(random, number);
    let after = if is_moved { moved } else { before.clone() };
    let median = random.random_range(120.0..3_600.0_f64);
    let spread = random.random_range(0.03..0.4);
    let moved_at = day(DAYS - 7);
    let mut past = scheduled(
        random,
        &before,
        day(0),
        if is_moved { moved_at } else { day(DAYS) },
        (median, spread),
    );
    if is_moved {
        past.extend(scheduled(
            random,
            &after,
            moved_at,
            day(DAYS),
            (median, spread),
        ));
    }
    past.extend(pushed(random, pushes / 2.0, (median / 2.0, spread)));
    let jobs = random.random_range(1..5);
    Workload {
        name: format!("acme/app-{number}/nightly.yml"),
        jobs: vec![JobShape::whole("linux"); jobs],
        past: past.into(),
        coming: is_known.then(|| Coming {
            schedules: vec![after],
            lateness: quantiles(LATE_SECONDS, LATE_SPREAD),
            duration: quantiles(median, spread),
            delivered: Permille::from_share(1.0 - DROPPED),
        }),
    }
}

/// A third at midnight, as people write them; one in four weekly, one in eight every six hours. And where it is moved to.
fn crons(random: &mut ChaCha8Rng, number: u32) -> (Schedule, Schedule) {
    let hour = if random.random_bool(0.33) {
        0
    } else {
        random.random_range(0..24)
    };
    let days = if random.random_bool(0.25) {
        random.random_range(0..7).to_string()
    } else {
        "*".to_owned()
    };
    let cron = if random.random_bool(0.125) {
        format!("{} */6 * * *", random.random_range(0..60))
    } else if hour == 0 {
        format!("0 0 * * {days}")
    } else {
        format!("{} {hour} * * {days}", random.random_range(0..60))
    };
    let later = (hour + 3 + number % 5) % 24;
    let moved = format!("{} {later} * * {days}", number % 60);
    (schedule(&cron), schedule(&moved))
}

fn schedule(cron: &str) -> Schedule {
    Schedule {
        cron: cron.parse().unwrap(),
        time_zone: TimeZone::UTC,
    }
}

fn quantiles(median: f64, spread: f64) -> Quantiles {
    Quantiles {
        p50: Seconds::from_f64(median),
        p90: Seconds::from_f64(median * (1.2816 * spread).exp()),
    }
}

fn drawn(random: &mut ChaCha8Rng, (median, spread): (f64, f64)) -> TimeDelta {
    let seconds = median * LogNormal::new(0.0, spread).unwrap().sample(random);
    Seconds::from_f64(seconds).to_delta()
}

fn scheduled(
    random: &mut ChaCha8Rng,
    schedule: &Schedule,
    from: Timestamp,
    until: Timestamp,
    takes: (f64, f64),
) -> Vec<Past> {
    let fires = schedule.fires(from).take_while(|fire| *fire < until);
    let mut runs = Vec::new();
    for fire in fires {
        if random.random_bool(DROPPED) {
            continue;
        }
        let start = fire + drawn(random, (LATE_SECONDS, LATE_SPREAD));
        runs.push(Past {
            start,
            end: start + drawn(random, takes),
            is_scheduled: true,
        });
    }
    runs
}

/// Pushes of a working day from eight to eighteen, and a tenth as many at other times.
fn pushed(random: &mut ChaCha8Rng, a_day: f64, takes: (f64, f64)) -> Vec<Past> {
    let mut runs = Vec::new();
    for minute in 0..DAYS * 1_440 {
        let is_work = (minute / 1_440) % 7 < 5 && (8..18).contains(&(minute / 60 % 24));
        let rate = a_day / 600.0 * if is_work { 1.0 } else { 0.1 };
        if random.random_bool(rate.min(1.0)) {
            let start = day(0) + TimeDelta::minutes(minute);
            runs.push(Past {
                start,
                end: start + drawn(random, takes),
                is_scheduled: false,
            });
        }
    }
    runs
}

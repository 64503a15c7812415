//! Our rules, from the outside: runs in, anomalies out.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use cronwright::{
    anomaly::{Anomaly, History, Kind, find},
    domain::{Conclusion, Run, RunId, RunStatus, Seconds, Timestamp},
};

/// Runs lie so far apart that each ends before the next begins.
const APART: TimeDelta = TimeDelta::days(40);

pub(super) fn durations(logs: &[f64]) -> Vec<(usize, bool)> {
    of(&taking(logs), &[Kind::Slower, Kind::Faster])
}

pub(super) fn spread(logs: &[f64]) -> Vec<(usize, bool)> {
    of(&taking(logs), &[Kind::MoreVariable])
}

pub(super) fn success(failures: &[f64]) -> Vec<(usize, bool)> {
    let run = |(at, failed): (usize, &f64)| run(at, 60.0, *failed > 0.5);
    let runs: Vec<Run> = failures.iter().enumerate().map(run).collect();
    of(&runs, &[Kind::SuccessDropping])
}

pub(super) fn waits(logs: &[f64]) -> Vec<(usize, bool)> {
    let wait = |(at, log): (usize, &f64)| (instant(at), Seconds::from_f64(log.exp() - 30.0));
    let waits: Vec<_> = logs.iter().enumerate().map(wait).collect();
    let found = find(&History {
        runs: &[],
        spans: &[],
        waits: &waits,
    });
    found.iter().map(told).collect()
}

pub(super) fn flaky(reruns: &[f64]) -> Vec<(usize, bool)> {
    let attempts = |(at, flaky): (usize, &f64)| {
        let first = run(at, 60.0, *flaky > 0.5);
        let again = Run {
            attempt: 2,
            ..run(at, 120.0, false)
        };
        [Some(first), (*flaky > 0.5).then_some(again)]
    };
    let runs = reruns.iter().enumerate().flat_map(attempts).flatten();
    of(&runs.collect::<Vec<_>>(), &[Kind::Flaky])
}

/// Logarithms of minutes by day, as runs of at most ten hours.
pub(super) fn costs(logs: &[f64]) -> Vec<(usize, bool)> {
    let day = |day: usize| Timestamp::UNIX_EPOCH + TimeDelta::days(i64::try_from(day).unwrap());
    let mut runs = Vec::new();
    // The first and the last day of a history are never judged.
    for (at, log) in std::iter::once(&0.0).chain(logs).chain([&0.0]).enumerate() {
        let mut minutes = log.exp();
        while minutes >= 1.0 {
            let part = minutes.min(600.0);
            minutes -= part;
            let number = runs.len();
            runs.push(Run {
                created_at: day(at),
                started_at: day(at),
                updated_at: day(at) + Seconds::from_f64(60.0 * part).to_delta(),
                ..run(number, 1.0, false)
            });
        }
    }
    let found = find(&History {
        runs: &runs,
        spans: &runs,
        waits: &[],
    });
    let costs = found.iter().filter(|one| one.kind == Kind::CostRunaway);
    let at = |one: &Anomaly| usize::try_from((one.noticed_at - day(2)).num_days()).unwrap();
    costs.map(|one| (at(one), true)).collect()
}

/// How long a look's runs take, the median of a hundred.
pub(super) fn time(count: usize) -> Duration {
    let seconds = |at: usize| 600.0 + (at * 7_919 % 201) as f64;
    let runs: Vec<Run> = (0..count)
        .map(|at| run(at, seconds(at), at % 17 == 0))
        .collect();
    let waits: Vec<_> = (0..count)
        .map(|at| (instant(at), Seconds(at as u64 % 40)))
        .collect();
    let history = History {
        runs: &runs,
        spans: &runs,
        waits: &waits,
    };
    let once = |_| {
        let start = Instant::now();
        black_box(find(black_box(&history)));
        start.elapsed()
    };
    let mut spans: Vec<Duration> = (0..101).map(once).collect();
    spans.sort();
    spans[spans.len() / 2]
}

fn taking(logs: &[f64]) -> Vec<Run> {
    let run = |(at, log): (usize, &f64)| run(at, log.exp(), false);
    logs.iter().enumerate().map(run).collect()
}

fn of(runs: &[Run], kinds: &[Kind]) -> Vec<(usize, bool)> {
    let found = find(&History {
        runs,
        spans: runs,
        waits: &[],
    });
    let wanted = found.iter().filter(|one| kinds.contains(&one.kind));
    let mut alarms: Vec<_> = wanted.map(told).collect();
    alarms.sort_unstable();
    alarms
}

fn told(anomaly: &Anomaly) -> (usize, bool) {
    let days = (anomaly.noticed_at - instant(0)).num_days() / APART.num_days();
    (usize::try_from(days).unwrap(), anomaly.kind != Kind::Faster)
}

fn instant(at: usize) -> Timestamp {
    Timestamp::UNIX_EPOCH + APART * i32::try_from(at).unwrap()
}

fn run(at: usize, seconds: f64, failed: bool) -> Run {
    Run {
        id: RunId(at as u64 + 1),
        attempt: 1,
        workflow: "nightly.yml".parse().unwrap(),
        event: "schedule".to_owned(),
        status: RunStatus::Completed,
        conclusion: Some(if failed {
            Conclusion::Failure
        } else {
            Conclusion::Success
        }),
        created_at: instant(at),
        started_at: instant(at),
        updated_at: instant(at) + Seconds::from_f64(seconds).to_delta(),
        head_branch: None,
        head_sha: String::new(),
    }
}

//! Anomalies from the outside: histories in, anomalies and alarms out.

mod alarms;
mod kinds;
mod properties;

use chrono::TimeDelta;

use super::{Anomaly, History, Kind, find};
use crate::domain::{Conclusion, Run, RunId, RunStatus, Seconds, Timestamp};

/// The first night of every history here.
fn night(number: u32) -> Timestamp {
    let first = Timestamp::from_timestamp(1_767_232_800, 0).expect("an instant"); // 2026-01-01T02:00:00Z
    first + TimeDelta::days(number.into())
}

/// A nightly run that took so many seconds.
fn run(number: u32, seconds: i64) -> Run {
    let created_at = night(number);
    Run {
        id: RunId(u64::from(number) + 1),
        attempt: 1,
        workflow: "nightly.yml".parse().expect("a file"),
        event: "schedule".to_owned(),
        status: RunStatus::Completed,
        conclusion: Some(Conclusion::Success),
        created_at,
        started_at: created_at,
        updated_at: created_at + TimeDelta::seconds(seconds),
        head_branch: Some("main".to_owned()),
        head_sha: format!("{number:040x}"),
    }
}

/// The same noise in every test: seconds around a level, a tenth to either side.
fn around(level: i64, number: u32) -> i64 {
    let noise = i64::from(number * 7_919 % 201) - 100;
    level + level * noise / 1_000
}

/// Nights at levels of so many seconds each.
fn nights(levels: &[(i64, u32)]) -> Vec<Run> {
    let each = levels
        .iter()
        .flat_map(|(level, count)| std::iter::repeat_n(*level, *count as usize));
    (0..)
        .zip(each)
        .map(|(number, level)| run(number, around(level, number)))
        .collect()
}

fn found(runs: &[Run]) -> Vec<Anomaly> {
    find(&History {
        runs,
        spans: runs,
        waits: &[],
    })
}

/// The kinds of what is found, and the run that each began with.
fn told(anomalies: &[Anomaly]) -> Vec<(Kind, u64)> {
    let each = anomalies.iter();
    each.map(|one| (one.kind, one.run.map_or(0, |run| run.0)))
        .collect()
}

fn waited(number: u32, seconds: u64) -> (Timestamp, Seconds) {
    (night(number), Seconds(seconds))
}

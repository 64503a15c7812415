//! From a workflow's runs to the series that are watched, and from what is found in them to anomalies.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};

use super::{
    chart::{Change, How, changes},
    kind::{Amount, Anomaly, End, Ended, Kind},
    rule::{self, Rule},
};
use crate::domain::{Conclusion, Permille, Run, RunId, RunStatus, Seconds, Timestamp};

/// How many anomalies of a workflow are told, the newest first.
const MOST: usize = 20;
/// How many seconds are added to a wait before its logarithm is taken: below half a minute no wait is longer than another.
const WAIT_FLOOR: f64 = 30.0;
/// How many minutes are added to what a day takes, for the same reason.
const DAY_FLOOR: f64 = 5.0;
/// How many days are looked back at most.
const DAYS: i64 = 120;

/// What is known of a workflow.
#[derive(Clone, Copy, Debug, Default)]
pub struct History<'a> {
    /// Its runs of any event, attempt and conclusion, without their waits for a runner.
    pub runs: &'a [Run],
    /// The same runs with their waits, whatever is known of them: what days take must not depend on whose jobs are known.
    pub spans: &'a [Run],
    /// How long first attempts waited for a runner, each with the instant at which that was known.
    pub waits: &'a [(Timestamp, Seconds)],
}

/// A value of a series, and when it came to be.
#[derive(Clone, Copy)]
struct Point {
    value: f64,
    at: Timestamp,
    known_at: Timestamp,
    run: Option<RunId>,
}

/// Finds what has become otherwise in a history, in the order of onset; what holds has no end.
///
/// Guarantees: the order of the runs does not matter, and of those that are not over nothing is said. At most twenty, the
/// newest.
#[must_use]
pub fn find(history: &History<'_>) -> Vec<Anomaly> {
    let runs = ended(history.runs);
    let mut found = Vec::new();
    let mut events = BTreeMap::<&str, Vec<&Run>>::new();
    for run in runs.iter().filter(|run| run.attempt == 1) {
        events.entry(&run.event).or_default().push(run);
    }
    for (event, runs) in events {
        let told = of_event(&runs);
        found.extend(told.map(|anomaly| Anomaly {
            event: Some(event.to_owned()),
            ..anomaly
        }));
    }
    found.extend(watched(&[Kind::Flaky], &rule::FLAKY, &reruns(&runs)));
    found.extend(watched(
        &[Kind::QueueGrowing],
        &rule::QUEUE,
        &waits(history),
    ));
    found.extend(watched(
        &[Kind::CostRunaway],
        &rule::COST,
        &days(&ended(history.spans)),
    ));
    found.sort_by(|a, b| (a.since, a).cmp(&(b.since, b)));
    found.drain(..found.len().saturating_sub(MOST));
    found
}

/// The runs that are over, in the order of their ends.
fn ended(runs: &[Run]) -> Vec<&Run> {
    let is_over = |run: &&Run| run.status == RunStatus::Completed;
    let mut runs: Vec<&Run> = runs.iter().filter(is_over).collect();
    runs.sort_by_key(|run| (run.updated_at, run.id, run.attempt));
    runs.dedup_by_key(|run| (run.id, run.attempt));
    runs
}

/// What is watched of the first attempts that one event starts.
fn of_event(runs: &[&Run]) -> impl Iterator<Item = Anomaly> {
    let durations: Vec<Point> = runs.iter().filter_map(|run| duration(run)).collect();
    let steps: Vec<Point> = durations
        .windows(2)
        .map(|pair| Point {
            value: (pair[1].value - pair[0].value).abs(),
            ..pair[1]
        })
        .collect();
    let verdicts: Vec<Point> = runs.iter().filter_map(|run| verdict(run)).collect();
    let level = watched(&[Kind::Slower, Kind::Faster], &rule::DURATION, &durations);
    let spread = watched(&[Kind::MoreVariable], &rule::SPREAD, &steps);
    let success = watched(&[Kind::SuccessDropping], &rule::SUCCESS, &verdicts);
    level.into_iter().chain(spread).chain(success)
}

/// Watches a series by a rule, whose sides are of these kinds.
fn watched(kinds: &[Kind], rule: &Rule, points: &[Point]) -> Vec<Anomaly> {
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    let changes = changes(rule, &values).into_iter();
    changes
        .map(|change| anomaly(kinds[change.side], &change, points))
        .collect()
}

fn anomaly(kind: Kind, change: &Change, points: &[Point]) -> Anomaly {
    let onset = &points[change.onset];
    let before = &points[change.onset.saturating_sub(1)];
    let end = change.end.map(|(at, how)| End {
        at: points[at].known_at,
        how: match how {
            How::Returned => Ended::Returned,
            How::Adapted => Ended::Adapted,
        },
    });
    Anomaly {
        kind,
        event: None,
        after: before.at.min(onset.at),
        since: onset.at,
        run: onset.run,
        noticed_at: points[change.seen].known_at,
        from: amount(kind, change.from),
        to: amount(kind, change.to),
        evidence: u32::try_from(change.seen + 1 - change.onset).unwrap_or(u32::MAX),
        end,
    }
}

/// A value of a kind's series as a person reads it.
fn amount(kind: Kind, value: f64) -> Amount {
    match kind {
        Kind::Slower | Kind::Faster => Amount::Time(Seconds::from_f64(value.exp())),
        Kind::QueueGrowing => Amount::Time(Seconds::from_f64(value.exp() - WAIT_FLOOR)),
        Kind::CostRunaway => Amount::Time(Seconds::from_f64((value.exp() - DAY_FLOOR) * 60.0)),
        Kind::MoreVariable => share(value.exp() - 1.0),
        Kind::Flaky => share(value),
        Kind::SuccessDropping => share(1.0 - value),
    }
}

fn share(share: f64) -> Amount {
    Amount::Share(Permille::from_share(share))
}

fn point(run: &Run, value: f64) -> Point {
    Point {
        value,
        at: run.created_at,
        known_at: run.updated_at,
        run: Some(run.id),
    }
}

fn duration(run: &Run) -> Option<Point> {
    let duration = run.evident_duration()?;
    Some(point(run, duration.as_f64().ln()))
}

fn verdict(run: &Run) -> Option<Point> {
    let verdict = run.conclusion.filter(|verdict| verdict.is_verdict())?;
    let failed = verdict != Conclusion::Success;
    Some(point(run, f64::from(u8::from(failed))))
}

/// Of each run that ended by itself, whether it took a re-run to turn green.
///
/// GitHub lists the newest attempt of a run, so that the one that failed may never have been seen.
fn reruns(runs: &[&Run]) -> Vec<Point> {
    let mut attempts = BTreeMap::<RunId, Vec<&Run>>::new();
    for run in runs {
        attempts.entry(run.id).or_default().push(run);
    }
    let told = attempts.values().filter_map(|attempts| {
        let newest = attempts.iter().max_by_key(|run| run.attempt)?;
        let green = newest.conclusion.filter(|verdict| verdict.is_verdict())?;
        let fared_well = |run: &&&Run| {
            run.attempt < newest.attempt
                && run
                    .conclusion
                    .is_some_and(|verdict| !verdict.is_verdict() || verdict == Conclusion::Success)
        };
        let flaky = newest.attempt > 1
            && green == Conclusion::Success
            && !attempts.iter().any(|run| fared_well(&run));
        Some(point(newest, f64::from(u8::from(flaky))))
    });
    let mut told: Vec<Point> = told.collect();
    told.sort_by_key(|point| (point.known_at, point.run));
    told
}

fn waits(history: &History<'_>) -> Vec<Point> {
    let mut waits = history.waits.to_vec();
    waits.sort_unstable();
    let point = |(at, wait): &(Timestamp, Seconds)| Point {
        value: (wait.as_f64() + WAIT_FLOOR).ln(),
        at: *at,
        known_at: *at,
        run: None,
    };
    waits.iter().map(point).collect()
}

/// What each whole day took: not the newest, which is not over, nor the oldest, of which a part may have been let go. None of a
/// workflow that does not run on most days.
fn days(runs: &[&Run]) -> Vec<Point> {
    let mut minutes = BTreeMap::<NaiveDate, f64>::new();
    for run in runs {
        let took = run.duration_seconds().unwrap_or_default().as_f64() / 60.0;
        *minutes.entry(run.updated_at.date_naive()).or_default() += took;
    }
    let (Some(first), Some(last)) = (minutes.pop_first(), minutes.pop_last()) else {
        return Vec::new();
    };
    let (first, last) = (first.0, last.0);
    let from = first.max(last - TimeDelta::days(DAYS));
    let whole: Vec<NaiveDate> = from
        .iter_days()
        .skip(1)
        .take_while(|day| *day < last)
        .collect();
    let busy = whole.iter().filter(|day| minutes.contains_key(day)).count();
    if 2 * busy < whole.len() {
        return Vec::new();
    }
    let point = |day: &NaiveDate| {
        let at = day.and_time(chrono::NaiveTime::MIN).and_utc();
        Point {
            value: (minutes.get(day).copied().unwrap_or(0.0) + DAY_FLOOR).ln(),
            at,
            known_at: at + TimeDelta::days(1),
            run: None,
        }
    };
    whole.iter().map(point).collect()
}

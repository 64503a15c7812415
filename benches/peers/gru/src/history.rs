//! Histories and what a forecast may know of them: the protocol of `benches/peers/peers/histories.py`.
//!
//! Knows no network. Times are seconds since 1970 in UTC.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use flate2::read::GzDecoder;
use serde::Deserialize;

/// Fewer runs than this say too little about a forecaster to weigh a series as much as any other.
const RUNS_OF_A_SERIES: usize = 50;

/// A row of the file.
#[derive(Deserialize)]
struct Row {
    repo: String,
    workflow: String,
    level: String,
    run_id: String,
    event: String,
    attempt: String,
    conclusion: String,
    created_at: String,
    started_at: String,
    duration_s: String,
}

/// A successful first attempt.
#[derive(Clone)]
pub struct Run {
    pub run_id: String,
    pub event: String,
    pub start: DateTime<Utc>,
    pub seconds: f64,
}

impl Run {
    /// When it ended, in seconds since 1970.
    pub fn end(&self) -> f64 {
        self.start.timestamp() as f64 + self.seconds
    }
}

/// The successful first attempts of a workflow, in the order in which the world learned of them.
#[derive(Clone)]
pub struct Series {
    pub repo: String,
    pub workflow: String,
    pub level: String,
    pub ended: Vec<Run>,
}

/// One forecast to make, and the ended runs that it may use.
pub struct Task<'a> {
    pub series: &'a Series,
    pub run: &'a Run,
    pub known: &'a [Run],
}

/// Every series of a file, packed or not, by repository, workflow and level.
pub fn read(path: &Path) -> Result<Vec<Series>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let is_packed = path.extension().is_some_and(|ending| ending == "gz");
    let text: Box<dyn Read> = if is_packed {
        Box::new(GzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let mut grouped: BTreeMap<_, Vec<Run>> = BTreeMap::new();
    for row in csv::Reader::from_reader(text).deserialize() {
        let row: Row = row.with_context(|| format!("{} has an odd row", path.display()))?;
        if let Some(run) = successful(&row)? {
            grouped
                .entry((row.repo, row.workflow, row.level))
                .or_default()
                .push(run);
        }
    }
    let series = grouped
        .into_iter()
        .map(|((repo, workflow, level), mut ended)| {
            ended.sort_by(|a, b| a.end().total_cmp(&b.end()).then(a.start.cmp(&b.start)));
            Series {
                repo,
                workflow,
                level,
                ended,
            }
        });
    Ok(series.collect())
}

/// The forecasts of a series' runs that have `min_history` ended runs before them, in order of start.
pub fn tasks(series: &Series, min_history: usize) -> Vec<Task<'_>> {
    let mut runs: Vec<_> = series.ended.iter().collect();
    runs.sort_by_key(|run| run.start);
    let ends: Vec<_> = series.ended.iter().map(Run::end).collect();
    let task = |run: &'_ _| {
        let run: &Run = run;
        ends.partition_point(|end| *end < run.start.timestamp() as f64)
    };
    let with_known = runs.into_iter().map(|run| (run, task(run)));
    let long = with_known.filter(|(_, known)| *known >= min_history);
    long.map(|(run, known)| Task {
        series,
        run,
        known: &series.ended[..known],
    })
    .collect()
}

/// What is scored: the last forecasts of a series that is long enough.
pub fn scored(series: &Series, min_history: usize, last: usize) -> Vec<Task<'_>> {
    if series.ended.len() < RUNS_OF_A_SERIES {
        return Vec::new();
    }
    let mut tasks = tasks(series, min_history);
    tasks.split_off(tasks.len().saturating_sub(last))
}

/// The run of a row, or nothing where it is no evidence of a duration.
fn successful(row: &Row) -> Result<Option<Run>> {
    let seconds: f64 = row.duration_s.parse().unwrap_or(0.0);
    let start = if row.started_at.is_empty() {
        &row.created_at
    } else {
        &row.started_at
    };
    let is_first = matches!(row.attempt.as_str(), "" | "1");
    let is_success = matches!(row.conclusion.as_str(), "" | "success");
    if start.is_empty() || !is_first || !is_success || !seconds.is_finite() || seconds <= 0.0 {
        return Ok(None);
    }
    let start =
        DateTime::parse_from_rfc3339(start).with_context(|| format!("{start} is no time"))?;
    let (run_id, event) = (row.run_id.clone(), row.event.clone());
    Ok(Some(Run {
        run_id,
        event,
        start: start.to_utc(),
        seconds,
    }))
}

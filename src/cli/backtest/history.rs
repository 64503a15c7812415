//! A recorded history, read from CSV: what cannot be a run is refused and counted, never guessed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use anyhow::Context as _;
use chrono::TimeDelta;
use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use crate::domain::{Conclusion, LONGEST_DURATION, Run, RunId, RunStatus, Timestamp, WorkflowFile};

/// The fewest successful first attempts of a series that is scored.
pub(super) const LEAST_RUNS: usize = 50;
/// The columns without which there is no history.
const COLUMNS: [&str; 3] = ["repo", "workflow", "duration_s"];

/// The runs of one workflow, or of one job of it.
pub(super) struct Series {
    pub(super) source: String,
    pub(super) repository: String,
    pub(super) workflow: String,
    /// `run` or `job`.
    pub(super) level: String,
    pub(super) runs: Vec<Run>,
    /// By the number that stands for a run here: its id in the file, and its exact duration in seconds.
    pub(super) rows: BTreeMap<RunId, (String, f64)>,
}

/// What a file holds.
pub(super) struct History {
    /// The series that are long enough, by name.
    pub(super) series: Vec<Series>,
    /// How many rows are no run: cut short, told twice, from the future, without a start, or of a duration that cannot be.
    pub(super) refused: u64,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Row {
    #[serde(default)]
    source: String,
    repo: String,
    workflow: String,
    #[serde(default)]
    run_id: String,
    #[serde(default)]
    event: String,
    #[serde(default)]
    branch: String,
    #[serde(default)]
    attempt: String,
    #[serde(default)]
    conclusion: String,
    #[serde(default)]
    created_at: String,
    #[serde(default)]
    started_at: String,
    duration_s: String,
    #[serde(default)]
    level: String,
}

/// Reads a history, as it can be known now.
pub(super) fn read(path: &Path, now: Timestamp) -> anyhow::Result<History> {
    let told = || format!("{} could not be read as a history of runs", path.display());
    let file = File::open(path).with_context(told)?;
    let is_gzip = path.extension().is_some_and(|ending| ending == "gz");
    let reader: Box<dyn Read> = if is_gzip {
        Box::new(MultiGzDecoder::new(BufReader::new(file)))
    } else {
        Box::new(file)
    };
    parse(reader, now).with_context(told)
}

fn parse(reader: impl Read, now: Timestamp) -> anyhow::Result<History> {
    let mut found: BTreeMap<[String; 3], Series> = BTreeMap::new();
    let (mut refused, mut told) = (0, BTreeSet::new());
    let mut reader = csv::Reader::from_reader(reader);
    let columns = reader.headers()?;
    for wanted in COLUMNS {
        anyhow::ensure!(
            columns.iter().any(|column| column == wanted),
            "it has no column '{wanted}'"
        );
    }
    for (number, row) in reader.into_deserialize::<Row>().enumerate() {
        // Sources number runs differently, and not all do: a run's line is its number here.
        let run = match row {
            Ok(row) => row
                .run(RunId(number as u64))
                .filter(|(run, _)| run.updated_at <= now && told.insert(row.clone()))
                .map(|(run, seconds)| (row, run, seconds)),
            Err(error) if error.is_io_error() => return Err(error.into()),
            Err(_) => None,
        };
        let Some((row, run, seconds)) = run else {
            refused += 1;
            continue;
        };
        let key = [row.repo.clone(), row.workflow.clone(), row.level.clone()];
        let series = found.entry(key).or_insert_with(|| row.series());
        series.rows.insert(run.id, (row.run_id, seconds));
        series.runs.push(run);
    }
    let series = found.into_values().filter(Series::is_long_enough);
    Ok(History {
        series: series.collect(),
        refused,
    })
}

impl Series {
    fn is_long_enough(&self) -> bool {
        let evident = self
            .runs
            .iter()
            .filter(|run| run.evident_duration().is_some());
        evident.count() >= LEAST_RUNS
    }
}

impl Row {
    fn series(&self) -> Series {
        Series {
            source: self.source.clone(),
            repository: self.repo.clone(),
            workflow: self.workflow.clone(),
            level: self.level.clone(),
            runs: Vec::new(),
            rows: BTreeMap::new(),
        }
    }

    /// The run with its exact duration; `None` without a start, or with a duration that cannot be.
    fn run(&self, id: RunId) -> Option<(Run, f64)> {
        let start = if self.started_at.is_empty() {
            &self.created_at
        } else {
            &self.started_at
        };
        let started_at: Timestamp = start.parse().ok()?;
        let seconds: f64 = self.duration_s.parse().ok()?;
        if !(0.0..=LONGEST_DURATION.as_f64()).contains(&seconds) {
            return None;
        }
        let updated_at = started_at.checked_add_signed(span(seconds))?;
        let conclusion = match self.conclusion.as_str() {
            "" => Conclusion::Success,
            word => word.parse().unwrap_or(Conclusion::Unknown),
        };
        let run = Run {
            id,
            attempt: attempt(&self.attempt)?,
            workflow: placeholder(),
            event: self.event.clone(),
            status: RunStatus::Completed,
            conclusion: Some(conclusion),
            created_at: started_at,
            started_at,
            updated_at,
            head_branch: (!self.branch.is_empty()).then(|| self.branch.clone()),
            head_sha: String::new(),
        };
        Some((run, seconds))
    }
}

/// The attempt's number: the first where none is told. Some sources write it as `1.0`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // The cast saturates.
fn attempt(text: &str) -> Option<u32> {
    if text.is_empty() {
        return Some(1);
    }
    let number = text.parse::<f64>().ok();
    number
        .filter(|number| *number >= 1.0)
        .map(|number| number as u32)
}

/// Whole seconds, and one at least of anything above zero, as GitHub tells durations.
#[allow(clippy::cast_possible_truncation)] // Below 2^32.
fn span(seconds: f64) -> TimeDelta {
    let whole = seconds.round() as i64;
    TimeDelta::seconds(if seconds > 0.0 { whole.max(1) } else { 0 })
}

/// A recorded workflow may have a name that no file could have; nothing here asks for it.
fn placeholder() -> WorkflowFile {
    "recorded.yml".parse().expect("a workflow file's name")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "source,repo,workflow,run_id,event,branch,attempt,conclusion,created_at,started_at,completed_at,duration_s,level\n";

    fn history(rows: &[impl AsRef<str>]) -> History {
        let rows: Vec<&str> = rows.iter().map(AsRef::as_ref).collect();
        let text = format!("{HEADER}{}\n", rows.join("\n"));
        parse(text.as_bytes(), "2026-06-01T00:00:00Z".parse().unwrap()).expect("a history")
    }

    /// As many rows as make a series, each of a run of its own.
    fn many(row: &str) -> Vec<String> {
        (0..LEAST_RUNS)
            .map(|number| row.replacen(",7,", &format!(",{number},"), 1))
            .collect()
    }

    #[test]
    fn a_series_is_a_repository_a_workflow_and_a_level_with_fifty_successes() {
        let mut rows = many("s,acme/a,ci.yml,7,push,main,,success,2026-01-01T00:00:00Z,,,60,run");
        rows.push("s,acme/a,ci.yml,8,push,main,,success,2026-01-01T00:00:00Z,,,60,job".into());
        let series = history(&rows).series;
        assert_eq!(series.len(), 1);
        assert_eq!(series[0].runs.len(), 50);
        assert_eq!(series[0].level, "run");
    }

    #[test]
    fn rows_that_cannot_be_runs_are_refused_and_counted() {
        let refused = [
            "s,acme/a,ci.yml,7,push,main,,success,,,,60,run",
            "s,acme/a,ci.yml,7,push,main,,success,yesterday,,,60,run",
            "s,acme/a,ci.yml,7,push,main,,success,2026-01-01T00:00:00Z,,,-1,run",
            "s,acme/a,ci.yml,7,push,main,,success,2026-01-01T00:00:00Z,,,NaN,run",
            "s,acme/a,ci.yml,7,push,main,,success,2026-01-01T00:00:00Z,,,1e300,run",
            "s,acme/a,ci.yml,7,push,main,first,success,2026-01-01T00:00:00Z,,,60,run",
            "s,acme/a,ci.yml,7,push,main,NaN,success,2026-01-01T00:00:00Z,,,60,run",
            "s,acme/a,ci.yml,7,push,main,-3,success,2026-01-01T00:00:00Z,,,60,run",
            "s,acme/a,ci.yml,7,push,main,,success,2026-01-01T00:00:00Z,,,3024001,run",
            "s,acme/a,ci.yml,7,push,main,,success,2999-01-01T00:00:00Z,,,60,run",
            "s,acme/a,ci.yml",
        ];
        assert_eq!(history(&refused).refused, refused.len() as u64);
    }

    #[test]
    fn a_row_that_is_told_twice_counts_once() {
        let mut rows = many("s,acme/a,ci.yml,7,push,main,,success,2026-01-01T00:00:00Z,,,60,run");
        rows.extend(rows.clone());
        let history = history(&rows);
        assert_eq!((history.series[0].runs.len(), history.refused), (50, 50));
    }

    #[test]
    fn a_run_starts_when_it_started_or_else_when_it_was_created_and_no_conclusion_is_success() {
        let mut rows = many(
            "s,acme/a,\"a, b\",7,push,main,1.0,,2026-01-01T00:00:00Z,2026-01-01T00:01:00Z,,0.4,run",
        );
        rows.push("s,acme/a,\"a, b\",7,push,,2,failure,2026-01-01T09:00:00+09:00,,,60,run".into());
        let runs = &history(&rows).series[0].runs;
        let (first, last) = (&runs[0], &runs[50]);
        assert_eq!(
            first.started_at,
            "2026-01-01T00:01:00Z".parse::<Timestamp>().unwrap()
        );
        assert_eq!(
            (first.attempt, first.conclusion),
            (1, Some(Conclusion::Success))
        );
        assert_eq!((first.updated_at - first.started_at).num_seconds(), 1);
        assert_eq!(
            last.started_at,
            "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap()
        );
        assert_eq!(
            (last.attempt, last.conclusion, &last.head_branch),
            (2, Some(Conclusion::Failure), &None)
        );
    }

    #[test]
    fn a_file_without_the_columns_says_which_is_missing() {
        let now = "2026-06-01T00:00:00Z".parse().unwrap();
        let error = parse("a,b\n1,2\n".as_bytes(), now)
            .err()
            .expect("no history");
        assert_eq!(error.to_string(), "it has no column 'repo'");
    }
}

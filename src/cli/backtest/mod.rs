//! `cronwright backtest`: what the forecasts are worth, on a recorded history.
//!
//! A history is a file of runs, `.csv` or `.csv.gz`, with a header. Each series (repository, workflow, level) is replayed in
//! order of start, and the forecast of a run rests on nothing but runs that had ended before.

mod forecaster;
mod forecasts;
mod history;
mod report;

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use indicatif::ProgressBar;

use crate::{
    cli::progress,
    domain::Timestamp,
    track::{Replayed, Settings, backtest},
};
use forecaster::{Stopwatch, Timed};
use history::Series;

/// Arguments of `cronwright backtest`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright backtest --runs runs.csv.gz\n  cronwright backtest --runs runs.csv --format json | jq .overall\n  cronwright backtest --runs runs.csv.gz --forecasts forecasts.csv\n\nThe file has a header with the columns repo, workflow, duration_s and started_at or created_at; source, run_id, event,\nbranch, attempt, conclusion and level are used where they are there. Times are RFC 3339."
)]
pub struct BacktestArgs {
    /// The recorded runs: a CSV file, compressed with gzip if its name ends with .gz.
    #[arg(long, value_name = "FILE")]
    pub runs: PathBuf,
    /// How many successful runs must be known before one is scored.
    #[arg(long, value_name = "RUNS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub min_history: u32,
    /// How many runs of each series are scored, counted from the end.
    #[arg(long, value_name = "RUNS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    pub last: u32,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Writes every scored forecast to this file, as CSV.
    #[arg(long, value_name = "FILE")]
    pub forecasts: Option<PathBuf>,
}

/// How figures are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables for people.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

/// A replayed series.
struct Scored {
    series: Series,
    replayed: Replayed,
}

/// Replays the history and prints what the forecasts are worth.
///
/// # Errors
/// When the history cannot be read, nothing in it can be scored, or the forecasts cannot be written.
pub fn run(args: &BacktestArgs, now: Timestamp, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let history = history::read(&args.runs, now)?;
    let settings = Settings {
        min_history: args.min_history as usize,
        last: args.last as usize,
    };
    let (mut scored, learning, forecasting) =
        (Vec::new(), Stopwatch::default(), Stopwatch::default());
    let progress = progress(history.series.len());
    for series in history.series {
        let mut forecaster = Timed::default();
        let replayed = backtest(&series.runs, settings, &mut forecaster);
        learning.add(forecaster.learning());
        forecasting.add(forecaster.forecasting());
        if !replayed.scored.is_empty() {
            scored.push(Scored { series, replayed });
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    anyhow::ensure!(
        !scored.is_empty(),
        "{} holds no series of {} successful first attempts to score; --min-history and --last say how many are wanted",
        args.runs.display(),
        history::LEAST_RUNS
    );
    if let Some(path) = &args.forecasts {
        forecasts::write(path, &scored)
            .with_context(|| format!("forecasts could not be written to {}", path.display()))?;
    }
    let report = report::Report::new(
        settings,
        &scored,
        history.refused,
        [&learning, &forecasting],
    );
    match args.format {
        Format::Text => report.text(out)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &report)?;
            writeln!(out)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A bar on a terminal, and nothing elsewhere.
fn progress(series: usize) -> ProgressBar {
    let template = "{msg} {wide_bar} {pos}/{len} series, {eta} left";
    progress::counted(series, template).with_message("replaying")
}

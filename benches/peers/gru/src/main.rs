//! A small recurrent network trained across series, as a peer of cronwright's forecasts.
//!
//! Guarantees: a repository's forecasts come from a network that saw no row of that repository, and a forecast sees only
//! runs that had ended before its run started. The same seed gives the same forecasts.

mod folds;
mod history;
mod network;
mod output;
mod training;
mod window;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Parser;

use crate::history::{Series, Task};
use crate::network::Network;
use crate::output::Answer;
use crate::training::Schedule;
use crate::window::Example;

/// Tasks with fewer ended runs behind them teach little about a run with ten and more.
const TRAINING_HISTORY: usize = 5;

/// Trains a GRU across series and writes what it forecasts in the columns of `cronwright backtest --forecasts`.
#[derive(Parser)]
struct Arguments {
    /// A history to split by repository: each fold is forecast by a network trained on the others
    #[arg(long, required_unless_present_all = ["train", "test"])]
    runs: Option<PathBuf>,
    /// A history to train on; needs --test
    #[arg(long, requires = "test")]
    train: Option<PathBuf>,
    /// A history to forecast; its repositories must not be in that of --train
    #[arg(long, requires = "train")]
    test: Option<PathBuf>,
    /// Where the forecasts go
    #[arg(long)]
    out: PathBuf,
    /// How many groups of repositories
    #[arg(long, default_value_t = 5)]
    folds: usize,
    /// How often training goes through its rows
    #[arg(long, default_value_t = 10)]
    epochs: usize,
    /// Runs that must have ended before a scored one
    #[arg(long, default_value_t = 10)]
    min_history: usize,
    /// How many runs of each series are scored
    #[arg(long, default_value_t = 60)]
    last: usize,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let answers = match (&arguments.train, &arguments.test) {
        (Some(train), Some(test)) => between_files(&arguments, train, test)?,
        _ => within_file(&arguments)?,
    };
    output::write(&arguments.out, &answers)
}

/// Forecasts one file's runs with a network trained on another's.
fn between_files(arguments: &Arguments, train: &Path, test: &Path) -> Result<Vec<Answer>> {
    let taught = history::read(train)?;
    let tested = history::read(test)?;
    let common = tested
        .iter()
        .find(|one| taught.iter().any(|other| other.repo == one.repo));
    if let Some(series) = common {
        anyhow::bail!("{} is in both files: take it out of --train", series.repo);
    }
    fit_and_answer(arguments, &taught, &tested, 1)
}

/// Forecasts every fold of a file with a network trained on its other folds.
fn within_file(arguments: &Arguments) -> Result<Vec<Answer>> {
    let path = arguments
        .runs
        .as_ref()
        .context("no history: give --runs FILE")?;
    ensure!(
        arguments.folds >= 2,
        "--folds must be at least 2, one to learn from and one to forecast"
    );
    let series = history::read(path)?;
    let fold_of = folds::by_repository(&series, arguments.folds);
    let mut answers = Vec::new();
    for fold in 0..arguments.folds {
        let (tested, taught): (Vec<_>, Vec<_>) = series
            .iter()
            .cloned()
            .partition(|one| fold_of[&one.repo] == fold);
        answers.extend(fit_and_answer(arguments, &taught, &tested, fold as u64)?);
    }
    Ok(answers)
}

fn fit_and_answer(
    arguments: &Arguments,
    taught: &[Series],
    tested: &[Series],
    seed: u64,
) -> Result<Vec<Answer>> {
    let rows: Vec<Example> = taught
        .iter()
        .flat_map(|series| history::tasks(series, TRAINING_HISTORY))
        .map(|task| Example::new(&task))
        .collect();
    ensure!(
        !rows.is_empty(),
        "no series to learn from has {TRAINING_HISTORY} successful runs"
    );
    let network = Network::new(seed)?;
    training::fit(&network, &rows, &Schedule::new(arguments.epochs, seed))?;
    let scored = |series| history::scored(series, arguments.min_history, arguments.last);
    let tasks: Vec<Task> = tested.iter().flat_map(scored).collect();
    let begun = Instant::now();
    let answers = answer(&network, &tasks)?;
    let each = begun.elapsed().as_secs_f64() * 1e6 / tasks.len().max(1) as f64;
    eprintln!(
        "{} forecasts, {each:.0} microseconds each in batches",
        tasks.len()
    );
    Ok(answers)
}

fn answer(network: &Network, tasks: &[Task]) -> Result<Vec<Answer>> {
    let mut answers = Vec::with_capacity(tasks.len());
    for batch in tasks.chunks(training::BATCH) {
        let rows: Vec<_> = batch.iter().map(Example::new).collect();
        let quantiles = network.quantiles(&rows)?;
        let pairs = batch.iter().zip(&rows).zip(quantiles);
        answers.extend(pairs.map(|((task, row), quantiles)| Answer::new(task, row, &quantiles)));
    }
    Ok(answers)
}

//! Forecasts in the columns of `cronwright backtest --forecasts`, so that the comparison reads both in one way.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::history::Task;
use crate::window::Example;

/// One forecast. What the network does not say stays empty.
#[derive(Serialize)]
pub struct Answer {
    repo: String,
    workflow: String,
    level: String,
    run_id: String,
    started_at: String,
    actual_seconds: f64,
    p50_seconds: f64,
    p90_seconds: f64,
    lower_seconds: f64,
    upper_seconds: f64,
    success_probability: Option<f64>,
    confidence: Option<f64>,
    model: &'static str,
    history: usize,
}

impl Answer {
    /// The answer to a task from quantiles in the network's order.
    pub fn new(task: &Task, row: &Example, quantiles: &[f32]) -> Self {
        let seconds = |at: usize| (row.base + f64::from(quantiles[at])).exp();
        Self {
            repo: task.series.repo.clone(),
            workflow: task.series.workflow.clone(),
            level: task.series.level.clone(),
            run_id: task.run.run_id.clone(),
            started_at: task.run.start.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            actual_seconds: task.run.seconds,
            p50_seconds: seconds(1),
            p90_seconds: seconds(2),
            lower_seconds: seconds(0),
            upper_seconds: seconds(3),
            success_probability: None,
            confidence: None,
            model: "gru",
            history: task.known.len(),
        }
    }
}

/// Writes all of them.
pub fn write(path: &Path, answers: &[Answer]) -> Result<()> {
    let mut file =
        csv::Writer::from_path(path).with_context(|| format!("cannot write {}", path.display()))?;
    for answer in answers {
        file.serialize(answer)?;
    }
    Ok(file.flush()?)
}

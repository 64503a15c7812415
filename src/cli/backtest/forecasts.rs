//! Every scored forecast as a row of CSV, for other tools to judge.

use std::path::Path;

use serde::Serialize;

use super::Scored;

/// A row. The actual duration is as exact as the history told it.
#[derive(Serialize)]
struct Row<'a> {
    repo: &'a str,
    workflow: &'a str,
    level: &'a str,
    run_id: &'a str,
    started_at: String,
    actual_seconds: f64,
    p50_seconds: u64,
    p90_seconds: u64,
    lower_seconds: u64,
    upper_seconds: u64,
    success_probability: f64,
    confidence: u8,
    model: &'a str,
    history: usize,
}

/// Writes the forecasts of durations, series by series in order of start.
pub(super) fn write(path: &Path, scored: &[Scored]) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    for Scored { series, replayed } in scored {
        let compared = replayed
            .scored
            .iter()
            .filter(|replay| replay.score.duration.is_some());
        for replay in compared {
            let Some((run_id, actual_seconds)) = series.rows.get(&replay.score.run) else {
                continue;
            };
            let forecast = &replay.forecast;
            let started_at = forecast.made_at + chrono::TimeDelta::seconds(1);
            writer.serialize(Row {
                repo: &series.repository,
                workflow: &series.workflow,
                level: &series.level,
                run_id,
                started_at: started_at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
                actual_seconds: *actual_seconds,
                p50_seconds: forecast.duration.p50.0,
                p90_seconds: forecast.duration.p90.0,
                lower_seconds: forecast.interval.lower.0,
                upper_seconds: forecast.interval.upper.0,
                success_probability: f64::from(forecast.success.0) / 1000.0,
                confidence: forecast.confidence.0,
                model: &forecast.model,
                history: replay.history,
            })?;
        }
    }
    Ok(writer.flush()?)
}

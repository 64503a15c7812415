//! A replay of the past: each forecast is made from only what was over before its run was created.
//!
//! Generic over the forecaster, so that it judges any model, the naive ones included, by the same rule.

use super::{naive, score};
use crate::domain::{Forecast, Run, Score, Seconds, Timestamp};

/// Which runs of a history are forecast.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Settings {
    /// How many evident durations must be known before a run is forecast.
    pub min_history: usize,
    /// How many runs with an evident duration are scored, counted from the end.
    pub last: usize,
}

impl Default for Settings {
    /// Ten before, the last sixty: long enough for a level, short enough that each series weighs alike.
    fn default() -> Self {
        Self {
            min_history: 10,
            last: 60,
        }
    }
}

/// One forecast of a replay with what came of it.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Replay {
    /// The forecast, made the second before its run was created.
    pub forecast: Forecast,
    /// Its comparison with that run.
    pub score: Score,
}

/// Replays the runs of one workflow, in any order, and scores a forecast of each run that counts.
///
/// The forecaster is given the runs that were over, in order of their ends, and the instant of the forecast; a run it
/// declines is left out. Runs without an evident duration are history and are not scored.
pub fn backtest<F>(runs: &[Run], settings: Settings, forecaster: F) -> Vec<Replay>
where
    F: Fn(&[Run], Timestamp) -> Option<Forecast>,
{
    let mut by_end = runs.to_vec();
    by_end.sort_by_key(|run| (run.updated_at, run.id, run.attempt));
    let mut scored: Vec<&Run> = by_end
        .iter()
        .filter(|run| run.evident_duration().is_some())
        .collect();
    scored.sort_by_key(|run| (run.created_at, run.id));
    let scored = &scored[scored.len().saturating_sub(settings.last)..];
    let replay = |run: &&Run| {
        let made_at = run.created_at.checked_sub_signed(Seconds(1).to_delta())?;
        let known = &by_end[..by_end.partition_point(|other| other.updated_at <= made_at)];
        let evident = known
            .iter()
            .filter(|other| other.evident_duration().is_some())
            .count();
        let forecast = (evident >= settings.min_history).then(|| forecaster(known, made_at))??;
        let score = score(&forecast, naive(known, made_at), run)?;
        Some(Replay { forecast, score })
    };
    scored.iter().filter_map(replay).collect()
}

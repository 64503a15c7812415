//! A replay of the past: each forecast is made from only what was over before its run was created.
//!
//! Generic over the forecaster, so that it judges any model, the naive ones included, by the same rule. The history is
//! walked once: a forecaster that learns run by run costs the same for each of them.

use super::score;
use crate::domain::{Circumstances, Forecast, Run, Score, Seconds, Timestamp};

/// Somebody who learns from runs and forecasts the next one.
pub trait Forecaster {
    /// Takes note of a run that is over. Runs come in order of their ends.
    fn learn(&mut self, run: &Run);

    /// Forecasts a run from what is known before it starts; `None` declines.
    fn forecast(&self, next: &Circumstances<'_>, made_at: Timestamp) -> Option<Forecast>;
}

/// Which runs of a history are forecast.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Settings {
    /// How many evident durations must be known before a run is scored.
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
    /// How many evident durations were known.
    pub history: usize,
    /// The median of all of them: what the simplest forecaster of a young history says.
    pub running_median: Seconds,
    /// The share of the outcomes known that were successes, in parts of a million: what the simplest says of success.
    pub running_rate_ppm: u32,
}

/// A replayed history.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Replayed {
    /// The forecasts that count: of the last runs, with history enough. Those of runs that failed tell of success only.
    pub scored: Vec<Replay>,
    /// The forecasts of evident durations with less history than asked, wherever they lie.
    pub cold: Vec<Replay>,
}

/// Replays the runs of one workflow, in any order, and scores a forecast of each run that counts.
///
/// A run that the forecaster declines is left out. Cancelled and skipped runs and later attempts are history and are not
/// scored.
pub fn backtest(runs: &[Run], settings: Settings, forecaster: &mut dyn Forecaster) -> Replayed {
    let mut by_end: Vec<&Run> = runs.iter().collect();
    by_end.sort_by_key(|run| (run.updated_at, run.id, run.attempt));
    let mut by_start: Vec<&Run> = runs.iter().filter(|run| run.attempt == 1).collect();
    by_start.sort_by_key(|run| (run.created_at, run.id));
    let evident = by_start
        .iter()
        .filter(|run| run.evident_duration().is_some())
        .count();
    let mut walk = Walk::default();
    let (mut replayed, mut seen) = (Replayed::default(), 0);
    for run in by_start {
        let Some(made_at) = run.created_at.checked_sub_signed(Seconds(1).to_delta()) else {
            continue;
        };
        walk.until(made_at, &by_end, forecaster);
        let counts = seen + settings.last >= evident;
        let is_evident = run.evident_duration().is_some();
        seen += usize::from(is_evident);
        let mature = walk.history() >= settings.min_history;
        if (mature && !counts) || (!mature && !is_evident) {
            continue;
        }
        if let Some(replay) = walk.replay(run, made_at, forecaster) {
            let list = if mature {
                &mut replayed.scored
            } else {
                &mut replayed.cold
            };
            list.push(replay);
        }
    }
    replayed
}

/// Where a replay stands, and what the simplest forecasters know there.
#[derive(Default)]
struct Walk {
    learned: usize,
    durations: Vec<Seconds>,
    last: Option<Seconds>,
    successes: u64,
    verdicts: u64,
}

impl Walk {
    fn history(&self) -> usize {
        self.durations.len()
    }

    fn until(&mut self, instant: Timestamp, by_end: &[&Run], forecaster: &mut dyn Forecaster) {
        while let Some(run) = by_end
            .get(self.learned)
            .filter(|run| run.updated_at <= instant)
        {
            self.learned += 1;
            forecaster.learn(run);
            if let Some(duration) = run.evident_duration() {
                let at = self.durations.partition_point(|other| *other < duration);
                self.durations.insert(at, duration);
                self.last = Some(duration);
            }
            let verdict = run.conclusion.filter(|conclusion| conclusion.is_verdict());
            if verdict.is_some() && run.attempt == 1 {
                self.verdicts += 1;
                self.successes += u64::from(verdict == Some(crate::domain::Conclusion::Success));
            }
        }
    }

    fn replay(&self, run: &Run, made_at: Timestamp, forecaster: &dyn Forecaster) -> Option<Replay> {
        let forecast = forecaster.forecast(&Circumstances::of(run), made_at)?;
        let score = score(&forecast, self.last, run)?;
        let known = self.durations.len();
        let (low, high) = (
            self.durations.get((known.max(1) - 1) / 2)?,
            self.durations.get(known / 2)?,
        );
        let ppm = self.successes * 1_000_000 / self.verdicts.max(1);
        Some(Replay {
            forecast,
            score,
            history: known,
            running_median: Seconds(u64::midpoint(low.0, high.0)),
            running_rate_ppm: u32::try_from(ppm).unwrap_or(1_000_000),
        })
    }
}

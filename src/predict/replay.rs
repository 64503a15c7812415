//! How the level would have erred so far: each past run against the level just before it.
//!
//! The errors are honest because each was out of sample (conformal prediction on a stream; Vovk, Gammerman and Shafer,
//! "Algorithmic Learning in a Random World", 2005; weighted by age as in Barber et al., "Conformal prediction beyond
//! exchangeability", 2023). No family of distributions is assumed.

use super::{
    estimate::{Estimate, Estimator, Sample},
    level::RobustLevel,
    quantile::decayed,
    shift::{level_begin, shifts},
};

/// The level that holds now, with the errors it made when it was replayed over the past.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replay {
    /// Where durations lie; asked about the runs since the last shift only.
    pub(super) level: RobustLevel,
    /// Half of the errors' weight is forgotten every so many runs.
    pub(super) half_life_runs: f64,
    /// How many past errors are replayed: the bound of the cost, at a weight of 3 % for the oldest.
    pub(super) depth_runs: usize,
}

impl Estimator for Replay {
    fn estimate(&self, history: &[Sample]) -> Option<Estimate> {
        // Nothing older can reach an error that is replayed.
        let recent = &history[history
            .len()
            .saturating_sub(self.depth_runs + self.level.window_runs)..];
        let logs: Vec<f64> = recent.iter().map(|sample| sample.log_duration).collect();
        let shifts = shifts(&logs);
        let level = |count: usize| self.level.of(&logs[level_begin(&shifts, count)..count]);
        let first = logs.len().saturating_sub(self.depth_runs).max(1);
        let errors: Vec<f64> = (first..logs.len())
            .filter_map(|at| Some(logs[at] - level(at)?))
            .collect();
        let begin = level_begin(&shifts, logs.len());
        Some(Estimate {
            level: level(logs.len())?,
            errors: decayed(&errors, self.half_life_runs),
            samples: count(history.len()),
            settled: count(if begin > 0 {
                logs.len() - begin
            } else {
                history.len()
            }),
            drift_since: (begin > 0).then(|| recent[begin].ended_at),
            confidence: 0.0,
        })
    }
}

fn count(samples: usize) -> u32 {
    u32::try_from(samples).unwrap_or(u32::MAX)
}

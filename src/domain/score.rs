//! How a forecast compared with what happened.

use serde::{Deserialize, Serialize};

use super::{Permille, RunId, Seconds, Timestamp};

/// The comparison of one stored forecast with the run it was about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Score {
    /// The run.
    pub run: RunId,
    /// When the run ended.
    pub finished_at: Timestamp,
    /// When the forecast was made; always before the run was created.
    pub forecast_made_at: Timestamp,
    /// The model that made it.
    pub model: String,
    /// The comparison of durations, where the run is evidence of one.
    pub duration: Option<DurationScore>,
    /// The forecast probability of success.
    pub success: Permille,
    /// Whether the run succeeded.
    pub succeeded: bool,
}

/// The comparison of a forecast duration with the actual one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DurationScore {
    /// The forecast median.
    pub p50: Seconds,
    /// The forecast 90 % quantile.
    pub p90: Seconds,
    /// The last actual duration that was known when the forecast was made: the naive forecast.
    pub naive: Option<Seconds>,
    /// What the run took.
    pub actual: Seconds,
    /// Absolute error of the median relative to the actual, in permille; divided by the actual, never by the forecast.
    pub error_permille: u32,
    /// Whether the actual lay in the forecast's 90 % interval.
    pub covered: bool,
}

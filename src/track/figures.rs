//! The figures of a backtest: what a forecaster is worth, in numbers that can be compared with a peer's.

use serde::Serialize;

use super::Distribution;

/// What a set of replayed forecasts adds up to. Errors are absolute and relative to the actual duration.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// How many workflows were scored.
    pub series: usize,
    /// How many forecasts of durations were compared.
    pub forecasts: usize,
    /// The share within 25 %, in percent.
    pub within_25_percent: f64,
    /// The mean error, in percent.
    pub mean_error_percent: f64,
    /// The median error, in percent.
    pub median_error_percent: f64,
    /// How many forecasts fell into each band of error.
    pub distribution: Distribution,
    /// The mean absolute error over that of repeating the last value; the geometric mean over workflows.
    pub mae_to_last_value: Option<f64>,
    /// The pinball loss of the p50 and of the p90, relative to the actual, in percent.
    pub pinball_50_percent: f64,
    /// See above.
    pub pinball_90_percent: f64,
    /// The share of actual durations inside the 90 % interval, in percent.
    pub coverage_percent: f64,
    /// The share of workflows whose own coverage lies between 85 and 95 %, in percent.
    pub series_in_band_percent: f64,
    /// The median width of the interval, relative to the p50.
    pub median_relative_width: f64,
    /// How many outcomes the success probability was held against.
    pub outcomes: usize,
    /// The mean squared error of the success probability (Brier, 1950).
    pub brier: f64,
    /// By how much that lies below the error of the running rate, as a share; `None` where that rate never errs.
    pub brier_skill: Option<f64>,
    /// What became of forecasts by what they said of themselves, in tenths of confidence.
    pub calibration: Vec<Calibration>,
    /// Young histories, next to the running median.
    pub cold_start: Vec<ColdStart>,
}

/// Forecasts that claimed about the same confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Calibration {
    /// The smallest confidence of these, in percent.
    pub from_percent: u8,
    /// How many there are.
    pub forecasts: usize,
    /// Their mean confidence, in percent.
    pub confidence_percent: f64,
    /// The share of them within 25 %, in percent.
    pub within_25_percent: f64,
}

/// Forecasts from a history of so many runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ColdStart {
    /// How many evident durations were known.
    pub history: usize,
    /// How many forecasts were made then.
    pub forecasts: usize,
    /// The share within 25 %, in percent.
    pub within_25_percent: f64,
    /// The same of the running median.
    pub running_median_within_25_percent: f64,
    /// The median error, in percent.
    pub median_error_percent: f64,
    /// The same of the running median.
    pub running_median_median_error_percent: f64,
}

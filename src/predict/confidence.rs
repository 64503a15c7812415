//! How far a forecast can be trusted: the share of its like that land within 25 % of the outcome.
//!
//! Counts how often the forecasts of this workflow did, and discounts what rests on few runs at the level that now holds, so
//! that confidence rises with samples and falls with spread and drift.

use super::spread::Spread;
use crate::domain::Percent;

/// Workflows of all kinds land within 25 % in 85 % of cases from their second run on; worth four runs.
const PRIOR: (f64, f64) = (0.85, 4.0);
/// The doubt about a level at which no run was seen, and how many runs halve it.
///
/// One run gives 58 % of the confidence, three 79 %, six 93 %, ten 98 %. One run says nothing about spread, whatever other
/// workflows do; the discount, not the data, keeps a new workflow below the bar of an automatic change.
const DOUBT: (f64, f64) = (0.6, 2.0);

/// The confidence after so many runs of its kind at the current level.
pub(super) fn confidence(spread: &Spread, settled_runs: usize) -> Percent {
    let (doubt, half_life) = DOUBT;
    #[allow(clippy::cast_precision_loss)] // Some eighty runs.
    let settled = settled_runs as f64;
    let doubt = doubt * 0.5_f64.powf(settled / half_life);
    Percent::from_share(spread.close_share(PRIOR.0, PRIOR.1) * (1.0 - doubt))
}

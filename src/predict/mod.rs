//! Forecasts of a workflow's next run: history in, [`Forecast`] out.
//!
//! Owns how evidence becomes a forecast: which runs count, where the level of the durations lies, how wide the next one
//! may fall, how often the workflow succeeds. Knows no clock (the instant is an argument), no store and no score.
//!
//! Estimators wrap one another; each adds one thing to what it wraps, and [`forecast`] reads as their list. A better
//! estimator replaces one of them behind the same trait. Invariants: nothing panics on any input, the order and the
//! repetition of the evidence do not matter, and nothing that happened after the given instant is used.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod confidence;
mod estimate;
mod evidence;
mod impact;
mod level;
mod margin;
mod quantile;
mod replay;
mod shift;
mod success;
#[cfg(test)]
mod tests;
mod wait;

pub use evidence::Evidence;
pub use impact::{Impact, impact};
pub use success::Prior;

use crate::domain::{Forecast, Timestamp};
use confidence::{Maturity, Trust};
use estimate::Estimator;
use level::RobustLevel;
use margin::Margin;
use replay::Replay;

/// The name and version of the model, stored with each forecast it makes.
pub const MODEL: &str = "robust-level/1";

/// Forecasts the next run from what was known at an instant.
///
/// `None` while no run is evidence of a duration. The duration's quantiles are those of the errors this very model would
/// have made on the workflow's past runs, so they widen after surprises and narrow as it settles.
///
/// Guarantees: `lower <= p50 <= p90 <= upper`; the same evidence in another order, or with copies of the same attempt,
/// gives the same forecast; runs that are not over at `now` are ignored.
#[must_use]
pub fn forecast(evidence: &Evidence<'_>, now: Timestamp) -> Option<Forecast> {
    let runs = evidence::known(evidence.runs, now);
    let estimate = model().estimate(&evidence::durations(&runs))?;
    Some(Forecast {
        made_at: now,
        model: MODEL.to_owned(),
        duration: estimate.duration(),
        interval: estimate.interval(),
        queue: wait::quantiles(evidence.queue, now),
        lateness: wait::quantiles(evidence.lateness, now),
        success: success::probability(&runs, evidence.prior),
        confidence: estimate.confidence(),
        samples: estimate.samples,
        drift_since: estimate.drift_since,
    })
}

/// The estimators, innermost first: where durations lie, how that erred, what few samples hide, how far to trust it.
///
/// The constants are the best of a coarse search over the public histories of 211 series (11,777 forecasts): within
/// 25 % in 85.7 % of them (the median of the last five in 84.0 %), median error 6.9 %, interval coverage 90 %, and of the
/// forecasts of any tenth of confidence a share within 5 points of it. Neighbouring values lose 0.3 points at most.
fn model() -> impl Estimator {
    // A median that forgets half of its evidence every three runs, but sharper: see `level`.
    let level = RobustLevel {
        half_life_runs: 3.0,
        bandwidth: 0.15,
        window_runs: 40,
    };
    // Errors are forgotten more slowly than levels: the spread of a workflow outlives its level.
    let replayed = Replay {
        level,
        half_life_runs: 20.0,
        depth_runs: 100,
    };
    // Two imagined errors by a factor of e^0.8 = 2.2 either way, worth 0.15 of a run each.
    let widened = Margin {
        reach: 0.8,
        weight: 0.15,
        inner: replayed,
    };
    // Series of the same kind land within 25 % in 85 % of cases from their second run on; worth two runs.
    let trusted = Trust {
        prior_share: 0.85,
        prior_runs: 2.0,
        inner: widened,
    };
    Maturity {
        half_life_runs: 3.0,
        inner: trusted,
    }
}

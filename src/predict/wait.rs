//! How long things wait before they begin: lateness of fires, queue time of jobs.
//!
//! Waits are many small and few very large, and often nothing at all, so they stay in seconds and in quantiles.

use super::quantile::{Weighted, decayed, quantile};
use crate::domain::{Quantiles, Seconds, Timestamp};

/// Half of the waits' weight is forgotten every seven, so a new regime of a daily fire's lateness rules after a week.
///
/// On 115 forecasts of public lateness, across a change of regime, half-lives of 5 to 10 do alike: the p90 holds 88 %.
const HALF_LIFE_WAITS: f64 = 7.0;
/// How many waits are looked at; the oldest weighs under a thousandth.
const DEPTH_WAITS: usize = 100;
/// What the imagined wait of twice the longest weighs, so that the p90 of few waits lies beyond all of them.
const IMAGINED_WEIGHT: f64 = 0.3;

/// The quantiles of the waits known at `now`; zero without any.
pub(super) fn quantiles(waits: &[(Timestamp, Seconds)], now: Timestamp) -> Quantiles {
    let mut known: Vec<_> = waits.iter().filter(|(at, _)| *at <= now).copied().collect();
    known.sort_unstable();
    let recent = &known[known.len().saturating_sub(DEPTH_WAITS)..];
    let seconds: Vec<f64> = recent.iter().map(|(_, wait)| wait.as_f64()).collect();
    let longest = seconds.iter().copied().fold(0.0, f64::max);
    let mut waits = decayed(&seconds, HALF_LIFE_WAITS);
    let p50 = quantile(&waits, 0.5).unwrap_or(0.0);
    waits.push(Weighted {
        value: 2.0 * longest,
        weight: IMAGINED_WEIGHT,
    });
    let p90 = quantile(&waits, 0.9).unwrap_or(0.0).max(p50);
    Quantiles {
        p50: Seconds::from_f64(p50),
        p90: Seconds::from_f64(p90),
    }
}

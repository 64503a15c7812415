//! Forecasts of a workflow's next run: history in, [`Forecast`] out.
//!
//! Owns how evidence becomes a forecast: which runs count, where the level of the durations lies, how wide the next one
//! may fall, how often the workflow succeeds. Knows no clock (the instant is an argument), no store and no score.
//!
//! A [`Learner`] takes one run after the other. For each it first asks its experts what they would have said, holds that
//! against the run, and then remembers the run: so every error it knows of was made from what had ended before. `docs/forecasting.md` tells
//! the method with its figures. Invariants: nothing panics on any input, the order and the repetition of the evidence do
//! not matter, and nothing that happened after the given instant is used.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod confidence;
mod evidence;
mod expert;
mod impact;
mod learner;
mod level;
mod mixture;
mod quantile;
mod sample;
mod shift;
mod spread;
mod success;
#[cfg(test)]
mod tests;
mod told;
mod wait;
mod window;

pub use evidence::Evidence;
pub use impact::{Impact, impact};
pub use learner::Learner;
pub use success::Prior;
pub use told::says_the_same;

use crate::domain::{Circumstances, Forecast, Run, Timestamp};

/// The name and version of the model, stored with each forecast it makes.
pub const MODEL: &str = "mixed-experts/3";

/// Forecasts the next run from what was known at an instant.
///
/// `None` while no run is evidence of a duration. The duration's quantiles are those of the errors this very model would
/// have made on the workflow's past runs, so they widen after surprises and narrow as it settles.
///
/// Guarantees: `lower <= p50 <= p90 <= upper`; the same evidence in another order, or with copies of the same attempt,
/// gives the same forecast; runs that are not over at `now` are ignored.
#[must_use]
pub fn forecast(evidence: &Evidence<'_>, now: Timestamp) -> Option<Forecast> {
    carry_on(Learner::default(), evidence, now).1
}

/// Lets a learner catch up with the evidence, and forecasts the next run: [`forecast`] at the price of what is new.
///
/// A learner that was taught something else than these runs tell (one was corrected, or reported late) learns anew.
#[must_use]
pub fn carry_on(
    learner: Learner,
    evidence: &Evidence<'_>,
    now: Timestamp,
) -> (Learner, Option<Forecast>) {
    let runs = evidence::known(evidence.runs, now);
    let learner = learner.catch_up(&runs);
    let like = newest(&runs).map(Circumstances::of);
    let next = evidence.next.or(like).map(|next| Circumstances {
        at: next.at.max(now),
        ..next
    });
    let forecast = next
        .and_then(|next| learner.forecast(&next, evidence.prior, now))
        .map(|forecast| Forecast {
            queue: wait::quantiles(evidence.queue, now),
            lateness: wait::quantiles(evidence.lateness, now),
            ..forecast
        });
    (learner, forecast)
}

/// The newest scheduled run, or the newest of all.
fn newest<'a>(runs: &[&'a Run]) -> Option<&'a Run> {
    let scheduled = runs.iter().rev().find(|run| run.is_scheduled());
    scheduled.or(runs.last()).copied()
}

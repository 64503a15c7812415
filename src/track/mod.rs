//! What became of what was expected: fires against runs, forecasts against outcomes.
//!
//! Owns the ledger of expected fires, the scores of forecasts, and what both add up to. Knows no clock, no store, and no
//! way of forecasting: the backtest is handed a forecaster. Invariants: every fire has one entry and every run serves at
//! most one fire; a forecast is scored only by a run that was created after it was made; errors are relative to the
//! actual, never to the forecast; sums do not depend on the order of what is summed.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod accuracy;
mod backtest;
mod delivery;
mod figures;
mod judged;
mod ledger;
mod score;
mod statistics;
mod summary;
mod trust;

pub use accuracy::{Accuracy, Distribution, Health, SCORES, accuracy, band};
pub use backtest::{Forecaster, Replay, Replayed, Settings, backtest};
pub use delivery::{DeliverySummary, delivery_summary, lateness};
pub use figures::{Calibration, ColdStart, Figures};
pub use judged::{Judged, Outcome};
pub use ledger::{COALESCING, HORIZON, TOLERANCE, ledger};
pub use score::{naive, score};
pub use summary::figures;
pub use trust::{Demotion, Distrust};

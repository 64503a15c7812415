//! What runs cost: prices of runner labels, minutes as GitHub bills them, sums, and what could be spared.
//!
//! Pure: runs and jobs in, sums out. Jobs are known of some runs only, since each run's jobs cost a request; what the others
//! cost is estimated from these and told as such, with the least and the most that it can have been.
//!
//! # Invariants
//! - A job is billed by the whole minute, each for itself; what never had a runner is free.
//! - A sum is the sum of its parts, bounds included.
//! - A label without a price is said to have none; its minutes are counted apart and cost nothing here.
//! - Advice is words and figures. Nothing is done by it.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod account;
mod advice;
mod amount;
mod bill;
mod estimate;
mod guess;
mod price;
mod runner;
mod saving;
#[cfg(test)]
mod tests;

pub use account::{Account, ByRunner, Month, SPAN_DAYS, WINDOW_DAYS, may_cost};
pub use advice::{Advice, FAILURES, UNCHANGED};
pub use amount::Amount;
pub use bill::billed_minutes;
pub use estimate::Estimate;
pub use price::{Basis, Prices, Rate, Terms};
pub use runner::{Listed, PRICE_LIST, Runner};
pub use saving::Saving;

//! Forecast of concurrent load: how many jobs will want a runner at once, hour by hour, with bands.
//!
//! Owns the step from runs that were, and crons that will fire, to the jobs at once on each kind of runner. Knows no
//! store, no clock and no capacity: who plans compares. `docs/load.md` tells the method with its figures.
//!
//! A forecast is made from *like days*: each of the last five weeks' days of the same kind (workdays, or weekends) is one
//! way in which a coming day may go. What no cron explains is taken from that day as it was, so that bursts stay bursts.
//! Scheduled runs of a known cron are taken out of it and put where the cron fires, as late and as long as they were lately.
//!
//! Invariants: bands are ordered; expected loads of workflows add up; without workflows there is no load; the order of
//! the workflows does not matter, and nothing that ended after the given instant is used.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod band;
mod coming;
mod days;
mod draw;
mod forecast;
mod pool;
mod presence;
#[cfg(test)]
mod tests;
mod workload;
mod worth;

pub use band::{Band, Day, Hour, PoolLoad};
pub use days::DAYS_BACK;
pub use forecast::{Horizon, LoadForecast, forecast};
pub use workload::{Coming, JobShape, Past, Workload};
pub use worth::{Compared, LoadWorth, worth};

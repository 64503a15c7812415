//! What must outlive a restart: runs, jobs, forecasts, scores, fires, plans, deeds and GitHub's cached answers.
//!
//! Owns all SQL. It knows no GitHub, no Kubernetes and no clock: every instant is given to it. Histories, forecasts,
//! scores and deeds are append-only but for what retention lets go; a run that has not ended may change until it has.
//! Every call is one transaction: after a crash at any point it has happened wholly or not at all, and repeating it
//! changes nothing.
//!
//! The statements are common to SQLite and PostgreSQL; what is one's alone stands in `connection`, `sqlite`
//! with `inspect`, and `postgres` with `notices`.
//! Repositories are stored in lower case and apart by host (`keys`), workflows by file name, instants as whole seconds in UTC (rounded down).

mod anomalies;
mod billing;
mod claims;
mod connection;
mod counts;
mod deeds;
mod door;
mod encryption;
mod error;
mod fires;
mod fleet;
mod forecasts;
mod forget;
mod history;
mod inspect;
mod intents;
mod inventory;
mod jobs;
mod keys;
mod learners;
mod migrate;
mod migrate_postgres;
mod notices;
mod observer;
mod occupied;
mod open;
mod packed;
mod place;
mod postgres;
mod recency;
mod responses;
mod retention;
mod rows;
mod runs;
mod scores;
mod sqlite;
mod statement;
mod sweep;
mod timetables;
mod transfer;
mod unwatched;
mod values;
mod views;

#[cfg(test)]
mod tests;

pub use counts::Counts;
pub use deeds::{Deed, DeedKind};
pub use error::{Retry, StoreError};
pub use fleet::{Demand, Pulse, Served};
pub use inventory::Observed;
pub use notices::{LONGEST_NOTICE, Listener, Notices};
pub use observer::StoreObserver;
pub use occupied::{JobOf, Occupied};
pub use open::Store;
pub use responses::{CacheLimits, StoredResponse};
pub use retention::{Retention, RetentionError};
pub use runs::{Cursor, Listed, Recorded};
pub use sweep::{Sweep, Swept};
pub use timetables::Timetable;
pub use transfer::{Moved, Progress, TransferError};
pub use views::StoredView;

//! What a store's content comes to, for those who tell it: the commands that report, and the dashboard.
//!
//! Owns the reading of a whole store, and the values made of it: a report, an explanation, the worth of forecasts, the
//! health of the system, what runs cost; and the same as far as the statuses of a cluster's objects tell. It knows no format and no page: whoever tells it
//! chooses the shape. But for `read`, `costs` and `proposals` it is
//! values in, values out; equal stores give equal answers.

pub(crate) mod anomalies;
mod calibration;
mod costs;
mod explained;
mod health;
mod inventory;
mod load;
mod proposals;
mod read;
#[cfg(test)]
pub(crate) mod sample;
mod spent;
mod statuses;
mod steps;
mod summary;
mod week;
pub(crate) mod words;
mod worth;

pub(crate) use crate::cost::Amount;
pub(crate) use anomalies::{Anomalies, Found, Told};
pub(crate) use calibration::{Bin, Calibration, Quantile, monday};
pub(crate) use costs::{Accounts, costs};
pub(crate) use explained::{Explained, Step};
pub(crate) use health::{Demoted, HIGH_CONFIDENCE, SystemHealth, distrusted};
pub(crate) use inventory::Inventory;
pub(crate) use load::{History, HourAhead, LoadAhead, PoolAhead};
pub(crate) use proposals::{Proposal, proposals};
pub(crate) use read::read;
pub(crate) use spent::{Advised, OfMonth, OfMove, OfRunner, OfWorkflow, Spent};
pub(crate) use statuses::{
    AnomaliesOfStatuses, CostOfStatus, CostsOfStatuses, Holding, Incident, NO_JOBS, NOT_TOLD,
    NotReady, Otherwise, PullRequest, ReportOfStatuses, Statuses, WorthOfStatuses, without,
};
pub(crate) use summary::{Entry, Group, Report, Source};
pub(crate) use week::{Hour, Hours, PoolWeek, Usual, Week, runners};
pub(crate) use worth::{Compared, Worth, WorthOf};

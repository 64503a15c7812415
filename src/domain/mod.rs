//! The words of the house: values that every other module speaks in.
//!
//! Owns time, runs, crons, workflows, forecasts, fires, money and digests. It knows no I/O, no clock, no Kubernetes
//! and no GitHub wire format. Everything here is `Eq + Ord + Hash` where it crosses a module, in whole
//! seconds and whole percent, so that decisions can be compared, replayed and model-checked.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod circumstances;
pub mod cron;
pub mod digest;
pub mod fire;
pub mod forecast;
pub mod host;
pub mod job;
pub mod money;
pub mod percent;
pub mod run;
pub mod score;
pub mod seconds;
pub mod verdicts;
pub mod visibility;
pub mod workflow;

pub use circumstances::Circumstances;
pub use cron::{Cron, CronError, Schedule, TimeZone};
pub use digest::Digest;
pub use fire::{Delivery, Fire};
pub use forecast::{Forecast, Interval, ProbabilityInterval, Quantiles};
pub use host::{Host, Located};
pub use job::Job;
pub use money::Money;
pub use percent::{Percent, Permille};
pub use run::{Conclusion, LONGEST_DURATION, Run, RunId, RunStatus};
pub use score::{DurationScore, Score};
pub use seconds::Seconds;
pub use verdicts::Verdicts;
pub use visibility::Visibility;
pub use workflow::{RepositoryName, WORKFLOW_FOLDER, WorkflowFile, WorkflowId};

/// An instant in UTC.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

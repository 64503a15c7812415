//! Minutes as GitHub bills them.

use std::collections::BTreeMap;

use crate::domain::{Conclusion, Job, Seconds};

/// How many minutes a job is billed: those that it had a runner, rounded up; its wait for one is free.
///
/// None while it has not ended. A job that never had a runner costs nothing: one that was skipped, or cancelled while it
/// waited, which GitHub tells as one that began and ended at once.
#[must_use]
pub fn billed_minutes(job: &Job) -> Option<u64> {
    let ended = job.conclusion?;
    let had_none = match ended {
        Conclusion::Skipped => true,
        Conclusion::Cancelled => job.duration_seconds().unwrap_or_default() == Seconds::ZERO,
        Conclusion::Success
        | Conclusion::Failure
        | Conclusion::TimedOut
        | Conclusion::StartupFailure
        | Conclusion::Neutral
        | Conclusion::ActionRequired
        | Conclusion::Stale
        | Conclusion::Unknown => job.started_at.is_none(),
    };
    if had_none {
        return Some(0);
    }
    Some(job.duration_seconds()?.0.div_ceil(60).max(1))
}

/// The labels of a job as one name; their order is no news.
pub(super) fn named(labels: &[String]) -> String {
    if labels.is_empty() {
        return "(no label)".to_owned();
    }
    let mut labels = labels.to_vec();
    labels.sort();
    labels.join(",")
}

/// What the jobs of one attempt used of the runners with the same labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) labels: Vec<String>,
    pub(super) minutes: u64,
    /// How many jobs had such a runner.
    pub(super) jobs: u64,
}

/// What an attempt used, by the name of its labels.
pub(super) type Bill = BTreeMap<String, Used>;

/// What the jobs of one attempt come to, each rounded for itself.
pub(super) fn bill(jobs: &[&Job]) -> Bill {
    let mut bill = Bill::new();
    for job in jobs {
        let Some(minutes) = billed_minutes(job) else {
            continue;
        };
        let used = bill.entry(named(&job.labels)).or_default();
        used.labels.clone_from(&job.labels);
        used.minutes += minutes;
        used.jobs += u64::from(minutes > 0);
    }
    bill.retain(|_, used| used.minutes > 0);
    bill
}

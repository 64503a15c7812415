//! Runs and jobs to pay for.

use chrono::TimeDelta;

use crate::{
    cost::Terms,
    domain::{Conclusion, Job, Run, RunId, RunStatus, Timestamp, Visibility},
};

/// The present.
pub(super) fn now() -> Timestamp {
    "2026-09-14T06:00:00Z".parse().unwrap()
}

pub(super) fn private() -> Terms {
    Terms {
        visibility: Some(Visibility::Private),
        ..Terms::default()
    }
}

/// A run that was created so many hours ago and lasted so long.
pub(super) fn run(id: u64, hours_ago: i64, seconds: i64, conclusion: Conclusion) -> Run {
    let created_at = now() - TimeDelta::hours(hours_ago);
    Run {
        id: RunId(id),
        attempt: 1,
        workflow: "nightly.yml".parse().unwrap(),
        event: "schedule".to_owned(),
        status: RunStatus::Completed,
        conclusion: Some(conclusion),
        created_at,
        started_at: created_at,
        updated_at: created_at + TimeDelta::seconds(seconds),
        head_branch: Some("main".to_owned()),
        head_sha: format!("{id:040x}"),
    }
}

/// The jobs of a run, one of each length in seconds, on runners with these labels.
pub(super) fn jobs(run: &Run, labels: &[&str], seconds: &[i64]) -> Vec<Job> {
    let job = |(index, seconds): (usize, &i64)| Job {
        id: run.id.0 * 1_000 + index as u64,
        run_id: run.id,
        attempt: run.attempt,
        name: format!("build ({index})"),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        created_at: run.created_at,
        started_at: Some(run.created_at),
        completed_at: Some(run.created_at + TimeDelta::seconds(*seconds)),
        conclusion: run.conclusion,
    };
    seconds.iter().enumerate().map(job).collect()
}

//! From a workflow's evidence to its forecast: what was learned before is carried on, and kept for the next time.

use super::view::View;
use crate::{
    domain::{Circumstances, Forecast, Schedule, Timestamp, WorkflowFile, WorkflowId},
    predict::{self, Evidence, Learner, MODEL, Prior},
    store::{Store, StoreError},
};

/// What a sibling's success probability counts at most, in runs: it is an estimate, not a tally.
const SIBLING_RUNS: u32 = 20;

/// What is known of the runs to come besides their history.
#[derive(Clone, Debug, Default)]
pub(super) struct Prospect {
    /// The repository's default branch: the one that schedules run for.
    pub(super) branch: Option<String>,
    /// How the other workflows of the repository fare.
    pub(super) prior: Option<Prior>,
}

impl Prospect {
    /// What a view tells of a workflow's next run.
    pub(super) fn of(view: &View, file: &WorkflowFile) -> Self {
        let siblings = view.lessons.iter().filter(|(other, _)| *other != file);
        let forecasts = siblings.filter_map(|(_, lesson)| lesson.learned.forecast.as_ref());
        let prior = forecasts.fold(Prior::default(), |prior, forecast| {
            let runs = forecast.samples.min(SIBLING_RUNS);
            Prior {
                successes: prior.successes + runs * u32::from(forecast.success.0) / 1000,
                verdicts: prior.verdicts + runs,
            }
        });
        Self {
            branch: view
                .repository
                .as_ref()
                .map(|seen| seen.default_branch.clone()),
            prior: (prior.verdicts > 0).then_some(prior),
        }
    }
}

/// Forecasts the next scheduled run.
pub(super) async fn forecast(
    store: &Store,
    workflow: &WorkflowId,
    schedules: &[Schedule],
    prospect: &Prospect,
    evidence: Evidence<'_>,
    now: Timestamp,
) -> Result<Option<Forecast>, StoreError> {
    let checkpoint = store.learner(workflow, MODEL).await?;
    let before = checkpoint.and_then(|bytes| Learner::from_bytes(&bytes));
    let next_fires = schedules
        .iter()
        .filter_map(|schedule| schedule.fires(now).next());
    let evidence = Evidence {
        prior: prospect.prior,
        next: Some(Circumstances {
            event: "schedule",
            branch: prospect.branch.as_deref(),
            at: next_fires.min().unwrap_or(now),
        }),
        ..evidence
    };
    let (learner, forecast) = predict::carry_on(before.clone().unwrap_or_default(), &evidence, now);
    if before.as_ref() != Some(&learner) {
        store
            .put_learner(workflow, MODEL, &learner.to_bytes(), now)
            .await?;
    }
    Ok(forecast)
}

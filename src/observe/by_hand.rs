//! Runs that somebody hands in, without GitHub: recorded, scored and learned from as observed ones are.
//!
//! Invariants: a run that is known changes nothing; a run is scored by a forecast that was stored before it was created, or
//! not at all; of several processes at once, whoever ends last has learned from every run.

use std::slice;

use chrono::TimeDelta;

use super::{
    anomalies, jobs,
    kin::Kin,
    learn::{self, HISTORY},
    ledger,
    teach::{self, Prospect},
};
use crate::{
    anomaly::History,
    domain::{Forecast, Run, Schedule, Timestamp, Verdicts, WorkflowId},
    predict::Evidence,
    store::{Store, StoreError},
    track,
};

/// How often is learned anew because another process recorded a run meanwhile, before it is left to that one.
const TURNS: usize = 10;

/// Records a run and tells whether it was new. What was recorded before stays as it was.
///
/// # Errors
/// See [`StoreError`].
pub async fn record(
    store: &Store,
    workflow: &WorkflowId,
    run: &Run,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // What GitHub told of a run is truer than what is told by hand.
    if store.is_recorded(workflow, run).await? {
        return Ok(false);
    }
    let runs = slice::from_ref(run);
    let recorded = store
        .record_runs(&workflow.repository, runs, None, now)
        .await?;
    Ok(recorded.new > 0)
}

/// Scores what can be scored, then forecasts the next run and stores that.
///
/// With `schedules`, the fires that they imply are judged as well; without, those that were judged before are used.
///
/// # Errors
/// See [`StoreError`].
pub async fn learn(
    store: &Store,
    workflow: &WorkflowId,
    schedules: &[Schedule],
    now: Timestamp,
) -> Result<Option<Forecast>, StoreError> {
    let mut runs = store.history(workflow, HISTORY).await?;
    let mut forecast = None;
    for _ in 0..TURNS {
        forecast = lesson(store, workflow, schedules, &runs, now).await?;
        let since = store.history(workflow, HISTORY).await?;
        if since == runs {
            break;
        }
        runs = since;
    }
    Ok(forecast)
}

async fn lesson(
    store: &Store,
    workflow: &WorkflowId,
    schedules: &[Schedule],
    runs: &[Run],
    now: Timestamp,
) -> Result<Option<Forecast>, StoreError> {
    let mut jobs = jobs::stored(store, workflow).await?;
    let at_work = jobs.evidence(runs);
    // Scored before the next forecast is made: what is scored is what was said beforehand.
    learn::score(store, workflow, &at_work, &jobs, now).await?;
    let fires = if schedules.is_empty() {
        store
            .fires(workflow, now - TimeDelta::days(ledger::DAYS))
            .await?
    } else {
        let ledger = ledger::carry_on(store, workflow, schedules, None, runs, now);
        ledger.await?.fires
    };
    let (queue, lateness) = (jobs.queues(runs), track::lateness(&fires));
    let evidence = Evidence {
        runs: &at_work,
        queue: &queue,
        lateness: &lateness,
        ..Evidence::default()
    };
    let scheduled = runs.iter().rev().find(|run| run.is_scheduled());
    let prospect = Prospect {
        branch: scheduled.and_then(|run| run.head_branch.clone()),
        siblings: Verdicts::default(),
    };
    let memory = (store, &Kin::default());
    let told = teach::forecast(memory, workflow, schedules, &prospect, evidence, now).await?;
    let watched = History {
        runs: &at_work,
        spans: runs,
        waits: &queue,
    };
    anomalies::watch(store, workflow, watched, now).await?;
    let forecast = told.forecast;
    if let Some(forecast) = &forecast {
        store.put_forecast(workflow, forecast).await?;
    }
    Ok(forecast)
}

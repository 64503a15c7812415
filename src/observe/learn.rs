//! From a workflow's recorded history to a forecast that is stored before the run, and scores of those before it.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{
    jobs::{self, Jobs},
    ledger,
    observatory::Observatory,
    teach::{self, Prospect},
    view::{Lesson, View},
    why,
};
use crate::{
    decide::{Known, Learned, Why},
    domain::{Run, RunId, Schedule, Score, Timestamp, WorkflowFile, WorkflowId},
    predict::Evidence,
    store::{Retention, Store, StoreError},
    track,
};

/// How many runs a forecast rests on at most; older ones change nothing that matters.
pub(super) const HISTORY: u32 = 300;
const _: () = assert!(
    HISTORY <= Retention::LEAST_RUNS,
    "the store keeps what is read"
);
/// How many scores an accuracy rests on at most.
const SCORES: u32 = 200;
/// How many runs are scored in one look.
const SCORED_AT_ONCE: u32 = 100;
/// How long a run's score waits for its jobs: ten runs' are asked for in a look.
const JOBS_MAY_WAIT_HOURS: i64 = 24;
/// How long a lesson holds when no run comes: fires pass unserved without one.
const HOLDS_HOURS: i64 = 1;

/// What was learned of a workflow before, whatever has happened since.
pub(super) fn remembered(view: &View, file: &WorkflowFile) -> Option<Learned> {
    view.lessons.get(file).map(|lesson| lesson.learned.clone())
}

/// What a workflow's history teaches now. Learned anew when runs came, the schedule changed, or an hour passed.
pub(super) async fn learn(
    observatory: &Observatory,
    view: &mut View,
    workflow: &WorkflowId,
    schedules: &[Schedule],
    now: Timestamp,
) -> Known<Learned> {
    let before = view.lessons.get(&workflow.file);
    if let Some(lesson) = before.filter(|lesson| lesson.holds(view.revision, schedules, now)) {
        return Known::Known(lesson.learned.clone());
    }
    let since = before.and_then(|lesson| {
        if lesson.schedules == schedules {
            lesson.since
        } else {
            Some(now)
        }
    });
    let prospect = Prospect::of(view, &workflow.file);
    let asked = &mut view.asked_jobs;
    let fires = Fires { schedules, since };
    match lesson(observatory, asked, workflow, &fires, &prospect, now).await {
        Err(why) => Known::Unknown(why),
        Ok((learned, jobs)) => {
            let jobs = jobs.demand();
            let until = now + TimeDelta::hours(HOLDS_HOURS);
            let lesson = Lesson {
                revision: view.revision,
                schedules: schedules.to_vec(),
                since,
                until,
                learned,
                jobs,
            };
            let learned = lesson.learned.clone();
            view.lessons.insert(workflow.file.clone(), lesson);
            view.unwritten = true;
            Known::Known(learned)
        }
    }
}

impl Lesson {
    fn holds(&self, revision: u64, schedules: &[Schedule], now: Timestamp) -> bool {
        // A clock that was set back must not make a lesson of former times hold for long.
        let young = now < self.until && self.until <= now + TimeDelta::hours(HOLDS_HOURS);
        self.revision == revision && self.schedules == schedules && young
    }
}

/// What the ledger expands fires from.
struct Fires<'a> {
    schedules: &'a [Schedule],
    /// Since when the schedules are in force, where they changed under our eyes.
    since: Option<Timestamp>,
}

async fn lesson(
    observatory: &Observatory,
    asked: &mut BTreeSet<RunId>,
    workflow: &WorkflowId,
    fires: &Fires<'_>,
    prospect: &Prospect,
    now: Timestamp,
) -> Result<(Learned, Jobs), Why> {
    let Fires { schedules, since } = *fires;
    let told = |error: StoreError| why::from_store(&error);
    let runs = observatory
        .store
        .history(workflow, HISTORY)
        .await
        .map_err(told)?;
    let mut jobs = jobs::recent(observatory, asked, workflow, &runs, now).await?;
    let at_work = jobs.evidence(&runs);
    // Scored before the next forecast is made: what is scored is what was said beforehand.
    let scored = score(&observatory.store, workflow, &at_work, &jobs, now)
        .await
        .map_err(told)?;
    for score in &scored {
        let (error, interval) = track::band(score);
        observatory.metrics.scored(error, interval);
    }
    let ledger = ledger::carry_on(&observatory.store, workflow, schedules, since, &runs, now)
        .await
        .map_err(told)?;
    observatory.metrics.missed(ledger.newly_missed);
    let (queue, lateness) = (jobs.queues(&runs), track::lateness(&ledger.fires));
    let evidence = Evidence {
        runs: &at_work,
        queue: &queue,
        lateness: &lateness,
        ..Evidence::default()
    };
    let forecast = teach::forecast(
        &observatory.store,
        workflow,
        schedules,
        prospect,
        evidence,
        now,
    )
    .await
    .map_err(told)?;
    let stored = match &forecast {
        Some(forecast) => observatory
            .store
            .put_forecast(workflow, forecast)
            .await
            .map_err(told)?,
        None => false,
    };
    if stored {
        observatory.metrics.forecast();
    }
    let scores = observatory
        .store
        .scores(workflow, SCORES)
        .await
        .map_err(told)?;
    let learned = Learned {
        forecast,
        accuracy: track::accuracy(&scores),
        delivery: Some(track::delivery_summary(&ledger.fires, now)),
        last_run: runs.last().cloned(),
    };
    Ok((learned, jobs))
}

/// Scores the runs that ended since the last look against what was forecast before them.
pub(super) async fn score(
    store: &Store,
    workflow: &WorkflowId,
    runs: &[Run],
    jobs: &Jobs,
    now: Timestamp,
) -> Result<Vec<Score>, StoreError> {
    let mut scores = Vec::new();
    for run in store.unscored_runs(workflow, SCORED_AT_ONCE).await? {
        // Its jobs are asked for in one of the next looks: a wait for a runner must not be scored as work.
        if jobs.keeps_apart(&run) && now < run.updated_at + TimeDelta::hours(JOBS_MAY_WAIT_HOURS) {
            continue;
        }
        let forecast = store.forecast_before(workflow, run.created_at).await?;
        let run = jobs.as_evidence(&run);
        let score = forecast.and_then(|forecast| {
            let naive = track::naive(runs, forecast.made_at);
            track::score(&forecast, naive, &run)
        });
        scores.extend(score);
    }
    store.record_scores(workflow, &scores).await?;
    Ok(scores)
}

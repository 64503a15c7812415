//! From a workflow's recorded history to a forecast that is stored before the run, and scores of those before it.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{
    anomalies, charges,
    jobs::{self, Jobs},
    kin::Kin,
    ledger,
    observatory::Observatory,
    teach::{self, Prospect},
    view::{Lesson, View},
    why,
};
use crate::{
    anomaly::History,
    cost::Terms,
    decide::{Known, Learned, Why},
    domain::{
        Delivery, Fire, Forecast, Run, RunId, Schedule, Score, Timestamp, Verdicts, WorkflowFile,
        WorkflowId,
    },
    predict::Evidence,
    store::{Retention, Store, StoreError},
    track::{self, Accuracy},
};

/// How many runs a forecast rests on at most; older ones change nothing that matters.
pub(super) const HISTORY: u32 = 300;
const _: () = assert!(
    HISTORY <= Retention::LEAST_RUNS,
    "the store keeps what is read"
);
/// How many runs are scored in one look.
const SCORED_AT_ONCE: u32 = 100;
/// How long a run's score waits for its jobs: ten runs' are asked for in a look.
const JOBS_MAY_WAIT_HOURS: i64 = 24;
/// How long a lesson holds at most when no run comes: what lies thirty days back leaves the ledger.
const HOLDS_HOURS: i64 = 24;
/// The same while something is awaited: a fire that may still be served, or jobs that are not known yet.
const AWAITS_HOURS: i64 = 1;

/// What was learned of a workflow before, whatever has happened since.
pub(super) fn remembered(view: &View, file: &WorkflowFile) -> Option<Learned> {
    view.lessons.get(file).map(|lesson| lesson.learned.clone())
}

/// What a workflow's history teaches now. Learned anew when runs came, the schedule or the siblings' record changed, a fire
/// passed, or an hour while something is awaited.
pub(super) async fn learn(
    observatory: &Observatory,
    view: &mut View,
    workflow: &WorkflowId,
    schedules: &[Schedule],
    now: Timestamp,
) -> Known<Learned> {
    let before = view.lessons.get(&workflow.file);
    let prospect = Prospect::of(view, &workflow.file);
    let holds = |lesson: &&Lesson| {
        lesson.siblings == prospect.siblings && lesson.holds(view.revision, schedules, now)
    };
    if let Some(lesson) = before.filter(holds)
        && lesson
            .is_of_owner((&observatory.store, &observatory.kin), workflow, now)
            .await
    {
        return Known::Known(lesson.learned.clone());
    }
    let since = before.and_then(|lesson| {
        if lesson.schedules == schedules {
            lesson.since
        } else {
            Some(now)
        }
    });
    let asked = &mut view.asked_jobs;
    let fires = Fires { schedules, since };
    let terms = observatory.terms(view.visibility);
    match lesson(observatory, asked, workflow, &fires, &prospect, &terms, now).await {
        Err(why) => Known::Unknown(why),
        Ok(taught) => {
            let lesson = Lesson {
                revision: view.revision,
                schedules: schedules.to_vec(),
                since,
                until: holds_until(schedules, taught.awaits, now),
                siblings: prospect.siblings,
                owner: taught.owner,
                verdicts: taught.verdicts,
                learned: taught.learned,
                jobs: taught.jobs.demand(),
            };
            let learned = lesson.learned.clone();
            view.lessons.insert(workflow.file.clone(), lesson);
            view.unwritten = true;
            Known::Known(learned)
        }
    }
}

impl Lesson {
    /// Whether the owner's other repositories fare as they did; what cannot be read changes nothing.
    async fn is_of_owner(
        &self,
        memory: (&Store, &Kin),
        workflow: &WorkflowId,
        now: Timestamp,
    ) -> bool {
        let own = self.verdicts.total;
        match teach::owner(memory, workflow, own, self.siblings, now).await {
            Ok(owner) => owner == self.owner,
            Err(_) => true,
        }
    }

    fn holds(&self, revision: u64, schedules: &[Schedule], now: Timestamp) -> bool {
        // A clock that was set back must not make a lesson of former times hold for long.
        let young = now < self.until && self.until <= now + TimeDelta::hours(HOLDS_HOURS);
        self.revision == revision && self.schedules == schedules && young
    }
}

/// Until when a lesson holds when no run comes: until the next fire, which is awaited from then on.
fn holds_until(schedules: &[Schedule], awaits: bool, now: Timestamp) -> Timestamp {
    if awaits {
        return now + TimeDelta::hours(AWAITS_HOURS);
    }
    let fires = schedules
        .iter()
        .filter_map(|schedule| schedule.fires(now).next());
    let longest = now + TimeDelta::hours(HOLDS_HOURS);
    fires.min().map_or(longest, |fire| fire.min(longest))
}

/// What a look at a history comes to.
struct Taught {
    learned: Learned,
    jobs: Jobs,
    verdicts: Verdicts,
    owner: Verdicts,
    /// Whether time alone will tell more: see [`AWAITS_HOURS`].
    awaits: bool,
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
    terms: &Terms,
    now: Timestamp,
) -> Result<Taught, Why> {
    let Fires { schedules, since } = *fires;
    let told = |error: StoreError| why::from_store(&error);
    let store = &observatory.store;
    let runs = store.history(workflow, HISTORY).await.map_err(told)?;
    let mut jobs = jobs::recent(observatory, asked, workflow, &runs, now).await?;
    let at_work = jobs.evidence(&runs);
    // Scored before the next forecast is made: what is scored is what was said beforehand.
    score_and_count(observatory, workflow, &at_work, &jobs, now)
        .await
        .map_err(told)?;
    let ledger = ledger::carry_on(store, workflow, schedules, since, &runs, now)
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
    let memory = (store, &observatory.kin);
    let taught = teach::forecast(memory, workflow, schedules, prospect, evidence, now)
        .await
        .map_err(told)?;
    keep(observatory, workflow, taught.forecast.as_ref())
        .await
        .map_err(told)?;
    let watched = History {
        runs: &at_work,
        spans: &runs,
        waits: &queue,
    };
    let anomalies = anomalies::watch(store, workflow, watched, now)
        .await
        .map_err(told)?;
    let learned = Learned {
        forecast: taught.forecast,
        accuracy: accuracy(store, workflow).await.map_err(told)?,
        delivery: Some(track::delivery_summary(&ledger.fires, now)),
        last_run: runs.last().cloned(),
        anomalies,
        cost: charges::seen(store, workflow, terms, &runs)
            .await
            .map_err(told)?,
    };
    let is_pending = |(_, delivery): &(Fire, Delivery)| *delivery == Delivery::Pending;
    Ok(Taught {
        awaits: ledger.fires.iter().any(is_pending) || jobs.more_to_ask(asked, &runs, now),
        learned,
        jobs,
        verdicts: taught.verdicts,
        owner: taught.owner,
    })
}

/// How the forecasts of a workflow have fared.
async fn accuracy(store: &Store, workflow: &WorkflowId) -> Result<Option<Accuracy>, StoreError> {
    let scores = store.scores(workflow, track::SCORES).await?;
    Ok(track::accuracy(&scores))
}

/// Scores what can be scored, and counts it.
async fn score_and_count(
    observatory: &Observatory,
    workflow: &WorkflowId,
    runs: &[Run],
    jobs: &Jobs,
    now: Timestamp,
) -> Result<(), StoreError> {
    for score in score(&observatory.store, workflow, runs, jobs, now).await? {
        let (error, interval) = track::band(&score);
        observatory.metrics.scored(error, interval);
    }
    Ok(())
}

/// Stores a forecast, and counts it where it says anything new.
async fn keep(
    observatory: &Observatory,
    workflow: &WorkflowId,
    forecast: Option<&Forecast>,
) -> Result<(), StoreError> {
    if let Some(forecast) = forecast
        && observatory.store.put_forecast(workflow, forecast).await?
    {
        observatory.metrics.forecast();
    }
    Ok(())
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
            let naive = track::naive(runs, &run.event, forecast.made_at);
            track::score(&forecast, naive, &run)
        });
        scores.extend(score);
    }
    store.record_scores(workflow, &scores).await?;
    Ok(scores)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_holds_until_the_next_fire_unless_something_is_awaited() {
        let nightly = [Schedule {
            cron: "30 2 * * *".parse().unwrap(),
            time_zone: crate::domain::TimeZone::default(),
        }];
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let now = at("2026-03-01T03:00:00Z");
        let until = |schedules: &[Schedule], awaits| holds_until(schedules, awaits, now);

        assert_eq!(until(&nightly, false), at("2026-03-02T02:30:00Z"));
        assert_eq!(until(&nightly, true), at("2026-03-01T04:00:00Z"));
        assert_eq!(until(&[], false), at("2026-03-02T03:00:00Z"));
    }

    #[tokio::test]
    async fn a_young_workflow_is_learned_anew_when_its_owner_fares_otherwise() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let id = |repository: &str| WorkflowId {
            repository: repository.parse().unwrap(),
            file: "nightly.yml".parse().unwrap(),
        };
        let verdicts = |total| Verdicts {
            successes: total,
            total,
        };
        let young = Lesson {
            revision: 1,
            schedules: Vec::new(),
            since: None,
            until: Timestamp::UNIX_EPOCH,
            siblings: Verdicts::default(),
            owner: Verdicts::default(),
            verdicts: verdicts(3),
            learned: Learned::default(),
            jobs: Vec::new(),
        };
        let grown = Lesson {
            verdicts: verdicts(10),
            ..young.clone()
        };
        assert!(
            young
                .is_of_owner(
                    (&store, &Kin::default()),
                    &id("acme/app"),
                    Timestamp::UNIX_EPOCH
                )
                .await
        );

        let elsewhere = id("acme/docs");
        let kept = store.put_learner(&elsewhere, "m/1", b"", verdicts(9), Timestamp::UNIX_EPOCH);
        kept.await.unwrap();

        assert!(
            !young
                .is_of_owner(
                    (&store, &Kin::default()),
                    &id("acme/app"),
                    Timestamp::UNIX_EPOCH
                )
                .await
        );
        assert!(
            grown
                .is_of_owner(
                    (&store, &Kin::default()),
                    &id("acme/app"),
                    Timestamp::UNIX_EPOCH
                )
                .await
        );
    }
}

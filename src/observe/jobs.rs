//! The jobs of runs: what a workflow asks of runners, how long it waits for them, and how long it really runs.
//!
//! GitHub starts a run's clock when it creates the run, so that a run's own times count the wait for a runner as work. Its
//! jobs tell the two apart.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::{observatory::Observatory, why};
use crate::{
    cost::may_cost,
    decide::Why,
    domain::{Conclusion, Job, Run, RunId, Seconds, Timestamp, WorkflowId},
    github,
    plan::JobDemand,
    store::{Store, StoreError},
};

/// Of how many runs the jobs are kept in view: what a forecast rests on.
const RUNS: u32 = 300;
/// For how many runs jobs are asked for in one look: one request each, and a workflow that runs all day is known well enough
/// from a part of its runs.
const ASKED_AT_ONCE: usize = 10;
/// Of how many runs that did not succeed at once the jobs are asked for, too: enough to tell what their like cost.
const SAMPLED: usize = 3;
/// How far back runs are asked about.
const ASKED_DAYS: i64 = 30;
/// From how many runs with known jobs on the others are left out, so that times with and without waiting never mix.
const ENOUGH: usize = 5;

/// The jobs of a workflow's runs, by run.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    by_run: BTreeMap<RunId, Vec<Job>>,
    /// Of which attempts they are known.
    known: BTreeSet<(RunId, u32)>,
    /// Whether waits of enough runs are known to leave them out.
    tell_waits: bool,
}

/// The jobs that the store knows of a workflow's newest runs.
pub(super) async fn stored(store: &Store, workflow: &WorkflowId) -> Result<Jobs, StoreError> {
    let mut jobs = Jobs::default();
    jobs.add(store.jobs_of(workflow, RUNS).await?);
    Ok(jobs)
}

/// The jobs of recent first attempts that succeeded, and of a few others; asks GitHub for those it does not know yet, the newest first, and for
/// none of those it has asked for `already`: a run without jobs stays without.
pub(super) async fn recent(
    observatory: &Observatory,
    already: &mut BTreeSet<RunId>,
    workflow: &WorkflowId,
    runs: &[Run],
    now: Timestamp,
) -> Result<Jobs, Why> {
    let told = |error| why::from_store(&error);
    let mut jobs = stored(&observatory.store, workflow).await.map_err(told)?;
    let asked: Vec<_> = jobs
        .to_ask(already, runs, now)
        .chain(jobs.to_sample(already, runs, now))
        .take(ASKED_AT_ONCE)
        .cloned()
        .collect();
    for run in asked {
        let listed = observatory
            .github
            .jobs(&workflow.repository, run.id, run.attempt)
            .await;
        let listed = match listed {
            // A run that somebody deleted has no jobs any more.
            Err(github::Error::NotFound { .. }) => Vec::new(),
            other => other.map_err(|error| why::from_github(&error))?,
        };
        observatory
            .store
            .record_jobs(&workflow.repository, &listed)
            .await
            .map_err(told)?;
        already.insert(run.id);
        jobs.add(listed);
    }
    Ok(jobs)
}

impl Jobs {
    /// The runs whose jobs are not known and were not asked for yet, the newest first.
    fn to_ask<'a>(
        &'a self,
        already: &'a BTreeSet<RunId>,
        runs: &'a [Run],
        now: Timestamp,
    ) -> impl Iterator<Item = &'a Run> {
        runs.iter().rev().filter(move |run| {
            run.created_at > now - TimeDelta::days(ASKED_DAYS)
                && run.evident_duration().is_some()
                && !self.by_run.contains_key(&run.id)
                && !already.contains(&run.id)
        })
    }

    /// Runs that ended otherwise, as long as too few of them are known: what they cost tells what their like do.
    fn to_sample<'a>(
        &'a self,
        already: &'a BTreeSet<RunId>,
        runs: &'a [Run],
        now: Timestamp,
    ) -> impl Iterator<Item = &'a Run> {
        let others = runs.iter().rev().filter(move |run| {
            run.created_at > now - TimeDelta::days(ASKED_DAYS)
                && run.evident_duration().is_none()
                && may_cost(run)
                && !is_told_by_hand(run)
        });
        let is_told = move |run: &&Run| {
            self.known.contains(&(run.id, run.attempt)) || already.contains(&run.id)
        };
        let told = others.clone().filter(is_told).count();
        others
            .filter(move |run| !is_told(run))
            .take(SAMPLED.saturating_sub(told))
    }

    /// Whether the next look would ask for jobs of some of these runs.
    pub(super) fn more_to_ask(
        &self,
        already: &BTreeSet<RunId>,
        runs: &[Run],
        now: Timestamp,
    ) -> bool {
        self.to_ask(already, runs, now)
            .chain(self.to_sample(already, runs, now))
            .next()
            .is_some()
    }

    fn add(&mut self, jobs: Vec<Job>) {
        let attempts = jobs.iter().map(|job| (job.run_id, job.attempt));
        self.known.extend(attempts);
        for job in jobs.into_iter().filter(|job| job.attempt == 1) {
            self.by_run.entry(job.run_id).or_default().push(job);
        }
    }

    /// When the first runner took a job of the run, and how long the run waited for it.
    fn start(&self, run: &Run) -> Option<(Timestamp, Seconds)> {
        let started = self
            .by_run
            .get(&run.id)?
            .iter()
            .filter_map(|job| job.started_at)
            .min()?;
        Some((started, Seconds::between(run.started_at, started)))
    }

    /// A run without its wait for the first runner, where that is known.
    fn at_work(&self, run: &Run) -> Option<Run> {
        let (started_at, _) = self.start(run)?;
        Some(Run {
            started_at: started_at.clamp(run.started_at, run.updated_at.max(run.started_at)),
            ..run.clone()
        })
    }

    /// The runs as evidence: without their waits, once enough of them are known.
    ///
    /// Every run stays, since it tells of success and of fires; one whose wait is not known then tells nothing of a duration.
    pub(super) fn evidence(&mut self, runs: &[Run]) -> Vec<Run> {
        let known = runs
            .iter()
            .filter(|run| run.evident_duration().is_some() && self.start(run).is_some())
            .count();
        self.tell_waits = known >= ENOUGH;
        runs.iter().map(|run| self.as_evidence(run)).collect()
    }

    /// Whether nobody can tell how long a run waited, although that is told of the others. A run told by hand did not wait.
    pub(super) fn keeps_apart(&self, run: &Run) -> bool {
        self.tell_waits
            && run.evident_duration().is_some()
            && self.start(run).is_none()
            && !is_told_by_hand(run)
    }

    /// A run as the others tell it: see [`Self::evidence`].
    pub(super) fn as_evidence(&self, run: &Run) -> Run {
        if self.keeps_apart(run) {
            return Run {
                started_at: run.updated_at,
                ..run.clone()
            };
        }
        let apart = self.tell_waits.then(|| self.at_work(run)).flatten();
        apart
            .filter(|_| run.evident_duration().is_some())
            .unwrap_or_else(|| run.clone())
    }

    /// How long each run waited for its first runner, with the instant at which that was known.
    pub(super) fn queues(&self, runs: &[Run]) -> Vec<(Timestamp, Seconds)> {
        runs.iter()
            .filter(|run| run.attempt == 1)
            .filter_map(|run| self.start(run))
            .collect()
    }

    /// How many jobs of the newest run want a runner with the same labels at once. One that failed may have ended before
    /// some of them.
    pub(super) fn demand(&self) -> Vec<JobDemand> {
        let newest_first = || self.by_run.values().rev();
        let whole = newest_first().find(|jobs| jobs.iter().all(did_its_work));
        let Some(jobs) = whole.or_else(|| newest_first().next()) else {
            return Vec::new();
        };
        let mut by_labels: BTreeMap<Vec<String>, Vec<&Job>> = BTreeMap::new();
        for job in jobs.iter().filter(|job| job.started_at.is_some()) {
            let mut labels = job.labels.clone();
            labels.sort();
            by_labels.entry(labels).or_default().push(job);
        }
        by_labels
            .into_iter()
            .map(|(labels, jobs)| JobDemand {
                labels,
                count: wanted_at_once(&jobs),
            })
            .collect()
    }
}

/// Whether a job did what it was there for, or had nothing to do.
fn did_its_work(job: &Job) -> bool {
    matches!(
        job.conclusion,
        Some(Conclusion::Success | Conclusion::Skipped | Conclusion::Neutral)
    )
}

/// Whether somebody told the run, times of work and all: such a run names no commit, and one that GitHub told does.
fn is_told_by_hand(run: &Run) -> bool {
    run.head_sha.is_empty()
}

/// The most jobs that ran or waited side by side: what the run would use if runners were free.
fn wanted_at_once(jobs: &[&Job]) -> u32 {
    let mut edges: Vec<(Timestamp, i32)> = Vec::new();
    for job in jobs {
        edges.push((job.created_at, 1));
        edges.push((job.completed_at.unwrap_or(Timestamp::MAX_UTC), -1));
    }
    // At the same instant one ends before the next begins.
    edges.sort_unstable();
    let (mut now, mut most) = (0, 0);
    for (_, edge) in edges {
        now += edge;
        most = most.max(now);
    }
    u32::try_from(most).unwrap_or(0).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RunStatus;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn run(id: u64, start: i64, end: i64) -> Run {
        Run {
            id: RunId(id),
            attempt: 1,
            workflow: "a.yml".parse().unwrap(),
            event: "schedule".to_owned(),
            status: RunStatus::Completed,
            conclusion: Some(Conclusion::Success),
            created_at: at(start),
            started_at: at(start),
            updated_at: at(end),
            head_branch: None,
            head_sha: "0f".repeat(20),
        }
    }

    fn job(run: u64, created: i64, started: i64, completed: i64) -> Job {
        Job {
            id: run * 1000 + u64::try_from(started).unwrap(),
            run_id: RunId(run),
            attempt: 1,
            name: "build".to_owned(),
            labels: vec!["linux".to_owned()],
            created_at: at(created),
            started_at: Some(at(started)),
            completed_at: Some(at(completed)),
            conclusion: Some(Conclusion::Success),
        }
    }

    #[test]
    fn waiting_for_a_runner_is_no_work_once_enough_is_known() {
        let runs: Vec<_> = (1..=6).map(|id| run(id, 0, 900)).collect();
        let mut jobs = Jobs::default();
        jobs.add((1..=4).map(|id| job(id, 0, 600, 900)).collect());
        assert_eq!(jobs.evidence(&runs), runs, "four known runs are not enough");
        jobs.add(vec![job(5, 0, 600, 900)]);
        let evidence = jobs.evidence(&runs);
        let durations: Vec<_> = evidence.iter().filter_map(Run::evident_duration).collect();
        assert_eq!(durations, [Seconds(300); 5], "of the sixth nobody knows");
        // It succeeded all the same: who drops it and keeps every failure thinks that most runs fail.
        assert_eq!(evidence[5].conclusion, Some(Conclusion::Success));
        assert!(jobs.keeps_apart(&runs[5]) && !jobs.keeps_apart(&runs[0]));
        assert_eq!(jobs.queues(&runs)[0].1, Seconds(600));
    }

    #[test]
    fn a_run_that_was_told_by_hand_stays_evidence_though_nobody_knows_its_jobs() {
        let mut runs: Vec<_> = (1..=6).map(|id| run(id, 0, 900)).collect();
        runs[5].head_sha = String::new();
        let mut jobs = Jobs::default();
        jobs.add((1..=5).map(|id| job(id, 0, 600, 900)).collect());

        let evidence = jobs.evidence(&runs);

        assert_eq!(evidence.len(), 6);
        assert_eq!(evidence[5].duration_seconds(), Some(Seconds(900)));
    }

    #[test]
    fn the_jobs_of_a_few_runs_that_failed_are_asked_for_and_no_more() {
        let failed = |id| Run {
            conclusion: Some(Conclusion::Failure),
            ..run(id, 0, 900)
        };
        let runs: Vec<_> = (1..=6).map(failed).collect();
        let mut jobs = Jobs::default();
        let mut already = BTreeSet::new();
        let ids = |jobs: &Jobs, already: &BTreeSet<RunId>| {
            let asked = jobs.to_sample(already, &runs, at(900));
            asked.map(|run| run.id.0).collect::<Vec<_>>()
        };
        assert_eq!(ids(&jobs, &already), [6, 5, 4]);
        jobs.add(vec![job(6, 0, 10, 20)]);
        already.insert(RunId(5));
        assert_eq!(ids(&jobs, &already), [4]);
        already.insert(RunId(4));
        assert!(!jobs.more_to_ask(&already, &runs, at(900)));
        let told = Run {
            head_sha: String::new(),
            ..failed(7)
        };
        let by_hand = [told];
        assert!(!Jobs::default().more_to_ask(&BTreeSet::new(), &by_hand, at(900)));
    }

    #[test]
    fn what_a_workflow_wants_at_once_is_told_by_a_run_that_did_all_of_its_work() {
        let mut jobs = Jobs::default();
        jobs.add(vec![job(1, 0, 0, 100), job(1, 0, 1, 100)]);
        jobs.add(vec![Job {
            conclusion: Some(Conclusion::Failure),
            ..job(2, 0, 0, 100)
        }]);
        assert_eq!(jobs.demand()[0].count, 2);
    }

    #[test]
    fn jobs_that_wait_together_want_runners_together() {
        let jobs = [
            job(1, 0, 0, 100),
            job(1, 0, 100, 200),
            job(1, 200, 210, 300),
        ];
        let mut all = Jobs::default();
        all.add(jobs.to_vec());
        assert_eq!(
            all.demand(),
            [JobDemand {
                labels: vec!["linux".to_owned()],
                count: 2
            }]
        );
    }
}

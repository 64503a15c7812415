//! Runs from their creation to their end: jobs ask pools for runners, wait, work and finish.

use chrono::TimeDelta;

use super::{
    Happening, Refusal, World,
    agenda::Event,
    behaviour::Script,
    draw::{Draw, seconds},
    run::{Attempt, JobKey, Nulls, SimJob, SimRun},
};
use crate::domain::{Conclusion, RunId, RunStatus, Seconds, WorkflowFile};

/// People look at a failed run again after about this long.
const RERUN_AFTER_MINUTES: i64 = 20;

impl World {
    /// Creates a run of a workflow now and queues its jobs; returns its id.
    pub(super) fn create_run(
        &mut self,
        place: usize,
        file: &WorkflowFile,
        event: &'static str,
        actor: &str,
        branch: Option<(&str, &str)>,
    ) -> u64 {
        let id = self.next_id();
        let name = self.workflow_id(place, file).to_string();
        let repository = &mut self.repositories[place];
        let (head_branch, head_sha) =
            branch.unwrap_or((&repository.default_branch, &repository.head));
        let (head_branch, head_sha) = (head_branch.to_owned(), head_sha.to_owned());
        let Some(workflow) = repository.workflows.get_mut(file) else {
            return id;
        };
        workflow.runs += 1;
        let number = workflow.runs;
        let mut draw = Draw::of(self.settings.seed, &["run", &name, &number.to_string()]);
        let before = workflow.level;
        let script = workflow
            .behaviour
            .decide(number, &mut workflow.level, &mut draw);
        let moved = (workflow.level != before).then_some(workflow.level);
        let share = self.settings.null_share;
        let nulls = Nulls {
            name: draw.chance(share),
            head_branch: draw.chance(share),
            head_commit: draw.chance(share),
        };
        let concurrency = workflow.facts.concurrency.clone();
        let run = SimRun {
            id,
            number,
            file: file.clone(),
            event,
            actor: actor.to_owned(),
            head_branch,
            head_sha,
            created_at: self.now,
            attempts: Vec::new(),
            labels: workflow.behaviour.labels.clone(),
            group: concurrency.as_ref().map(|(group, _)| group.clone()),
            nulls,
        };
        repository.runs.insert(id, run);
        if let Some(level) = moved {
            let percent = Seconds::from_f64(level * 100.0).0;
            let workflow = self.workflow_id(place, file);
            self.note(Happening::LevelMoved { workflow, percent });
        }
        if let Some((group, true)) = concurrency {
            self.cancel_group(place, &group, id);
        }
        self.begin_attempt(place, id, script, &mut draw);
        id
    }

    /// Adds an attempt to a run and asks for runners.
    fn begin_attempt(&mut self, place: usize, id: u64, script: Script, draw: &mut Draw) {
        let now = self.now;
        let Some(run) = self.repositories[place].runs.get(&id) else {
            return;
        };
        let number = u32::try_from(run.attempts.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let file = run.file.clone();
        let count = self.repositories[place]
            .workflows
            .get(&file)
            .map_or(1, |w| w.behaviour.jobs);
        let skipped = script.conclusion == Conclusion::Skipped;
        let mut jobs = Vec::new();
        for index in 0..count {
            let share = if index == 0 {
                1.0
            } else {
                draw.between(0.4, 1.0)
            };
            let fails = script.conclusion == Conclusion::Failure && index > 0;
            jobs.push(SimJob {
                id: self.next_id(),
                name: if count == 1 {
                    "build".to_owned()
                } else {
                    format!("build ({})", index + 1)
                },
                created_at: now,
                started_at: skipped.then_some(now),
                completed_at: skipped.then_some(now),
                conclusion: skipped.then_some(Conclusion::Skipped),
                work_seconds: script.duration_seconds * share,
                ending: if fails {
                    Conclusion::Success
                } else {
                    script.conclusion
                },
            });
        }
        let attempt = Attempt {
            number,
            started_at: now,
            updated_at: now,
            status: RunStatus::Queued,
            conclusion: None,
            jobs,
            ending: script.conclusion,
        };
        if let Some(run) = self.repositories[place].runs.get_mut(&id) {
            run.attempts.push(attempt);
        }
        if skipped {
            self.conclude_attempt(place, id, number);
            return;
        }
        for job in 0..count as usize {
            self.ask_runner(
                JobKey {
                    repository: place,
                    run: id,
                    attempt: number,
                    job,
                },
                draw,
            );
        }
    }

    fn ask_runner(&mut self, key: JobKey, draw: &mut Draw) {
        let Some(run) = self.repositories[key.repository].runs.get(&key.run) else {
            return;
        };
        let pool = self
            .pools
            .iter_mut()
            .find(|pool| run.labels.contains(&pool.label));
        match pool.map(|pool| pool.ask(key)) {
            Some(true) => self.start_job(key),
            Some(false) => {}
            // GitHub's own runners take a few seconds to be there.
            None => self.agenda.enter(
                self.now + seconds(draw.between(3.0, 15.0)),
                Event::Start(key),
            ),
        }
    }

    /// A runner takes a job.
    pub(super) fn start_job(&mut self, key: JobKey) {
        let now = self.now;
        let Some(attempt) = self.attempt_of(key) else {
            return;
        };
        let Some(job) = attempt
            .jobs
            .get_mut(key.job)
            .filter(|job| job.completed_at.is_none())
        else {
            return;
        };
        job.started_at = Some(now);
        let work = seconds(job.work_seconds);
        attempt.status = RunStatus::InProgress;
        attempt.updated_at = now;
        self.agenda.enter(now + work, Event::Finish(key));
    }

    /// A job ends; the last one ends its attempt.
    pub(super) fn finish_job(&mut self, key: JobKey) {
        let now = self.now;
        let Some(attempt) = self.attempt_of(key) else {
            return;
        };
        let Some(job) = attempt
            .jobs
            .get_mut(key.job)
            .filter(|job| job.completed_at.is_none())
        else {
            return;
        };
        job.completed_at = Some(now);
        job.conclusion = Some(job.ending);
        let over = attempt.jobs.iter().all(|job| job.completed_at.is_some());
        self.give_back(key);
        if over {
            self.conclude_attempt(key.repository, key.run, key.attempt);
        }
    }

    fn conclude_attempt(&mut self, place: usize, id: u64, number: u32) {
        let now = self.now;
        let Some(run) = self.repositories[place].runs.get_mut(&id) else {
            return;
        };
        let file = run.file.clone();
        let Some(attempt) = run.attempt_mut(number) else {
            return;
        };
        attempt.status = RunStatus::Completed;
        attempt.conclusion = Some(attempt.ending);
        attempt.updated_at = now;
        let waits = attempt
            .jobs
            .iter()
            .map(|j| Seconds::between(j.created_at, j.started_at.unwrap_or(now)));
        let queue = waits.max().unwrap_or(Seconds::ZERO);
        let (conclusion, duration) = (attempt.ending, Seconds::between(attempt.started_at, now));
        let workflow = self.workflow_id(place, &file);
        self.note(Happening::Completed {
            workflow,
            run: RunId(id),
            attempt: number,
            conclusion,
            duration,
            queue,
        });
        let share = self.repositories[place]
            .workflows
            .get(&file)
            .map_or(0.0, |w| w.behaviour.rerun_share);
        let again = || Draw::of(self.settings.seed, &["rerun", &id.to_string()]).chance(share);
        if conclusion == Conclusion::Failure && number == 1 && again() {
            let at = now + TimeDelta::minutes(RERUN_AFTER_MINUTES);
            self.agenda.enter(
                at,
                Event::Rerun {
                    repository: place,
                    run: id,
                },
            );
        }
    }

    /// Runs a completed run again as its next attempt.
    pub(super) fn rerun_at(&mut self, place: usize, id: u64) -> Result<(), Refusal> {
        let run = self.repositories[place]
            .runs
            .get(&id)
            .ok_or_else(Refusal::not_found)?;
        if run.current().status != RunStatus::Completed {
            return Err(Refusal::new(403, "This workflow is already running"));
        }
        let (file, number) = (run.file.clone(), run.number);
        let attempt = run.attempts.len().to_string();
        let mut draw = Draw::of(self.settings.seed, &["attempt", &id.to_string(), &attempt]);
        let workflow = self.repositories[place].workflows.get(&file);
        // A second try meets the same level; what made the first one fail is often gone, so it is drawn anew.
        let script = workflow.map(|w| w.behaviour.decide(number, &mut w.level.clone(), &mut draw));
        if let Some(script) = script {
            self.begin_attempt(place, id, script, &mut draw);
        }
        Ok(())
    }

    /// Cancels the older runs of a concurrency group.
    fn cancel_group(&mut self, place: usize, group: &str, newest: u64) {
        let older = self.repositories[place].runs.range(..newest);
        let alive = older.filter(|(_, run)| run.group.as_deref() == Some(group));
        let alive: Vec<u64> = alive
            .filter(|(_, run)| run.current().status != RunStatus::Completed)
            .map(|(id, _)| *id)
            .collect();
        for id in alive {
            self.cancel_run(place, id);
        }
    }

    /// Ends a run's jobs now, as a person's cancelling does.
    pub(super) fn cancel_run(&mut self, place: usize, id: u64) {
        let now = self.now;
        let Some(run) = self.repositories[place].runs.get(&id) else {
            return;
        };
        let number = run.current().number;
        for job in 0..run.current().jobs.len() {
            let key = JobKey {
                repository: place,
                run: id,
                attempt: number,
                job,
            };
            let Some(attempt) = self.attempt_of(key) else {
                return;
            };
            attempt.ending = Conclusion::Cancelled;
            let Some(job) = attempt
                .jobs
                .get_mut(job)
                .filter(|job| job.completed_at.is_none())
            else {
                continue;
            };
            let started = job.started_at.is_some();
            job.completed_at = Some(now);
            job.conclusion = Some(Conclusion::Cancelled);
            if started {
                self.give_back(key);
            } else {
                self.pools.iter_mut().any(|pool| pool.withdraw(key));
            }
        }
        self.conclude_attempt(place, id, number);
    }

    fn give_back(&mut self, key: JobKey) {
        let Some(run) = self.repositories[key.repository].runs.get(&key.run) else {
            return;
        };
        let pool = self
            .pools
            .iter_mut()
            .find(|pool| run.labels.contains(&pool.label));
        if let Some(next) = pool.and_then(super::pool::Pool::release) {
            self.start_job(next);
        }
    }

    fn attempt_of(&mut self, key: JobKey) -> Option<&mut Attempt> {
        self.repositories[key.repository]
            .runs
            .get_mut(&key.run)?
            .attempt_mut(key.attempt)
    }
}

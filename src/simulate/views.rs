//! What tests, demos and benchmarks may look at without going through HTTP.

use super::{Faults, Refusal, Requests, World};
use crate::domain::{Job, RepositoryName, Run, RunId, WorkflowFile, WorkflowId};

/// A pull request, seen from the side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullView {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Whether it is open.
    pub open: bool,
    /// Whether it was merged.
    pub merged: bool,
    /// The branch it asks to be merged.
    pub head_branch: String,
    /// That branch's tip.
    pub head_sha: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// Whom it asks for review.
    pub reviewers: Vec<String>,
    /// Its comments' texts, oldest first.
    pub comments: Vec<String>,
    /// Who opened it.
    pub by: String,
}

impl World {
    /// Faults to come; push one to make it strike.
    pub fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// What was asked of the HTTP face.
    #[must_use]
    pub fn requests(&self) -> &Requests {
        &self.requests
    }

    /// The same, to forget the log or to set the hourly limit.
    pub fn requests_mut(&mut self) -> &mut Requests {
        &mut self.requests
    }

    /// The repositories, in the order in which they were added.
    #[must_use]
    pub fn repositories(&self) -> Vec<RepositoryName> {
        self.repositories
            .iter()
            .filter(|repository| !repository.gone)
            .map(|repository| repository.name.clone())
            .collect()
    }

    /// The workflows of the default branches, with GitHub's word for their state.
    #[must_use]
    pub fn workflows(&self) -> Vec<(WorkflowId, &'static str)> {
        let every = self
            .repositories
            .iter()
            .filter(|r| !r.gone)
            .flat_map(|r| r.workflows.values().map(move |w| (r, w)));
        every
            .map(|(r, w)| {
                (
                    WorkflowId {
                        repository: r.name.clone(),
                        file: w.file.clone(),
                    },
                    w.state,
                )
            })
            .collect()
    }

    /// Every attempt of every run of a repository, by id, with nothing left null.
    ///
    /// # Errors
    /// 404 without such a repository.
    pub fn runs(&self, repository: &RepositoryName) -> Result<Vec<Run>, Refusal> {
        let runs = self.repositories[self.place(repository)?].runs.values();
        let attempts = runs.flat_map(|run| run.attempts.iter().map(move |attempt| (run, attempt)));
        let view = attempts.map(|(run, attempt)| Run {
            id: RunId(run.id),
            attempt: attempt.number,
            workflow: run.file.clone(),
            event: run.event.to_owned(),
            status: attempt.status,
            conclusion: attempt.conclusion,
            created_at: run.created_at,
            started_at: attempt.started_at,
            updated_at: attempt.updated_at,
            head_branch: Some(run.head_branch.clone()),
            head_sha: run.head_sha.clone(),
        });
        Ok(view.collect())
    }

    /// Every job of every run of a workflow.
    ///
    /// # Errors
    /// 404 without such a repository.
    pub fn jobs(
        &self,
        repository: &RepositoryName,
        file: &WorkflowFile,
    ) -> Result<Vec<Job>, Refusal> {
        let runs = self.repositories[self.place(repository)?]
            .runs
            .values()
            .filter(|run| run.file == *file);
        let attempts = runs.flat_map(|run| run.attempts.iter().map(move |attempt| (run, attempt)));
        let jobs = attempts.flat_map(|(run, attempt)| {
            attempt.jobs.iter().map(|job| Job {
                id: job.id,
                run_id: RunId(run.id),
                attempt: attempt.number,
                name: job.name.clone(),
                labels: run.labels.clone(),
                created_at: job.created_at,
                started_at: job.started_at,
                completed_at: job.completed_at,
                conclusion: job.conclusion,
            })
        });
        Ok(jobs.collect())
    }

    /// The pull requests of a repository, oldest first.
    ///
    /// # Errors
    /// 404 without such a repository.
    pub fn pulls(&self, repository: &RepositoryName) -> Result<Vec<PullView>, Refusal> {
        let pulls = self.repositories[self.place(repository)?].pulls.values();
        let view = pulls.map(|pull| PullView {
            number: pull.number,
            title: pull.title.clone(),
            body: pull.body.clone().unwrap_or_default(),
            open: pull.open,
            merged: pull.merged_at.is_some(),
            head_branch: pull.head_branch.clone(),
            head_sha: pull.head_sha.clone(),
            labels: pull.labels.clone(),
            reviewers: pull.reviewers.clone(),
            comments: pull
                .comments
                .iter()
                .map(|comment| comment.body.clone())
                .collect(),
            by: pull.by.clone(),
        });
        Ok(view.collect())
    }
}

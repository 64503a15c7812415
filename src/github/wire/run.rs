//! Runs and jobs, and how they become ours.

use serde::Deserialize;

use crate::domain::{Conclusion, Job, Run, RunId, RunStatus, Timestamp, WorkflowFile};

/// A page of runs. `total_count` can be inexact.
#[derive(Deserialize)]
pub(in crate::github) struct RunPage {
    #[serde(default)]
    pub(in crate::github) total_count: u64,
    pub(in crate::github) workflow_runs: Vec<WireRun>,
}

#[derive(Deserialize)]
pub(in crate::github) struct WireRun {
    id: u64,
    run_attempt: Option<u32>,
    path: Option<String>,
    event: Option<String>,
    status: Option<String>,
    conclusion: Option<String>,
    created_at: Timestamp,
    run_started_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    head_branch: Option<String>,
    head_sha: Option<String>,
}

impl WireRun {
    /// Makes it ours; nothing when it does not belong to a workflow file (`dynamic/...`, or a server too old to tell).
    pub(in crate::github) fn into_run(self) -> Option<Run> {
        let workflow = WorkflowFile::from_path(self.path.as_deref()?).ok()?;
        let started_at = self.run_started_at.unwrap_or(self.created_at);
        let conclusion = self.conclusion.as_deref().map(conclusion);
        Some(Run {
            id: RunId(self.id),
            attempt: self.run_attempt.unwrap_or(1).max(1),
            workflow,
            event: self.event.unwrap_or_default(),
            status: status(self.status.as_deref(), conclusion),
            conclusion,
            created_at: self.created_at,
            started_at,
            updated_at: self.updated_at.unwrap_or(started_at),
            head_branch: self.head_branch,
            head_sha: self.head_sha.unwrap_or_default(),
        })
    }
}

/// A page of jobs.
#[derive(Deserialize)]
pub(in crate::github) struct JobPage {
    pub(in crate::github) jobs: Vec<WireJob>,
}

#[derive(Deserialize)]
pub(in crate::github) struct WireJob {
    id: u64,
    name: Option<String>,
    labels: Option<Vec<String>>,
    created_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    conclusion: Option<String>,
}

impl WireJob {
    /// Makes it ours; nothing when GitHub tells no instant at all of it.
    pub(in crate::github) fn into_job(self, run_id: RunId, attempt: u32) -> Option<Job> {
        Some(Job {
            id: self.id,
            run_id,
            attempt,
            name: self.name.unwrap_or_default(),
            labels: self.labels.unwrap_or_default(),
            created_at: self.created_at.or(self.started_at)?,
            started_at: self.started_at,
            completed_at: self.completed_at,
            conclusion: self.conclusion.as_deref().map(conclusion),
        })
    }
}

/// Reads a conclusion; a word we do not know is [`Conclusion::Unknown`].
fn conclusion(word: &str) -> Conclusion {
    word.parse().unwrap_or(Conclusion::Unknown)
}

/// Reads a status; a word we do not know is a run not yet started, unless it has a conclusion.
fn status(word: Option<&str>, conclusion: Option<Conclusion>) -> RunStatus {
    match word {
        Some("completed") => RunStatus::Completed,
        Some("in_progress") => RunStatus::InProgress,
        _ if conclusion.is_some() => RunStatus::Completed,
        _ => RunStatus::Queued,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(more: &str) -> Option<Run> {
        let text = format!(r#"{{"id":1,"created_at":"2026-11-01T00:00:00Z"{more}}}"#);
        serde_json::from_str::<WireRun>(&text).unwrap().into_run()
    }

    #[test]
    fn nulls_and_absent_fields_do_not_fail_a_run() {
        let run = read(
            r#","path":".github/workflows/a.yml","name":null,"head_branch":null,"head_commit":null,"actor":null,"conclusion":null"#,
        );
        let run = run.unwrap();
        assert_eq!(
            (run.attempt, run.status, run.started_at),
            (1, RunStatus::Queued, run.created_at)
        );
    }

    #[test]
    fn words_that_github_adds_are_unknown_and_not_errors() {
        let run = read(
            r#","path":".github/workflows/a.yml","status":"thinking","conclusion":"shrugged""#,
        )
        .unwrap();
        assert_eq!(
            (run.status, run.conclusion),
            (RunStatus::Completed, Some(Conclusion::Unknown))
        );
        for known in [
            "success",
            "timed_out",
            "startup_failure",
            "action_required",
            "stale",
        ] {
            assert_ne!(conclusion(known), Conclusion::Unknown);
        }
    }

    #[test]
    fn runs_without_a_workflow_file_are_left_out() {
        assert_eq!(
            read(r#","path":"dynamic/github-code-scanning/codeql""#),
            None
        );
        assert_eq!(read(""), None);
    }
}

//! Runs, attempts and jobs as the world knows them.

use crate::domain::{Conclusion, RunStatus, Timestamp, WorkflowFile};

/// Which job of which run: the place of its repository, the run's id, the attempt and the job's place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JobKey {
    pub(super) repository: usize,
    pub(super) run: u64,
    pub(super) attempt: u32,
    pub(super) job: usize,
}

/// One job of an attempt.
#[derive(Clone, Debug)]
pub(super) struct SimJob {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) created_at: Timestamp,
    pub(super) started_at: Option<Timestamp>,
    pub(super) completed_at: Option<Timestamp>,
    pub(super) conclusion: Option<Conclusion>,
    /// How long it will work once a runner has it.
    pub(super) work_seconds: f64,
    /// How it will end.
    pub(super) ending: Conclusion,
}

/// One attempt of a run.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) number: u32,
    pub(super) started_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) status: RunStatus,
    pub(super) conclusion: Option<Conclusion>,
    pub(super) jobs: Vec<SimJob>,
    pub(super) ending: Conclusion,
}

/// Which fields GitHub leaves null for a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Nulls {
    pub(super) name: bool,
    pub(super) head_branch: bool,
    pub(super) head_commit: bool,
}

/// A run with all of its attempts, the last one current; there is always at least one.
#[derive(Clone, Debug)]
pub(super) struct SimRun {
    pub(super) id: u64,
    pub(super) number: u64,
    pub(super) file: WorkflowFile,
    pub(super) event: &'static str,
    pub(super) actor: String,
    pub(super) head_branch: String,
    pub(super) head_sha: String,
    pub(super) created_at: Timestamp,
    pub(super) attempts: Vec<Attempt>,
    pub(super) labels: Vec<String>,
    pub(super) group: Option<String>,
    pub(super) nulls: Nulls,
}

impl SimRun {
    /// The current attempt.
    pub(super) fn current(&self) -> &Attempt {
        self.attempts
            .last()
            .expect("a run is created with its first attempt and loses none")
    }

    /// The attempt of a number.
    pub(super) fn attempt(&self, number: u32) -> Option<&Attempt> {
        self.attempts
            .iter()
            .find(|attempt| attempt.number == number)
    }

    /// The attempt of a number, to change it.
    pub(super) fn attempt_mut(&mut self, number: u32) -> Option<&mut Attempt> {
        self.attempts
            .iter_mut()
            .find(|attempt| attempt.number == number)
    }
}

//! One repository: its settings, objects, workflows, runs and pull requests.

use std::collections::BTreeMap;

use super::{Refusal, objects::Objects, pull::Pull, run::SimRun, workflow::Workflow};
use crate::domain::{RepositoryName, Timestamp, WorkflowFile};

/// A repository to be added to a world.
#[derive(Clone, Debug)]
pub struct NewRepository {
    /// Its name.
    pub name: RepositoryName,
    /// Whether everybody may read it; GitHub disables idle schedules in public repositories only.
    pub public: bool,
    /// Its default branch.
    pub default_branch: String,
    /// Its first files: path and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// Its topics.
    pub topics: Vec<String>,
    /// Whether it is archived: readable, not writable, nothing fires.
    pub archived: bool,
    /// Whether it is a fork: its workflows are off.
    pub fork: bool,
    /// Whether nobody works there beyond what the world is told, so that the inactivity rule can bite.
    pub quiet: bool,
}

impl NewRepository {
    /// A private repository with a default branch `main` and some files.
    #[must_use]
    pub fn new(name: RepositoryName, files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
            .collect();
        Self {
            name,
            public: false,
            default_branch: "main".to_owned(),
            files,
            topics: Vec::new(),
            archived: false,
            fork: false,
            quiet: false,
        }
    }
}

/// A repository of the world.
pub(super) struct Repository {
    pub(super) id: u64,
    pub(super) name: RepositoryName,
    pub(super) public: bool,
    pub(super) default_branch: String,
    pub(super) topics: Vec<String>,
    pub(super) archived: bool,
    /// Whether it was deleted; its place stays.
    pub(super) gone: bool,
    pub(super) fork: bool,
    pub(super) quiet: bool,
    pub(super) created_at: Timestamp,
    pub(super) pushed_at: Timestamp,
    pub(super) objects: Objects,
    pub(super) workflows: BTreeMap<WorkflowFile, Workflow>,
    pub(super) runs: BTreeMap<u64, SimRun>,
    pub(super) pulls: BTreeMap<u64, Pull>,
    pub(super) numbers: u64,
    /// The default branch's tip, kept because every run names it.
    pub(super) head: String,
}

impl Repository {
    /// The pull request of a number.
    pub(super) fn pull(&self, number: u64) -> Result<&Pull, Refusal> {
        self.pulls.get(&number).ok_or_else(Refusal::not_found)
    }

    /// The pull request of a number, to change it.
    pub(super) fn pull_mut(&mut self, number: u64) -> Result<&mut Pull, Refusal> {
        self.pulls.get_mut(&number).ok_or_else(Refusal::not_found)
    }

    /// The workflow of an id or a file name, as GitHub's paths take either.
    pub(super) fn workflow(&self, key: &str) -> Result<&Workflow, Refusal> {
        let by_id = key.parse::<u64>().ok();
        let name = key.trim_start_matches(crate::domain::workflow::WORKFLOW_FOLDER);
        let found = |w: &&Workflow| Some(w.id) == by_id || w.file.as_str() == name;
        self.workflows
            .values()
            .find(found)
            .ok_or_else(Refusal::not_found)
    }
}

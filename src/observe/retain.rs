//! What is remembered in this process is about what is declared, and about nothing else.
//!
//! Invariant: a view that somebody works on is left alone; the next round of its connection comes to it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    observatory::{Observatory, locked},
    view::View,
};
use crate::domain::{RepositoryName, WorkflowFile, WorkflowId};

/// Of how many runs of a repository is remembered that their jobs were asked for. Those of a month are asked about, ten at a
/// time; what is forgotten is asked once more.
const ASKED_JOBS: usize = 20_000;

impl Observatory {
    /// Forgets what was seen of repositories and workflows that nobody declares any more.
    ///
    /// Costs no fact: what comes back is read again.
    pub fn retain<'a>(&self, declared: impl Iterator<Item = &'a WorkflowId>) {
        let mut files: BTreeMap<&RepositoryName, BTreeSet<&WorkflowFile>> = BTreeMap::new();
        for workflow in declared {
            let declared = files.entry(&workflow.repository).or_default();
            declared.insert(&workflow.file);
        }
        locked(&self.views).retain(|name, view| {
            // Somebody who holds the view looks, or is about to.
            let Some(view) = Arc::get_mut(view) else {
                return true;
            };
            let declared = files.get(name);
            if let Some(declared) = declared {
                view.get_mut().retain(declared);
            }
            declared.is_some()
        });
        locked(&self.lookouts).retain(|name, _| files.contains_key(name));
    }
}

impl View {
    /// Forgets workflows that are not among those declared, and of runs all but the newest.
    fn retain(&mut self, declared: &BTreeSet<&WorkflowFile>) {
        self.files.retain(|file, _| declared.contains(file));
        self.remembered.retain(|file, _| declared.contains(file));
        self.lessons.retain(|file, _| declared.contains(file));
        self.unreadable.retain(|file| declared.contains(file));
        self.recalled.retain(|file| declared.contains(file));
        while self.asked_jobs.len() > ASKED_JOBS {
            // Numbers of runs grow with time.
            self.asked_jobs.pop_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{
        look,
        stage::{Stage, nightly, object},
    };

    fn views(stage: &Stage) -> usize {
        locked(&stage.observatory.views).len()
    }

    #[tokio::test]
    async fn a_repository_that_nobody_declares_any_more_is_forgotten_and_seen_again_when_asked() {
        let stage = Stage::set().await;
        look(&object(), &stage.site(), stage.now()).await;
        let lookouts = || locked(&stage.observatory.lookouts).len();
        stage.observatory.retain([nightly()].iter());
        assert_eq!((views(&stage), lookouts()), (1, 1));

        stage.observatory.retain([].iter());
        assert_eq!((views(&stage), lookouts()), (0, 0));

        let seen = look(&object(), &stage.site(), stage.now()).await;
        assert!(seen.file.known().is_some() && seen.learned.known().is_some());
    }

    #[tokio::test]
    async fn a_workflow_that_nobody_declares_any_more_is_forgotten_beside_one_that_somebody_does() {
        let stage = Stage::set().await;
        look(&object(), &stage.site(), stage.now()).await;
        let other = WorkflowId {
            file: "other.yml".parse().unwrap(),
            ..nightly()
        };
        stage.observatory.retain([other].iter());
        let view = stage.observatory.view(&nightly().repository);
        let view = view.lock().await;
        assert!(view.files.is_empty() && view.lessons.is_empty() && view.recalled.is_empty());
    }

    #[tokio::test]
    async fn a_view_that_somebody_works_on_is_left_alone() {
        let stage = Stage::set().await;
        let held = stage.observatory.view(&nightly().repository);
        stage.observatory.retain([].iter());
        assert_eq!(views(&stage), 1);
        drop(held);
        stage.observatory.retain([].iter());
        assert_eq!(views(&stage), 0);
    }

    #[test]
    fn of_the_runs_whose_jobs_were_asked_for_the_newest_are_remembered() {
        let runs = (0..).take(ASKED_JOBS + 10).map(crate::domain::RunId);
        let mut view = View {
            asked_jobs: runs.collect(),
            ..View::default()
        };
        view.retain(&BTreeSet::new());
        assert_eq!(view.asked_jobs.len(), ASKED_JOBS);
        assert_eq!(view.asked_jobs.first().map(|run| run.0), Some(10));
    }
}

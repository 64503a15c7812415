//! The pull requests as a reviewer sees them: title, body, difference.

use serde::Serialize;

use super::stage::Stage;
use crate::{
    domain::{RepositoryName, WORKFLOW_FOLDER},
    edit,
};

/// A pull request as a reviewer sees it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Review {
    pub(super) repository: String,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) state: String,
    pub(super) body: String,
    pub(super) diff: String,
}

/// Every pull request there is, in the order of repositories and numbers.
pub(super) fn reviews(stage: &Stage) -> Vec<Review> {
    let mut reviews = Vec::new();
    stage.with_world(|world| {
        for repository in world.repositories() {
            for pull in world.pulls(&repository).unwrap_or_default() {
                let state = match (pull.open, pull.merged) {
                    (true, _) => "open",
                    (false, true) => "merged",
                    (false, false) => "closed",
                };
                reviews.push(Review {
                    repository: repository.to_string(),
                    number: pull.number,
                    title: pull.title.clone(),
                    state: state.to_owned(),
                    body: pull.body.clone(),
                    diff: if pull.open {
                        diff(world, &repository, &pull.head_branch)
                    } else {
                        String::new()
                    },
                });
            }
        }
    });
    reviews
}

/// What a branch changes below the workflow folder, as a unified difference.
fn diff(world: &crate::simulate::World, repository: &RepositoryName, branch: &str) -> String {
    let mut text = String::new();
    let workflows = world.workflows();
    for (workflow, _) in workflows
        .iter()
        .filter(|(workflow, _)| workflow.repository == *repository)
    {
        let path = format!("{WORKFLOW_FOLDER}{}", workflow.file);
        let read = |at: &str| {
            world
                .file(repository, at, &path)
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        };
        if let (Some(before), Some(after)) = (read("main"), read(branch)) {
            text.push_str(&edit::diff(&path, &before, &after));
        }
    }
    text
}

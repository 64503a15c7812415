//! From a verified delivery to what it is news of.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    event::Event,
    wire::{PullEvent, PushEvent, Repository, RepositoryEvent, RunEvent, WorkflowBeside},
};
use crate::domain::{RepositoryName, WorkflowFile, WorkflowId};

/// How many commits a push lists at most (GitHub's documentation of the event): so many may be some of more.
const MOST_COMMITS: usize = 2048;

/// What a delivery is news of. It says where to look, never what is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// GitHub tries the hook.
    Ping,
    /// A run of a workflow ended.
    RunEnded(WorkflowId),
    /// A push to the default branch touched workflow files.
    FilesPushed {
        /// The repository.
        repository: RepositoryName,
        /// The files; none where the push does not tell all of them.
        files: Option<BTreeSet<WorkflowFile>>,
    },
    /// A pull request was closed, reopened, or given other commits.
    PullChanged {
        /// The repository.
        repository: RepositoryName,
        /// The branch it comes from.
        branch: String,
    },
    /// What an App may do, or where, is another thing than before.
    InstallationChanged,
    /// A repository is there, gone, or another than before.
    RepositoryChanged {
        /// The repository by its name of now.
        repository: RepositoryName,
        /// Whose it was before, where it was transferred.
        former_owner: Option<String>,
    },
}

/// A body that is not what its event says. Its bytes are not repeated.
#[derive(Debug, thiserror::Error)]
#[error("the body is not a {event} event: {message}")]
pub struct Malformed {
    event: &'static str,
    message: String,
}

impl News {
    /// Reads the body of a delivery whose signature was verified; none when nothing that we look at has changed.
    ///
    /// Jobs are no news: what they change is asked for when their run ends.
    ///
    /// # Errors
    /// When the body is not what the event says.
    pub fn read(event: Event, body: &[u8]) -> Result<Option<Self>, Malformed> {
        match event {
            Event::Ping => Ok(Some(Self::Ping)),
            Event::WorkflowJob => Ok(None),
            Event::Installation | Event::InstallationRepositories => {
                Ok(Some(Self::InstallationChanged))
            }
            Event::Repository => repository_changed(body).map(Some),
            Event::WorkflowRun => run_ended(body),
            Event::Push => files_pushed(body),
            Event::PullRequest => pull_changed(body),
        }
    }

    /// The repository that the news is about; none where it is about the account.
    #[must_use]
    pub const fn repository(&self) -> Option<&RepositoryName> {
        match self {
            Self::RunEnded(workflow) => Some(&workflow.repository),
            Self::FilesPushed { repository, .. }
            | Self::PullChanged { repository, .. }
            | Self::RepositoryChanged { repository, .. } => Some(repository),
            Self::Ping | Self::InstallationChanged => None,
        }
    }
}

fn run_ended(body: &[u8]) -> Result<Option<News>, Malformed> {
    let told: RunEvent = parse(Event::WorkflowRun, body)?;
    if told.action != "completed" {
        return Ok(None);
    }
    let path = match told.workflow_run.path {
        Some(path) => Some(path),
        None => parse::<WorkflowBeside>(Event::WorkflowRun, body)?
            .workflow
            .and_then(|workflow| workflow.path),
    };
    let repository = name(Event::WorkflowRun, &told.repository)?;
    // What GitHub runs of its own accord (pages, updates of dependencies) has no file.
    let file = path.and_then(|path| WorkflowFile::from_path(&path).ok());
    Ok(file.map(|file| News::RunEnded(WorkflowId { repository, file })))
}

fn files_pushed(body: &[u8]) -> Result<Option<News>, Malformed> {
    let told: PushEvent = parse(Event::Push, body)?;
    let repository = name(Event::Push, &told.repository)?;
    let branch = told.reference.strip_prefix("refs/heads/");
    if branch.is_none() || branch != told.repository.default_branch.as_deref() {
        return Ok(None);
    }
    let commits = told.commits.unwrap_or_default();
    // A branch that was moved by force may have lost commits that nobody lists.
    let partial = told.forced || commits.len() >= MOST_COMMITS;
    let touched = commits.iter().flat_map(|commit| {
        let lists = [&commit.added, &commit.removed, &commit.modified];
        lists.into_iter().flatten()
    });
    let files: BTreeSet<_> = touched
        .filter_map(|path| WorkflowFile::from_path(path).ok())
        .collect();
    let files = (!partial).then_some(files);
    let touches = files.as_ref().is_none_or(|files| !files.is_empty());
    Ok(touches.then_some(News::FilesPushed { repository, files }))
}

fn pull_changed(body: &[u8]) -> Result<Option<News>, Malformed> {
    let told: PullEvent = parse(Event::PullRequest, body)?;
    let repository = name(Event::PullRequest, &told.repository)?;
    let ours = ["closed", "reopened", "synchronize"].contains(&told.action.as_str());
    let branch = told.pull_request.head.reference;
    Ok(ours.then_some(News::PullChanged { repository, branch }))
}

fn repository_changed(body: &[u8]) -> Result<News, Malformed> {
    let told: RepositoryEvent = parse(Event::Repository, body)?;
    let former_owner = told.changes.unwrap_or_default().former_owner();
    Ok(News::RepositoryChanged {
        repository: name(Event::Repository, &told.repository)?,
        former_owner,
    })
}

fn parse<'de, T: Deserialize<'de>>(event: Event, body: &'de [u8]) -> Result<T, Malformed> {
    serde_json::from_slice(body).map_err(|error| Malformed {
        event: event.name(),
        // The place alone: a message may quote what was sent.
        message: format!(
            "{:?} error at line {}, column {}",
            error.classify(),
            error.line(),
            error.column()
        ),
    })
}

fn name(event: Event, repository: &Repository) -> Result<RepositoryName, Malformed> {
    repository.full_name.parse().map_err(|_| Malformed {
        event: event.name(),
        message: "repository.full_name is not owner/name".to_owned(),
    })
}

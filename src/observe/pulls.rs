//! Pull requests from our branches.

use std::collections::{BTreeMap, BTreeSet};

use super::{observatory::Observatory, refresh::known, view::View, why};
use crate::{
    decide::{
        Cause, Known, PullSeen, PullState, Why,
        effect::branch_prefix,
        mark::{is_ours, read_marker},
    },
    domain::{RepositoryName, WorkflowId},
    github::{self, CommitInfo, Head, Pull, PullsIn},
};

/// What the names of all our branches begin with.
const OUR_BRANCHES: &str = "cronwright/";

/// Lists the open pull requests from our branches.
pub(super) async fn list_open(
    observatory: &Observatory,
    view: &mut View,
    name: &RepositoryName,
) -> Result<(), github::Error> {
    let head = Head::Prefix(OUR_BRANCHES.to_owned());
    let listed = observatory.github.pulls(name, &head, PullsIn::Open).await?;
    let mut open = Vec::new();
    for pull in listed.into_iter().filter(|pull| !pull.from_fork) {
        open.push(seen(
            &pull,
            is_touched(&observatory.github, name, &pull).await?,
        ));
    }
    view.open = open;
    Ok(())
}

/// The pull requests for one workflow: those that are open, and those that ended as far as we opened them.
pub(super) async fn of_workflow(
    observatory: &Observatory,
    view: &mut View,
    workflow: &WorkflowId,
) -> Known<Vec<PullSeen>> {
    if !view.recalled.contains(&workflow.file) {
        if let Err(why) = recall(observatory, view, workflow).await {
            return Known::Unknown(why);
        }
        view.recalled.insert(workflow.file.clone());
    }
    let prefix = branch_prefix(workflow);
    let open: BTreeSet<u64> = view.open.iter().map(|pull| pull.number).collect();
    if let Err(why) = follow(observatory, view, workflow, &open).await {
        return Known::Unknown(why);
    }
    let ended = view
        .ended
        .values()
        .filter(|pull| !open.contains(&pull.number));
    let ours = view
        .open
        .iter()
        .chain(ended)
        .filter(|pull| pull.branch.starts_with(&prefix));
    Known::Known(ours.cloned().collect())
}

/// Reads how the pull requests ended that we remember to have opened.
async fn recall(
    observatory: &Observatory,
    view: &mut View,
    workflow: &WorkflowId,
) -> Result<(), Why> {
    // Once for all workflows of the repository.
    if view.opened.is_none() {
        let opened = observatory.store.pulls_opened(&workflow.repository).await;
        let opened = opened.map_err(|error| why::from_store(&error))?;
        let mut by_file: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (file, number) in opened {
            by_file.entry(file).or_default().insert(number);
        }
        view.opened = Some(by_file);
    }
    let opened = view
        .opened
        .as_ref()
        .and_then(|opened| opened.get(&workflow.file));
    // One that was seen before is followed from there.
    let unseen = |number: &u64| !view.ended.contains_key(number);
    let unseen: Vec<_> = opened
        .into_iter()
        .flatten()
        .copied()
        .filter(unseen)
        .collect();
    for number in unseen {
        remember(observatory, view, &workflow.repository, number).await?;
    }
    Ok(())
}

/// Reads how those ended that were open at the last look and are no more.
async fn follow(
    observatory: &Observatory,
    view: &mut View,
    workflow: &WorkflowId,
    open: &BTreeSet<u64>,
) -> Result<(), Why> {
    let gone: Vec<u64> = view
        .ended
        .values()
        .filter(|pull| pull.state == PullState::Open && !open.contains(&pull.number))
        .map(|pull| pull.number)
        .collect();
    for number in gone {
        remember(observatory, view, &workflow.repository, number).await?;
    }
    // What is open now will be followed when it no longer is.
    for pull in view.open.clone() {
        view.ended.insert(pull.number, pull);
    }
    Ok(())
}

async fn remember(
    observatory: &Observatory,
    view: &mut View,
    name: &RepositoryName,
    number: u64,
) -> Result<(), Why> {
    match known(observatory.github.pull(name, number).await) {
        Known::Known(pull) => {
            let pull = ended(observatory, name, &pull).await?;
            view.ended.insert(number, pull);
            Ok(())
        }
        Known::Unknown(why) if why.cause == Cause::NotFound => {
            view.ended.remove(&number);
            Ok(())
        }
        Known::Unknown(why) => Err(why),
    }
}

/// How a pull request ended: one that we marked as withdrawn was closed by us, or else by a person who was faster, and whose
/// no it is.
async fn ended(
    observatory: &Observatory,
    name: &RepositoryName,
    pull: &Pull,
) -> Result<PullSeen, Why> {
    let pull = seen(pull, false);
    let mut account = observatory.account();
    if account.is_empty() {
        let known = observatory.authenticate().await;
        account = known.map_err(|error| why::from_github(&error))?;
    }
    if pull.state != PullState::Withdrawn || account.is_empty() {
        return Ok(pull);
    }
    let by = observatory.github.closed_by(name, pull.number).await;
    let by = by.map_err(|error| why::from_github(&error))?;
    let by_a_person = by.is_some_and(|by| by != account);
    Ok(PullSeen {
        state: if by_a_person {
            PullState::Declined
        } else {
            PullState::Withdrawn
        },
        ..pull
    })
}

impl Observatory {
    /// Reads from GitHub, once since the start, which pull requests from our branches ended, whoever remembers to have opened
    /// them; whether that brought news. Asked before the first pull request is opened: the store may be a new one.
    ///
    /// Caveat: of a repository with more than 5,000 ended pull requests only those are known that the store remembers, and
    /// those from the very branch, which are read before each act.
    ///
    /// # Errors
    /// Why GitHub does not tell.
    pub async fn recollect(&self, workflow: &WorkflowId) -> Result<bool, Why> {
        let view = self.view(&workflow.repository);
        let mut view = view.lock().await;
        if view.recollected {
            return Ok(false);
        }
        if self.account().is_empty() {
            // What is opened says in whose name.
            let known = self.authenticate().await;
            known.map_err(|error| why::from_github(&error))?;
        }
        let head = Head::Prefix(OUR_BRANCHES.to_owned());
        let ended = self
            .github
            .pulls(&workflow.repository, &head, PullsIn::Closed);
        let ended = match ended.await {
            Err(github::Error::TooLarge { .. }) => Vec::new(),
            other => other.map_err(|error| why::from_github(&error))?,
        };
        view.recollected = true;
        let mut news = false;
        for pull in &ended {
            let pull = self::ended(self, &workflow.repository, pull).await?;
            news |= view.ended.insert(pull.number, pull.clone()).as_ref() != Some(&pull);
        }
        Ok(news)
    }
}

/// Whether a commit on the pull request's branch is not ours.
pub async fn is_touched(
    github: &github::Client,
    name: &RepositoryName,
    pull: &Pull,
) -> Result<bool, github::Error> {
    let since = github.commits_since(name, &pull.base_branch, &pull.head_sha);
    let commits = match since.await {
        // A history that is not ours at all, or longer than anything of ours.
        Err(github::Error::NotFound { .. } | github::Error::TooLarge { .. }) => return Ok(true),
        other => other?,
    };
    Ok(commits.iter().any(|commit| !is_made_by_us(commit)))
}

/// Who signs, on GitHub's behalf, the commits that are made through its API: the account, and the name where there is none.
const GITHUB_ITSELF: [&str; 2] = ["web-flow", "GitHub"];

/// Whether a commit is ours and still as we made it: whoever amends one keeps its message and its author, and becomes its
/// committer.
pub fn is_made_by_us(commit: &CommitInfo) -> bool {
    let committer = commit.committer_login.as_deref();
    let amended = committer.is_some_and(|committer| {
        !GITHUB_ITSELF.contains(&committer)
            && commit
                .author_login
                .as_deref()
                .is_some_and(|author| author != committer)
    });
    is_ours(&commit.message) && !amended
}

/// A pull request as decisions see it.
pub fn seen(pull: &Pull, touched: bool) -> PullSeen {
    let marker = read_marker(&pull.body);
    let of_branch = || {
        pull.head_branch
            .rsplit('-')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let state = match (pull.state, pull.merged_at, &marker) {
        (github::PullState::Open, _, _) => PullState::Open,
        (github::PullState::Closed, Some(_), _) => PullState::Merged,
        (github::PullState::Closed, None, Some(marker)) if marker.withdrawn => PullState::Withdrawn,
        (github::PullState::Closed, None, _) => PullState::Declined,
    };
    PullSeen {
        number: pull.number,
        url: pull.url.clone(),
        state,
        branch: pull.head_branch.clone(),
        head_sha: pull.head_sha.clone(),
        // A person may edit the body; the branch then still tells the change it was opened with.
        digest: marker.map_or_else(of_branch, |marker| marker.digest),
        touched,
        created_at: pull.created_at,
    }
}

//! Pull requests from our branches.

use std::collections::{BTreeMap, BTreeSet};

use super::{observatory::Observatory, refresh::known, view::View, why};
use crate::{
    decide::{
        Cause, Known, PullSeen, PullState, Why,
        effect::branch_prefix,
        mark::{self, read_marker},
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
        let commits = commits(&observatory.github, name, &pull).await?;
        // One whose text speaks of another change than its commits, or of a withdrawal, carries none: an update or a
        // closing was cut short, and is taken up or taken back.
        let as_told = |carried: &String| {
            let marker = read_marker(&pull.body);
            marker.is_none_or(|marker| marker.digest == *carried && marker.withdrawn_by.is_none())
        };
        let carried = commits.carried.filter(as_told);
        let digest = carried.unwrap_or_default();
        open.push(PullSeen {
            touched: commits.touched,
            object: commits.object,
            ..seen(&pull, PullState::Open, digest)
        });
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
            let pull = ended(observatory, view, name, &pull).await?;
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

/// How a pull request ended, and what change it carried then.
async fn ended(
    observatory: &Observatory,
    view: &View,
    name: &RepositoryName,
    pull: &Pull,
) -> Result<PullSeen, Why> {
    let told = |error| why::from_github(&error);
    let before = view
        .ended
        .get(&pull.number)
        .filter(|before| before.head_sha == pull.head_sha && !before.digest.is_empty());
    let digest = match before {
        Some(before) => before.digest.clone(),
        None => carried_at_head(&observatory.github, name, pull)
            .await
            .map_err(told)?,
    };
    let state = state(&observatory.github, name, pull).await.map_err(told)?;
    Ok(seen(pull, state, digest))
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
            let pull = self::ended(self, &view, &workflow.repository, pull).await?;
            news |= view.ended.insert(pull.number, pull.clone()).as_ref() != Some(&pull);
        }
        Ok(news)
    }
}

/// What the commits of a pull request say.
pub struct Commits {
    /// Whether one of them is not ours.
    pub touched: bool,
    /// The short digest of the change that the newest of ours carries.
    pub carried: Option<String>,
    /// The object that asked for that one, as `namespace/name`.
    pub object: Option<String>,
}

/// Reads the commits of a pull request.
///
/// # Errors
/// What GitHub answers instead.
pub async fn commits(
    github: &github::Client,
    name: &RepositoryName,
    pull: &Pull,
) -> Result<Commits, github::Error> {
    let since = github.commits_since(name, &pull.base_branch, &pull.head_sha);
    let commits = match since.await {
        // A history that is not ours at all, or longer than anything of ours.
        Err(github::Error::NotFound { .. } | github::Error::TooLarge { .. }) => {
            return Ok(Commits {
                touched: true,
                carried: None,
                object: None,
            });
        }
        other => other?,
    };
    let newest = commits
        .iter()
        .rev()
        .find(|commit| carried(commit).is_some());
    let object = newest.and_then(|newest| mark::asked_by(&newest.message));
    Ok(Commits {
        touched: commits.iter().any(|commit| carried(commit).is_none()),
        carried: newest.and_then(carried).map(str::to_owned),
        object: object.map(str::to_owned),
    })
}

/// The change that a commit carries, if it is ours and still as we made it.
///
/// Its trailer seals what it holds. Who amends nothing but the words becomes its committer, unless that is GitHub, which
/// signs the commits that are made through its API.
#[must_use]
pub fn carried(commit: &CommitInfo) -> Option<&str> {
    let (author, committer) = (&commit.author, &commit.committer);
    let by_github = committer.name.starts_with("GitHub") && committer.email.starts_with("noreply@");
    let amended = author.name != committer.name && author.email != committer.email && !by_github;
    let parents: Vec<_> = commit.parents.iter().map(String::as_str).collect();
    mark::carried(&commit.message, &commit.tree, &parents).filter(|_| !amended)
}

/// The change that a pull request carried when it ended: what the newest of our commits says; what its text or its branch's
/// name says where there is none to be found.
///
/// # Errors
/// What GitHub answers instead.
pub async fn carried_at_head(
    github: &github::Client,
    name: &RepositoryName,
    pull: &Pull,
) -> Result<String, github::Error> {
    let commit = match github.commit(name, &pull.head_sha).await {
        Err(github::Error::NotFound { .. } | github::Error::Unprocessable { .. }) => None,
        other => Some(other?),
    };
    if let Some(carried) = commit.as_ref().and_then(carried) {
        return Ok(carried.to_owned());
    }
    let below = commits(github, name, pull).await?.carried;
    Ok(below.unwrap_or_else(|| told(pull)))
}

/// The change that a pull request's text speaks of. A person may edit that; the branch then still tells the change it was
/// opened with.
#[must_use]
pub fn told(pull: &Pull) -> String {
    // A number may follow the digest.
    let is_digest = |part: &&str| part.len() > 2;
    let of_branch = || {
        pull.head_branch
            .rsplit('-')
            .find(is_digest)
            .unwrap_or_default()
    };
    read_marker(&pull.body).map_or_else(|| of_branch().to_owned(), |marker| marker.digest)
}

/// What became of a pull request.
///
/// One that we marked as withdrawn was closed by us, or else by a person who was faster, and whose no it is. The mark
/// names the account that we went by then, which may be another one today.
///
/// # Errors
/// What GitHub answers instead.
pub async fn state(
    github: &github::Client,
    name: &RepositoryName,
    pull: &Pull,
) -> Result<PullState, github::Error> {
    match (pull.state, pull.merged_at) {
        (github::PullState::Open, _) => return Ok(PullState::Open),
        (github::PullState::Closed, Some(_)) => return Ok(PullState::Merged),
        (github::PullState::Closed, None) => {}
    }
    let Some(by) = read_marker(&pull.body).and_then(|marker| marker.withdrawn_by) else {
        return Ok(PullState::Declined);
    };
    let closer = github.closed_by(name, pull.number).await?;
    let by_a_person = closer.is_some_and(|closer| !closer.bot && closer.login != by);
    Ok(if by_a_person {
        PullState::Declined
    } else {
        PullState::Withdrawn
    })
}

/// A pull request as decisions see it, whose commits nobody needs to know.
fn seen(pull: &Pull, state: PullState, digest: String) -> PullSeen {
    PullSeen {
        number: pull.number,
        url: pull.url.clone(),
        state,
        branch: pull.head_branch.clone(),
        head_sha: pull.head_sha.clone(),
        digest,
        touched: false,
        object: None,
        created_at: pull.created_at,
    }
}

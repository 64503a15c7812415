//! Opens a pull request: branch, commit, pull request, and its trimmings.

use super::{
    perform::{Actor, End},
    present, wording,
};
use crate::{
    decide::{Deed, Proposal, mark},
    edit::Edited,
    github::{self, NewPull, Pull, Wrote},
    observe::pulls::carried,
};

/// The writes of a whole opening: blob, tree, commit, branch, pull request, labels, reviewers.
const WRITES: u32 = 7;

/// Opens the pull request of a proposal.
///
/// Not begun unless all of it may be written now: nobody would come back for labels that the pace of writes forbade.
pub(super) async fn open(actor: &Actor<'_>, proposal: &Proposal) -> Result<Deed, End> {
    actor.github.room_for(WRITES, "open a pull request")?;
    present::none_open(actor, proposal).await?;
    let (base, edited) = present::edited(actor, proposal).await?;
    let branch = free_branch(actor, proposal, &base, &edited).await?;
    let pull = remembered(actor, proposal, branch, &edited).await?;
    let shortfall = trimmings(actor, proposal, pull.number).await;
    Ok(Deed::Opened {
        number: pull.number,
        url: pull.url,
        digest: proposal.digest.short().to_owned(),
        at: actor.now,
        shortfall,
    })
}

/// Makes the branch with the change under the first name on which nobody sits, and gives that.
async fn free_branch(
    actor: &Actor<'_>,
    proposal: &Proposal,
    base: &str,
    edited: &Edited,
) -> Result<String, End> {
    for name in proposal.branches() {
        present::none_declined(actor, proposal, &name).await?;
        if branch(actor, proposal, &name, base, edited).await? {
            return Ok(name);
        }
    }
    let first = proposal.branches().next().unwrap_or_default();
    Err(End::Blocked(format!(
        "the branch {first} of {} and those named after it have commits of somebody else; remove one of them, or open a \
         pull request from it yourself",
        proposal.workflow.repository
    )))
}

/// Makes a branch with the change on top of the base, or takes the one that an earlier try left behind; false where
/// somebody else's commit is on it.
async fn branch(
    actor: &Actor<'_>,
    proposal: &Proposal,
    name: &str,
    base: &str,
    edited: &Edited,
) -> Result<bool, End> {
    let (github, repository) = (actor.github, &proposal.workflow.repository);
    let Some(left) = github.branch(repository, name).await? else {
        let commit = commit(actor, proposal, base, &[base], edited).await?;
        github.create_branch(repository, name, &commit).await?;
        return Ok(true);
    };
    let commits = github
        .commits_since(repository, &proposal.base_branch, &left.sha)
        .await?;
    if commits.iter().any(|commit| carried(commit).is_none()) {
        return Ok(false);
    }
    let newest = commits.last();
    let opener = newest.and_then(|newest| mark::asked_by(&newest.message));
    let same = newest.and_then(carried) == Some(proposal.digest.short());
    // What an object of another namespace left behind still says so.
    if !same || mark::is_foreign(opener, &proposal.object) {
        let commit = commit(actor, proposal, base, &[&left.sha, base], edited).await?;
        github.advance_branch(repository, name, &commit).await?;
    }
    Ok(true)
}

/// Makes the commit that carries the change: the base's files with the edited one, on top of `parents`.
pub(super) async fn commit(
    actor: &Actor<'_>,
    proposal: &Proposal,
    base: &str,
    parents: &[&str],
    edited: &Edited,
) -> Result<String, github::Error> {
    let path = proposal.workflow.file.path();
    let files = [(path.as_str(), edited.bytes.as_slice())];
    actor
        .github
        .commit_files(
            &proposal.workflow.repository,
            base,
            parents,
            &files,
            |tree| wording::commit_message(proposal, tree, parents),
        )
        .await
}

/// Opens the pull request. That it is about to be is written down before: should nobody live to tell the end, limits count it.
async fn remembered(
    actor: &Actor<'_>,
    proposal: &Proposal,
    branch: String,
    edited: &Edited,
) -> Result<Pull, End> {
    let workflow = &proposal.workflow;
    let intent = actor.observatory.intend(workflow, actor.now).await;
    let is_new = intent.map_err(End::Unremembered)?;
    let opened = pull(actor, proposal, branch, edited).await;
    if let Err(error) = &opened
        && error.wrote() == Wrote::No
        && is_new
    {
        actor.observatory.settle(workflow).await;
    }
    Ok(opened?)
}

async fn pull(
    actor: &Actor<'_>,
    proposal: &Proposal,
    branch: String,
    edited: &Edited,
) -> Result<Pull, github::Error> {
    let new = NewPull {
        head: branch,
        base: proposal.base_branch.clone(),
        title: wording::title(proposal),
        body: body(actor, proposal, edited),
        draft: proposal.options.draft,
        maintainer_can_modify: true,
    };
    actor
        .github
        .open_pull(&proposal.workflow.repository, &new)
        .await
}

/// The body of the proposal's pull request as of now.
pub(super) fn body(actor: &Actor<'_>, proposal: &Proposal, edited: &Edited) -> String {
    let context = wording::Context {
        now: actor.now,
        object: &proposal.object,
        account: &actor.account,
        notes: &edited.notes,
    };
    wording::body(proposal, &context)
}

/// Sets labels and asks for reviews; what does not work is told, and the pull request stands all the same.
async fn trimmings(actor: &Actor<'_>, proposal: &Proposal, number: u64) -> Option<String> {
    let (github, repository, options) = (
        actor.github,
        &proposal.workflow.repository,
        &proposal.options,
    );
    let mut problems = Vec::new();
    if !options.labels.is_empty() {
        problems.extend(
            github
                .add_labels(repository, number, &options.labels)
                .await
                .err(),
        );
    }
    if !options.reviewers.is_empty() {
        problems.extend(
            github
                .request_reviewers(repository, number, &options.reviewers)
                .await
                .err(),
        );
    }
    let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
    (!problems.is_empty()).then(|| problems.join("; "))
}

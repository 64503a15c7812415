//! The present, read once more just before an act.

use super::perform::{Actor, End};
use crate::{
    decide::{Precondition, Proposal, PullState, effect::branch_prefix},
    domain::WorkflowId,
    edit::{self, Edited, Options},
    github::{self, Head, Pull, PullsIn},
    observe::pulls::{Commits, carried_at_head, commits, state},
};

/// Ends the act if a pull request is open for the workflow.
pub(super) async fn none_open(actor: &Actor<'_>, proposal: &Proposal) -> Result<(), End> {
    let repository = &proposal.workflow.repository;
    let prefix = Head::Prefix(branch_prefix(&proposal.workflow));
    if let Some(open) = actor
        .github
        .pulls(repository, &prefix, PullsIn::Open)
        .await?
        .first()
    {
        return Err(End::Overtaken(format!("#{} is open already", open.number)));
    }
    Ok(())
}

/// Ends the act if somebody has said no to this very change on a branch.
pub(super) async fn none_declined(
    actor: &Actor<'_>,
    proposal: &Proposal,
    branch: &str,
) -> Result<(), End> {
    let repository = &proposal.workflow.repository;
    let branch = Head::Branch(branch.to_owned());
    for pull in actor
        .github
        .pulls(repository, &branch, PullsIn::All)
        .await?
    {
        let state = state(actor.github, repository, &pull).await?;
        if matches!(state, PullState::Withdrawn) {
            continue;
        }
        let carried = carried_at_head(actor.github, repository, &pull).await?;
        if carried == proposal.digest.short() {
            let state: &str = state.into();
            return Err(End::Overtaken(format!(
                "#{} carried this change: {state}",
                pull.number
            )));
        }
    }
    Ok(())
}

/// Ends the act unless the pull request is open, points to the commit that was seen, and carries no commit but ours.
pub(super) async fn open_and_untouched(
    actor: &Actor<'_>,
    workflow: &WorkflowId,
    number: u64,
    precondition: &Precondition,
) -> Result<(Pull, Commits), End> {
    let pull = actor.github.pull(&workflow.repository, number).await?;
    let assumed = match precondition {
        Precondition::OpenAndUntouched { head_sha } => *head_sha == pull.head_sha,
        Precondition::NoneOpenNoneDeclined { .. } => false,
    };
    if pull.state != github::PullState::Open || !assumed {
        return Err(End::Overtaken(format!("#{number} is not as it was seen")));
    }
    let commits = commits(actor.github, &workflow.repository, &pull).await?;
    if commits.touched {
        return Err(End::Overtaken(format!(
            "#{number} has a commit of somebody else"
        )));
    }
    Ok((pull, commits))
}

/// The commit the base branch points to, and the edited file, made from the very bytes that stand there.
pub(super) async fn edited(
    actor: &Actor<'_>,
    proposal: &Proposal,
) -> Result<(String, Edited), End> {
    let repository = &proposal.workflow.repository;
    let base = actor
        .github
        .branch(repository, &proposal.base_branch)
        .await?;
    let base =
        base.ok_or_else(|| End::Overtaken(format!("the branch {} is gone", proposal.base_branch)))?;
    let file = actor
        .github
        .file(repository, &proposal.workflow.file.path(), &base.sha)
        .await?;
    let file = file.ok_or_else(|| End::Overtaken("the workflow file is gone".to_owned()))?;
    if file.blob_sha != proposal.base_blob {
        return Err(End::Overtaken("the workflow file has changed".to_owned()));
    }
    let options = Options {
        allow_generated: proposal.allow_generated,
    };
    let edited = edit::edit(&file.bytes, &proposal.changes, options);
    let edited =
        edited.map_err(|refusal| End::Overtaken(format!("the edit is refused: {refusal}")))?;
    Ok((base.sha, edited))
}

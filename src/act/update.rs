//! Gives an open pull request another change, or a newer base, in place.

use super::{
    open::{body, commit},
    perform::{Actor, End},
    present, wording,
};
use crate::{
    decide::{Deed, Precondition, Proposal},
    github::PullEdit,
};

/// The writes of a whole update: blob, tree, commit, branch, text.
const WRITES: u32 = 5;

/// Updates the pull request to a proposal.
///
/// The new commit has the old head and the base as parents and the base's files with the edited one: a fast-forward, so
/// that a commit pushed in between is never lost, and a difference to the base that shows the edit alone.
pub(super) async fn update(
    actor: &Actor<'_>,
    number: u64,
    proposal: &Proposal,
    precondition: &Precondition,
) -> Result<Deed, End> {
    let repository = &proposal.workflow.repository;
    actor.github.room_for(WRITES, "update a pull request")?;
    let (pull, commits) =
        present::open_and_untouched(actor, &proposal.workflow, number, precondition).await?;
    let (base, edited) = present::edited(actor, proposal).await?;
    // An update that was cut short has the commit already.
    if commits.carried.as_deref() != Some(proposal.digest.short()) {
        let parents = [pull.head_sha.as_str(), &base];
        let commit = commit(actor, proposal, &base, &parents, &edited).await?;
        actor
            .github
            .advance_branch(repository, &pull.head_branch, &commit)
            .await?;
    }
    let edit = PullEdit {
        title: Some(wording::title(proposal)),
        body: Some(body(actor, proposal, &edited)),
        base: (pull.base_branch != proposal.base_branch).then(|| proposal.base_branch.clone()),
    };
    actor.github.update_pull(repository, number, &edit).await?;
    Ok(Deed::Updated {
        number,
        digest: proposal.digest.short().to_owned(),
    })
}

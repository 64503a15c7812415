//! Closes a pull request of our own with a comment, and removes its branch.

use super::{
    perform::{Actor, End},
    present, wording,
};
use crate::{
    decide::{Deed, Precondition, effect::CloseReason, mark},
    domain::{RepositoryName, WorkflowId},
    github::{self, Client, Pull, PullEdit},
    observe::pulls::told,
};

/// The writes of a whole closing: comment, text, branch, state.
const WRITES: u32 = 4;

/// Closes the pull request.
///
/// Step by step, and the pull request stays open until the last: a round that is cut short is taken up by the next one,
/// which finds done what is done. Its text says that we withdraw it before anything closes it, so that closing is never
/// taken for a person's no; removing the branch closes it, and the last request makes sure.
pub(super) async fn close(
    actor: &Actor<'_>,
    workflow: &WorkflowId,
    number: u64,
    reason: CloseReason,
    precondition: &Precondition,
) -> Result<Deed, End> {
    let (github, repository) = (actor.github, &workflow.repository);
    actor.github.room_for(WRITES, "close a pull request")?;
    let (pull, commits) =
        present::open_and_untouched(actor, workflow, number, precondition).await?;
    let digest = commits.carried.unwrap_or_else(|| told(&pull));
    let comment = wording::closing_comment(reason);
    let said = github.comments(repository, number).await?;
    if !said.iter().any(|said| said.trim() == comment) {
        github.comment(repository, number, comment).await?;
    }
    let withdrawn = mark::withdrawn(&pull.body, &digest, &actor.account);
    if pull.body != withdrawn {
        github
            .update_pull(repository, number, &text(&withdrawn))
            .await?;
    }
    if !remove(github, repository, &pull).await? {
        // A push since then makes the branch, and the pull request with it, somebody else's.
        github
            .update_pull(repository, number, &text(&pull.body))
            .await?;
        return Err(End::Overtaken(format!("somebody pushed to #{number}")));
    }
    github.close_pull(repository, number, &withdrawn).await?;
    Ok(Deed::Closed { number, reason })
}

fn text(body: &str) -> PullEdit {
    PullEdit {
        body: Some(body.to_owned()),
        ..PullEdit::default()
    }
}

/// Removes the branch if it still points to the commit that was seen, and says whether it did; a branch that the
/// repository's rules keep stays, and the pull request is closed all the same.
async fn remove(
    github: &Client,
    repository: &RepositoryName,
    pull: &Pull,
) -> Result<bool, github::Error> {
    use github::Error;
    let (branch, at) = (&pull.head_branch, &pull.head_sha);
    match github.remove_branch(repository, branch, at).await {
        Err(Error::Conflict { .. }) => Ok(false),
        Err(error @ (Error::Unprocessable { .. } | Error::MissingPermission { .. })) => {
            tracing::warn!(error = %error, "branch of a closed pull request stays");
            Ok(true)
        }
        other => other.map(|()| true),
    }
}

//! Closes a pull request of our own with a comment, and removes its branch.

use super::{
    perform::{Actor, End},
    present, wording,
};
use crate::{
    decide::{Deed, Precondition, effect::CloseReason, mark},
    domain::{RepositoryName, WorkflowId},
    github::{self, Client, PullEdit},
    observe::pulls::seen,
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
    let pull = present::open_and_untouched(actor, workflow, number, precondition).await?;
    let digest = seen(&pull, false).digest;
    let comment = wording::closing_comment(reason);
    let said = github.comments(repository, number).await?;
    if !said.iter().any(|said| said.trim() == comment) {
        github.comment(repository, number, comment).await?;
    }
    let withdrawn = mark::withdrawn(&pull.body, &digest);
    if pull.body != withdrawn {
        github
            .update_pull(repository, number, &text(&withdrawn))
            .await?;
    }
    match github.branch(repository, &pull.head_branch).await? {
        // A push since then makes the branch, and the pull request with it, somebody else's.
        Some(head) if head.sha != pull.head_sha => {
            github
                .update_pull(repository, number, &text(&pull.body))
                .await?;
            return Err(End::Overtaken(format!("somebody pushed to #{number}")));
        }
        Some(_) => remove(github, repository, &pull.head_branch).await?,
        None => {}
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

/// Removes the branch, unless the repository's rules keep it: then it stays, and the pull request is closed all the same.
async fn remove(
    github: &Client,
    repository: &RepositoryName,
    branch: &str,
) -> Result<(), github::Error> {
    use github::Error;
    match github.delete_branch(repository, branch).await {
        Err(error @ (Error::Unprocessable { .. } | Error::MissingPermission { .. })) => {
            tracing::warn!(error = %error, "branch of a closed pull request stays");
            Ok(())
        }
        other => other,
    }
}

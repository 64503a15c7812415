//! Every word we say on GitHub, in one room, so that it can be read as one text.
//!
//! Pure. Text that comes from outside (comments in files, names) is escaped before it reaches Markdown.

mod body;
mod escape;

pub use body::{Context, body};

use crate::{
    decide::{Proposal, effect::CloseReason, mark},
    edit::Change,
};

/// The longest title that spells the schedules out; GitHub takes 256 characters and shows some seventy in a list.
const LONGEST_TITLE: usize = 120;
/// How many schedules a commit message lists; a file can hold more than anybody would read.
const LISTED_CHANGES: usize = 20;

/// The title of a pull request: at most 256 characters.
#[must_use]
pub fn title(proposal: &Proposal) -> String {
    let file = escape::plain(proposal.workflow.file.as_str());
    let spelled = match proposal.changes.as_slice() {
        [Change { from, to, .. }] => Some(format!("Run {file} at \"{to}\" instead of \"{from}\"")),
        _ => None,
    };
    let counted = || match proposal.changes.len() {
        1 => format!("Move the schedule of {file}"),
        count => format!("Move {count} schedules of {file}"),
    };
    spelled
        .filter(|title| title.chars().count() <= LONGEST_TITLE)
        .unwrap_or_else(counted)
}

/// The message of the commit that carries the change, over a tree and on top of parents; its trailer tells our commits from
/// other people's, and from our own that somebody amended.
#[must_use]
pub fn commit_message(proposal: &Proposal, tree: &str, parents: &[&str]) -> String {
    let shown = proposal.changes.iter().take(LISTED_CHANGES);
    let mut lines: Vec<_> = shown
        .map(|change| format!("{} -> {}", change.from, change.to))
        .collect();
    if proposal.changes.len() > LISTED_CHANGES {
        lines.push(format!(
            "and {} more",
            proposal.changes.len() - LISTED_CHANGES
        ));
    }
    format!(
        "{}\n\n{}\n\n{}\n{}\n",
        title(proposal),
        lines.join("\n"),
        mark::trailer(proposal.digest.short(), tree, parents),
        mark::object_trailer(&proposal.object)
    )
}

/// The comment that goes with closing a pull request.
#[must_use]
pub fn closing_comment(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Moot => {
            "This change is no longer wished for: the file already has the schedule, or the declaration asks for something \
             else now. Closing this, and removing its branch; nothing is left for you to do."
        }
        CloseReason::ObjectDeleted => {
            "The WorkflowSchedule that asked for this change is being deleted. Closing this, and removing its branch; the file \
             stays as it is."
        }
        CloseReason::Duplicate => {
            "An older pull request asks for the same. Closing this one, and removing its branch."
        }
    }
}

//! What shall be done outside, as data, and what came of it.
//!
//! | effect | before | after |
//! |---|---|---|
//! | `OpenPull` | no open pull request for the workflow | one, on a branch named by the digest |
//! | `UpdatePull` | one, with another change or an old base | the same one, with this change |
//! | `ClosePull` | one that nothing is left to ask of | closed with a comment, its branch gone |
//!
//! # What the executor promises
//! The model check shows each of these promises missing.
//!
//! 1. All acts of one workflow exclude each other, across processes: a claim is taken before the precondition is read,
//!    and given back after the last request. One whose holder died expires, after longer than an act can last.
//! 2. The precondition is read uncached under the claim; opening also asks whether the object is still of the
//!    generation that was decided about and carries the finalizer.
//! 3. A branch moves by fast-forward only. A branch name on which a person sits is left to them, and another is taken.
//! 4. Closing marks the body as withdrawn before anything closes it, and removes the branch only if it still points to the
//!    expected commit, compared and removed in one request. A server without such a request is asked to remove the branch
//!    just after a look at it: a push within that instant is the one that these promises do not cover.
//! 5. A withdrawal is the mark and a closing by the account that the mark names, whoever we are by now. The mark alone may
//!    meet a person who was faster.
//! 6. The change that a pull request carries is what the newest of our commits says, not its text. An update that was cut
//!    short between commit and text is taken up again without another commit.
//! 7. A commit is ours while it holds what we made it hold, whoever signs it.
//!
//! No effect ever re-opens a pull request, forces a branch, or touches one with a commit of somebody else.

use super::known::Why;
use crate::{
    api::workflow_schedule::PullRequestOptions,
    domain::{Digest, Forecast, TimeZone, Timestamp, WorkflowId},
    edit::Change,
    plan::Line,
};

/// The change to propose, with all that its pull request has to say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Proposal {
    /// The object that asks, as `namespace/name`.
    pub object: String,
    /// The workflow.
    pub workflow: WorkflowId,
    /// The identity of the change: its base file and its edits, nothing else.
    pub digest: Digest,
    /// The blob of the file the change was made for.
    pub base_blob: String,
    /// The branch the file is on.
    pub base_branch: String,
    /// The edits.
    pub changes: Vec<Change>,
    /// Whether the edit of a generated file was allowed.
    pub allow_generated: bool,
    /// The plan's line: why.
    pub line: Line,
    /// The forecast the plan rests on.
    pub forecast: Option<Forecast>,
    /// The zone in which people think about this workflow, where the declaration says so.
    pub time_zone: Option<TimeZone>,
    /// How the pull request is presented.
    pub options: PullRequestOptions,
}

impl Proposal {
    /// The names for the branch that carries the change: `cronwright/<workflow>-<digest>`, and others that follow it where
    /// a person sits on the first.
    pub fn branches(&self) -> impl Iterator<Item = String> {
        let plain = format!("{}{}", branch_prefix(&self.workflow), self.digest.short());
        let others: Vec<_> = (2..=BRANCH_NAMES)
            .map(|nth| format!("{plain}-{nth}"))
            .collect();
        std::iter::once(plain).chain(others)
    }
}

/// How many names are tried for a branch: whoever sits on so many means it.
const BRANCH_NAMES: usize = 4;

/// What the names of all our branches for a workflow begin with.
///
/// Letters that Git refuses in a branch name become `-`, and the file's ending is spelled out, so that `a.yml` and
/// `a.yaml` never share a branch.
#[must_use]
pub fn branch_prefix(workflow: &WorkflowId) -> String {
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            letter
        } else {
            '-'
        }
    };
    let name: String = workflow.file.as_str().chars().map(plain).collect();
    let exact = Digest::of([workflow.file.as_str().as_bytes()]);
    // Distinct names can become equal above; four digits of the exact name keep them apart.
    format!(
        "cronwright/{name}-{}-",
        exact.short().get(..4).unwrap_or_default()
    )
}

/// Something to do outside, with the present it assumes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Effect {
    /// Opens the workflow's pull request.
    OpenPull {
        /// The change.
        proposal: Proposal,
        /// What must hold just before.
        precondition: Precondition,
    },
    /// Gives the workflow's open pull request another change, or a newer base.
    UpdatePull {
        /// Its number.
        number: u64,
        /// Its branch.
        branch: String,
        /// The change.
        proposal: Proposal,
        /// What must hold just before.
        precondition: Precondition,
    },
    /// Closes the workflow's open pull request with a comment and removes its branch.
    ClosePull {
        /// The workflow.
        workflow: WorkflowId,
        /// Its number.
        number: u64,
        /// Its branch.
        branch: String,
        /// Why, for the comment.
        reason: CloseReason,
        /// What must hold just before.
        precondition: Precondition,
    },
}

impl Effect {
    /// The workflow it is about.
    #[must_use]
    pub const fn workflow(&self) -> &WorkflowId {
        match self {
            Self::OpenPull { proposal, .. } | Self::UpdatePull { proposal, .. } => {
                &proposal.workflow
            }
            Self::ClosePull { workflow, .. } => workflow,
        }
    }
}

/// Why we close a pull request of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr)]
pub enum CloseReason {
    /// The file already is as wished, or nothing is wished any more.
    Moot,
    /// The object that asked for it is being deleted.
    ObjectDeleted,
    /// Another pull request asks the same.
    Duplicate,
}

/// What an effect assumes of the present; it is read again, uncached, just before the act.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precondition {
    /// No pull request is open for the workflow, none with this digest was declined or merged, the file is the base.
    ///
    /// One that was merged although the file is the base was taken back, which is a no as well.
    NoneOpenNoneDeclined {
        /// The digest that nobody may have declined.
        digest: Digest,
        /// The blob the file must still have.
        base_blob: String,
    },
    /// The pull request is open, its branch points to this commit, and every commit on it is ours.
    OpenAndUntouched {
        /// The commit.
        head_sha: String,
    },
}

/// What came of an effect.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done(Deed),
    /// The present was not as assumed; nothing was done. Look again.
    Overtaken(String),
    /// It failed; it may or may not have happened. Look again.
    Failed(Why),
}

/// A deed, for status, events and metrics.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    /// A pull request was opened.
    Opened {
        /// Its number.
        number: u64,
        /// Its address for a browser.
        url: String,
        /// The short digest of its change.
        digest: String,
        /// When.
        at: Timestamp,
        /// What did not come along, such as a label that could not be set.
        shortfall: Option<String>,
    },
    /// A pull request was given another change.
    Updated {
        /// Its number.
        number: u64,
        /// The short digest of its change.
        digest: String,
    },
    /// A pull request was closed.
    Closed {
        /// Its number.
        number: u64,
        /// Why.
        reason: CloseReason,
    },
}

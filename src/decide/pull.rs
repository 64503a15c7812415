//! What to do about the workflow's pull request: at most one, never against a person's word.
//!
//! | wished | pull request | then |
//! |---|---|---|
//! | a change | none, nobody declined it | open one, if the week and the limits of its set allow it |
//! | a change | open with this change | wait |
//! | a change | open with another | update it in place |
//! | nothing | open | close it with a comment |
//! | anything | open, a person pushed to it | leave it alone |
//! | anything | open, of an object in another namespace | leave it alone, and open no second one |
//! | a change | this change was declined, or merged and taken back | nothing |

use chrono::TimeDelta;

use super::{
    effect::{CloseReason, Effect, Precondition, Proposal},
    known::{Cause, Known, Why},
    mark::is_foreign,
    ration::{Ration, Throttle},
    seen::{PullSeen, PullState},
    standing::{Hold, Standing},
    wish::Wish,
};
use crate::domain::{Timestamp, WorkflowId};

/// Where the workflow's pull request stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PullStanding {
    /// None is open and none is wished for.
    None,
    /// It could not be read.
    Unknown(Why),
    /// It is open and carries the change, or is being brought to it.
    Open(PullSeen),
    /// A person pushed to it; it is theirs.
    LeftAlone(PullSeen),
    /// An object in another namespace asked for it; it is that one's.
    AnotherObject(PullSeen),
    /// This very change was declined.
    Declined(PullSeen),
    /// This very change was merged, and the file is again as it was.
    Reverted(PullSeen),
    /// As many were opened this week as the policy allows; when the next may be, unless it allows none at all.
    Postponed(Option<Timestamp>),
    /// The limits of the set that the object belongs to do not let one be opened now.
    Throttled(Throttle),
    /// One is being opened.
    Opening,
}

/// Decides about the pull request of a workflow that is to stay, for the object of this identity; `ration` is what its set
/// grants, where it belongs to one.
#[must_use]
pub fn pull(
    identity: &str,
    wish: &Wish,
    standing: &Standing,
    pulls: &Known<Vec<PullSeen>>,
    ration: Option<&Ration>,
    now: Timestamp,
) -> (Vec<Effect>, PullStanding) {
    let pulls = match pulls {
        Known::Known(pulls) => pulls,
        Known::Unknown(why) => return (Vec::new(), PullStanding::Unknown(why.clone())),
    };
    let Some(kept) = kept(pulls) else {
        return match standing {
            Standing::Wanted(proposal) => propose(wish, proposal, pulls, ration, now),
            Standing::Unknown(_)
            | Standing::Unplanned
            | Standing::Aligned
            | Standing::Held { .. } => (Vec::new(), PullStanding::None),
        };
    };
    let mut effects = duplicates(identity, &wish.workflow, kept, pulls);
    if kept.touched {
        return (effects, PullStanding::LeftAlone(kept.clone()));
    }
    if is_foreign(kept.object.as_deref(), identity) {
        return (effects, PullStanding::AnotherObject(kept.clone()));
    }
    effects.extend(tend(wish, standing, kept, pulls));
    (effects, PullStanding::Open(kept.clone()))
}

/// Decides about the pull requests of a workflow whose object is being deleted: whether the finalizer must stay, and
/// what to do first.
#[must_use]
pub fn farewell(
    identity: &str,
    workflow: &WorkflowId,
    pulls: &Known<Vec<PullSeen>>,
) -> (Vec<Effect>, bool) {
    match pulls {
        Known::Known(pulls) => {
            let ours = pulls.iter().filter(|pull| is_ours(pull, identity));
            let effects: Vec<_> = ours
                .map(|pull| close(workflow, pull, CloseReason::ObjectDeleted))
                .collect();
            let keep = !effects.is_empty();
            (effects, keep)
        }
        Known::Unknown(why) => (Vec::new(), passes(why.cause)),
    }
}

/// Whether a pull request is open and this object's to change: no person's, and no other namespace's.
fn is_ours(pull: &PullSeen, identity: &str) -> bool {
    let foreign = is_foreign(pull.object.as_deref(), identity);
    pull.state == PullState::Open && !pull.touched && !foreign
}

/// Whether what is in the way of a farewell passes by itself.
///
/// A connection or a right that is gone may never come back (a namespace is deleted with all it holds), and an object
/// that cannot be deleted is worse than a pull request that stays open.
pub(super) const fn passes(cause: Cause) -> bool {
    match cause {
        Cause::RateLimited
        | Cause::GitHubUnavailable
        | Cause::StoreUnavailable
        | Cause::NotYetSeen => true,
        Cause::ConnectionNotReady
        | Cause::CredentialsRefused
        | Cause::PermissionMissing
        | Cause::NotFound
        | Cause::RequestRefused => false,
    }
}

/// Of several open ones the oldest is kept, whoever opened it; one that a person pushed to comes first.
fn kept(pulls: &[PullSeen]) -> Option<&PullSeen> {
    pulls
        .iter()
        .filter(|pull| pull.state == PullState::Open)
        .min_by_key(|pull| (!pull.touched, pull.number))
}

fn duplicates(
    identity: &str,
    workflow: &WorkflowId,
    kept: &PullSeen,
    pulls: &[PullSeen],
) -> Vec<Effect> {
    let other = |pull: &&PullSeen| pull.number != kept.number && is_ours(pull, identity);
    pulls
        .iter()
        .filter(other)
        .map(|pull| close(workflow, pull, CloseReason::Duplicate))
        .collect()
}

/// Brings the open, untouched pull request to what is wished now.
fn tend(wish: &Wish, standing: &Standing, open: &PullSeen, pulls: &[PullSeen]) -> Option<Effect> {
    let moot = || Some(close(&wish.workflow, open, CloseReason::Moot));
    match standing {
        Standing::Unknown(_) | Standing::Unplanned => None,
        Standing::Aligned => moot(),
        Standing::Held { hold, .. } => match hold {
            // A forecast that wavers around the threshold must not open and close pull requests.
            Hold::Confidence(_) | Hold::Demoted(_) | Hold::Archived => None,
            Hold::Observe
            | Hold::Recommend
            | Hold::Refused(_)
            | Hold::Impossible(_)
            | Hold::NotMovable
            | Hold::WorkflowMissing
            | Hold::Unreadable(_)
            | Hold::NoSchedule => moot(),
        },
        Standing::Wanted(proposal) if proposal.digest.short() == open.digest => None,
        Standing::Wanted(proposal) if verdict(proposal, pulls).is_some() => moot(),
        Standing::Wanted(proposal) => Some(Effect::UpdatePull {
            number: open.number,
            branch: open.branch.clone(),
            proposal: (**proposal).clone(),
            precondition: Precondition::OpenAndUntouched {
                head_sha: open.head_sha.clone(),
            },
        }),
    }
}

fn propose(
    wish: &Wish,
    proposal: &Proposal,
    pulls: &[PullSeen],
    ration: Option<&Ration>,
    now: Timestamp,
) -> (Vec<Effect>, PullStanding) {
    if let Some(verdict) = verdict(proposal, pulls) {
        return (Vec::new(), verdict);
    }
    if let Some(until) = week_is_full(wish, pulls, now) {
        return (Vec::new(), PullStanding::Postponed(until));
    }
    let admitted = ration.map_or(Ok(()), |ration| ration.admits(&wish.workflow, now));
    if let Err(throttle) = admitted {
        return (Vec::new(), PullStanding::Throttled(throttle));
    }
    let precondition = Precondition::NoneOpenNoneDeclined {
        digest: proposal.digest.clone(),
        base_blob: proposal.base_blob.clone(),
    };
    (
        vec![Effect::OpenPull {
            proposal: proposal.clone(),
            precondition,
        }],
        PullStanding::Opening,
    )
}

/// What people have already said to this very change.
#[must_use]
pub fn verdict(proposal: &Proposal, pulls: &[PullSeen]) -> Option<PullStanding> {
    let said = |state| {
        pulls
            .iter()
            .find(|pull| pull.digest == proposal.digest.short() && pull.state == state)
    };
    let declined = said(PullState::Declined).map(|pull| PullStanding::Declined(pull.clone()));
    // Merged and yet the file is the base again: a person took it back.
    declined.or_else(|| said(PullState::Merged).map(|pull| PullStanding::Reverted(pull.clone())))
}

/// When the next pull request may be opened, if the last seven days hold as many as the policy allows.
///
/// A policy that allows none at all has no such instant.
fn week_is_full(wish: &Wish, pulls: &[PullSeen], now: Timestamp) -> Option<Option<Timestamp>> {
    let week = TimeDelta::days(7);
    // Whatever became of them: each one was a request for somebody's attention.
    let counts = |pull: &&PullSeen| now.signed_duration_since(pull.created_at) < week;
    let mut recent: Vec<_> = pulls
        .iter()
        .filter(counts)
        .map(|pull| pull.created_at)
        .collect();
    recent.sort_unstable();
    let most = usize::try_from(wish.max_changes_per_week).unwrap_or(usize::MAX);
    let until = |full: usize| recent.get(full)?.checked_add_signed(week);
    recent.len().checked_sub(most).map(until)
}

fn close(workflow: &WorkflowId, pull: &PullSeen, reason: CloseReason) -> Effect {
    Effect::ClosePull {
        workflow: workflow.clone(),
        number: pull.number,
        branch: pull.branch.clone(),
        reason,
        precondition: Precondition::OpenAndUntouched {
            head_sha: pull.head_sha.clone(),
        },
    }
}

//! The decision about one WorkflowSchedule.

use super::{
    effect::Effect,
    known::{Cause, Known, Retry, Why},
    pull::{PullStanding, farewell, pull},
    ration::Ration,
    seen::Seen,
    standing::{Standing, standing},
    wish::{Problem, Wish},
};
use crate::{
    api::{Mode, WorkflowScheduleStatus},
    domain::Timestamp,
};

/// A WorkflowSchedule as a decision needs it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Object {
    /// `namespace/name`.
    pub identity: String,
    /// The generation of its spec.
    pub generation: i64,
    /// The value of the requestedAt annotation.
    pub requested_at: Option<String>,
    /// Whether it is being deleted.
    pub deleting: bool,
    /// Whether it carries our finalizer.
    pub finalizer: bool,
    /// The older object that acts on the same workflow in its stead, where there is one.
    pub elder: Option<String>,
    /// What its set grants, where it belongs to one and is about to open a pull request.
    pub ration: Option<Ration>,
    /// What its spec means.
    pub wish: Result<Wish, Problem>,
    /// Its status before this round.
    pub before: WorkflowScheduleStatus,
}

/// What shall be done, and the facts that status will tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decision {
    /// What to do outside, in this order.
    pub effects: Vec<Effect>,
    /// Where the file stands.
    pub standing: Standing,
    /// Where the pull request stands.
    pub pull: PullStanding,
    /// Whether the object must carry our finalizer: before the first effect, and until nothing is left to undo.
    pub finalizer: bool,
}

/// Decides what to do for one WorkflowSchedule.
///
/// # Guarantees
/// Total: every input has a decision. The same input gives the same decision. An invalid or suspended object has no
/// effects, nor one with an elder; an unknown that an effect would rest on has none either.
#[must_use]
pub fn decide(object: &Object, seen: &Seen, now: Timestamp) -> Decision {
    let idle = |finalizer| Decision {
        effects: Vec::new(),
        standing: Standing::Unknown(not_looked_at()),
        pull: PullStanding::None,
        finalizer,
    };
    let Ok(wish) = &object.wish else {
        // What an invalid spec once opened is no longer known; deleting the object must still work.
        return idle(object.finalizer && !object.deleting);
    };
    if object.elder.is_some() {
        // The pull request is the elder's to tend and to close.
        return idle(object.finalizer && !object.deleting);
    }
    if object.deleting {
        let (effects, finalizer) = farewell(&object.identity, &wish.workflow, &seen.pulls);
        return Decision {
            effects,
            finalizer: object.finalizer && finalizer,
            ..idle(false)
        };
    }
    if wish.suspend {
        return idle(object.finalizer);
    }
    let standing = standing(&object.identity, wish, seen);
    let ration = object.ration.as_ref();
    let (effects, pull) = pull(&object.identity, wish, &standing, &seen.pulls, ration, now);
    let undoable = matches!(
        pull,
        PullStanding::Open(_) | PullStanding::LeftAlone(_) | PullStanding::Opening
    );
    // Once put on it stays until the farewell: another worker with an older look may be opening a pull request.
    Decision {
        effects,
        standing,
        pull,
        finalizer: object.finalizer || wish.mode == Mode::PullRequest || undoable,
    }
}

fn not_looked_at() -> Why {
    Why {
        cause: Cause::NotYetSeen,
        message: "not looked at in this round".to_owned(),
        retry: Retry::Never,
    }
}

/// The first reason, in the order of the look, why something is not known.
#[must_use]
pub fn first_unknown(seen: &Seen) -> Option<&Why> {
    fn why<T>(known: &Known<T>) -> Option<&Why> {
        known.why()
    }
    why(&seen.repository)
        .or_else(|| why(&seen.file))
        .or_else(|| why(&seen.learned))
        .or_else(|| why(&seen.pulls))
        .or_else(|| why(&seen.line))
}

//! The facts of one round, and what a check of them says.

use super::{
    known::Why,
    seen::Seen,
    workflow_schedule::{Decision, Object},
};
use crate::api::condition::ConditionStatus;

/// The facts of one round, for conditions.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The object.
    pub object: &'a Object,
    /// What was seen.
    pub seen: &'a Seen,
    /// What was decided.
    pub decision: &'a Decision,
    /// The first thing that was in the way of this round.
    pub failure: Option<&'a Why>,
}

impl Facts<'_> {
    /// Whether the spec says to leave everything alone.
    pub(super) fn suspended(&self) -> bool {
        self.object.wish.as_ref().is_ok_and(|wish| wish.suspend)
    }

    /// Whether this round did not look, because the spec says so or means nothing, or the object is going or has an elder.
    pub(super) fn at_rest(&self) -> bool {
        let Object {
            wish,
            deleting,
            elder,
            ..
        } = self.object;
        wish.is_err() || *deleting || elder.is_some() || self.suspended()
    }
}

/// A condition's status, reason and message; none when the condition is not to be shown.
pub(super) type Verdict = Option<(ConditionStatus, &'static str, String)>;

pub(super) fn yes(reason: &'static str, message: impl Into<String>) -> Verdict {
    Some((ConditionStatus::True, reason, message.into()))
}

pub(super) fn no(reason: &'static str, message: impl Into<String>) -> Verdict {
    Some((ConditionStatus::False, reason, message.into()))
}

pub(super) fn unknown(reason: &'static str, message: impl Into<String>) -> Verdict {
    Some((ConditionStatus::Unknown, reason, message.into()))
}

//! What GitHub says is believed of one WorkflowSchedule, and doubted of most of them at once.
//!
//! Owns the guard between GitHub's word and mass deletion. Invariant: what a person changed in the spec is never doubted.

use std::collections::BTreeMap;

use super::{
    decision::{Leaving, PROGRESSING, SetDecision, SetEffect},
    seen::Child,
    sort::Unmanaged,
    wish::SetObject,
};
use crate::{api::condition, domain::WorkflowId};

/// From how many on WorkflowSchedules that would go all at once are doubted.
const DOUBTFUL: usize = 4;
/// The reason of the condition that says so.
pub(super) const MANY_GONE: &str = "ManyGoneAtOnce";

impl SetDecision {
    /// Holds back what GitHub's word alone would delete, where that is more at once than anybody does on purpose: a lost
    /// permission, a renamed owner and a slip look the same from here. What was held back stays so until it is less, however
    /// many are made meanwhile.
    pub(super) fn doubt(
        &mut self,
        object: &SetObject,
        children: &BTreeMap<WorkflowId, &Child>,
        unheard: usize,
    ) {
        let is_new = is_new(object);
        let by_word = |effect: &SetEffect| match effect {
            SetEffect::Delete { why, .. } if why.is_word_of_github(is_new) => Some(why.clone()),
            SetEffect::Delete { .. } | SetEffect::Apply(_) => None,
        };
        let doubtful: Vec<_> = self.effects.iter().filter_map(by_word).collect();
        let many = doubtful.len() + unheard;
        let all = children.values().filter(|child| !child.deleting).count();
        let Some(first) = doubtful.into_iter().min() else {
            return;
        };
        if many >= DOUBTFUL && (many * 2 > all || was_doubted(object)) {
            self.effects.retain(|effect| by_word(effect).is_none());
            self.doubted = Some((many, first));
        }
    }
}

/// Whether the spec was changed since the last round, or what it asked for is still being done.
fn is_new(object: &SetObject) -> bool {
    let before = &object.before;
    before.observed_generation != Some(object.generation)
        || told(object, condition::READY) == Some(PROGRESSING)
}

/// Whether the last round held back what it would have deleted.
fn was_doubted(object: &SetObject) -> bool {
    told(object, condition::STALLED) == Some(MANY_GONE)
}

/// The reason of a condition as the last round told it.
fn told<'a>(object: &'a SetObject, kind: &str) -> Option<&'a str> {
    let found = condition::find(&object.before.conditions, kind)?;
    Some(found.reason.as_str())
}

impl Leaving {
    /// Whether it follows from what GitHub said. What a set leaves out does where the spec has not changed: by topics then.
    const fn is_word_of_github(&self, is_new: bool) -> bool {
        match self {
            Self::Unmanaged(reason, _) => match reason {
                Unmanaged::ByHand | Unmanaged::AnotherSet => false,
                Unmanaged::Excluded | Unmanaged::Fork | Unmanaged::Generated => !is_new,
                Unmanaged::DisabledForInactivity
                | Unmanaged::Unreadable
                | Unmanaged::Disabled
                | Unmanaged::Archived
                | Unmanaged::NoSchedule => true,
            },
            Self::WorkflowGone | Self::Moved(_) | Self::RepositoryGone => true,
            Self::Twice => false,
        }
    }
}

//! Conditions as Kubernetes tools read them.
//!
//! `Ready`, `Reconciling` and `Stalled` follow the kstatus convention: the latter two are present only while true.
//! `Forecast`, `InSync`, `OnTime`, `Accurate`, `Anomalous` and `Complete` are our own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// The object was looked at, its status is true, and nothing is in the way.
pub const READY: &str = "Ready";
/// Work is under way; present only while true.
pub const RECONCILING: &str = "Reconciling";
/// Nothing can go on until a person changes something; present only while true.
pub const STALLED: &str = "Stalled";
/// There is a forecast of the next run.
pub const FORECAST: &str = "Forecast";
/// The file holds the schedule that is wished for.
pub const IN_SYNC: &str = "InSync";
/// The workflow's fires are served in time.
pub const ON_TIME: &str = "OnTime";
/// Past forecasts were good enough to act on.
pub const ACCURATE: &str = "Accurate";

/// Something about how the workflow behaves has become otherwise; true is what wants attention.
pub const ANOMALOUS: &str = "Anomalous";

/// Everything that a set takes could be read.
pub const COMPLETE: &str = "Complete";

/// Whether a condition holds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Nobody knows.
    Unknown,
}

/// One aspect of an object's state, in the shape of Kubernetes' own conditions.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Type of the condition.
    #[serde(rename = "type")]
    #[schemars(length(min = 1, max = 316))]
    pub kind: String,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// Why, in one word that does not change its meaning between versions.
    #[schemars(length(min = 1, max = 1024))]
    pub reason: String,
    /// Why, for a person, and what to do about it.
    #[schemars(length(max = 32768))]
    pub message: String,
    /// When the status last changed.
    pub last_transition_time: Timestamp,
    /// The generation of the spec that it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

/// Finds a condition by its type.
#[must_use]
pub fn find<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| condition.kind == kind)
}

/// Dates conditions: one whose status is as before keeps its last transition, every other one gets `now`.
#[must_use]
pub fn dated(
    mut conditions: Vec<Condition>,
    before: &[Condition],
    now: Timestamp,
) -> Vec<Condition> {
    for condition in &mut conditions {
        let unchanged = find(before, &condition.kind).filter(|old| old.status == condition.status);
        condition.last_transition_time = unchanged.map_or(now, |old| old.last_transition_time);
    }
    conditions
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn condition(kind: &str, status: ConditionStatus, at: Timestamp) -> Condition {
        Condition {
            kind: kind.to_owned(),
            status,
            reason: "Because".to_owned(),
            message: String::new(),
            last_transition_time: at,
            observed_generation: None,
        }
    }

    #[test]
    fn a_condition_that_holds_on_keeps_its_transition_and_a_changed_one_gets_the_present() {
        let (then, now) = (
            Timestamp::UNIX_EPOCH,
            Timestamp::UNIX_EPOCH + TimeDelta::days(1),
        );
        let before = [
            condition(READY, ConditionStatus::True, then),
            condition(IN_SYNC, ConditionStatus::True, then),
        ];
        let after = vec![
            condition(READY, ConditionStatus::True, now),
            condition(IN_SYNC, ConditionStatus::False, then),
        ];
        let dated = dated(after, &before, now);
        assert_eq!(dated[0].last_transition_time, then);
        assert_eq!(dated[1].last_transition_time, now);
    }
}

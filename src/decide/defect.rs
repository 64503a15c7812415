//! What is told of an object whose round ended in a defect of the program: not much, but never nothing.
//!
//! It rests on the status before alone, so that it can be told whatever the defect was in. The panic's own words may hold
//! anything; they go to the log, not into status.

use super::backoff::backoff;
use crate::{
    api::{
        GitHubConnectionStatus, WorkflowScheduleSetStatus, WorkflowScheduleStatus,
        condition::{self as kind, Condition, ConditionStatus},
    },
    domain::{Seconds, Timestamp},
};

/// A status as far as the end of a round is told in it.
pub trait Progress: Clone + Default {
    /// The conditions, and how many rounds have failed in a row.
    fn progress(&mut self) -> (&mut Vec<Condition>, &mut Option<u32>);
}

impl Progress for WorkflowScheduleStatus {
    fn progress(&mut self) -> (&mut Vec<Condition>, &mut Option<u32>) {
        (&mut self.conditions, &mut self.failures)
    }
}

impl Progress for GitHubConnectionStatus {
    fn progress(&mut self) -> (&mut Vec<Condition>, &mut Option<u32>) {
        (&mut self.conditions, &mut self.failures)
    }
}

impl Progress for WorkflowScheduleSetStatus {
    fn progress(&mut self) -> (&mut Vec<Condition>, &mut Option<u32>) {
        (&mut self.conditions, &mut self.failures)
    }
}

/// The status after a round that ended in a defect, and when to try again: later with every failure.
#[must_use]
pub fn defect<S: Progress>(
    before: &S,
    identity: &str,
    generation: i64,
    now: Timestamp,
) -> (S, Seconds) {
    let mut status = before.clone();
    let (conditions, failures) = status.progress();
    let count = failures.unwrap_or(0).saturating_add(1);
    *failures = Some(count);
    let told = |kind: &str, status, reason: &str, message: &str| Condition {
        kind: kind.to_owned(),
        status,
        reason: reason.to_owned(),
        message: message.to_owned(),
        last_transition_time: now,
        observed_generation: Some(generation),
    };
    let was = std::mem::take(conditions);
    let mut present = vec![
        told(
            kind::READY,
            ConditionStatus::False,
            "Defect",
            "the last round ended in a defect of cronwright, whose log has the details; please report it",
        ),
        told(
            kind::RECONCILING,
            ConditionStatus::True,
            "Retrying",
            "the last round failed; it is tried again after a wait that grows",
        ),
    ];
    let progress = [kind::READY, kind::RECONCILING, kind::STALLED];
    let others = was
        .iter()
        .filter(|one| !progress.contains(&one.kind.as_str()));
    present.extend(others.cloned());
    // What is said of the workflow stays true, and keeps its dates.
    *conditions = kind::dated(present, &was, now);
    (status, backoff(count, identity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_is_told_beside_what_was_known_and_waits_longer_each_time() {
        let now = Timestamp::UNIX_EPOCH;
        let known = |kind: &str| Condition {
            kind: kind.to_owned(),
            status: ConditionStatus::True,
            reason: "Because".to_owned(),
            message: String::new(),
            last_transition_time: now,
            observed_generation: Some(1),
        };
        let before = WorkflowScheduleStatus {
            current_cron: Some("0 3 * * *".to_owned()),
            conditions: [kind::READY, kind::STALLED, kind::IN_SYNC]
                .map(known)
                .into(),
            ..Default::default()
        };
        let (first, sooner) = defect(&before, "ci/nightly", 2, now);
        let (second, later) = defect(&first, "ci/nightly", 2, now);
        let kinds: Vec<_> = first
            .conditions
            .iter()
            .map(|one| one.kind.as_str())
            .collect();
        assert_eq!(kinds, [kind::READY, kind::RECONCILING, kind::IN_SYNC]);
        assert_eq!(first.conditions[0].reason, "Defect");
        assert_eq!(first.current_cron, before.current_cron);
        assert_eq!((first.failures, second.failures), (Some(1), Some(2)));
        assert!(sooner < later, "{sooner:?} {later:?}");
    }
}

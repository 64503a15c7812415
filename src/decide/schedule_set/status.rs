//! What status tells of an owner: counts, reasons, and how the managed ones fare together.

use std::collections::BTreeMap;

use super::{
    conclude::Done,
    decision::{SetDecision, UnmanagedEntry},
    seen::{Child, SetSeen},
    sort::Unmanaged,
};
use crate::api::{
    WorkflowScheduleSetStatus,
    workflow_schedule_set::status::{
        MOST_TOLD, SetAccuracyStatus, SetPullRequestsStatus, UnmanagedReason, UnmanagedStatus,
    },
};

/// The longest text of an unmanaged workflow's detail: a hundred of them fit into a status with ease.
const LONGEST_DETAIL: usize = 200;

/// Writes what is known of the owner into status.
pub(super) fn fill(
    status: &mut WorkflowScheduleSetStatus,
    seen: &SetSeen,
    decision: &SetDecision,
    done: &Done,
    repositories: usize,
) {
    let staying: Vec<_> = seen
        .children
        .iter()
        .filter(|child| decision.staying.contains(&child.name))
        .collect();
    let managed = staying.len() + done.made;
    let found = decision
        .unmanaged
        .iter()
        .filter(|(reason, ..)| reason.is_found());
    status.repositories = whole(repositories);
    status.managed = whole(managed);
    status.found = whole(managed + found.count());
    status.unmanaged = whole(decision.unmanaged.len());
    status.unmanaged_reasons = reasons(&decision.unmanaged);
    status.unmanaged_workflows = decision
        .unmanaged
        .iter()
        .take(MOST_TOLD)
        .map(entry)
        .collect();
    let forecast = staying.iter().filter(|child| child.has_forecast).count();
    status.forecast_coverage = (forecast * 100)
        .checked_div(managed)
        .map(|share| format!("{share}%"));
    status.accuracy = accuracy(&staying);
    let count = |which: fn(&Child) -> bool| {
        whole(seen.children.iter().filter(|child| which(child)).count())
    };
    status.pull_requests = SetPullRequestsStatus {
        open: count(|child| child.has_open_pull),
        waiting: count(|child| child.waits && !child.deleting),
    };
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn reasons(unmanaged: &[UnmanagedEntry]) -> Vec<UnmanagedReason> {
    let mut counts: BTreeMap<Unmanaged, i64> = BTreeMap::new();
    for (reason, ..) in unmanaged {
        *counts.entry(*reason).or_default() += 1;
    }
    let told = |(reason, count): (Unmanaged, i64)| UnmanagedReason {
        reason: <&str>::from(reason).to_owned(),
        count,
    };
    counts.into_iter().map(told).collect()
}

fn entry((reason, repository, file, detail): &UnmanagedEntry) -> UnmanagedStatus {
    UnmanagedStatus {
        repository: repository.to_string(),
        workflow: file.as_ref().map(ToString::to_string),
        reason: <&str>::from(*reason).to_owned(),
        detail: detail
            .as_ref()
            .map(|detail| detail.chars().take(LONGEST_DETAIL).collect()),
    }
}

/// Shares are weighted by how many comparisons stand behind them; health is that of `Accurate` (over 80, from 60).
fn accuracy(children: &[&Child]) -> Option<SetAccuracyStatus> {
    let known: Vec<_> = children
        .iter()
        .filter_map(|child| child.accuracy)
        .filter(|(comparisons, _)| *comparisons > 0)
        .collect();
    let comparisons = known
        .iter()
        .fold(0_i64, |sum, (count, _)| sum.saturating_add(*count));
    let weighted = known.iter().fold(0_i64, |sum, (count, score)| {
        sum.saturating_add(count.saturating_mul(i64::from(*score)))
    });
    let share = weighted.checked_div(comparisons)?;
    let count =
        |which: fn(i32) -> bool| whole(known.iter().filter(|(_, score)| which(*score)).count());
    Some(SetAccuracyStatus {
        comparisons,
        score: i32::try_from(share).unwrap_or(100),
        good: count(|score| score > 80),
        warning: count(|score| (60..=80).contains(&score)),
        critical: count(|score| score < 60),
    })
}

//! The schedules as a table, with the columns that `kubectl get workflowschedules` shows.

use super::Shell;
use crate::api::{
    WorkflowScheduleStatus,
    condition::{self, Condition, ConditionStatus},
};

const HEADER: [&str; 10] = [
    "NAME",
    "WORKFLOW",
    "CURRENT",
    "PROPOSED",
    "P50",
    "CONFIDENCE",
    "SUCCESS",
    "ACTION",
    "PR",
    "READY",
];

const HEADER_OF_SETS: [&str; 9] = [
    "SET",
    "OWNER",
    "FOUND",
    "MANAGED",
    "UNMANAGED",
    "FORECAST",
    "SCORE",
    "PRS",
    "READY",
];

/// The schedules as a table, one line each, columns as wide as they need to be; sets, where there are any, in one before it.
#[must_use]
pub fn table(shell: &Shell) -> String {
    format!("{}{}", sets(shell), schedules(shell))
}

fn sets(shell: &Shell) -> String {
    let declared = &shell.manifests().sets;
    if declared.is_empty() {
        return String::new();
    }
    let mut rows = vec![HEADER_OF_SETS.map(ToOwned::to_owned)];
    for (identity, set) in declared {
        let status = shell.sets().get(identity).cloned().unwrap_or_default();
        let score = status.accuracy.as_ref().map(|one| one.score.to_string());
        rows.push([
            name(identity).to_owned(),
            set.spec.owner.clone(),
            status.found.to_string(),
            status.managed.to_string(),
            status.unmanaged.to_string(),
            status.forecast_coverage.unwrap_or_default(),
            score.unwrap_or_default(),
            status.pull_requests.open.to_string(),
            ready(&status.conditions).to_owned(),
        ]);
    }
    format!("{}\n", lines(&rows))
}

fn schedules(shell: &Shell) -> String {
    let mut rows = vec![HEADER.map(ToOwned::to_owned)];
    for (identity, schedule) in &shell.manifests().schedules {
        let status = shell.schedules().get(identity).cloned().unwrap_or_default();
        rows.push(row(name(identity), &schedule.spec.workflow, &status));
    }
    lines(&rows)
}

fn row(name: &str, workflow: &str, status: &WorkflowScheduleStatus) -> [String; 10] {
    let prediction = status.prediction.as_ref();
    let recommendation = status.recommendation.as_ref();
    [
        name.to_owned(),
        workflow.to_owned(),
        status.current_cron.clone().unwrap_or_default(),
        recommendation
            .and_then(|recommendation| recommendation.cron.clone())
            .unwrap_or_default(),
        prediction
            .map(|prediction| prediction.p50.clone())
            .unwrap_or_default(),
        prediction
            .map(|prediction| prediction.confidence.to_string())
            .unwrap_or_default(),
        prediction
            .map(|prediction| prediction.success.clone())
            .unwrap_or_default(),
        recommendation
            .map(|recommendation| recommendation.action.clone())
            .unwrap_or_default(),
        status
            .pull_request
            .as_ref()
            .map(|pull| pull.label.clone())
            .unwrap_or_default(),
        ready(&status.conditions).to_owned(),
    ]
}

/// An object's name without its namespace.
fn name(identity: &str) -> &str {
    identity.split_once('/').map_or(identity, |(_, name)| name)
}

fn ready(conditions: &[Condition]) -> &'static str {
    match condition::find(conditions, condition::READY).map(|ready| ready.status) {
        Some(ConditionStatus::True) => "True",
        Some(ConditionStatus::False) => "False",
        Some(ConditionStatus::Unknown) => "Unknown",
        None => "",
    }
}

fn lines<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("   ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["A", "B"], ["long", "x"]].map(|row| row.map(ToOwned::to_owned));
        assert_eq!(lines(&rows), "A      B\nlong   x\n");
    }
}

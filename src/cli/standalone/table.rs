//! The schedules as a table, with the columns that `kubectl get workflowschedules` shows.

use super::Shell;
use crate::api::{
    WorkflowScheduleStatus,
    condition::{self, ConditionStatus},
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

/// The schedules as a table, one line each, columns as wide as they need to be.
#[must_use]
pub fn table(shell: &Shell) -> String {
    let mut rows = vec![HEADER.map(ToOwned::to_owned)];
    for (identity, schedule) in &shell.manifests().schedules {
        let status = shell.schedules().get(identity).cloned().unwrap_or_default();
        let name = identity
            .split_once('/')
            .map_or(identity.as_str(), |(_, name)| name);
        rows.push(row(name, &schedule.spec.workflow, &status));
    }
    lines(&rows)
}

fn row(name: &str, workflow: &str, status: &WorkflowScheduleStatus) -> [String; 10] {
    let prediction = status.prediction.as_ref();
    let recommendation = status.recommendation.as_ref();
    let ready =
        condition::find(&status.conditions, condition::READY).map(|ready| match ready.status {
            ConditionStatus::True => "True",
            ConditionStatus::False => "False",
            ConditionStatus::Unknown => "Unknown",
        });
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
        ready.unwrap_or_default().to_owned(),
    ]
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

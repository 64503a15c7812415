//! What has become otherwise about a workflow: found when its runs are learned from, and kept for those who tell of all workflows.

use std::collections::BTreeSet;

use super::observatory::{Observatory, locked};
use crate::{
    anomaly::{Alarm, Anomaly, History, alarms, find},
    domain::{Located, Timestamp, WorkflowId},
    store::{Store, StoreError},
};

/// Finds what has become otherwise, and keeps it where it is not what was kept before: while nothing changes, nothing is
/// written.
pub(super) async fn watch(
    store: &Store,
    workflow: &WorkflowId,
    history: History<'_>,
    now: Timestamp,
) -> Result<Vec<Anomaly>, StoreError> {
    let mut ends: Vec<Timestamp> = history.runs.iter().map(|run| run.updated_at).collect();
    ends.sort_unstable();
    let found: Vec<Anomaly> = find(&history)
        .into_iter()
        .map(|one| one.heard_until(&ends, now))
        .collect();
    let kept = store.anomalies_of(workflow).await?;
    let body = (!found.is_empty()).then(|| body(&found));
    if kept != body {
        store.put_anomalies(workflow, body.as_deref(), now).await?;
    }
    Ok(found)
}

fn body(anomalies: &[Anomaly]) -> String {
    serde_json::to_string(anomalies).expect("anomalies hold text and numbers only")
}

/// Reads what was kept; nothing where another version wrote it in another shape.
#[must_use]
pub fn read(body_json: &str) -> Vec<Anomaly> {
    serde_json::from_str(body_json).unwrap_or_default()
}

impl Observatory {
    /// Sums up what has become otherwise about the workflows that are declared, as the store tells it: a process that has just
    /// started knows as much as the one before. None where the store does not tell.
    pub async fn sum_up_anomalies(&self, declared: &BTreeSet<WorkflowId>) -> Option<Vec<Alarm>> {
        let stored = self.store.anomalies().await;
        let stored = stored
            .inspect_err(|error| tracing::warn!(error = %error, "anomalies could not be recalled"));
        let host = self.github.host();
        let ours = stored
            .ok()?
            .into_iter()
            .filter(|(one, _)| one.host == *host);
        let found: Vec<(Located, Vec<Anomaly>)> = ours
            .filter_map(|(one, body)| {
                // As it was declared: the store has names in lower case.
                let id = declared.get(&one.id)?.clone();
                Some((Located { id, ..one }, read(&body)))
            })
            .collect();
        let each = found.iter();
        let alarms = alarms(
            each.flat_map(|(one, told)| told.iter().map(move |told| (one, told))),
            declared.iter().map(|id| (host, id)),
        );
        locked(&self.alarms).clone_from(&alarms);
        Some(alarms)
    }

    /// What had become otherwise when it was summed up last. Waits for nobody.
    #[must_use]
    pub fn alarms(&self) -> Vec<Alarm> {
        locked(&self.alarms).clone()
    }
}

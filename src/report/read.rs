//! Reads a store for those who tell what it knows. Changes nothing and decides nothing.

use super::inventory::{Inventory, Planned};
use crate::{
    domain::WorkflowId,
    observe::kept,
    store::{Store, StoreError},
};

/// Reads what a store knows of the workflows that are wanted, with the newest `scores` comparisons of each.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn read(
    store: &Store,
    scores: u32,
    wants: impl Fn(&WorkflowId) -> bool,
) -> Result<Inventory, StoreError> {
    let mut inventory = Inventory::default();
    for (connection, stored) in store.timetables().await? {
        let Some(mut timetable) = kept::timetable(&stored.body_json) else {
            tracing::warn!(connection.name = %connection, "its timetable was written by another version and is left out");
            continue;
        };
        timetable.lines.retain(|workflow, _| wants(workflow));
        for workflow in timetable.lines.keys() {
            inventory.workflows.entry(workflow.clone()).or_default();
        }
        inventory.planned.push(Planned {
            connection,
            made_at: stored.made_at,
            digest: stored.digest,
            timetable,
        });
    }
    for observed in store.observed().await? {
        let known = inventory.workflows.entry(observed.workflow).or_default();
        (known.runs, known.scheduled) = (observed.runs, observed.scheduled);
        known.impossible = observed.impossible;
    }
    for workflow in store.forecast_workflows().await? {
        inventory.workflows.entry(workflow).or_default();
    }
    inventory.workflows.retain(|workflow, _| wants(workflow));
    for (workflow, known) in &mut inventory.workflows {
        known.forecast = store.latest_forecast(workflow).await?;
        known.scores = store.scores(workflow, scores).await?;
    }
    Ok(inventory)
}

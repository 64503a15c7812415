//! What a store knows of every workflow, for the commands that tell of all of them: plans, runs, forecasts and scores.
//!
//! Reads, and decides nothing.

use std::collections::BTreeMap;

use super::recorded::StoreArgs;
use crate::{
    domain::{Digest, Forecast, Score, Timestamp, WorkflowId},
    observe::kept,
    plan::Timetable,
    store::Store,
};

/// What a store knows.
#[derive(Default)]
pub(super) struct Inventory {
    /// The newest timetable of every connection, by the connection's name.
    pub(super) planned: Vec<Planned>,
    /// Every workflow that has a run, a forecast or a line of a timetable.
    pub(super) workflows: BTreeMap<WorkflowId, Known>,
}

/// A connection's newest timetable.
pub(super) struct Planned {
    pub(super) connection: String,
    pub(super) made_at: Timestamp,
    pub(super) digest: Digest,
    pub(super) timetable: Timetable,
}

/// What is known of one workflow.
#[derive(Default)]
pub(super) struct Known {
    /// How many attempts of its runs are stored.
    pub(super) runs: u64,
    /// How many of them its cron started.
    pub(super) scheduled: u64,
    /// How many attempts no duration is learned from, because their times cannot be.
    pub(super) impossible: u64,
    pub(super) forecast: Option<Forecast>,
    /// The scores of its forecasts, oldest first.
    pub(super) scores: Vec<Score>,
}

impl Inventory {
    /// Whether something runs it by cron: a timetable has its schedule, or a run of it was started so.
    pub(super) fn is_schedulable(&self, workflow: &WorkflowId) -> bool {
        let scheduled = |known: &Known| known.scheduled > 0;
        self.workflows.get(workflow).is_some_and(scheduled)
            || self
                .planned
                .iter()
                .any(|planned| planned.timetable.lines.contains_key(workflow))
    }
}

/// Reads what a store knows of the workflows that are asked for. The store must exist: a report is no reason to make one.
///
/// # Errors
/// When there is no store, it cannot be read, or it knows no workflow of that name.
pub(super) async fn read(args: &StoreArgs) -> anyhow::Result<Inventory> {
    let (store, name) = Store::open_to_report(&args.store).await?;
    let inventory = of(&store, args).await?;
    store.close().await;
    anyhow::ensure!(
        !inventory.workflows.is_empty(),
        "{name} knows nothing{} yet; workflows are known once their runs were observed, tracked or simulated",
        args.named_like()
    );
    Ok(inventory)
}

async fn of(store: &Store, args: &StoreArgs) -> anyhow::Result<Inventory> {
    let mut inventory = Inventory::default();
    for (connection, stored) in store.timetables().await? {
        let Some(mut timetable) = kept::timetable(&stored.body_json) else {
            tracing::warn!(connection.name = %connection, "its timetable was written by another version and is left out");
            continue;
        };
        timetable.lines.retain(|workflow, _| args.wants(workflow));
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
    inventory
        .workflows
        .retain(|workflow, _| args.wants(workflow));
    for (workflow, known) in &mut inventory.workflows {
        known.forecast = store.latest_forecast(workflow).await?;
        known.scores = store.scores(workflow, crate::track::SCORES).await?;
    }
    Ok(inventory)
}

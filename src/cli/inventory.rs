//! What a store knows of every workflow, for the commands that tell of all of them: plans, runs, forecasts and scores.
//!
//! Reads, and decides nothing.

use std::collections::BTreeMap;

use super::recorded::StoreArgs;
use crate::{
    domain::{Digest, Forecast, Host, Located, Score, Timestamp, WorkflowId},
    observe::kept,
    plan::{Line, Timetable},
    store::Store,
};

/// What a store knows.
#[derive(Default)]
pub(super) struct Inventory {
    /// The newest timetable of every connection, by the connection's name.
    pub(super) planned: Vec<Planned>,
    /// Every workflow that has a run, a forecast or a line of a timetable.
    pub(super) workflows: BTreeMap<Located, Known>,
}

/// A connection's newest timetable.
pub(super) struct Planned {
    pub(super) connection: String,
    /// Which GitHub the connection leads to.
    pub(super) host: Host,
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

impl Planned {
    /// A workflow's line, with the workflow's name as it was declared.
    pub(super) fn line(&self, workflow: &Located) -> Option<(Located, &Line)> {
        let lines = Some(&self.timetable.lines).filter(|_| self.host == workflow.host);
        let (id, line) = lines?.get_key_value(&workflow.id)?;
        let declared = Located {
            host: self.host.clone(),
            id: id.clone(),
        };
        Some((declared, line))
    }
}

impl Inventory {
    /// Whether something runs it by cron: a timetable has its schedule, or a run of it was started so.
    pub(super) fn is_schedulable(&self, workflow: &Located) -> bool {
        let scheduled = |known: &Known| known.scheduled > 0;
        let mut planned = self.planned.iter();
        self.workflows.get(workflow).is_some_and(scheduled)
            || planned.any(|planned| planned.line(workflow).is_some())
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
        let Some((host, mut timetable)) = kept::timetable(&stored.body_json) else {
            tracing::warn!(connection.name = %connection, "its timetable was written by another version and is left out");
            continue;
        };
        let located = |id: &WorkflowId| Located {
            host: host.clone(),
            id: id.clone(),
        };
        timetable.lines.retain(|id, _| args.wants(&located(id)));
        for id in timetable.lines.keys() {
            inventory.workflows.entry(located(id)).or_default();
        }
        inventory.planned.push(Planned {
            connection,
            host,
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
        let of_host = store.of(&workflow.host);
        known.forecast = of_host.latest_forecast(&workflow.id).await?;
        known.scores = of_host.scores(&workflow.id, crate::track::SCORES).await?;
    }
    Ok(inventory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::sample;

    #[tokio::test]
    async fn workflows_of_one_name_on_two_hosts_are_told_apart() {
        let store = Store::open("sqlite::memory:").await.expect("a store");
        let id = sample::id("acme/app/nightly.yml");
        let elsewhere = store.of(&Host::of_api("https://ghe.example/api/v3"));
        for (of_host, minutes) in [(&store, 20), (&elsewhere, 50)] {
            let forecast = sample::forecast(minutes, crate::domain::Percent(80));
            let put = of_host.put_forecast(&id, &forecast).await;
            assert!(put.expect("a store that takes it"));
        }
        let args = StoreArgs {
            store: String::new(),
            only: None,
        };

        let inventory = of(&store, &args).await.expect("an inventory");

        let told = inventory.workflows.iter().map(|(name, known)| {
            let forecast = known.forecast.as_ref().expect("a forecast");
            format!("{name} {}", forecast.duration.p50)
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                "acme/app/nightly.yml 20m",
                "ghe.example/acme/app/nightly.yml 50m"
            ]
        );
    }
}

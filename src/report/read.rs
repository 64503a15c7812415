//! Reads a store for those who tell what it knows. Changes nothing and decides nothing.

use super::inventory::{Inventory, Planned};
use crate::{
    domain::{Located, WorkflowId},
    observe::{anomalies, kept},
    store::{Store, StoreError},
};

/// Reads what a store knows of the workflows that are wanted, with the newest `scores` comparisons of each.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn read(
    store: &Store,
    scores: u32,
    wants: impl Fn(&Located) -> bool,
) -> Result<Inventory, StoreError> {
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
        timetable.lines.retain(|id, _| wants(&located(id)));
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
    inventory.workflows.retain(|workflow, _| wants(workflow));
    for (workflow, known) in &mut inventory.workflows {
        let of_host = store.of(&workflow.host);
        known.forecast = of_host.latest_forecast(&workflow.id).await?;
        known.scores = of_host.scores(&workflow.id, scores).await?;
    }
    for (workflow, body) in store.anomalies().await? {
        if let Some(known) = inventory.workflows.get_mut(&workflow) {
            known.anomalies = anomalies::read(&body);
        }
    }
    Ok(inventory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Host, report::sample};

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

        let inventory = read(&store, 10, |_| true).await.expect("an inventory");

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

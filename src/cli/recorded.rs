//! What a store has recorded of each workflow, for the commands that report it.

use clap::Args;

use crate::{
    domain::{Forecast, Located, Score},
    store::Store,
    track::SCORES,
};

/// Which store is asked, and about what.
#[derive(Clone, Debug, Args)]
pub struct StoreArgs {
    /// The store with the history.
    #[arg(
        long,
        value_name = "URL",
        env = "CRONWRIGHT_STORE",
        default_value = "sqlite://cronwright.db"
    )]
    pub store: String,
    /// Only workflows whose name, owner/name/file, holds this text.
    #[arg(value_name = "TEXT")]
    pub only: Option<String>,
}

impl StoreArgs {
    /// Whether a workflow is asked about.
    pub(super) fn wants(&self, workflow: &Located) -> bool {
        self.only
            .as_ref()
            .is_none_or(|only| workflow.to_string().contains(only.as_str()))
    }

    /// Which workflows are asked about, for a message; nothing where it is all of them.
    pub(super) fn named_like(&self) -> String {
        self.only.as_ref().map_or_else(String::new, |only| {
            format!(" of a workflow named like '{only}'")
        })
    }
}

/// A workflow that was forecast.
pub(super) struct Recorded {
    pub(super) workflow: Located,
    pub(super) forecast: Option<Forecast>,
    /// The scores of its forecasts, oldest first.
    pub(super) scores: Vec<Score>,
}

/// Reads what was recorded. The store must exist: a report is no reason to make one.
///
/// # Errors
/// When there is no store, it cannot be read, or it holds no forecast of what was asked for.
pub(super) async fn read(args: &StoreArgs) -> anyhow::Result<Vec<Recorded>> {
    let (store, name) = Store::open_to_report(&args.store).await?;
    let wanted = |workflow: &Located| args.wants(workflow);
    let mut recorded = Vec::new();
    for workflow in store.forecast_workflows().await?.into_iter().filter(wanted) {
        let of_host = store.of(&workflow.host);
        recorded.push(Recorded {
            forecast: of_host.latest_forecast(&workflow.id).await?,
            scores: of_host.scores(&workflow.id, SCORES).await?,
            workflow,
        });
    }
    store.close().await;
    let what = args.named_like();
    anyhow::ensure!(
        !recorded.is_empty(),
        "{name} holds no forecast{what}; forecasts are made once a workflow's runs were observed"
    );
    Ok(recorded)
}

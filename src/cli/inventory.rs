//! What a store knows of every workflow, for the commands that tell of all of them.

use super::recorded::StoreArgs;
use crate::{
    report::{self, Inventory},
    store::Store,
    track::SCORES,
};

/// Reads what a store knows of the workflows that are asked for. The store must exist: a report is no reason to make one.
///
/// # Errors
/// When there is no store, it cannot be read, or it knows no workflow of that name.
pub(super) async fn read(args: &StoreArgs) -> anyhow::Result<Inventory> {
    let (store, name) = Store::open_to_report(&args.store).await?;
    let inventory = report::read(&store, SCORES, |workflow| args.wants(workflow)).await?;
    store.close().await;
    anyhow::ensure!(
        !inventory.workflows.is_empty(),
        "{name} knows nothing{} yet; workflows are known once their runs were observed, tracked or simulated",
        args.named_like()
    );
    Ok(inventory)
}

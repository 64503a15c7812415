//! What a store knows of every workflow, for the commands that tell of all of them.

use super::recorded::StoreArgs;
use crate::{
    report::{self, Inventory, Spent},
    store::Store,
    track::SCORES,
};

/// Reads what a store knows of the workflows that are asked for. The store must exist: a report is no reason to make one.
///
/// # Errors
/// When there is no store, it cannot be read, or it knows no workflow of that name.
pub(super) async fn read(args: &StoreArgs) -> anyhow::Result<Inventory> {
    let (store, name) = Store::open_to_report(&args.store).await?;
    let inventory = known(&store, &name, args).await?;
    store.close().await;
    Ok(inventory)
}

/// The same with what their runs cost.
///
/// # Errors
/// See [`read`].
pub(super) async fn with_costs(args: &StoreArgs) -> anyhow::Result<(Inventory, Spent)> {
    let (store, name) = Store::open_to_report(&args.store).await?;
    let inventory = known(&store, &name, args).await?;
    let accounts = report::costs(&store, &inventory).await?;
    let spent = Spent::of(&inventory, &accounts);
    store.close().await;
    Ok((inventory, spent))
}

async fn known(store: &Store, name: &str, args: &StoreArgs) -> anyhow::Result<Inventory> {
    let inventory = report::read(store, SCORES, |workflow| args.wants(workflow)).await?;
    anyhow::ensure!(
        !inventory.workflows.is_empty(),
        "{name} knows nothing{} yet; workflows are known once their runs were observed, tracked or simulated",
        args.named_like()
    );
    Ok(inventory)
}

//! What a store knows of every workflow, for the commands that tell of all of them.

use super::recorded::StoreArgs;
use crate::{
    domain::Timestamp,
    report::{self, History, Inventory, Spent},
    store::Store,
    track::SCORES,
};

/// Reads what a store knows of the workflows that are asked for. The store must exist: a report is no reason to make one.
///
/// # Errors
/// When there is no store, it cannot be read, or it knows no workflow of that name.
pub(super) async fn read(args: &StoreArgs) -> anyhow::Result<Inventory> {
    Ok(with(args, async |_, _| Ok(())).await?.0)
}

/// The same, and what else is read of the store.
///
/// # Errors
/// See [`read`].
pub(super) async fn with<T>(
    args: &StoreArgs,
    more: impl AsyncFnOnce(&Store, &Inventory) -> anyhow::Result<T>,
) -> anyhow::Result<(Inventory, T)> {
    let (store, name) = Store::open_to_report(&args.store).await?;
    let inventory = report::read(&store, SCORES, |workflow| args.wants(workflow)).await?;
    anyhow::ensure!(
        !inventory.workflows.is_empty(),
        "{name} knows nothing{} yet; workflows are known once their runs were observed, tracked or simulated",
        args.named_like()
    );
    let more = more(&store, &inventory).await?;
    store.close().await;
    Ok((inventory, more))
}

/// What the runs of an inventory cost.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn spent(store: &Store, inventory: &Inventory) -> anyhow::Result<Spent> {
    let accounts = report::costs(store, inventory).await?;
    Ok(Spent::of(inventory, &accounts))
}

/// When runners were wanted before an instant, where there is one.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn history(
    store: &Store,
    inventory: &Inventory,
    until: Option<Timestamp>,
) -> anyhow::Result<Option<(Timestamp, History)>> {
    Ok(match until {
        None => None,
        Some(until) => Some((until, History::read(store, inventory, until).await?)),
    })
}

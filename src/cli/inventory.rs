//! What a store knows of every workflow, for the commands that tell of all of them.

use super::recorded::StoreArgs;
use crate::{
    domain::Timestamp,
    report::{self, History, Inventory},
    store::Store,
    track::SCORES,
};

/// Reads what a store knows of the workflows that are asked for. The store must exist: a report is no reason to make one.
///
/// # Errors
/// When there is no store, it cannot be read, or it knows no workflow of that name.
pub(super) async fn read(args: &StoreArgs) -> anyhow::Result<Inventory> {
    Ok(read_with_history(args, |_| None).await?.0)
}

/// The same, and when runners were wanted before an instant that depends on it, where there is one.
///
/// # Errors
/// See [`read`].
pub(super) async fn read_with_history(
    args: &StoreArgs,
    until: impl FnOnce(&Inventory) -> Option<Timestamp>,
) -> anyhow::Result<(Inventory, Option<(Timestamp, History)>)> {
    let (store, name) = Store::open_to_report(&args.store).await?;
    let inventory = report::read(&store, SCORES, |workflow| args.wants(workflow)).await?;
    let history = match until(&inventory) {
        None => None,
        Some(until) => Some((until, History::read(&store, until).await?)),
    };
    store.close().await;
    anyhow::ensure!(
        !inventory.workflows.is_empty(),
        "{name} knows nothing{} yet; workflows are known once their runs were observed, tracked or simulated",
        args.named_like()
    );
    Ok((inventory, history))
}

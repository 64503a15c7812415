//! Where a command takes what it tells from: a store, a repository's checkout with GitHub behind it, or a cluster.
//!
//! A checkout ends in a store, which is then read like any other. A cluster's objects are told from their statuses.

mod checkout;
mod cluster;
#[cfg(test)]
pub(super) mod sample;

use std::sync::Arc;

use clap::Args;

pub use self::{checkout::CheckoutArgs, cluster::ClusterArgs};
use super::{now, recorded::StoreArgs};
use crate::report::Statuses;

/// Which other source is asked than a store.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Other sources than a store")]
pub struct SourceArgs {
    /// A repository's checkout.
    #[command(flatten)]
    pub checkout: CheckoutArgs,
    /// A cluster.
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// What is to be told from.
pub(super) enum Source {
    /// A store.
    Store(StoreArgs),
    /// What the statuses of a cluster's objects say.
    Statuses(Statuses),
}

impl SourceArgs {
    /// Whether another source than a store is named.
    pub(super) const fn is_asked_for(&self) -> bool {
        self.checkout.checkout.is_some() || self.cluster.is_asked_for()
    }

    /// Opens the source; a store unless another one is asked for.
    ///
    /// # Errors
    /// What keeps the source from being read, and what to do about it. A store is not opened yet.
    pub(super) async fn open(&self, store: &StoreArgs) -> anyhow::Result<Source> {
        if let Some(folder) = &self.checkout.checkout {
            let only = store.only.as_ref();
            let known = self.checkout.look(folder, only, Arc::new(now)).await?;
            return Ok(Source::Store(known));
        }
        if self.cluster.is_asked_for() {
            let statuses = self.cluster.read(|workflow| store.wants(workflow)).await?;
            return Ok(Source::Statuses(statuses));
        }
        Ok(Source::Store(store.clone()))
    }
}

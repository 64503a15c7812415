//! Reads what the runs of a store cost. Changes nothing and decides nothing.

use std::collections::BTreeMap;

use super::inventory::Inventory;
use crate::{
    cost::{Account, Prices},
    domain::{Host, Located, RepositoryName, Timestamp, Visibility},
    observe::charges,
    store::{Store, StoreError},
};

/// What the runs of a store cost, by workflow.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    /// When the newest run of the store was created: costs are those up to then. None in a store without runs.
    pub(crate) until: Option<Timestamp>,
    pub(crate) workflows: BTreeMap<Located, Priced>,
}

/// What the runs of one workflow cost, and what that was priced by.
#[derive(Debug)]
pub(crate) struct Priced {
    pub(crate) account: Account,
    /// Who can see its repository; none while nobody has looked.
    pub(crate) visibility: Option<Visibility>,
}

/// Reads what the workflows of an inventory cost.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn costs(store: &Store, inventory: &Inventory) -> Result<Accounts, StoreError> {
    let Some(until) = store.newest_run().await? else {
        return Ok(Accounts::default());
    };
    let prices: BTreeMap<String, Prices> = store
        .prices()
        .await?
        .into_iter()
        .map(|(connection, body)| (connection, charges::read(&body)))
        .collect();
    let mut visibilities = BTreeMap::<(Host, RepositoryName), Option<Visibility>>::new();
    let mut workflows = BTreeMap::new();
    for id in inventory.workflows.keys() {
        let of_host = store.of(&id.host);
        let repository = (id.host.clone(), id.id.repository.clone());
        let visibility = match visibilities.get(&repository) {
            Some(visibility) => *visibility,
            None => {
                let visibility = of_host.visibility(&id.id.repository).await?;
                visibilities.insert(repository, visibility);
                visibility
            }
        };
        let prices = of_its_connection(inventory, id, &prices);
        let terms = charges::terms(prices, visibility, &id.host);
        let account = charges::account(&of_host, &id.id, &terms, until).await?;
        workflows.insert(
            id.clone(),
            Priced {
                account,
                visibility,
            },
        );
    }
    Ok(Accounts {
        until: Some(until),
        workflows,
    })
}

/// The prices of the connection whose timetable has a workflow; GitHub's list alone where none does.
fn of_its_connection(
    inventory: &Inventory,
    id: &Located,
    prices: &BTreeMap<String, Prices>,
) -> Prices {
    let mut planned = inventory.planned.iter();
    let its = planned.find(|planned| planned.line(id).is_some());
    let prices = its.and_then(|planned| prices.get(&planned.connection));
    prices.cloned().unwrap_or_default()
}

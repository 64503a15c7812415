//! How an owner's repositories fare, remembered for a while: each look at a young workflow asks, and an owner may have thousands.
//!
//! Invariant: what is told is at most [`HOLDS`] old. It weighs as much as two runs and is told in twentieths, so that minutes change
//! nothing that anybody decides by.

use std::{collections::BTreeMap, sync::Mutex};

use super::observatory::locked;
use crate::{
    domain::{RepositoryName, Seconds, Timestamp, Verdicts},
    store::{Store, StoreError},
};

/// How long it is remembered. Reading the checkpoints of 10,000 workflows takes tens of milliseconds.
const HOLDS: Seconds = Seconds::minutes(10);

/// What is remembered, by owner.
#[derive(Debug, Default)]
pub(super) struct Kin(Mutex<BTreeMap<String, Owner>>);

#[derive(Debug)]
struct Owner {
    read_at: Timestamp,
    each: Vec<(RepositoryName, Verdicts)>,
}

impl Owner {
    /// The verdicts of all other repositories.
    fn elsewhere(&self, repository: &RepositoryName) -> Vec<Verdicts> {
        let key = repository.key();
        let others = self.each.iter().filter(|(one, _)| one.key() != key);
        others.map(|(_, verdicts)| *verdicts).collect()
    }

    fn holds(&self, now: Timestamp) -> bool {
        self.read_at <= now && Seconds::between(self.read_at, now) < HOLDS
    }
}

impl Kin {
    /// How the workflows in the other repositories of a repository's owner fare.
    pub(super) async fn elsewhere(
        &self,
        store: &Store,
        repository: &RepositoryName,
        now: Timestamp,
    ) -> Result<Vec<Verdicts>, StoreError> {
        let name = repository.owner().to_ascii_lowercase();
        let remembered = {
            let owners = locked(&self.0);
            let known = owners.get(&name).filter(|known| known.holds(now));
            known.map(|known| known.elsewhere(repository))
        };
        if let Some(remembered) = remembered {
            return Ok(remembered);
        }
        let owner = Owner {
            read_at: now,
            each: store.tallies_of_owner(repository).await?,
        };
        let told = owner.elsewhere(repository);
        locked(&self.0).insert(name, owner);
        Ok(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::WorkflowId;

    #[tokio::test]
    async fn an_owner_is_read_once_for_all_who_ask_within_minutes_and_nobody_is_their_own_kin() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let keep = async |repository: &str, total| {
            let workflow = WorkflowId {
                repository: repository.parse().unwrap(),
                file: "nightly.yml".parse().unwrap(),
            };
            let verdicts = Verdicts {
                successes: 0,
                total,
            };
            let kept = store.put_learner(&workflow, "m/1", b"", verdicts, Timestamp::UNIX_EPOCH);
            kept.await.unwrap();
        };
        let kin = Kin::default();
        let told = async |repository: &str, minutes| {
            let now = Timestamp::UNIX_EPOCH + Seconds::minutes(minutes).to_delta();
            let told = kin
                .elsewhere(&store, &repository.parse().unwrap(), now)
                .await;
            told.unwrap().iter().map(|one| one.total).sum::<u32>()
        };
        keep("acme/app", 1).await;
        keep("acme/docs", 2).await;
        assert_eq!(
            (told("Acme/App", 20).await, told("acme/docs", 21).await),
            (2, 1)
        );

        keep("acme/new", 4).await;
        assert_eq!(told("acme/app", 29).await, 2, "remembered");
        assert_eq!(told("acme/app", 30).await, 6, "read anew");
        assert_eq!(told("acme/app", 5).await, 6, "a clock that was set back");
    }
}

//! Which of several WorkflowSchedules for one workflow acts: the oldest. The others say so, and wait until it is gone.
//!
//! Two that act on one workflow would undo each other's pull requests. Objects are for one workflow when they lie in one
//! namespace and name the same file of the same repository of the same host, through whichever connections: GitHub does
//! not tell capital letters in a repository's name, but does in a file's. Namespaces do not see each
//! other: there the pull request itself tells whose it is, and the others leave it alone ([`pull`](super::pull)).

use std::collections::{BTreeMap, BTreeSet};

use super::wish::Wish;
use crate::{
    api::WorkflowScheduleSpec,
    domain::{Host, Timestamp, WorkflowFile},
};

/// Every WorkflowSchedule there is, by the workflow that it is for.
#[derive(Clone, Debug, Default)]
pub struct Rivals {
    ranks: BTreeMap<Place, BTreeSet<Rank>>,
    /// Where each object stands in `ranks`, by `namespace/name`.
    standings: BTreeMap<String, (Place, Rank)>,
}

/// A workflow on some host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    namespace: String,
    repository: String,
    file: WorkflowFile,
}

/// An object's place in the order of age; names decide between those of one instant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    created_at: Option<Timestamp>,
    identity: String,
    connection: String,
}

impl Rivals {
    /// Takes an object in, or what it is now; the names of those whose elder may be another one by that.
    ///
    /// One whose spec means nothing cannot act, and stands in nobody's way. One that is being deleted stays until it is
    /// gone: it may still have a pull request to close.
    pub fn put(
        &mut self,
        identity: &str,
        created_at: Option<Timestamp>,
        spec: &WorkflowScheduleSpec,
    ) -> BTreeSet<String> {
        let standing = Wish::read(spec).ok().map(|wish| {
            let namespace = identity.split('/').next().unwrap_or_default().to_owned();
            let connection = format!("{namespace}/{}", wish.connection);
            let (repository, file) = (wish.workflow.repository.key(), wish.workflow.file);
            let place = Place {
                namespace,
                repository,
                file,
            };
            let rank = Rank {
                created_at,
                identity: identity.to_owned(),
                connection,
            };
            (place, rank)
        });
        if self.standings.get(identity) == standing.as_ref() {
            return BTreeSet::new();
        }
        let mut concerned = self.remove(identity);
        if let Some((place, rank)) = standing {
            let ranks = self.ranks.entry(place.clone()).or_default();
            concerned.extend(ranks.iter().map(|rank| rank.identity.clone()));
            ranks.insert(rank.clone());
            self.standings.insert(identity.to_owned(), (place, rank));
        }
        concerned
    }

    /// Takes an object out; the names of those whose elder may be another one by that.
    pub fn remove(&mut self, identity: &str) -> BTreeSet<String> {
        let Some((place, rank)) = self.standings.remove(identity) else {
            return BTreeSet::new();
        };
        let Some(ranks) = self.ranks.get_mut(&place) else {
            return BTreeSet::new();
        };
        ranks.remove(&rank);
        let concerned = ranks.iter().map(|rank| rank.identity.clone()).collect();
        if ranks.is_empty() {
            self.ranks.remove(&place);
        }
        concerned
    }

    /// The names of all objects.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.standings.keys()
    }

    /// The object that acts on this one's workflow in its stead: the oldest on the same host, if that is another one.
    ///
    /// `host` tells the host of a connection, by `namespace/name`. Who goes through a connection that does not exist
    /// cannot act, and stands in nobody's way.
    #[must_use]
    pub fn elder(&self, identity: &str, host: impl Fn(&str) -> Option<Host>) -> Option<String> {
        let (place, own) = self.standings.get(identity)?;
        let ranks = self.ranks.get(place).filter(|ranks| ranks.len() > 1)?;
        let ours = host(&own.connection)?;
        let older = ranks.iter().take_while(|rank| *rank != own);
        let mut same_host = older.filter(|rank| host(&rank.connection).as_ref() == Some(&ours));
        same_host.next().map(|rank| rank.identity.clone())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn spec(repository: &str, workflow: &str, connection: &str) -> WorkflowScheduleSpec {
        let spec = serde_json::json!({
            "connectionRef": {"name": connection}, "repository": repository, "workflow": workflow,
        });
        serde_json::from_value(spec).unwrap()
    }

    fn at(minutes: i64) -> Option<Timestamp> {
        Some(Timestamp::UNIX_EPOCH + TimeDelta::minutes(minutes))
    }

    /// Every connection but those called `nowhere` leads to github.com, or to the host it is called after.
    fn host(connection: &str) -> Option<Host> {
        match connection.rsplit('/').next()? {
            "nowhere" => None,
            "ghe" => Some(Host::of_api("https://ghe.example/api/v3")),
            _ => Some(Host::default()),
        }
    }

    /// A crowd of objects: name, minute of creation, repository, connection.
    fn crowd(objects: &[(&str, i64, &str, &str)]) -> Rivals {
        let mut rivals = Rivals::default();
        for (name, minute, repository, connection) in objects {
            rivals.put(
                name,
                at(*minute),
                &spec(repository, "nightly.yml", connection),
            );
        }
        rivals
    }

    #[test]
    fn the_oldest_acts_and_then_the_first_by_name() {
        let rivals = crowd(&[
            ("ci/b", 5, "acme/app", "acme"),
            ("ci/c", 5, "acme/app", "acme"),
            ("ci/a", 6, "acme/app", "acme"),
        ]);
        assert_eq!(rivals.elder("ci/b", host), None);
        assert_eq!(rivals.elder("ci/c", host).as_deref(), Some("ci/b"));
        assert_eq!(rivals.elder("ci/a", host).as_deref(), Some("ci/b"));
    }

    #[test]
    fn capital_letters_and_other_connections_to_the_same_host_make_no_other_workflow() {
        let rivals = crowd(&[
            ("ci/a", 1, "acme/app", "acme"),
            ("ci/b", 2, "Acme/APP", "other"),
        ]);
        assert_eq!(rivals.elder("ci/b", host).as_deref(), Some("ci/a"));
    }

    #[test]
    fn another_host_another_namespace_and_a_missing_connection_are_in_nobodys_way() {
        let rivals = crowd(&[
            ("ci/a", 1, "acme/app", "ghe"),
            ("ci/b", 1, "acme/app", "nowhere"),
            ("cd/c", 1, "acme/app", "acme"),
            ("ci/d", 2, "acme/app", "acme"),
        ]);
        assert_eq!(rivals.elder("ci/d", host), None);
    }

    #[test]
    fn who_is_concerned_by_a_coming_a_change_and_a_going_is_told() {
        let mut rivals = crowd(&[("ci/a", 1, "acme/app", "acme")]);
        let younger = spec("acme/app", "nightly.yml", "acme");
        let one = |name: &str| BTreeSet::from([name.to_owned()]);
        assert_eq!(rivals.put("ci/b", at(2), &younger), one("ci/a"));
        assert_eq!(rivals.put("ci/b", at(2), &younger), BTreeSet::new());
        let elsewhere = spec("acme/app", "other.yml", "acme");
        assert_eq!(rivals.put("ci/b", at(2), &elsewhere), one("ci/a"));
        assert_eq!(rivals.put("ci/b", at(2), &younger), one("ci/a"));
        assert_eq!(rivals.remove("ci/a"), one("ci/b"));
        assert_eq!(rivals.elder("ci/b", host), None);
    }

    #[test]
    fn a_spec_that_means_nothing_is_in_nobodys_way() {
        let mut rivals = crowd(&[("ci/b", 2, "acme/app", "acme")]);
        rivals.put("ci/a", at(1), &spec("acme", "nightly.yml", "acme"));
        assert_eq!(rivals.elder("ci/b", host), None);
    }
}

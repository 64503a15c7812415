//! What was found in an owner's repositories, what could not be, and whose turn it is to be looked into.
//!
//! It asks nobody. Invariant: a repository that cannot be read comes behind those that were never tried, so that however many
//! there are, they keep nobody waiting.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::{
    decide::{
        Known, Retry, Why,
        schedule_set::{Content, Fate, SetWish, WorkflowFound},
    },
    domain::{RepositoryName, Timestamp},
    github::ListedRepository,
};

/// How many repositories that are new or were pushed to are looked into at a time.
const MOST_NEW: usize = 25;
/// How many are looked into besides because it has been a day: about three thousand a day at an interval of five minutes.
const MOST_OLD: usize = 10;
/// After how long a repository is looked into again, though nobody has pushed.
const HOLDS: TimeDelta = TimeDelta::hours(24);
/// For how long a word is believed that a person would have to take back: a repository that cannot be read, or is gone.
const REFUSAL_HOLDS: TimeDelta = TimeDelta::hours(1);

/// What was found in an owner's repositories.
#[derive(Default)]
pub(super) struct Found {
    /// By GitHub's number of each.
    looked: BTreeMap<u64, Looked>,
    /// Those that could not be read at the last try, and when that was.
    failed: BTreeMap<u64, (Timestamp, Why)>,
    /// What was told last of repositories that the owner has no more, and when.
    fates: BTreeMap<RepositoryName, (Timestamp, Fate)>,
}

/// A repository as it was looked into.
pub(super) struct Looked {
    pub(super) name: RepositoryName,
    pub(super) branch: String,
    pub(super) pushed_at: Option<Timestamp>,
    pub(super) at: Timestamp,
    pub(super) workflows: Vec<WorkflowFound>,
}

impl Found {
    /// Forgets repositories that the owner has no more.
    pub(super) fn retain(&mut self, present: &BTreeSet<u64>) {
        self.looked.retain(|id, _| present.contains(id));
        self.failed.retain(|id, _| present.contains(id));
    }

    /// Takes note of a look.
    pub(super) fn note(&mut self, id: u64, looked: Result<Looked, Why>, now: Timestamp) {
        match looked {
            Ok(looked) => {
                self.failed.remove(&id);
                self.looked.insert(id, looked);
            }
            Err(why) => {
                self.failed.insert(id, (now, why));
            }
        }
    }

    /// The repositories to look into now, of those that the set takes: the new ones and those that were pushed to, and the
    /// ones that were looked into longest ago.
    pub(super) fn due(
        &self,
        taken: &[&ListedRepository],
        wish: &SetWish,
        now: Timestamp,
    ) -> BTreeSet<u64> {
        let mut ready: Vec<_> = taken
            .iter()
            .filter(|one| !self.rests(one.id, now))
            .collect();
        ready.sort_by_key(|one| (self.tried_at(one.id), &one.name));
        let (fresh, new): (Vec<_>, Vec<_>) =
            ready.into_iter().partition(|one| self.is_fresh(one, wish));
        let aged = |one: &&&&ListedRepository| {
            let tried = self.tried_at(one.id);
            tried.is_none_or(|at| now.signed_duration_since(at) >= HOLDS)
        };
        let old = fresh.iter().filter(aged).take(MOST_OLD);
        let new = new.iter().take(MOST_NEW);
        new.chain(old).map(|one| one.id).collect()
    }

    /// What is known of a repository's workflows; `halt` is why nobody is asked any more.
    pub(super) fn told(
        &self,
        one: &ListedRepository,
        wish: &SetWish,
        halt: Option<&Why>,
    ) -> Known<Vec<WorkflowFound>> {
        if let Some((_, why)) = self.failed.get(&one.id) {
            return Known::Unknown(why.clone());
        }
        match self.looked.get(&one.id) {
            // What was found before is not wrong because the next look has to wait.
            Some(looked) if looked.holds(one, wish) => Known::Known(looked.workflows.clone()),
            Some(_) | None => Known::Unknown(halt.cloned().unwrap_or_else(not_yet)),
        }
    }

    /// What is known of the fates of repositories that the owner has no more; the names of the others, those first that were
    /// not asked after for longest.
    pub(super) fn fates(
        &mut self,
        missing: &BTreeSet<RepositoryName>,
        now: Timestamp,
    ) -> (BTreeMap<RepositoryName, Fate>, Vec<RepositoryName>) {
        self.fates.retain(|name, _| missing.contains(name));
        let holds = |(at, fate): &(Timestamp, Fate)| {
            let is_final = matches!(fate, Fate::NotFound | Fate::Moved(_));
            is_final && now.signed_duration_since(*at) < REFUSAL_HOLDS
        };
        let known = self.fates.iter().filter(|(_, told)| holds(told));
        let known: BTreeMap<_, _> = known
            .map(|(name, (_, fate))| (name.clone(), fate.clone()))
            .collect();
        let mut unknown: Vec<_> = missing
            .iter()
            .filter(|name| !known.contains_key(name))
            .cloned()
            .collect();
        unknown.sort_by_key(|name| (self.fates.get(name).map(|(at, _)| *at), name.clone()));
        (known, unknown)
    }

    /// Takes note of what became of a repository.
    pub(super) fn note_fate(&mut self, name: RepositoryName, fate: Fate, now: Timestamp) {
        self.fates.insert(name, (now, fate));
    }

    /// Whether what was found still holds.
    fn is_fresh(&self, one: &ListedRepository, wish: &SetWish) -> bool {
        let looked = self.looked.get(&one.id);
        looked.is_some_and(|looked| looked.holds(one, wish))
    }

    /// Whether it makes no sense to try again so soon.
    fn rests(&self, id: u64, now: Timestamp) -> bool {
        self.failed.get(&id).is_some_and(|(at, why)| {
            why.retry == Retry::Never && now.signed_duration_since(*at) < REFUSAL_HOLDS
        })
    }

    /// When it was last looked into, in vain or not.
    fn tried_at(&self, id: u64) -> Option<Timestamp> {
        let looked = self.looked.get(&id).map(|looked| looked.at);
        let failed = self.failed.get(&id).map(|(at, _)| *at);
        looked.max(failed)
    }
}

impl Looked {
    /// Whether nothing has been pushed since, and every file that is taken now was read.
    fn holds(&self, now: &ListedRepository, wish: &SetWish) -> bool {
        let unread = |one: &WorkflowFound| {
            one.content == Content::Ignored && wish.workflows.take(one.file.as_str())
        };
        self.name == now.name
            && self.branch == now.default_branch
            && self.pushed_at == now.pushed_at
            && !self.workflows.iter().any(unread)
    }
}

/// Why nothing is known of what nobody has looked at.
pub(super) fn not_yet() -> Why {
    Why {
        cause: crate::decide::Cause::NotYetSeen,
        message: "not looked into yet".to_owned(),
        retry: Retry::Backoff,
    }
}

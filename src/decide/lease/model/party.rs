//! A candidate's process and its letters; how they age, and how they are told apart.

use std::collections::BTreeMap;

use super::super::{Candidate, Look, Millis, Written};

/// What every clock shows.
pub(super) const NOW: Millis = Millis(20);
/// The oldest that anything gets: a lease's duration and what clocks run apart.
const OLDEST: Millis = Millis(20 - 7);
/// The name of everybody who is gone.
pub(super) const NOBODY_ALIVE: u8 = u8::MAX;

/// One candidate's process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Party {
    pub name: u8,
    pub candidate: Candidate<u8>,
    pub stage: Stage,
}

/// Where a candidate is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    Idle,
    /// The API server has answered; the answer is on its way.
    Answered(Look<u8>),
    /// A write is on its way.
    Sent(Letter),
    /// It came to something; the answer is on its way.
    Settled(Letter, Written),
}

/// A write on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Letter {
    pub from: u8,
    pub what: What,
    pub sent: Millis,
}

/// What a letter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum What {
    Make,
    Take(u8),
    Renew(u8),
    Release(u8),
}

impl Party {
    /// A tick passes on this one's clock.
    pub(super) fn age(&mut self) {
        if let Some(sighting) = &mut self.candidate.sighting {
            sighting.since = older(sighting.since);
        }
        if let Some(until) = &mut self.candidate.acts_until {
            *until = until.minus(Millis(1)).max(NOW);
        }
        if let Stage::Sent(letter) | Stage::Settled(letter, _) = &mut self.stage {
            letter.sent = older(letter.sent);
        }
    }

    /// Takes new names.
    pub(super) fn rename(&mut self, names: &mut Names) {
        self.name = names.name(self.name);
        if let Some(sighting) = &mut self.candidate.sighting {
            sighting.version = names.version(sighting.version);
        }
        match &mut self.stage {
            Stage::Answered(Look::Found(record)) => record.version = names.version(record.version),
            Stage::Sent(letter) | Stage::Settled(letter, _) => *letter = names.letter(*letter),
            Stage::Idle | Stage::Answered(Look::Absent | Look::Silent) => {}
        }
    }
}

/// New names for candidates and versions, by the order in which they are come across.
pub(super) struct Names {
    names: BTreeMap<u8, u8>,
    versions: BTreeMap<u8, u8>,
}

impl Names {
    /// The living are named by their places, and the record's version is the first.
    pub(super) fn new(alive: impl Iterator<Item = u8>, present: u8) -> Self {
        Self {
            names: alive.zip(0..).collect(),
            versions: BTreeMap::from([(present, 0)]),
        }
    }

    pub(super) fn name(&self, old: u8) -> u8 {
        self.names.get(&old).copied().unwrap_or(NOBODY_ALIVE)
    }

    fn version(&mut self, old: u8) -> u8 {
        let next = u8::try_from(self.versions.len()).unwrap_or(u8::MAX);
        *self.versions.entry(old).or_insert(next)
    }

    pub(super) fn letter(&mut self, letter: Letter) -> Letter {
        let what = match letter.what {
            What::Make => What::Make,
            What::Take(old) => What::Take(self.version(old)),
            What::Renew(old) => What::Renew(self.version(old)),
            What::Release(old) => What::Release(self.version(old)),
        };
        Letter {
            from: self.name(letter.from),
            what,
            ..letter
        }
    }
}

/// A tick before an instant.
pub(super) fn older(at: Millis) -> Millis {
    at.minus(Millis(1)).max(OLDEST)
}

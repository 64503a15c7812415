//! The record, the candidates and their writes under way, and how each step changes them.
//!
//! Every clock always shows the same: time passes by all that a candidate remembers getting older. What is too old to
//! matter is equally old, versions and names are told apart and nothing more, so the whole future is a finite picture.

use std::collections::BTreeSet;

use super::{
    super::{Candidate, Claim, Holder, Look, Millis, Record, Written},
    Rules,
    party::{Letter, NOBODY_ALIVE, NOW, Names, Party, Stage, What, older},
};

/// How far a clock is ahead of those of others, for whoever compares them.
const AHEAD: u64 = 3;
/// Everything there is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct World {
    rules: Rules,
    record: Option<Stored>,
    parties: Vec<Party>,
    /// Writes that nobody waits for any more; each may still arrive.
    late: BTreeSet<Letter>,
    faults_left: u8,
}

/// The record as the API server has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Stored {
    holder: Option<u8>,
    acquired: bool,
    version: u8,
    /// When it was written; the protocol never looks at it.
    stamped: Millis,
}

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Tick,
    /// A candidate goes on: looks, reads the answer, has its write arrive, hears of it.
    GoOn(usize),
    /// A write that nobody waits for arrives.
    Arrive(Letter),
    /// A candidate gives up waiting for an answer.
    Lose(usize),
    /// Time passes, and a clock gains or loses a tick.
    Drift(usize, bool),
    Crash(usize),
    Release(usize),
    /// Somebody deletes the record.
    Delete,
}

impl World {
    pub(super) fn new(rules: Rules, candidates: u8, faults: u8) -> Self {
        let party = |name| Party {
            name,
            candidate: Candidate::new(rules.terms()),
            stage: Stage::Idle,
        };
        Self {
            rules,
            record: None,
            parties: (0..candidates).map(party).collect(),
            late: BTreeSet::new(),
            faults_left: faults,
        }
    }

    /// Everything that may happen next.
    pub(super) fn steps(&self, steps: &mut Vec<Step>) {
        steps.push(Step::Tick);
        steps.extend(self.late.iter().copied().map(Step::Arrive));
        steps.extend((0..self.parties.len()).map(Step::GoOn));
        if self.faults_left == 0 {
            return;
        }
        for (who, party) in self.parties.iter().enumerate() {
            steps.extend([true, false].map(|gains| Step::Drift(who, gains)));
            match party.stage {
                Stage::Sent(_) | Stage::Settled(..) => steps.push(Step::Lose(who)),
                Stage::Idle | Stage::Answered(_) => {}
            }
            if party.candidate.acts_until().is_some() {
                steps.extend([Step::Crash(who), Step::Release(who)]);
            }
        }
        if self.record.is_some() {
            steps.push(Step::Delete);
        }
    }

    pub(super) fn take(&mut self, step: Step) {
        match step {
            Step::Tick => self.age(&[]),
            Step::GoOn(who) => self.go_on(who),
            Step::Arrive(letter) => {
                self.late.remove(&letter);
                self.arrive(letter);
            }
            Step::Lose(_) | Step::Drift(..) | Step::Crash(_) | Step::Release(_) | Step::Delete => {
                self.faults_left -= 1;
                self.go_wrong(step);
            }
        }
        self.tell_apart_and_nothing_more();
    }

    fn go_wrong(&mut self, fault: Step) {
        match fault {
            Step::Lose(who) => self.lose(who),
            Step::Drift(who, gains) => {
                self.age(&[who]);
                (0..if gains { 2 } else { 0 }).for_each(|_| self.parties[who].age());
            }
            Step::Crash(who) => self.begin_anew(who),
            Step::Release(who) => self.release(who),
            Step::Delete => self.record = None,
            Step::Tick | Step::GoOn(_) | Step::Arrive(_) => {}
        }
    }

    /// Time passes for all but some.
    fn age(&mut self, but: &[usize]) {
        for (who, party) in self.parties.iter_mut().enumerate() {
            if !but.contains(&who) {
                party.age();
            }
        }
        if let Some(record) = &mut self.record {
            record.stamped = older(record.stamped);
        }
    }

    /// Makes pictures equal that differ in nothing that can ever be seen.
    fn tell_apart_and_nothing_more(&mut self) {
        let present = self.record.as_ref().map_or(0, |record| record.version);
        let compares = self.rules.compares_versions;
        self.late.retain(|letter| match letter.what {
            What::Make => true,
            What::Take(version) | What::Renew(version) | What::Release(version) => {
                !compares || version == present
            }
        });
        let alive = self.parties.iter().map(|party| party.name);
        let mut names = Names::new(alive, present);
        for party in &mut self.parties {
            party.rename(&mut names);
            if self.rules.stops_by_itself && !party.candidate.acts(NOW) {
                party.candidate.acts_until = None;
            }
        }
        let late = self.late.iter().map(|one| names.letter(*one));
        self.late = late.collect();
        if let Some(record) = &mut self.record {
            record.version = 0;
            record.holder = record.holder.map(|holder| names.name(holder));
            if self.rules.times_others_itself {
                record.stamped = NOW;
            }
        }
    }

    /// A version that nobody knows.
    fn new_version(&self) -> u8 {
        // Renaming leaves fewer than this.
        100 + self.record.as_ref().map_or(0, |record| record.version)
    }

    fn go_on(&mut self, who: usize) {
        let stage = std::mem::replace(&mut self.parties[who].stage, Stage::Idle);
        self.parties[who].stage = match stage {
            Stage::Idle => Stage::Answered(self.look(who)),
            Stage::Answered(look) => self.read(who, look),
            Stage::Sent(letter) => Stage::Settled(letter, self.arrive(letter)),
            Stage::Settled(letter, written) => {
                self.hear(who, letter, written);
                Stage::Idle
            }
        };
    }

    fn look(&self, who: usize) -> Look<u8> {
        let Some(record) = &self.record else {
            return Look::Absent;
        };
        let us = self.parties[who].name;
        let holder = match record.holder {
            Some(holder) if holder == us => Holder::Us,
            Some(_) => Holder::Other,
            None if record.acquired => Holder::Released,
            None => Holder::Unclaimed,
        };
        Look::Found(Record {
            holder,
            lasts: Some(self.rules.terms().duration),
            version: record.version,
        })
    }

    fn read(&mut self, who: usize, look: Look<u8>) -> Stage {
        let version = match &look {
            Look::Found(record) => record.version,
            Look::Absent | Look::Silent => 0,
        };
        let party = &mut self.parties[who];
        let mut claim = party.candidate.looked(look, NOW);
        let stamped = self.record.as_ref().map(|record| record.stamped);
        if let (false, Some(stamped)) = (self.rules.times_others_itself, stamped) {
            let theirs = NOW.plus(Millis(AHEAD));
            let overdue = stamped.plus(self.rules.terms().duration) <= theirs;
            claim = claim.or_else(|| overdue.then_some(Claim::Take(version)));
        }
        let what = match claim {
            None => return Stage::Idle,
            Some(Claim::Make) => What::Make,
            Some(Claim::Take(version)) => What::Take(version),
            Some(Claim::Renew(version)) => What::Renew(version),
        };
        let (from, sent) = (party.name, NOW);
        Stage::Sent(Letter { from, what, sent })
    }

    /// The API server gets a write.
    fn arrive(&mut self, letter: Letter) -> Written {
        let present = self.record.as_ref().map(|record| record.version);
        let right = match letter.what {
            What::Make => present.is_none(),
            What::Take(version) | What::Renew(version) | What::Release(version) => {
                present == Some(version) || present.is_some() && !self.rules.compares_versions
            }
        };
        if !right {
            return Written::Refused;
        }
        let held = match letter.what {
            What::Make => !self.rules.waits_on_a_new_record,
            What::Release(_) => false,
            What::Take(_) | What::Renew(_) => true,
        };
        self.record = Some(Stored {
            holder: held.then_some(letter.from),
            acquired: letter.what != What::Make,
            version: self.new_version(),
            stamped: NOW,
        });
        Written::Done
    }

    /// A candidate hears what became of its write.
    fn hear(&mut self, who: usize, letter: Letter, written: Written) {
        let claim = match letter.what {
            What::Make if self.rules.waits_on_a_new_record => Claim::Make,
            What::Renew(version) => Claim::Renew(version),
            What::Take(version) | What::Release(version) => Claim::Take(version),
            What::Make => Claim::Take(0),
        };
        let sent = if self.rules.counts_from_sent {
            letter.sent
        } else {
            NOW
        };
        self.parties[who].candidate.wrote(&claim, written, sent);
    }

    fn lose(&mut self, who: usize) {
        let stage = std::mem::replace(&mut self.parties[who].stage, Stage::Idle);
        match stage {
            Stage::Sent(letter) => {
                self.late.insert(Letter {
                    sent: NOW,
                    ..letter
                });
                self.hear(who, letter, Written::Silent);
            }
            Stage::Settled(letter, _) => self.hear(who, letter, Written::Silent),
            Stage::Idle | Stage::Answered(_) => {}
        }
    }

    /// A process dies, what it sent goes on its way, and another one begins in its place.
    fn begin_anew(&mut self, who: usize) {
        self.lose(who);
        self.parties[who].candidate = Candidate::new(self.rules.terms());
        self.parties[who].stage = Stage::Idle;
        self.parties[who].name = self.new_name();
    }

    /// A process ends in order: it stops, reads once more, and lets go.
    fn release(&mut self, who: usize) {
        self.lose(who);
        let (look, sent) = (self.look(who), NOW);
        if let Look::Found(Record {
            holder: Holder::Us,
            version,
            ..
        }) = look
        {
            let what = What::Release(version);
            let from = self.parties[who].name;
            self.late.insert(Letter { from, what, sent });
        }
        self.begin_anew(who);
    }

    /// A name that nobody has.
    fn new_name(&self) -> u8 {
        // Renaming leaves only as many as there are candidates.
        u8::try_from(self.parties.len()).unwrap_or(NOBODY_ALIVE)
    }

    /// How many act at this instant.
    pub(super) fn acting(&self) -> usize {
        (0..self.parties.len())
            .filter(|who| self.acts(*who))
            .count()
    }

    /// Whether a candidate acts at this instant.
    pub(super) fn acts(&self, who: usize) -> bool {
        let candidate = &self.parties[who].candidate;
        if self.rules.stops_by_itself {
            candidate.acts(NOW)
        } else {
            candidate.acts_until().is_some()
        }
    }

    /// Whether somebody leads when nothing goes wrong any more and every candidate is given its turn.
    pub(super) fn leads_in_the_end(&self) -> bool {
        let mut world = self.clone();
        world.late.clear();
        for _ in 0..3 * world.rules.terms().duration.0 {
            for who in 0..world.parties.len() {
                world.parties[who].stage = Stage::Idle;
                (0..4).for_each(|_| world.go_on(who));
            }
            if world.acting() == 1 {
                return true;
            }
            world.age(&[]);
        }
        false
    }
}

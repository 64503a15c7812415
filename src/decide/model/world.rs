//! The world of the model: a repository as GitHub would keep it, one WorkflowSchedule, and what was said and done.
//!
//! Small on purpose: a change is a base file and a cron, a commit is a place in its branch's history. The bytes behind
//! a [`File`] are real, and so are the digests, which come from [`decide`](crate::decide::decide()) itself.

use std::collections::{BTreeMap, BTreeSet};

use super::{contract::Contract, worker::Worker};

/// The workflow file on the default branch: one cron, and whether a person edited another line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct File {
    pub(super) cron: u8,
    pub(super) edited: bool,
}

/// A change: the file it was made for and the cron it sets. Stands for the digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Change {
    pub(super) base: File,
    pub(super) to: u8,
}

/// The name of one of our branches: the change it was made for, and a count where a person sits on the plain name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name {
    pub(super) change: Change,
    pub(super) attempt: u8,
}

/// What a branch points to: how many commits, what the newest of ours says, whether one is a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Head {
    pub(super) commits: u8,
    pub(super) carries: Change,
    pub(super) touched: bool,
}

/// What became of a pull request, as GitHub knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum State {
    Open,
    Merged,
    ClosedByPerson,
    ClosedByUs,
}

/// A pull request; its number is its place in the list, from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Pull {
    pub(super) branch: Name,
    /// The branch's head, frozen when the pull request ends.
    pub(super) head: Head,
    /// The change that title and body speak of.
    pub(super) told: Change,
    /// Whether the body carries the mark of a withdrawal.
    pub(super) mark: bool,
    pub(super) state: State,
}

/// Who may open pull requests for the workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Claim {
    Free,
    Held(u8),
    /// Its holder died; it may be taken over once it is older than any request of the holder can be.
    Expired,
}

/// The declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Spec {
    pub(super) pull_request: bool,
    pub(super) pinned: u8,
    pub(super) deleting: bool,
}

/// What the stored timetable was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Planned {
    pub(super) cron: u8,
    pub(super) pinned: u8,
}

/// A promise that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Wrong {
    /// A change was put before a person who had said no to it.
    ProposedAgain,
    /// A branch with a person's commit was moved or deleted.
    CommitLost,
    /// A pull request with a person's commit was closed by us.
    ClosedOverAPerson,
    /// Status told of a deed that did not happen.
    FalseStatus,
    /// The object was let go while an untouched pull request of its own was open, or before one was opened for it.
    Orphaned,
}

/// Everything there is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct World {
    pub(super) contract: Contract,
    pub(super) file: File,
    pub(super) spec: Spec,
    pub(super) finalizer: bool,
    pub(super) gone: bool,
    pub(super) planned: Planned,
    pub(super) branches: BTreeMap<Name, Head>,
    pub(super) pulls: Vec<Pull>,
    pub(super) claim: Claim,
    pub(super) workers: Vec<Worker>,
    /// How many more times people act, and how many more faults happen.
    pub(super) people_left: u8,
    pub(super) faults_left: u8,
    /// What people said no to, kept by nobody but the checker.
    pub(super) declined: BTreeSet<Change>,
    pub(super) wrong: Option<Wrong>,
}

impl World {
    pub(super) fn new(
        contract: Contract,
        workers: usize,
        people_left: u8,
        faults_left: u8,
    ) -> Self {
        Self {
            contract,
            file: File {
                cron: 0,
                edited: false,
            },
            spec: Spec {
                pull_request: true,
                pinned: 1,
                deleting: false,
            },
            finalizer: false,
            gone: false,
            planned: Planned { cron: 0, pinned: 1 },
            branches: BTreeMap::new(),
            pulls: Vec::new(),
            claim: Claim::Free,
            workers: vec![Worker::Idle; workers],
            people_left,
            faults_left,
            declined: BTreeSet::new(),
            wrong: None,
        }
    }

    pub(super) fn open(&self) -> impl Iterator<Item = (usize, &Pull)> {
        self.pulls
            .iter()
            .enumerate()
            .filter(|(_, pull)| pull.state == State::Open)
    }

    pub(super) fn pull(&mut self, number: u64) -> Option<&mut Pull> {
        self.pulls
            .get_mut(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    pub(super) fn blame(&mut self, wrong: Wrong) {
        self.wrong.get_or_insert(wrong);
    }

    /// The same world with its workers in order: they are alike, so half of the states need no look.
    pub(super) fn with_workers_sorted(mut self) -> Self {
        if let [first, second] = self.workers.as_mut_slice()
            && first > second
        {
            std::mem::swap(first, second);
            if let Claim::Held(who) = &mut self.claim {
                *who = 1 - *who;
            }
        }
        self
    }

    /// Moves a branch; an open pull request follows it, a closed one does not.
    pub(super) fn push(&mut self, name: Name, carries: Option<Change>) {
        let Some(head) = self.branches.get_mut(&name) else {
            return;
        };
        head.commits += 1;
        match carries {
            Some(_) if head.touched => self.wrong = self.wrong.or(Some(Wrong::CommitLost)),
            Some(change) => head.carries = change,
            None => head.touched = true,
        }
        let head = *head;
        let follows = |pull: &&mut Pull| pull.branch == name && pull.state == State::Open;
        if let Some(pull) = self.pulls.iter_mut().find(follows) {
            pull.head = head;
            if carries.is_some_and(|change| self.declined.contains(&change)) {
                self.blame(Wrong::ProposedAgain);
            }
        }
    }

    /// Opens a pull request, unless one is open from that branch or there is no such branch.
    pub(super) fn post(&mut self, name: Name, told: Change) -> Option<u64> {
        let head = *self.branches.get(&name)?;
        if self.open().any(|(_, pull)| pull.branch == name) {
            return None;
        }
        if self.declined.contains(&head.carries) {
            self.blame(Wrong::ProposedAgain);
        }
        if self.gone {
            self.blame(Wrong::Orphaned);
        }
        self.pulls.push(Pull {
            branch: name,
            head,
            told,
            mark: false,
            state: State::Open,
        });
        Some(self.pulls.len() as u64)
    }

    /// Deletes a branch; GitHub closes the pull request that is open from it.
    pub(super) fn delete(&mut self, name: Name) {
        let Some(head) = self.branches.remove(&name) else {
            return;
        };
        if head.touched {
            self.blame(Wrong::CommitLost);
        }
        if let Some(pull) = self
            .pulls
            .iter_mut()
            .find(|pull| pull.branch == name && pull.state == State::Open)
        {
            pull.state = State::ClosedByUs;
        }
    }
}

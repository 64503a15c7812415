//! Nudges: news that makes the next look at a repository, or through a set's owner, come before its time.
//!
//! A nudge says that a look is worth its requests and nothing of what it will find. Invariant: each repository and each set may
//! be nudged so often and no more, so that whoever repeats deliveries, or pushes a hundred times an hour, spends a bounded
//! part of GitHub's budget; what is refused here is found by polling.

use std::collections::BTreeMap;

use super::observatory::{Observatory, locked};
use crate::{
    domain::{RepositoryName, Seconds, Timestamp},
    github::webhook::News,
};

/// How long one look is paid for: in the long run 120 an hour, as many as twelve repositories polled every five minutes.
const PRICE: Seconds = Seconds(30);
/// How far ahead a repository may look: a burst of sixty, for nightlies that end together.
const CREDIT: Seconds = Seconds::minutes(30);
/// What reading everything anew costs, in looks: the repository, its workflows, its pull requests and its runs.
const EVERYTHING: u64 = 4;
/// How many repositories one page of an owner's listing tells of.
const LISTED_AT_ONCE: u64 = 100;

/// What is to be read anew. Ordered: the later includes the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nudge {
    /// The runs.
    Runs,
    /// The repository, its files and its pull requests, too.
    Everything,
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Repository(RepositoryName),
    /// The owner of a set, by the set's name.
    Set(String),
}

/// What was nudged, and what that has cost.
#[derive(Debug, Default)]
pub(super) struct Nudges(BTreeMap<Subject, Account>);

#[derive(Debug, Default)]
struct Account {
    pending: Option<Nudge>,
    /// Until when the looks so far are paid for.
    paid_until: Timestamp,
}

impl Nudges {
    /// Nudges for the price of so many looks, unless there were too many of late. What waits for a look already costs no second
    /// one. A look that costs more than the whole credit waits until nothing is owed.
    fn nudge(&mut self, subject: Subject, nudge: Nudge, looks: u64, now: Timestamp) -> bool {
        let account = self.0.entry(subject).or_default();
        if account.pending >= Some(nudge) {
            return true;
        }
        let price = Seconds(PRICE.0.saturating_mul(looks)).to_delta();
        // Nobody owes more than was ever lent: a clock that was ahead may have said so.
        let lent = now + CREDIT.to_delta().max(price);
        account.paid_until = account.paid_until.min(lent);
        let paid_until = account.paid_until.max(now) + price;
        let owes = account.paid_until > now;
        if owes && paid_until > now + CREDIT.to_delta() {
            return false;
        }
        *account = Account {
            pending: Some(nudge),
            paid_until,
        };
        true
    }

    fn take(&mut self, subject: &Subject) -> Option<Nudge> {
        self.0.get_mut(subject)?.pending.take()
    }
}

impl Observatory {
    /// Hears news that concerns one of its workflows; whether a look is worth making before its time.
    pub fn hear(&self, news: &News, now: Timestamp) -> bool {
        let (nudge, looks) = match news {
            News::RunEnded(_) => (Nudge::Runs, 1),
            News::FilesPushed { .. }
            | News::PullChanged { .. }
            | News::RepositoryChanged { .. } => (Nudge::Everything, EVERYTHING),
            News::Ping | News::InstallationChanged => return false,
        };
        let Some(repository) = news.repository() else {
            return false;
        };
        let subject = Subject::Repository(repository.clone());
        locked(&self.nudges).nudge(subject, nudge, looks, now)
    }

    /// Hears news that concerns a set, whose owner has so many repositories as far as is known; whether looking through them is worth
    /// doing before its time.
    pub fn hear_for_set(&self, set: &str, repositories: u64, now: Timestamp) -> bool {
        let subject = Subject::Set(set.to_owned());
        let looks = EVERYTHING.saturating_add(repositories / LISTED_AT_ONCE);
        locked(&self.nudges).nudge(subject, Nudge::Everything, looks, now)
    }

    /// What a repository was nudged for since the last look.
    pub(super) fn take_nudge(&self, repository: &RepositoryName) -> Option<Nudge> {
        locked(&self.nudges).take(&Subject::Repository(repository.clone()))
    }

    /// Begins a look through a set's owner, for which whatever it was nudged for is over.
    pub(super) fn take_nudge_of_set(&self, set: &str) {
        locked(&self.nudges).take(&Subject::Set(set.to_owned()));
    }

    /// Forgets a set that is gone.
    pub(super) fn forget_nudges_of_set(&self, set: &str) {
        locked(&self.nudges).0.remove(&Subject::Set(set.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> Subject {
        Subject::Repository("acme/app".parse().unwrap())
    }

    /// How many nudges of an hour are taken, each looked at before the next.
    fn taken_in_an_hour(nudge: Nudge, looks: u64) -> usize {
        let mut nudges = Nudges::default();
        let begin = Timestamp::UNIX_EPOCH;
        let nudge_at = |second: u64| {
            let now = begin + Seconds(second).to_delta();
            let taken = nudges.nudge(app(), nudge, looks, now);
            nudges.take(&app());
            taken
        };
        (0..3600)
            .step_by(4)
            .map(nudge_at)
            .filter(|taken| *taken)
            .count()
    }

    #[test]
    fn a_repository_looks_early_so_often_and_no_more_whatever_is_sent() {
        let (runs, everything) = (
            taken_in_an_hour(Nudge::Runs, 1),
            taken_in_an_hour(Nudge::Everything, EVERYTHING),
        );
        assert_eq!(
            (runs, everything),
            (179, 44),
            "the burst and what an hour pays for"
        );
    }

    #[test]
    fn the_more_an_owner_has_the_seldomer_it_is_looked_through_early_but_never_not_at_all() {
        let taken = [0, 1_000, 100_000].map(|repositories| {
            taken_in_an_hour(
                Nudge::Everything,
                EVERYTHING + repositories / LISTED_AT_ONCE,
            )
        });
        assert_eq!(taken, [44, 12, 1]);
    }

    #[test]
    fn looks_of_a_clock_that_was_far_ahead_are_not_paid_for_once_it_is_set_right() {
        let mut nudges = Nudges::default();
        let begin = Timestamp::UNIX_EPOCH;
        let ahead = begin + Seconds::days(1).to_delta();
        for _ in 0..100 {
            nudges.nudge(app(), Nudge::Everything, EVERYTHING, ahead);
            nudges.take(&app());
        }

        let later = begin + CREDIT.to_delta();
        assert!(!nudges.nudge(app(), Nudge::Runs, 1, begin));
        assert!(nudges.nudge(app(), Nudge::Runs, 1, later));
    }

    #[test]
    fn news_that_comes_while_a_look_is_due_costs_nothing_and_the_greater_one_stays() {
        let mut nudges = Nudges::default();
        let begin = Timestamp::UNIX_EPOCH;
        for _ in 0..1000 {
            assert!(nudges.nudge(app(), Nudge::Everything, EVERYTHING, begin));
            assert!(nudges.nudge(app(), Nudge::Runs, 1, begin));
        }
        assert_eq!(nudges.take(&app()), Some(Nudge::Everything));
        assert_eq!(nudges.take(&app()), None);
    }
}

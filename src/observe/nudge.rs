//! Nudges: news that makes a repository's next look come before its time.
//!
//! A nudge says that a look is worth its requests and nothing of what it will find. Invariant: each repository may be
//! nudged so often and no more, so that whoever repeats deliveries, or pushes a hundred times an hour, spends a bounded
//! part of GitHub's budget; what is refused here is found by polling.

use std::collections::BTreeMap;

use super::observatory::{Observatory, locked};
use crate::{
    decide::effect::branch_prefix,
    domain::{RepositoryName, Seconds, Timestamp, WorkflowId},
    github::webhook::News,
};

/// How long one look is paid for: in the long run 120 an hour, as many as twelve repositories polled every five minutes.
const PRICE: Seconds = Seconds(30);
/// How far ahead a repository may look: a burst of sixty, for nightlies that end together.
const CREDIT: Seconds = Seconds::minutes(30);
/// What reading everything anew costs, in looks: the repository, its workflows, its pull requests and its runs.
const EVERYTHING: u64 = 4;

/// What is to be read anew. Ordered: the later includes the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nudge {
    /// The runs.
    Runs,
    /// The repository, its files and its pull requests, too.
    Everything,
}

/// What repositories were nudged for, and what they have spent.
#[derive(Debug, Default)]
pub(super) struct Nudges(BTreeMap<RepositoryName, Account>);

#[derive(Debug, Default)]
struct Account {
    pending: Option<Nudge>,
    /// Until when the looks so far are paid for.
    paid_until: Timestamp,
}

impl Nudges {
    /// Nudges a repository, unless it has looked too often of late. One that waits for a look already costs no second one.
    fn nudge(&mut self, repository: &RepositoryName, nudge: Nudge, now: Timestamp) -> bool {
        let account = self.0.entry(repository.clone()).or_default();
        if account.pending >= Some(nudge) {
            return true;
        }
        let looks = if nudge == Nudge::Everything {
            EVERYTHING
        } else {
            1
        };
        let price = Seconds(PRICE.0 * looks).to_delta();
        let paid_until = account.paid_until.max(now) + price;
        if paid_until > now + CREDIT.to_delta() {
            return false;
        }
        *account = Account {
            pending: Some(nudge),
            paid_until,
        };
        true
    }

    fn take(&mut self, repository: &RepositoryName) -> Option<Nudge> {
        self.0.get_mut(repository)?.pending.take()
    }
}

/// Whether news concerns a workflow.
#[must_use]
pub fn concerns(news: &News, workflow: &WorkflowId) -> bool {
    match news {
        News::RunEnded(ended) => ended == workflow,
        News::FilesPushed { repository, files } => {
            let touched = files.as_ref();
            *repository == workflow.repository
                && touched.is_none_or(|files| files.contains(&workflow.file))
        }
        News::PullChanged { repository, branch } => {
            *repository == workflow.repository && branch.starts_with(&branch_prefix(workflow))
        }
        News::Ping | News::InstallationChanged => false,
    }
}

impl Observatory {
    /// Hears news that concerns one of its workflows; whether a look is worth making before its time.
    pub fn hear(&self, news: &News, now: Timestamp) -> bool {
        let nudge = match news {
            News::RunEnded(_) => Nudge::Runs,
            News::FilesPushed { .. } | News::PullChanged { .. } => Nudge::Everything,
            News::Ping | News::InstallationChanged => return false,
        };
        let repository = news.repository();
        repository.is_some_and(|name| locked(&self.nudges).nudge(name, nudge, now))
    }

    /// What a repository was nudged for since the last look.
    pub(super) fn take_nudge(&self, repository: &RepositoryName) -> Option<Nudge> {
        locked(&self.nudges).take(repository)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> RepositoryName {
        "acme/app".parse().unwrap()
    }

    fn workflow(file: &str) -> WorkflowId {
        WorkflowId {
            repository: app(),
            file: file.parse().unwrap(),
        }
    }

    /// How many nudges of a thousand are taken in an hour, each looked at before the next.
    fn taken_in_an_hour(nudge: Nudge) -> usize {
        let mut nudges = Nudges::default();
        let begin = Timestamp::UNIX_EPOCH;
        let nudge_at = |second: u64| {
            let taken = nudges.nudge(&app(), nudge, begin + Seconds(second).to_delta());
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
            taken_in_an_hour(Nudge::Runs),
            taken_in_an_hour(Nudge::Everything),
        );
        assert_eq!(
            (runs, everything),
            (179, 44),
            "the burst and what an hour pays for"
        );
    }

    #[test]
    fn news_that_comes_while_a_look_is_due_costs_nothing_and_the_greater_one_stays() {
        let mut nudges = Nudges::default();
        for _ in 0..1000 {
            assert!(nudges.nudge(&app(), Nudge::Everything, Timestamp::UNIX_EPOCH));
            assert!(nudges.nudge(&app(), Nudge::Runs, Timestamp::UNIX_EPOCH));
        }
        assert_eq!(nudges.take(&app()), Some(Nudge::Everything));
        assert_eq!(nudges.take(&app()), None);
    }

    #[test]
    fn news_concerns_the_workflow_it_is_about_and_not_its_neighbours() {
        let (one, other) = (workflow("a.yml"), workflow("b.yml"));
        let ours = format!("{}1234", branch_prefix(&one));
        let all = [
            News::RunEnded(one.clone()),
            News::FilesPushed {
                repository: app(),
                files: Some([one.file.clone()].into()),
            },
            News::PullChanged {
                repository: app(),
                branch: ours,
            },
        ];
        for news in all {
            assert!(concerns(&news, &one), "{news:?}");
            assert!(!concerns(&news, &other), "{news:?}");
        }
        let everything = News::FilesPushed {
            repository: app(),
            files: None,
        };
        assert!(concerns(&everything, &one) && concerns(&everything, &other));
    }
}

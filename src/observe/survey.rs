//! What an owner has: its repositories, and the workflows of those that a set takes.
//!
//! At rest a look costs the listing of the owner's repositories, one conditional request for a hundred of them. The listing
//! tells of each repository's last push, and only a push can change files; people and GitHub switch workflows on and off
//! without one, so that each repository is looked into once a day besides. New repositories are looked into a few at a time,
//! and only while more than a third of our share of GitHub's hourly limit is left: what is managed already comes first.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::TimeDelta;
use tokio::sync::Mutex as AsyncMutex;

use super::{
    observatory::{Observatory, locked},
    refresh,
    view::FileRead,
    why,
};
use crate::{
    decide::{
        Cause, FileSeen, Known, Retry, Why, WorkflowState,
        schedule_set::{Content, Fate, RepositoryFound, SetWish, Survey, WorkflowFound},
    },
    domain::{RepositoryName, Timestamp, WorkflowFile},
    github::{self, ListedRepository},
};

/// How many repositories that are new or were pushed to are looked into at a time.
const MOST_NEW: usize = 25;
/// How many are looked into besides because it has been a day: about three thousand a day at an interval of five minutes.
const MOST_OLD: usize = 10;
/// After how long a repository is looked into again, though nobody has pushed.
const HOLDS: TimeDelta = TimeDelta::hours(24);
/// The part of our share of GitHub's hourly limit, in percent, that new repositories leave to what is managed already.
const LEAVES_PERCENT: u64 = 35;

/// What was found in an owner's repositories, by GitHub's number of each.
pub(super) type Found = BTreeMap<u64, Looked>;

/// A repository as it was looked into.
pub(super) struct Looked {
    name: RepositoryName,
    branch: String,
    pushed_at: Option<Timestamp>,
    at: Timestamp,
    workflows: Vec<WorkflowFound>,
}

impl Observatory {
    /// Looks through the owner of a set; `asked_after` are repositories whose fate is told where the owner has them no more.
    pub async fn survey(
        &self,
        set: &str,
        wish: &SetWish,
        asked_after: &BTreeSet<RepositoryName>,
        now: Timestamp,
    ) -> Known<Survey> {
        let found = self.found(set);
        let mut found = found.lock().await;
        let told = |error| Known::Unknown(why::from_github(&error));
        let listed = match self.github.repositories_of(&wish.owner).await {
            Ok(listed) => listed,
            Err(error) => return told(error),
        };
        let listed = match of_owner(listed, &wish.owner) {
            Ok(listed) => listed,
            Err(why) => return Known::Unknown(why),
        };
        let fates = self.fates(&listed, asked_after).await;
        let present: BTreeSet<_> = listed.iter().map(|one| one.id).collect();
        found.retain(|id, _| present.contains(id));
        let old = oldest(&found, now);
        let (mut new, mut halt) = (0, None);
        let mut repositories = Vec::with_capacity(listed.len());
        for one in listed {
            let mut repository = skeleton(&one);
            if wish.leaves_out(&repository).is_none() {
                let known = found.get(&one.id);
                let fresh = known.is_some_and(|known| known.holds(&one, wish));
                if !fresh {
                    new += 1;
                }
                let due = !fresh && new <= MOST_NEW || old.contains(&one.id);
                halt = halt.or_else(|| self.spares(now));
                repository.workflows = match (&halt, due, known) {
                    (None, true, _) => match self.look_into(&one, wish, now).await {
                        Ok(looked) => {
                            let workflows = looked.workflows.clone();
                            found.insert(one.id, looked);
                            Known::Known(workflows)
                        }
                        Err(error) => {
                            let why = why::from_github(&error);
                            halt = Some(why.clone()).filter(|why| why.cause == Cause::RateLimited);
                            Known::Unknown(why)
                        }
                    },
                    // What was found before is not wrong because the next look has to wait.
                    (_, _, Some(known)) if fresh => Known::Known(known.workflows.clone()),
                    (Some(why), ..) => Known::Unknown(why.clone()),
                    (None, ..) => Known::Unknown(not_yet()),
                };
            }
            repositories.push(repository);
        }
        Known::Known(Survey {
            repositories,
            fates,
        })
    }

    /// Forgets what was found for a set that is gone.
    pub fn forget_survey(&self, set: &str) {
        locked(&self.surveys).remove(set);
    }

    fn found(&self, set: &str) -> Arc<AsyncMutex<Found>> {
        locked(&self.surveys)
            .entry(set.to_owned())
            .or_default()
            .clone()
    }

    /// Why new repositories have to wait: what is left of the hour belongs to those that are managed.
    fn spares(&self, now: Timestamp) -> Option<Why> {
        let rate = self.github.rate();
        let (others, resets_at) = (rate.others?, rate.resets_at?);
        let limit = rate.limit?.saturating_sub(others);
        let left = rate.remaining?.saturating_sub(others);
        let scarce = left.saturating_mul(100) < limit.saturating_mul(LEAVES_PERCENT);
        (scarce && resets_at > now).then(|| Why {
            cause: Cause::RateLimited,
            message: format!(
                "{left} of {limit} requests of this hour are left until {}; they are kept for what is managed already",
                resets_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
            ),
            retry: Retry::At(resets_at),
        })
    }

    async fn look_into(
        &self,
        one: &ListedRepository,
        wish: &SetWish,
        now: Timestamp,
    ) -> Result<Looked, github::Error> {
        let mut workflows = Vec::new();
        for workflow in self.github.workflows(&one.name).await? {
            if workflow.state == github::WorkflowState::Deleted {
                continue;
            }
            let content = if wish.workflows.take(workflow.file.as_str()) {
                self.content(one, &workflow.file).await?
            } else {
                Some(Content::Ignored)
            };
            workflows.extend(content.map(|content| WorkflowFound {
                file: workflow.file,
                state: refresh::state(workflow.state),
                content,
            }));
        }
        Ok(Looked {
            name: one.name.clone(),
            branch: one.default_branch.clone(),
            pushed_at: one.pushed_at,
            at: now,
            workflows,
        })
    }

    /// What a workflow file says; none where the default branch has no such file.
    async fn content(
        &self,
        one: &ListedRepository,
        file: &WorkflowFile,
    ) -> Result<Option<Content>, github::Error> {
        let path = file.path();
        let read = self
            .github
            .file(&one.name, &path, &one.default_branch)
            .await;
        match read {
            Ok(content) => Ok(content.map(|content| said(content.blob_sha, content.bytes))),
            // One file that cannot be read must not hide its neighbours.
            Err(error) if error.retry() == github::Retry::Never => {
                Ok(Some(Content::Unknown(why::from_github(&error))))
            }
            Err(error) => Err(error),
        }
    }

    /// What became of repositories that the owner has no more.
    async fn fates(
        &self,
        listed: &[ListedRepository],
        asked_after: &BTreeSet<RepositoryName>,
    ) -> BTreeMap<RepositoryName, Fate> {
        let listed: BTreeSet<_> = listed.iter().map(|one| &one.name).collect();
        let mut fates = BTreeMap::new();
        for name in asked_after.iter().filter(|name| !listed.contains(name)) {
            let fate = match self.github.repository(name).await {
                Ok(found) if found.name == *name => Fate::Present,
                Ok(found) => Fate::Moved(found.name),
                Err(github::Error::NotFound { .. }) => Fate::NotFound,
                Err(error) => Fate::Unknown(why::from_github(&error)),
            };
            fates.insert(name.clone(), fate);
        }
        fates
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

/// The repositories that were looked into longest ago, where that is a day or more.
fn oldest(found: &Found, now: Timestamp) -> BTreeSet<u64> {
    let mut old: Vec<_> = found
        .iter()
        .filter(|(_, looked)| now.signed_duration_since(looked.at) >= HOLDS)
        .map(|(id, looked)| (looked.at, *id))
        .collect();
    old.sort_unstable();
    old.into_iter().take(MOST_OLD).map(|(_, id)| id).collect()
}

/// A listing that follows an owner to another name tells of repositories that are not the owner's.
fn of_owner(listed: Vec<ListedRepository>, owner: &str) -> Result<Vec<ListedRepository>, Why> {
    let is_theirs = |one: &ListedRepository| one.name.owner().eq_ignore_ascii_case(owner);
    match listed.first() {
        Some(first) if !listed.iter().any(is_theirs) => Err(Why {
            cause: Cause::NotFound,
            message: format!(
                "the owner {owner} is called {} now; make a WorkflowScheduleSet for that name and delete this one",
                first.name.owner()
            ),
            retry: Retry::Never,
        }),
        _ => Ok(listed.into_iter().filter(is_theirs).collect()),
    }
}

fn skeleton(one: &ListedRepository) -> RepositoryFound {
    RepositoryFound {
        name: one.name.clone(),
        archived: one.archived,
        fork: one.fork,
        topics: one.topics.clone(),
        workflows: Known::Unknown(not_yet()),
    }
}

fn not_yet() -> Why {
    Why {
        cause: Cause::NotYetSeen,
        message: "not looked into yet".to_owned(),
        retry: Retry::Backoff,
    }
}

/// What a file says, as far as a set cares.
fn said(blob: String, bytes: Vec<u8>) -> Content {
    let read = FileRead::of(blob, bytes, WorkflowState::Active);
    match read.seen {
        FileSeen::Missing => Content::NoSchedule,
        FileSeen::Found {
            schedules: Err(problem),
            ..
        } => Content::Unreadable(problem),
        FileSeen::Found {
            schedules: Ok(schedules),
            ..
        } => match (schedules.is_empty(), read.generated) {
            (true, _) => Content::NoSchedule,
            (false, true) => Content::Generated,
            (false, false) => Content::Scheduled,
        },
    }
}

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

use tokio::sync::Mutex as AsyncMutex;

use super::{
    found::{Found, Looked, not_yet},
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

/// How many repositories that are gone are asked after at a time: their answers are never free.
const MOST_FATES: usize = 10;
/// The part of our share of GitHub's hourly limit, in percent, that new repositories leave to what is managed already.
const LEAVES_PERCENT: u64 = 35;

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
        self.take_nudge_of_set(set);
        let told = |error| Known::Unknown(why::from_github(&error));
        let listed = match self.github.repositories_of(&wish.owner).await {
            Ok(listed) => listed,
            Err(error) => return told(error),
        };
        let listed = match of_owner(listed, &wish.owner) {
            Ok(listed) => listed,
            Err(why) => return Known::Unknown(why),
        };
        let fates = self.fates(&mut found, &listed, asked_after, now).await;
        found.retain(&listed.iter().map(|one| one.id).collect());
        let is_taken = |one: &&ListedRepository| wish.leaves_out(&skeleton(one)).is_none();
        let taken: Vec<_> = listed.iter().filter(is_taken).collect();
        let due = found.due(&taken, wish, now);
        let mut halt = None;
        let mut repositories = Vec::with_capacity(listed.len());
        for one in &listed {
            let mut repository = skeleton(one);
            if is_taken(&one) {
                halt = halt.or_else(|| self.spares(now));
                if halt.is_none() && due.contains(&one.id) {
                    let looked = self.look_into(one, wish, now).await;
                    let looked = looked.map_err(|error| why::from_github(&error));
                    match looked {
                        // The limit is nobody's fault in particular.
                        Err(why) if why.cause == Cause::RateLimited => halt = Some(why),
                        looked => found.note(one.id, looked, now),
                    }
                }
                repository.workflows = found.told(one, wish, halt.as_ref());
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
        self.forget_nudges_of_set(set);
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

    /// What became of repositories that the owner has no more: a few are asked after at a time, and only while our share of
    /// the hour lasts.
    async fn fates(
        &self,
        found: &mut Found,
        listed: &[ListedRepository],
        asked_after: &BTreeSet<RepositoryName>,
        now: Timestamp,
    ) -> BTreeMap<RepositoryName, Fate> {
        let listed: BTreeSet<_> = listed.iter().map(|one| &one.name).collect();
        let missing = asked_after.iter().filter(|name| !listed.contains(name));
        let (mut fates, unknown) = found.fates(&missing.cloned().collect(), now);
        for name in unknown.into_iter().take(MOST_FATES) {
            if self.spares(now).is_some() {
                break;
            }
            let fate = match self.github.repository(&name).await {
                Ok(present) if present.name == name => Fate::Present,
                Ok(present) => Fate::Moved(present.name),
                Err(github::Error::NotFound { .. }) => Fate::NotFound,
                Err(error) => Fate::Unknown(why::from_github(&error)),
            };
            found.note_fate(name.clone(), fate.clone(), now);
            fates.insert(name, fate);
        }
        fates
    }
}

/// A listing that follows an owner to another name, or comes from an App's installation, tells of repositories that are not the owner's.
fn of_owner(listed: Vec<ListedRepository>, owner: &str) -> Result<Vec<ListedRepository>, Why> {
    let is_theirs = |one: &ListedRepository| one.name.owner().eq_ignore_ascii_case(owner);
    match listed.first() {
        Some(first) if !listed.iter().any(is_theirs) => Err(Why {
            cause: Cause::NotFound,
            message: format!(
                "GitHub answers with repositories of {theirs} instead of {owner}'s: the owner is called so now, or the App is \
                 installed there alone; make a WorkflowScheduleSet for {theirs} and delete this one",
                theirs = first.name.owner()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(names: &[&str]) -> Vec<ListedRepository> {
        let one = |(id, name): (u64, &&str)| ListedRepository {
            id,
            name: name.parse().unwrap(),
            default_branch: "main".to_owned(),
            archived: false,
            fork: false,
            topics: Vec::new(),
            pushed_at: None,
        };
        (1..).zip(names).map(one).collect()
    }

    #[test]
    fn an_owner_under_another_name_is_no_owner_without_repositories() {
        let renamed = of_owner(listed(&["new/app", "new/web"]), "acme").unwrap_err();
        assert_eq!(renamed.cause, Cause::NotFound);
        assert!(renamed.message.contains("for new"), "{}", renamed.message);
        let shared = of_owner(listed(&["Acme/app", "other/app"]), "acme").unwrap();
        assert_eq!(shared.len(), 1);
        assert_eq!(of_owner(Vec::new(), "acme"), Ok(Vec::new()));
    }
}

//! Keeps a repository's view fresh at the least cost.
//!
//! At rest an interval costs one conditional request: a listing of new runs, and every twelfth time instead the
//! repository itself, whose last push tells whether a file may have changed, or its workflows, which people and GitHub
//! switch on and off without a push. While a pull request of ours is open, the open ones are listed besides. Everything is
//! read anew when something changed, was asked for, or was done.

use std::collections::BTreeMap;

use super::{ingest, nudge::Nudge, observatory::Observatory, pulls, view::View, why};
use crate::{
    decide::{Cause, Known, RepositorySeen, Retry, Why, WorkflowState},
    domain::{RepositoryName, Seconds, Timestamp, WorkflowFile},
    github,
};

/// Every how many intervals the repository is asked instead of its runs; half a turn later, its workflows.
const REPOSITORY_EVERY: u32 = 12;
/// How long a passing failure speaks for the whole repository, so that its objects do not all run into it at once.
const FAILURE_HOLDS: Seconds = Seconds(5);

/// Brings a view up to date, if it is time or there is news.
///
/// News comes beside the rhythm of polling and leaves it as it is: who hears none knows the same, only later.
pub(super) async fn refresh(
    observatory: &Observatory,
    view: &mut View,
    repository: &RepositoryName,
    now: Timestamp,
) {
    let nudge = observatory.take_nudge(repository);
    view.stale |= nudge == Some(Nudge::Everything);
    let due = is_due(observatory, view, now);
    // A full look lists the runs, too; and what keeps a poll waiting keeps news waiting.
    let listed = due && when_due(observatory, view, repository, now).await;
    let can = view.repository.is_some() && view.failure.is_none();
    if nudge == Some(Nudge::Runs) && can && !listed {
        let before = view.revision;
        match ingest::ingest(observatory, view, repository, now).await {
            Ok(()) => {
                view.unwritten = true;
                view.news_at_turn |= view.revision != before;
            }
            Err(why) => {
                tracing::debug!(repository.name = %repository, why = why.message, "news is left to the next poll");
            }
        }
    }
}

/// Looks, and says whether at everything.
async fn when_due(
    observatory: &Observatory,
    view: &mut View,
    repository: &RepositoryName,
    now: Timestamp,
) -> bool {
    let turn = next_turn(view.turn_at, observatory.interval, now);
    let asked_before = view.asked_at.replace(now);
    let turn_before = view.turn_at.replace(turn);
    view.hurry = false;
    let before = (view.revision, numbers(view));
    let full = view.stale || view.repository.is_none() || view.failure.is_some();
    let result = if full {
        fully(observatory, view, repository, now).await
    } else {
        lightly(observatory, view, repository, now).await
    };
    match result {
        Ok(()) => {
            let failed = view.failure.take().is_some();
            let changed = before != (view.revision, numbers(view));
            let waited = std::mem::take(&mut view.news_at_turn);
            view.news += u64::from(failed || changed || waited);
            view.unwritten |= full || failed || changed;
            view.looked = true;
        }
        // What was seen an interval ago is not wrong because the next look has to wait: the next round asks again.
        Err(why) if !full && !view.stale && why.cause == Cause::RateLimited => {
            view.asked_at = asked_before;
            view.turn_at = turn_before;
            view.light = view.light.saturating_sub(1);
        }
        Err(why) => {
            let before = view.failure.replace(why);
            view.news += u64::from(before.is_none());
        }
    }
    full
}

fn is_due(observatory: &Observatory, view: &View, now: Timestamp) -> bool {
    let Some(asked_at) = view.asked_at else {
        return true;
    };
    // A clock that was far ahead and was set right must not have its looks waited for.
    if Seconds::between(now, asked_at) > observatory.interval {
        return true;
    }
    let since = Seconds::between(asked_at, now);
    let is_turn = || {
        let passed = Seconds::between(view.turn_at.unwrap_or(asked_at), now);
        passed.saturating_add(slack(observatory.interval)) >= observatory.interval
    };
    match view.failure.as_ref().map(|why| why.retry) {
        _ if view.hurry => true,
        Some(Retry::Backoff) => since >= FAILURE_HOLDS.min(observatory.interval),
        Some(Retry::At(instant)) => now >= instant,
        // What only a person can mend is not asked for again by each of the repository's objects.
        Some(Retry::Never) => is_turn(),
        None => view.stale || is_turn(),
    }
}

/// By how much a look may come before or after its turn: rounds are not punctual to the second, and one that came a little
/// early must not have to wait for another whole interval.
const fn slack(interval: Seconds) -> Seconds {
    Seconds(interval.0 / 10)
}

/// When the turn began that a look takes now. Turns move on by whole intervals, so that the slack does not add up and a
/// repository is asked once an interval, and by however much looks are late or come for another reason.
fn next_turn(before: Option<Timestamp>, interval: Seconds, now: Timestamp) -> Timestamp {
    let on_time = |before: &Timestamp| {
        let passed = Seconds::between(*before, now);
        passed.0.abs_diff(interval.0) <= slack(interval).0
    };
    before
        .filter(on_time)
        .map_or(now, |before| before + interval.to_delta())
}

async fn fully(
    observatory: &Observatory,
    view: &mut View,
    name: &RepositoryName,
    now: Timestamp,
) -> Result<(), Why> {
    let told = |error| why::from_github(&error);
    let repository = observatory.github.repository(name).await.map_err(told)?;
    still_named(name, &repository)?;
    note_visibility(observatory, view, name, &repository).await?;
    view.states = states(observatory, name).await.map_err(told)?;
    view.pushed_at = repository.pushed_at;
    view.repository = Some(settings(repository));
    let former = std::mem::take(&mut view.files);
    view.remembered.extend(former);
    pulls::list_open(observatory, view, name)
        .await
        .map_err(told)?;
    ingest::ingest(observatory, view, name, now).await?;
    view.stale = false;
    view.news += 1;
    view.light = 0;
    Ok(())
}

async fn lightly(
    observatory: &Observatory,
    view: &mut View,
    name: &RepositoryName,
    now: Timestamp,
) -> Result<(), Why> {
    let told = |error| why::from_github(&error);
    view.light += 1;
    if view.light.is_multiple_of(REPOSITORY_EVERY) {
        let repository = observatory.github.repository(name).await.map_err(told)?;
        let pushed = repository.pushed_at != view.pushed_at;
        still_named(name, &repository)?;
        note_visibility(observatory, view, name, &repository).await?;
        if pushed || view.repository != Some(settings(repository)) {
            view.stale = true;
            return fully(observatory, view, name, now).await;
        }
    } else if view.light % REPOSITORY_EVERY == REPOSITORY_EVERY / 2 {
        if states(observatory, name).await.map_err(told)? != view.states {
            view.stale = true;
            return fully(observatory, view, name, now).await;
        }
    } else {
        ingest::ingest(observatory, view, name, now).await?;
    }
    if !view.open.is_empty() {
        let before = numbers(view);
        pulls::list_open(observatory, view, name)
            .await
            .map_err(told)?;
        if numbers(view) != before {
            // One of ours was merged or closed: the file may be another one now.
            view.stale = true;
            return fully(observatory, view, name, now).await;
        }
    }
    Ok(())
}

/// Notes who can see a repository where that is news: what its runs cost depends on it.
async fn note_visibility(
    observatory: &Observatory,
    view: &mut View,
    name: &RepositoryName,
    repository: &github::Repository,
) -> Result<(), Why> {
    let Some(visibility) = repository
        .visibility
        .filter(|_| repository.visibility != view.visibility)
    else {
        return Ok(());
    };
    let noted = observatory.store.put_visibility(name, visibility).await;
    noted.map_err(|error| why::from_store(&error))?;
    view.visibility = Some(visibility);
    view.unwritten = true;
    Ok(())
}

fn settings(repository: github::Repository) -> RepositorySeen {
    RepositorySeen {
        default_branch: repository.default_branch,
        archived: repository.archived || repository.disabled,
    }
}

/// A repository that answers under another name was renamed or transferred. Reads would follow; writes must not, since
/// anybody may take the old name.
fn still_named(asked: &RepositoryName, repository: &github::Repository) -> Result<(), Why> {
    if repository.name.key() == asked.key() {
        return Ok(());
    }
    Err(Why {
        cause: Cause::NotFound,
        message: format!(
            "the repository {asked} is now called {}; make a WorkflowSchedule for that name and delete this one",
            repository.name
        ),
        retry: Retry::Never,
    })
}

async fn states(
    observatory: &Observatory,
    name: &RepositoryName,
) -> Result<BTreeMap<WorkflowFile, WorkflowState>, github::Error> {
    let workflows = observatory.github.workflows(name).await?;
    Ok(workflows
        .into_iter()
        .map(|workflow| (workflow.file, state(workflow.state)))
        .collect())
}

fn numbers(view: &View) -> Vec<u64> {
    view.open.iter().map(|pull| pull.number).collect()
}

pub(super) fn state(state: github::WorkflowState) -> WorkflowState {
    match state {
        github::WorkflowState::Active => WorkflowState::Active,
        github::WorkflowState::DisabledInactivity => WorkflowState::DisabledInactivity,
        github::WorkflowState::Deleted
        | github::WorkflowState::DisabledFork
        | github::WorkflowState::DisabledManually
        | github::WorkflowState::Unknown => WorkflowState::Disabled,
    }
}

/// A fact of a view as a look tells it.
pub(super) fn known<T>(result: Result<T, github::Error>) -> Known<T> {
    Known::from(result.map_err(|error| why::from_github(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{
        look,
        stage::{Stage, object},
    };

    #[tokio::test]
    async fn a_clock_that_is_set_back_from_far_ahead_keeps_nobody_from_looking() {
        let stage = Stage::set().await;
        let now = stage.now();
        look(&object(), &stage.site(), now + chrono::TimeDelta::hours(3)).await;
        stage.take_requests();

        look(&object(), &stage.site(), now).await;

        assert!(stage.take_requests() > 0);
        look(&object(), &stage.site(), now).await;
        assert_eq!(stage.take_requests(), 0);
    }

    #[test]
    fn looks_that_are_a_little_early_or_late_keep_their_turns_an_interval_apart() {
        let at = |seconds| Timestamp::UNIX_EPOCH + chrono::TimeDelta::seconds(seconds);
        let interval = Seconds(300);
        let mut turn = next_turn(None, interval, at(5));
        for (number, look) in (1_i64..).zip([300, 611, 899, 1_234]) {
            turn = next_turn(Some(turn), interval, at(look));
            assert_eq!(turn, at(5 + 300 * number));
        }
        assert_eq!(
            next_turn(Some(turn), interval, at(1_300)),
            at(1_300),
            "asked for"
        );
        assert_eq!(
            next_turn(Some(turn), interval, at(9_000)),
            at(9_000),
            "long after"
        );
    }
}

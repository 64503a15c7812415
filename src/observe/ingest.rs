//! New runs, recorded once.

use chrono::TimeDelta;

use super::{observatory::Observatory, view::View, why};
use crate::{
    decide::Why,
    domain::{RepositoryName, Run, RunStatus, Timestamp},
    github::Freshness,
    store::Cursor,
};

/// How far back the first listing of a repository reaches.
const FIRST_LOOK_DAYS: i64 = 30;
/// How long a run that has not ended is asked for again; the longest that GitHub lets a run wait and run is 35 days.
const LONGEST_RUN_DAYS: i64 = 35;
/// How far before the newest run a listing starts: creation times are not told in order.
const OVERLAP_HOURS: i64 = 1;
/// How far GitHub's clock may be behind ours, or its listing behind its runs; too much costs learning twice.
const TROUBLED_CLOCK_MINUTES: i64 = 10;

/// Lists and records the runs since the last listing.
///
/// The listing starts at an instant that moves only when runs come, so that a repository without news is asked the very
/// same question again, which GitHub answers for free. Recording and moving on are one transaction.
pub(super) async fn ingest(
    observatory: &Observatory,
    view: &mut View,
    name: &RepositoryName,
    now: Timestamp,
) -> Result<(), Why> {
    let (store, told) = (&observatory.store, |error| why::from_store(&error));
    let cursor = store.cursor(name).await.map_err(told)?;
    let from = cursor.map_or(now - TimeDelta::days(FIRST_LOOK_DAYS), |cursor| {
        cursor.created_from
    });
    let waiting = store.oldest_incomplete(name).await.map_err(told)?;
    let waiting = waiting.filter(|created| *created > now - TimeDelta::days(LONGEST_RUN_DAYS));
    let since = waiting.map_or(from, |created| created.min(from));
    let listed = observatory.github.runs_if_changed(name, since, None).await;
    let runs = match listed.map_err(|error| why::from_github(&error))? {
        // Only what was recorded is old news: the store may have failed after GitHub's answer was remembered.
        Freshness::Unchanged(_) if view.ingested => return Ok(()),
        Freshness::Unchanged(runs) | Freshness::Changed(runs) => runs,
    };
    view.ingested = false;
    let newest = runs.iter().map(|run| run.created_at).max();
    let next = newest.map_or(from, |newest| {
        (newest - TimeDelta::hours(OVERLAP_HOURS)).max(from)
    });
    let recorded = store
        .record_runs(name, &runs, Some(Cursor { created_from: next }), now)
        .await
        .map_err(told)?;
    view.ingested = true;
    let until = view.learned_until.take();
    let unlearned = until.is_some_and(|until| is_later(&runs, until));
    if view.revision == 0 || recorded.new + recorded.updated > 0 || unlearned {
        view.revision += 1;
    }
    let open = runs
        .iter()
        .filter(|run| run.status != RunStatus::Completed)
        .count();
    tracing::debug!(repository.name = %name, run.count = recorded.new, open.count = open, "runs recorded");
    Ok(())
}

/// Whether a run may have been recorded by a former process that ended before it learned from it.
fn is_later(runs: &[Run], learned_until: Timestamp) -> bool {
    let since = learned_until - TimeDelta::minutes(TROUBLED_CLOCK_MINUTES);
    runs.iter().any(|run| run.updated_at > since)
}

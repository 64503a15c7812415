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
    let before = store.listed(name).await.map_err(told)?;
    let from = begins(before.cursor, now);
    let waiting = store.oldest_incomplete(name).await.map_err(told)?;
    let waiting = waiting.filter(|created| *created > now - TimeDelta::days(LONGEST_RUN_DAYS));
    let since = waiting.map_or(from, |created| created.min(from));
    let listed = observatory.github.runs_if_changed(name, since, None).await;
    let runs = match listed.map_err(|error| why::from_github(&error))? {
        // Only what was recorded is old news: the store may have failed after GitHub's answer was remembered.
        Freshness::Unchanged(_) if view.ingested => {
            view.revision += u64::from(is_moved_on(view, before.revision));
            return Ok(());
        }
        Freshness::Unchanged(runs) | Freshness::Changed(runs) => runs,
    };
    view.ingested = false;
    let created_from = next(from, &runs, now);
    let recorded = store
        .record_runs(name, &runs, Some(Cursor { created_from }), now)
        .await
        .map_err(told)?;
    view.ingested = true;
    let until = view.learned_until.take();
    let unlearned = until.is_some_and(|until| is_later(&runs, until));
    // By us or by whoever else observes the repository.
    let is_news = is_moved_on(view, recorded.revision) || recorded.new + recorded.updated > 0;
    if view.revision == 0 || is_news || unlearned {
        view.revision += 1;
    }
    let open = runs
        .iter()
        .filter(|run| run.status != RunStatus::Completed)
        .count();
    tracing::debug!(repository.name = %name, run.count = recorded.new, open.count = open, "runs recorded");
    Ok(())
}

/// Whether anything was recorded of the repository since we last knew how far it was.
fn is_moved_on(view: &mut View, revision: u64) -> bool {
    let known = view.recorded.replace(revision);
    known.is_some_and(|known| known != revision)
}

/// From when on runs are listed. A cursor from the future would let every run pass by until then: it is none.
fn begins(cursor: Option<Cursor>, now: Timestamp) -> Timestamp {
    let cursor = cursor.map(|cursor| cursor.created_from);
    cursor
        .filter(|from| *from <= now)
        .unwrap_or(now - TimeDelta::days(FIRST_LOOK_DAYS))
}

/// From when on runs are listed the next time: an hour before the newest. A run from the future moves nothing.
fn next(from: Timestamp, runs: &[Run], now: Timestamp) -> Timestamp {
    let created = runs.iter().map(|run| run.created_at);
    let newest = created.filter(|created| *created <= now).max();
    newest.map_or(from, |newest| {
        (newest - TimeDelta::hours(OVERLAP_HOURS)).max(from)
    })
}

/// Whether a run may have been recorded by a former process that ended before it learned from it.
fn is_later(runs: &[Run], learned_until: Timestamp) -> bool {
    let since = learned_until - TimeDelta::minutes(TROUBLED_CLOCK_MINUTES);
    runs.iter().any(|run| run.updated_at > since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{RunId, Seconds},
        observe::{
            look,
            stage::{Stage, nightly, object},
        },
    };

    fn run(created_at: Timestamp) -> Run {
        Run {
            id: RunId(1),
            attempt: 1,
            workflow: nightly().file,
            event: "schedule".to_owned(),
            status: RunStatus::Queued,
            conclusion: None,
            created_at,
            started_at: created_at,
            updated_at: created_at,
            head_branch: None,
            head_sha: String::new(),
        }
    }

    #[test]
    fn a_run_from_the_future_moves_no_cursor() {
        let now = Timestamp::UNIX_EPOCH + TimeDelta::days(99);
        let from = now - TimeDelta::days(3);
        let ago = |hours| run(now - TimeDelta::hours(hours));
        assert_eq!(next(from, &[], now), from);
        assert_eq!(
            next(from, &[ago(9), ago(4)], now),
            now - TimeDelta::hours(5)
        );
        let mixed = [ago(4), ago(-1), ago(-24 * 400)];
        assert_eq!(next(from, &mixed, now), now - TimeDelta::hours(5));
        assert_eq!(next(from, &[ago(-24 * 400)], now), from);
    }

    #[tokio::test]
    async fn what_another_connection_records_is_learned_from_at_the_next_look() {
        let stage = Stage::set().await;
        let (ours, theirs) = (stage.site(), stage.another_site());
        let runs = |seen: &crate::decide::Seen| {
            let learned = seen.learned.known().unwrap();
            learned.last_run.as_ref().unwrap().id
        };
        look(&object(), &theirs, stage.now()).await;
        let before = runs(&look(&object(), &ours, stage.now()).await);
        stage.pass(Seconds::days(1));

        let first = runs(&look(&object(), &theirs, stage.now()).await);
        let second = runs(&look(&object(), &ours, stage.now()).await);

        assert!(before < first);
        assert_eq!(first, second);
    }

    #[tokio::test]
    async fn a_cursor_that_was_led_into_the_future_is_brought_back() {
        let stage = Stage::set().await;
        let (repository, now) = (nightly().repository, stage.now());
        let lost = Cursor {
            created_from: now + TimeDelta::days(400),
        };
        let store = &stage.store;
        store
            .record_runs(&repository, &[], Some(lost), now)
            .await
            .unwrap();

        look(&object(), &stage.site(), now).await;

        let first = store.history(&nightly(), 100).await.unwrap().len();
        assert!(first > 20, "{first}");
        let cursor = store.listed(&repository).await.unwrap().cursor.unwrap();
        assert!(cursor.created_from <= now, "{cursor:?}");
        stage.pass(Seconds::days(1));
        look(&object(), &stage.site(), stage.now()).await;
        assert_eq!(
            store.history(&nightly(), 100).await.unwrap().len(),
            first + 1
        );
    }
}

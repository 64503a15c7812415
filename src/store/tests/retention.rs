//! What is let go and what stays, and that nothing comes back or is done twice for it.

use super::*;
use crate::domain::{Delivery, Fire, Job, WorkflowFile};
use crate::store::{Recorded, Retention, Sweep};

pub(super) const DAY: i64 = 86_400;

/// The present of these tests: far enough from the beginning of time to have an old history.
pub(super) fn now() -> Timestamp {
    at(3_000 * DAY)
}

/// A run so many days ago.
pub(super) fn old(id: u64, days_ago: i64) -> Run {
    run(id, (3_000 - days_ago) * DAY)
}

/// A store whose repository somebody looks at.
pub(super) async fn watched(kind: Kind) -> Option<Store> {
    let store = kind.store().await?;
    watch(&store).await;
    Some(store)
}

pub(super) async fn watch(store: &Store) {
    let kept = store.put_view("ci/acme", &repository(), "{}", now()).await;
    kept.unwrap();
}

pub(super) async fn record(store: &Store, runs: &[Run]) -> Recorded {
    let recorded = store.record_runs(&repository(), runs, None, now()).await;
    recorded.unwrap()
}

pub(super) async fn predict(store: &Store, days_ago: i64) {
    let made = (3_000 - days_ago) * DAY - 10;
    let stored = store
        .put_forecast(&nightly(), &forecast(made, days_ago.unsigned_abs()))
        .await;
    assert!(stored.unwrap());
}

/// One whole sweep; the rows it removed, and the largest batch among them.
pub(super) async fn sweep(store: &Store) -> (u64, u64) {
    sweep_at(store, now()).await
}

pub(super) async fn sweep_at(store: &Store, now: Timestamp) -> (u64, u64) {
    let (mut sweep, mut removed, mut largest) = (Sweep::default(), 0, 0);
    for _ in 0..10_000 {
        let swept = store.sweep(Retention::default(), sweep, now).await.unwrap();
        removed += swept.removed;
        largest = largest.max(swept.removed);
        match swept.next {
            Some(next) => sweep = next,
            None => return (removed, largest),
        }
    }
    panic!("the sweep does not end");
}

pub(super) async fn ids(store: &Store) -> Vec<u64> {
    let runs = store.runs_since(&nightly(), Timestamp::UNIX_EPOCH).await;
    runs.unwrap().iter().map(|run| run.id.0).collect()
}

fn score(of: &Run) -> crate::domain::Score {
    crate::domain::Score {
        run: of.id,
        finished_at: of.updated_at,
        forecast_made_at: at(0),
        model: "test/1".to_owned(),
        duration: None,
        success: Permille(900),
        succeeded: true,
    }
}

#[rstest]
#[tokio::test]
async fn the_newest_attempts_stay_beyond_their_age_and_older_ones_go(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    predict(&store, 2_000).await;
    let runs: Vec<_> = (1..=600).map(|id| old(id, 1_100 - id as i64)).collect();
    record(&store, &runs).await;

    let (removed, largest) = sweep(&store).await;

    assert_eq!(removed, 100);
    assert!(largest <= 50, "{largest}");
    assert_eq!(ids(&store).await, (101..=600).collect::<Vec<_>>());
}

#[rstest]
#[tokio::test]
async fn what_is_younger_than_asked_stays_up_to_a_bound(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    predict(&store, 300).await;
    let minutes = |id: u64| run(id, (2_900 * DAY) + 300 * id as i64);
    let runs: Vec<_> = (1..=5_300).map(minutes).collect();
    record(&store, &runs).await;

    sweep(&store).await;

    let kept = ids(&store).await;
    assert_eq!((kept.len(), kept[0]), (5_000, 301));
}

#[rstest]
#[tokio::test]
async fn of_a_workflow_that_nobody_forecasts_only_the_newest_stay(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    let runs: Vec<_> = (1..=600)
        .map(|id| run(id, 2_950 * DAY + id as i64))
        .collect();
    record(&store, &runs).await;

    sweep(&store).await;

    assert_eq!(ids(&store).await.len(), 500);
}

#[rstest]
#[tokio::test]
async fn a_run_that_was_let_go_is_never_recorded_again(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    let runs: Vec<_> = (1..=600).map(|id| old(id, 1_100 - id as i64)).collect();
    record(&store, &runs).await;
    sweep(&store).await;

    let again = record(&store, &runs).await;
    let amended = Run {
        conclusion: Some(Conclusion::Failure),
        attempt: 2,
        ..runs[0].clone()
    };

    assert_eq!(again, Recorded::default());
    assert_eq!(record(&store, &[amended]).await, Recorded::default());
    assert_eq!(ids(&store).await.len(), 500);
    assert_eq!(record(&store, &[old(601, 1)]).await.new, 1);
}

#[rstest]
#[tokio::test]
async fn another_workflow_of_the_repository_is_recorded_as_ever(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    let runs: Vec<_> = (1..=600).map(|id| old(id, 1_100 - id as i64)).collect();
    record(&store, &runs).await;
    sweep(&store).await;
    let other: WorkflowFile = "weekly.yml".parse().unwrap();
    let run = Run {
        workflow: other,
        ..old(900, 1_090)
    };
    assert_eq!(record(&store, &[run]).await.new, 1);
}

#[rstest]
#[tokio::test]
async fn a_run_goes_with_its_jobs_and_its_score(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    let runs: Vec<_> = (1..=501).map(|id| old(id, 1_100 - id as i64)).collect();
    record(&store, &runs).await;
    for run in [&runs[0], &runs[1]] {
        let recorded = store.record_scores(&nightly(), &[score(run)]).await;
        assert_eq!(recorded.unwrap(), 1);
        let recorded = store.record_jobs(&repository(), &[job(run, 1, 5)]).await;
        assert_eq!(recorded.unwrap(), 1);
    }

    let (removed, _) = sweep(&store).await;

    assert_eq!(removed, 3);
    let scores = store.scores(&nightly(), 9).await.unwrap();
    assert_eq!(scores, [score(&runs[1])]);
    assert_eq!(number(&store, "SELECT COUNT(*) AS n FROM jobs").await, 1);
}

/// A job of a run that started so many seconds after it.
fn job(of: &Run, id: u64, started: i64) -> Job {
    Job {
        id: of.id.0 * 1_000 + id,
        run_id: of.id,
        attempt: of.attempt,
        name: "build".to_owned(),
        labels: vec!["linux".to_owned()],
        created_at: of.created_at,
        started_at: Some(of.created_at + chrono::TimeDelta::seconds(started)),
        completed_at: Some(of.updated_at),
        conclusion: Some(Conclusion::Success),
    }
}

#[rstest]
#[tokio::test]
async fn of_an_old_run_the_job_that_started_first_stays_and_of_the_newest_runs_all(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    let runs: Vec<_> = (1..=100).map(|id| old(id, 201 - 2 * id as i64)).collect();
    record(&store, &runs).await;
    for run in &runs {
        let jobs = [job(run, 1, 30), job(run, 2, 7), job(run, 3, 8)];
        store.record_jobs(&repository(), &jobs).await.unwrap();
    }
    let first = |jobs: &[Job], of: u64| {
        let of = jobs.iter().filter(|job| job.run_id.0 == of);
        of.filter_map(|job| job.started_at).min()
    };
    let before = store.jobs_of(&nightly(), 300).await.unwrap();

    sweep(&store).await;

    let after = store.jobs_of(&nightly(), 300).await.unwrap();
    assert_eq!(after.len(), 70 + 30 * 3);
    assert!((1..=100).all(|run| first(&after, run) == first(&before, run)));
    assert_eq!(sweep(&store).await, (0, 0));
}

#[rstest]
#[tokio::test]
async fn old_forecasts_go_but_for_the_last_that_a_run_may_be_scored_by(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    for days_ago in [300, 200, 100, 50, 10] {
        predict(&store, days_ago).await;
    }
    record(&store, &[old(1, 90), old(2, 5)]).await;
    let by = async |run: &Run| {
        let found = store.forecast_before(&nightly(), run.created_at).await;
        found.unwrap().map(|forecast| forecast.made_at)
    };
    let before = (by(&old(1, 90)).await, by(&old(2, 5)).await);

    let (removed, _) = sweep(&store).await;

    assert_eq!(removed, 2);
    assert_eq!((by(&old(1, 90)).await, by(&old(2, 5)).await), before);
    assert_eq!(store.unscored_runs(&nightly(), 9).await.unwrap().len(), 2);
    // A run from before all that is left is scored by nothing rather than by another forecast.
    assert_eq!(by(&old(3, 150)).await, None);
}

#[rstest]
#[tokio::test]
async fn a_forecast_is_not_stored_again_because_older_ones_went(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    predict(&store, 300).await;
    predict(&store, 200).await;
    sweep(&store).await;
    let same = forecast((3_000 - 100) * DAY, 200);
    assert!(!store.put_forecast(&nightly(), &same).await.unwrap());
    assert_eq!(
        number(&store, "SELECT COUNT(*) AS n FROM forecasts").await,
        1
    );
}

#[rstest]
#[tokio::test]
async fn a_score_is_not_given_again_because_others_went(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    predict(&store, 1_200).await;
    let runs: Vec<_> = (1..=510).map(|id| old(id, 1_100 - id as i64)).collect();
    record(&store, &runs).await;
    let scores: Vec<_> = runs.iter().map(score).collect();
    store.record_scores(&nightly(), &scores).await.unwrap();
    sweep(&store).await;
    record(&store, &runs).await;

    assert_eq!(store.unscored_runs(&nightly(), 99).await.unwrap(), []);
    assert_eq!(
        store
            .record_scores(&nightly(), &scores[10..])
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        number(&store, "SELECT COUNT(*) AS n FROM scores").await,
        500
    );
}

#[rstest]
#[tokio::test]
async fn a_run_that_may_still_end_is_spared_and_one_that_cannot_is_not(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    let mut runs: Vec<_> = (1..=600)
        .map(|id| run(id, 2_999 * DAY + id as i64))
        .collect();
    runs[0] = running(1, 2_999 * DAY + 1);
    record(&store, &runs).await;
    assert_eq!(sweep(&store).await.0, 0);

    assert_eq!(record(&store, &[run(1, 2_999 * DAY + 1)]).await.updated, 1);
    assert_eq!(sweep(&store).await.0, 100);

    let dead = running(900, 2_900 * DAY);
    record(
        &store,
        &[Run {
            workflow: "dead.yml".parse().unwrap(),
            ..dead
        }],
    )
    .await;
    let later: Vec<_> = (601..=700)
        .map(|id| run(id, 2_999 * DAY + id as i64))
        .collect();
    record(&store, &later).await;
    assert_eq!(sweep(&store).await.0, 100);
}

#[rstest]
#[tokio::test]
async fn fires_go_by_their_age(#[values(Kind::Sqlite, Kind::Postgres)] kind: Kind) {
    let Some(store) = watched(kind).await else {
        return;
    };
    let fires: Vec<_> = (1..=900)
        .map(|day| {
            (
                Fire {
                    at: at((2_050 + day) * DAY),
                },
                Delivery::Missed,
            )
        })
        .collect();
    store.record_fires(&nightly(), &fires).await.unwrap();
    record(&store, &[old(1, 1)]).await;

    assert_eq!(sweep(&store).await, (549, 500));

    let kept = store.fires(&nightly(), Timestamp::UNIX_EPOCH).await;
    assert_eq!(kept.unwrap(), fires[549..]);
}

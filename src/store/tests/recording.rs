//! Recording: once, in any order, with what moves on and what stays out.

use proptest::prelude::*;

use super::*;
use crate::domain::Job;
use crate::store::{Cursor, Recorded};

#[rstest]
#[tokio::test]
async fn recording_the_same_runs_again_changes_nothing(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let runs = [run(1, 0), running(2, 100)];

    let first = store
        .record_runs(&repository(), &runs, None, seen())
        .await
        .unwrap();
    let second = store
        .record_runs(&"acme/PAYMENTS".parse().unwrap(), &runs, None, seen())
        .await
        .unwrap();

    assert_eq!(
        first,
        Recorded {
            new: 2,
            updated: 0,
            revision: 0
        }
    );
    assert_eq!(second, Recorded::default());
    assert_eq!(store.history(&nightly(), 10).await.unwrap(), [run(1, 0)]);
}

#[rstest]
#[tokio::test]
async fn a_run_enters_the_history_when_it_completes_and_never_leaves_it(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let steps = [
        (running(1, 0), 1, 0),
        (run(1, 0), 0, 1),
        (running(1, 0), 0, 0),
    ];

    for (run, new, updated) in steps {
        let recorded = store
            .record_runs(&repository(), &[run], None, seen())
            .await
            .unwrap();
        assert_eq!(
            recorded,
            Recorded {
                new,
                updated,
                revision: 0
            }
        );
    }

    assert_eq!(store.history(&nightly(), 10).await.unwrap(), [run(1, 0)]);
    assert_eq!(store.oldest_incomplete(&repository()).await.unwrap(), None);
}

#[rstest]
#[tokio::test]
async fn an_amended_conclusion_counts_and_a_later_touch_of_the_same_one_does_not(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let touched = Run {
        updated_at: at(500),
        ..run(1, 0)
    };
    let amended = Run {
        conclusion: Some(Conclusion::Failure),
        updated_at: at(600),
        ..run(1, 0)
    };
    store
        .record_runs(&repository(), &[run(1, 0)], None, seen())
        .await
        .unwrap();

    let after_touch = store
        .record_runs(&repository(), &[touched], None, seen())
        .await
        .unwrap();
    let after_amendment = store
        .record_runs(&repository(), std::slice::from_ref(&amended), None, seen())
        .await
        .unwrap();

    assert_eq!(after_touch, Recorded::default());
    assert_eq!(
        after_amendment,
        Recorded {
            new: 0,
            updated: 1,
            revision: 0
        }
    );
    assert_eq!(store.history(&nightly(), 10).await.unwrap(), [amended]);
}

#[rstest]
#[tokio::test]
async fn impossible_runs_are_kept_and_counted_and_in_no_history(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let future = run(1, 1_000_000 + 86_401);
    let backwards = Run {
        updated_at: at(-1),
        ..run(2, 0)
    };
    let runs = [future.clone(), backwards, run(3, 0)];

    store
        .record_runs(&repository(), &runs, None, seen())
        .await
        .unwrap();

    assert_eq!(store.history(&nightly(), 10).await.unwrap(), [run(3, 0)]);
    assert_eq!(
        store.runs_since(&nightly(), at(-10)).await.unwrap(),
        [run(3, 0)]
    );
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.runs, counts.quarantined), (3, 2));
    // A day later the first one lies in the future no more.
    store
        .record_runs(
            &repository(),
            std::slice::from_ref(&future),
            None,
            at(1_100_000),
        )
        .await
        .unwrap();
    assert_eq!(
        store.history(&nightly(), 10).await.unwrap(),
        [run(3, 0), future]
    );
}

#[rstest]
#[tokio::test]
async fn the_history_is_the_newest_attempts_oldest_first(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let again = Run {
        attempt: 2,
        started_at: at(200),
        updated_at: at(260),
        ..run(2, 100)
    };
    let runs = [run(3, 150), again.clone(), run(2, 100), run(1, 0)];

    store
        .record_runs(&repository(), &runs, None, seen())
        .await
        .unwrap();

    assert_eq!(
        store.history(&nightly(), 3).await.unwrap(),
        [run(2, 100), again, run(3, 150)]
    );
    assert_eq!(store.history(&nightly(), 0).await.unwrap(), []);
}

#[rstest]
#[tokio::test]
async fn the_cursor_moves_with_its_batch_and_knows_the_oldest_incomplete_run(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let cursor = Cursor {
        created_from: at(100),
    };
    assert_eq!(store.listed(&repository()).await.unwrap().cursor, None);

    let runs = [running(2, 100), run(1, 0), running(3, 150)];
    store
        .record_runs(&repository(), &runs, Some(cursor), seen())
        .await
        .unwrap();

    assert_eq!(
        store.listed(&repository()).await.unwrap().cursor,
        Some(cursor)
    );
    assert_eq!(
        store.oldest_incomplete(&repository()).await.unwrap(),
        Some(at(100))
    );
}

#[rstest]
#[tokio::test]
async fn the_workflows_of_a_repository_are_listed_by_name(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let build = Run {
        workflow: "build.yaml".parse().unwrap(),
        ..run(2, 0)
    };
    store
        .record_runs(
            &repository(),
            &[run(1, 0), build.clone(), run(3, 5)],
            None,
            seen(),
        )
        .await
        .unwrap();
    store
        .record_runs(&"acme/other".parse().unwrap(), &[run(9, 0)], None, seen())
        .await
        .unwrap();

    assert_eq!(
        store.workflows(&repository()).await.unwrap(),
        [build.workflow, nightly().file]
    );
    assert_eq!(
        store
            .workflows(&"acme/none".parse().unwrap())
            .await
            .unwrap(),
        []
    );
}

#[rstest]
#[tokio::test]
async fn a_job_moves_on_until_it_has_a_conclusion(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let queued = Job {
        id: u64::MAX,
        run_id: RunId(1),
        attempt: 1,
        name: "test (ubuntu, 3.12)".to_owned(),
        labels: vec!["self-hosted".to_owned(), "big \"one\"".to_owned()],
        created_at: at(0),
        started_at: None,
        completed_at: None,
        conclusion: None,
    };
    let done = Job {
        started_at: Some(at(5)),
        completed_at: Some(at(60)),
        conclusion: Some(Conclusion::Success),
        ..queued.clone()
    };
    store
        .record_runs(&repository(), &[run(1, 0)], None, seen())
        .await
        .unwrap();

    for (job, changed) in [
        (&queued, 1),
        (&queued, 0),
        (&done, 1),
        (&queued, 0),
        (&done, 0),
    ] {
        let jobs = std::slice::from_ref(job);
        assert_eq!(
            store.record_jobs(&repository(), jobs).await.unwrap(),
            changed
        );
    }

    assert_eq!(store.jobs_of(&nightly(), 5).await.unwrap(), [done]);
}

#[rstest]
#[tokio::test]
async fn eight_writers_at_once_lose_nothing(#[values(Kind::Sqlite, Kind::Postgres)] kind: Kind) {
    let Some(place) = kind.place() else {
        return;
    };
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let url = place.url.clone();
        // Each opens the new store for itself, as eight processes would.
        writers.spawn(async move {
            let store = Store::open(&url).await.unwrap();
            for batch in 0..10 {
                let runs: Vec<_> = (0..10)
                    .map(|run_of| run(writer * 100 + batch * 10 + run_of, 0))
                    .collect();
                // Reads before it writes, which only a lock taken at once lets succeed.
                let forecast = forecast(0, writer * 100 + batch);
                store.put_forecast(&nightly(), &forecast).await.unwrap();
                store
                    .record_runs(&repository(), &runs, None, seen())
                    .await
                    .unwrap();
            }
        });
    }
    writers.join_all().await;

    let counts = place.open().await.counts().await.unwrap();
    assert_eq!((counts.runs, counts.forecasts), (800, 80));
}

#[tokio::test]
async fn calls_are_small_enough_to_lie_in_the_futures_of_rounds() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let (repository, workflow, forecast) = (repository(), nightly(), forecast(0, 60));
    let sizes = [
        size_of_val(&store.record_runs(&repository, &[], None, seen())),
        size_of_val(&store.put_forecast(&workflow, &forecast)),
        size_of_val(&store.history(&workflow, 1)),
        size_of_val(&store.claim(&workflow, "a", seen(), seen())),
    ];
    assert!(sizes.iter().all(|bytes| *bytes < 1_500), "{sizes:?}");
}

/// What GitHub may have told of six runs at different times.
fn sightings() -> impl Strategy<Value = Vec<Run>> {
    let sighting = (1..=6_u64, 0..4_u8).prop_map(|(id, stage)| {
        let created = i64::try_from(id % 3).unwrap_or(0);
        match stage {
            0 => Run {
                status: RunStatus::Queued,
                updated_at: at(created),
                ..running(id, created)
            },
            1 => running(id, created),
            2 => run(id, created),
            _ => Run {
                conclusion: Some(Conclusion::Cancelled),
                updated_at: at(900),
                ..run(id, created)
            },
        }
    });
    prop::collection::vec(sighting, 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_order_and_any_repetition_give_the_same_history(
        (sightings, shuffled) in sightings().prop_flat_map(|runs| (Just(runs.clone()), Just(runs).prop_shuffle())),
        cut in 0..30_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = || Store::open("sqlite::memory:");
            let (one, other) = (store().await.unwrap(), store().await.unwrap());
            one.record_runs(&repository(), &sightings, None, seen()).await.unwrap();
            let (head, tail) = shuffled.split_at(cut.min(shuffled.len()));
            for batch in [head, tail, head] {
                other.record_runs(&repository(), batch, None, seen()).await.unwrap();
            }
            assert_eq!(one.history(&nightly(), 99).await.unwrap(), other.history(&nightly(), 99).await.unwrap());
        });
    }
}

//! What sweeping itself promises: what nobody looks at goes, a store at its bound does not grow, and nothing is in its way.

use super::retention::{DAY, ids, now, old, predict, record, sweep, sweep_at, watch, watched};
use super::*;
use crate::store::Cursor;

#[rstest]
#[tokio::test]
async fn nothing_is_left_of_a_repository_that_nobody_looks_at_any_more(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    predict(&store, 500).await;
    let runs = [old(1, 450), old(2, 401)];
    let cursor = Cursor {
        created_from: at(0),
    };
    let recorded = store
        .record_runs(&repository(), &runs, Some(cursor), now())
        .await;
    assert_eq!(recorded.unwrap().new, 2);
    assert_eq!(sweep(&store).await.0, 0);

    sweep_at(&store, now() + Seconds::days(31).to_delta()).await;

    let left = "SELECT (SELECT COUNT(*) FROM runs) + (SELECT COUNT(*) FROM forecasts) + (SELECT COUNT(*) FROM views)
        + (SELECT COUNT(*) FROM cursors) + (SELECT COUNT(*) FROM retained) AS n";
    assert_eq!(number(&store, left).await, 0);
}

#[rstest]
#[tokio::test]
async fn a_file_that_was_renamed_long_ago_is_forgotten_though_its_repository_is_looked_at(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    record(&store, &[old(1, 2_001), old(2, 1_999)]).await;
    sweep(&store).await;
    assert_eq!(ids(&store).await, [2]);
}

#[rstest]
#[tokio::test]
async fn claims_of_the_dead_and_timetables_of_nobody_go(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = watched(kind).await else {
        return;
    };
    let until = now() - Seconds::days(2).to_delta();
    assert!(store.claim(&nightly(), "dead", until, until).await.unwrap());
    for connection in ["ci/acme", "ci/gone"] {
        let digest = crate::domain::Digest::of([b"x".as_slice()]);
        let stored = store.put_timetable(connection, &digest, "{}", at(0)).await;
        assert!(stored.unwrap());
    }

    assert_eq!(sweep(&store).await.0, 2);

    assert!(store.timetable("ci/acme").await.unwrap().is_some());
    assert!(store.timetable("ci/gone").await.unwrap().is_none());
}

#[tokio::test]
async fn a_store_at_its_bound_does_not_grow() {
    let (_folder, path) = place();
    let store = open(&path).await.unwrap();
    let mut sizes = Vec::new();
    for month in 1..=40_i64 {
        let present = at(month * 30 * DAY);
        let kept = store
            .put_view("ci/acme", &repository(), "{}", present)
            .await;
        kept.unwrap();
        let runs: Vec<_> = (1..=200_i64)
            .map(|n| {
                run(
                    (month * 1_000 + n).unsigned_abs(),
                    (month - 1) * 30 * DAY + n * 12_960,
                )
            })
            .collect();
        let recorded = store.record_runs(&repository(), &runs, None, present).await;
        assert_eq!(recorded.unwrap().new, 200);
        sweep_at(&store, present).await;
        sizes.push(pages(&store).await);
    }
    let (middle, end) = (sizes[19], sizes[39]);
    assert!(end <= middle + middle / 50, "{sizes:?}");
    assert!(store.counts().await.unwrap().runs <= 500);
}

async fn pages(store: &Store) -> i64 {
    number(store, "SELECT page_count AS n FROM pragma_page_count").await
}

#[tokio::test]
async fn a_sweep_with_nothing_to_remove_writes_nothing() {
    let (folder, path) = place();
    let store = open(&path).await.unwrap();
    watch(&store).await;
    predict(&store, 20).await;
    record(&store, &[old(1, 100), old(2, 10)]).await;
    sweep(&store).await;
    let log = |folder: &Path| std::fs::read(folder.join("store.db-wal")).unwrap();
    let before = log(folder.path());

    assert_eq!(sweep(&store).await, (0, 0));

    assert_eq!(log(folder.path()), before);
}

#[rstest]
#[tokio::test]
async fn sweeping_while_others_record_loses_nothing_that_is_kept(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(place) = kind.place() else {
        return;
    };
    let store = place.open().await;
    watch(&store).await;
    let old_ones: Vec<_> = (1..=1_000).map(|id| old(id, 2_000 - id as i64)).collect();
    record(&store, &old_ones).await;
    let writer = async {
        for id in 2_001..=2_100 {
            record(&store, &[run(id, 2_999 * DAY + id as i64)]).await;
        }
    };
    tokio::join!(writer, async {
        for _ in 0..5 {
            sweep(&store).await;
        }
    });
    sweep(&store).await;

    let kept = ids(&store).await;
    assert_eq!(kept.len(), 500);
    assert!((2_001..=2_100).all(|id| kept.contains(&id)));
}

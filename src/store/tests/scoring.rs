//! Forecasts before their runs, scores after them.

use super::*;
use crate::domain::{DurationScore, Score};

fn score(id: u64, duration: Option<DurationScore>) -> Score {
    Score {
        run: RunId(id),
        finished_at: at(i64::try_from(id).unwrap()),
        forecast_made_at: at(-1),
        model: "test/1".to_owned(),
        duration,
        success: Permille(900),
        succeeded: duration.is_some(),
    }
}

#[rstest]
#[tokio::test]
async fn a_forecast_that_says_nothing_new_is_not_stored_again(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };

    assert!(
        store
            .put_forecast(&nightly(), &forecast(0, 60))
            .await
            .unwrap()
    );
    assert!(
        !store
            .put_forecast(&nightly(), &forecast(50, 60))
            .await
            .unwrap()
    );
    assert!(
        store
            .put_forecast(&nightly(), &forecast(50, 70))
            .await
            .unwrap()
    );
    assert!(
        store
            .put_forecast(&nightly(), &forecast(50, 60))
            .await
            .unwrap()
    );

    assert_eq!(store.counts().await.unwrap().forecasts, 3);
    assert_eq!(
        store.latest_forecast(&nightly()).await.unwrap(),
        Some(forecast(50, 60))
    );
}

#[rstest]
#[tokio::test]
async fn the_forecast_of_a_run_is_the_newest_made_strictly_before_it(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    store
        .put_forecast(&nightly(), &forecast(0, 60))
        .await
        .unwrap();
    store
        .put_forecast(&nightly(), &forecast(100, 70))
        .await
        .unwrap();

    let before = async |seconds| {
        store
            .forecast_before(&nightly(), at(seconds))
            .await
            .unwrap()
    };

    assert_eq!(before(0).await, None);
    assert_eq!(before(100).await, Some(forecast(0, 60)));
    assert_eq!(before(101).await, Some(forecast(100, 70)));
}

#[rstest]
#[tokio::test]
async fn only_first_attempts_with_a_verdict_and_an_earlier_forecast_await_a_score(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let cancelled = Run {
        conclusion: Some(Conclusion::Cancelled),
        ..run(3, 30)
    };
    let again = Run {
        attempt: 2,
        ..run(4, 40)
    };
    let failed = Run {
        conclusion: Some(Conclusion::Failure),
        ..run(6, 60)
    };
    let runs = [
        run(1, 5),
        run(2, 20),
        cancelled,
        again,
        running(5, 50),
        failed.clone(),
    ];
    store
        .record_runs(&repository(), &runs, None, seen())
        .await
        .unwrap();
    assert_eq!(store.unscored_runs(&nightly(), 9).await.unwrap(), []);

    store
        .put_forecast(&nightly(), &forecast(5, 60))
        .await
        .unwrap();
    assert_eq!(
        store.unscored_runs(&nightly(), 9).await.unwrap(),
        [run(2, 20), failed.clone()]
    );
    store
        .record_scores(&nightly(), &[score(2, None)])
        .await
        .unwrap();

    assert_eq!(store.unscored_runs(&nightly(), 9).await.unwrap(), [failed]);
    // A conclusion amended after the score does not ask for another.
    let amended = Run {
        conclusion: Some(Conclusion::Failure),
        updated_at: at(700),
        ..run(2, 20)
    };
    store
        .record_runs(&repository(), &[amended], None, seen())
        .await
        .unwrap();
    assert_eq!(store.unscored_runs(&nightly(), 9).await.unwrap().len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_run_keeps_its_first_score(#[values(Kind::Sqlite, Kind::Postgres)] kind: Kind) {
    let Some(store) = kind.store().await else {
        return;
    };
    let duration = DurationScore {
        p50: Seconds(60),
        p90: Seconds(90),
        naive: None,
        actual: Seconds(u64::MAX),
        error_permille: 120,
        covered: true,
    };
    let scores = [
        score(1, Some(duration)),
        score(2, None),
        score(
            3,
            Some(DurationScore {
                naive: Some(Seconds(1)),
                ..duration
            }),
        ),
    ];

    assert_eq!(store.record_scores(&nightly(), &scores).await.unwrap(), 3);
    assert_eq!(
        store
            .record_scores(&nightly(), &[score(1, None)])
            .await
            .unwrap(),
        0
    );

    assert_eq!(store.scores(&nightly(), 9).await.unwrap(), scores);
    assert_eq!(store.scores(&nightly(), 2).await.unwrap(), scores[1..]);
}

//! What runs are paid for by, in either database.

use super::*;
use crate::domain::{Job, RunId, Visibility};

fn job(run: u64, number: u64) -> Job {
    Job {
        id: run * 10 + number,
        run_id: RunId(run),
        attempt: 1,
        name: "build".to_owned(),
        labels: vec!["ubuntu-latest".to_owned()],
        created_at: seen(),
        started_at: Some(seen()),
        completed_at: Some(seen()),
        conclusion: Some(Conclusion::Success),
    }
}

#[rstest]
#[tokio::test]
async fn who_can_see_a_repository_and_what_a_connection_charges_are_told_as_they_were_noted_last(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    assert_eq!(store.visibility(&repository()).await.unwrap(), None);
    for visibility in [Visibility::Private, Visibility::Public] {
        store
            .put_visibility(&repository(), visibility)
            .await
            .unwrap();
    }
    for body in ["{}", "{\"gpu\":70000}"] {
        store.put_prices("ci/acme", body).await.unwrap();
    }

    let seen = store.visibility(&"acme/PAYMENTS".parse().unwrap()).await;
    assert_eq!(seen.unwrap(), Some(Visibility::Public));
    let elsewhere = store.of(&crate::domain::Host::of_api("https://ghe.example/api/v3"));
    assert_eq!(elsewhere.visibility(&repository()).await.unwrap(), None);
    let prices = store.prices().await.unwrap();
    assert_eq!(prices["ci/acme"], "{\"gpu\":70000}");
}

#[rstest]
#[tokio::test]
async fn jobs_are_told_of_attempts_that_kept_all_of_theirs(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    assert_eq!(store.newest_run().await.unwrap(), None);
    let runs = [run(1, 0), run(2, 100), run(3, 70 * 86_400)];
    let then = runs[2].updated_at;
    let recorded = store.record_runs(&repository(), &runs, None, then).await;
    recorded.unwrap();
    let jobs: Vec<Job> = [1, 2, 3]
        .iter()
        .flat_map(|run| [job(*run, 1), job(*run, 2)])
        .collect();
    store.record_jobs(&repository(), &jobs).await.unwrap();
    let since = runs[0].created_at;
    let told = |jobs: Vec<Job>| jobs.iter().map(|job| job.id).collect::<Vec<_>>();

    let before = store.jobs_since(&nightly(), since).await.unwrap();
    assert_eq!(told(before), [11, 12, 21, 22, 31, 32]);
    let later = store.jobs_since(&nightly(), runs[1].created_at).await;
    assert_eq!(told(later.unwrap()), [21, 22, 31, 32]);
    let newest = store.newest_run().await.unwrap();
    assert_eq!(newest, Some(runs[2].created_at));

    // Of the older ones one job each stays, which is no bill.
    let cut = statement("INSERT INTO retained VALUES ('acme/payments', 'nightly.yml', 0, $1)");
    let cut = cut.bind(runs[2].created_at.timestamp());
    cut.execute(store.writer()).await.unwrap();
    let after = store.jobs_since(&nightly(), since).await.unwrap();
    assert_eq!(told(after), [31, 32]);
}

//! Moving a history: all of it, from either database into the other, also after a move that broke off.

use rstest::rstest;

use super::super::tests::{Kind, forecast, nightly, repository, run, seen};
use super::*;
use crate::domain::{Delivery, Digest, Fire, Job, RunId, Score, Verdicts, Visibility};
use crate::store::{Cursor, Deed, DeedKind, StoredResponse};

/// A store with something in every table; all texts that PostgreSQL is particular about among it.
async fn fill(store: &Store) {
    let (workflow, now) = (nightly(), seen());
    let runs: Vec<_> = (1..=450).map(|id| run(id, id as i64)).collect();
    let cursor = Cursor { created_from: now };
    let repository = repository();
    let recorded = store.record_runs(&repository, &runs, Some(cursor), now);
    recorded.await.unwrap();
    let job = Job {
        id: 7,
        run_id: RunId(1),
        attempt: 1,
        name: "build\0 'é' $1 %".to_owned(),
        labels: vec!["self-hosted".to_owned()],
        created_at: now,
        started_at: None,
        completed_at: None,
        conclusion: None,
    };
    store.record_jobs(&repository, &[job]).await.unwrap();
    store
        .put_forecast(&workflow, &forecast(0, 60))
        .await
        .unwrap();
    let score = Score {
        run: RunId(1),
        finished_at: now,
        forecast_made_at: now,
        model: "test/1".to_owned(),
        duration: None,
        success: crate::domain::Permille(900),
        succeeded: true,
    };
    store.record_scores(&workflow, &[score]).await.unwrap();
    let fire = (Fire { at: now }, Delivery::Missed);
    store.record_fires(&workflow, &[fire]).await.unwrap();
    let digest = Digest::of([&b"plan"[..]]);
    let deed = Deed {
        kind: DeedKind::PullOpened,
        digest: digest.clone(),
        pull: Some(7),
        at: now,
    };
    store.record_deed(&workflow, &deed).await.unwrap();
    store
        .put_timetable("ci/acme", &digest, "{}", now)
        .await
        .unwrap();
    store
        .put_view("ci/acme", &repository, "{}", now)
        .await
        .unwrap();
    let verdicts = Verdicts {
        successes: 3,
        total: 4,
    };
    store
        .put_learner(&workflow, "m/1", &[0, 255], verdicts, now)
        .await
        .unwrap();
    let answer = StoredResponse {
        etag: "\"e\"".to_owned(),
        link: None,
        body: vec![0, 159, 146, 150],
    };
    store.put_response("a", &answer).await.unwrap();
    store.intend(&workflow, now).await.unwrap();
    fill_billing(store).await;
    let cut = "INSERT INTO retained VALUES ('acme/old', 'x.yml', 1, 2)";
    statement(cut).execute(store.writer()).await.unwrap();
}

async fn fill_billing(store: &Store) {
    let public = store
        .put_visibility(&repository(), Visibility::Public)
        .await;
    public.unwrap();
    store.put_prices("ci/acme", "{}").await.unwrap();
}

async fn moved(from: &Store, to: &Store) -> Result<Vec<Moved>, TransferError> {
    from.move_into(to, |_| ()).await
}

#[rstest]
#[case(Kind::Sqlite, Kind::Postgres)]
#[case(Kind::Postgres, Kind::Sqlite)]
#[tokio::test]
async fn a_history_is_moved_whole_and_moving_it_again_writes_nothing(
    #[case] from: Kind,
    #[case] to: Kind,
) {
    let (Some(from), Some(to)) = (from.store().await, to.store().await) else {
        return;
    };
    fill(&from).await;
    let told = from.put_anomalies(&nightly(), Some("[]"), seen()).await;
    told.unwrap();
    let mut steps = Vec::new();

    let first = from.move_into(&to, |step| steps.push(step)).await.unwrap();

    assert!(
        first
            .iter()
            .all(|table| table.rows > 0 && table.written == table.rows),
        "{first:?}"
    );
    let runs: Vec<_> = steps.iter().filter(|step| step.table == "runs").collect();
    assert_eq!(
        runs.iter().map(|step| step.done).collect::<Vec<_>>(),
        [200, 400, 450]
    );
    assert_eq!(to.counts().await.unwrap(), from.counts().await.unwrap());
    assert_eq!(
        to.history(&nightly(), 999).await.unwrap(),
        from.history(&nightly(), 999).await.unwrap()
    );
    assert_eq!(
        to.response("a").await.unwrap(),
        from.response("a").await.unwrap()
    );
    let again = moved(&from, &to).await.unwrap();
    assert!(again.iter().all(|table| table.written == 0));
    assert!(
        again
            .iter()
            .zip(&first)
            .all(|(again, first)| again.digest == first.digest)
    );
}

#[tokio::test]
async fn a_move_that_broke_off_goes_on_where_it_ended() {
    let (Some(from), Some(to)) = (Kind::Sqlite.store().await, Kind::Postgres.store().await) else {
        return;
    };
    fill(&from).await;
    moved(&from, &to).await.unwrap();
    // As if it had ended within the runs: later tables are empty.
    for sql in [
        "DELETE FROM runs WHERE run_id > 200",
        "DELETE FROM cursors",
        "DELETE FROM jobs",
        "DELETE FROM deeds",
    ] {
        statement(sql).execute(to.writer()).await.unwrap();
    }

    let rest = moved(&from, &to).await.unwrap();

    let written: u64 = rest.iter().map(|table| table.written).sum();
    assert_eq!(written, 253);
    assert_eq!(to.counts().await.unwrap(), from.counts().await.unwrap());
}

#[rstest]
#[tokio::test]
async fn a_store_with_another_history_is_refused_and_left_as_it_is(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let (Some(from), Some(to)) = (Kind::Sqlite.store().await, kind.store().await) else {
        return;
    };
    fill(&from).await;
    let other = [run(999, 5)];
    let recorded = to.record_runs(&repository(), &other, None, seen()).await;
    recorded.unwrap();

    let error = moved(&from, &to).await.unwrap_err();

    assert!(
        matches!(error, TransferError::Occupied { table: "runs" }),
        "{error:?}"
    );
    assert_eq!(to.counts().await.unwrap().runs, 1);
    assert_eq!(
        to.deeds_since(&nightly(), crate::domain::Timestamp::UNIX_EPOCH)
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn a_source_that_is_written_to_meanwhile_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("from.db").display());
    let from = Store::open(&url).await.unwrap();
    let to = Kind::Sqlite.store().await.unwrap();
    fill(&from).await;
    let another_process = move || {
        let (repository, runs) = (repository(), [run(999, 999)]);
        let writes = async {
            let store = Store::open(&url).await.unwrap();
            let recorded = store.record_runs(&repository, &runs, None, seen()).await;
            recorded.unwrap();
            store.close().await;
        };
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(writes);
    };
    let mut another_process = Some(another_process);

    // Its runs have been moved by then.
    let end = from.move_into(&to, |step| {
        if let Some(writes) = another_process.take_if(|_| step.table == "deeds") {
            std::thread::spawn(writes).join().unwrap();
        }
    });

    let end = end.await;
    assert!(
        matches!(end, Err(TransferError::Differs { table: "runs" })),
        "{end:?}"
    );
}

/// A later migration must say here what is moved.
#[tokio::test]
async fn every_column_of_every_table_is_moved() {
    let store = Kind::Sqlite.store().await.unwrap();
    let columns = "SELECT t.name || '.' || c.name AS name FROM sqlite_schema t, pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
          AND t.name NOT IN ('_sqlx_migrations', 'claims', 'compatibility', 'response_totals') ORDER BY 1";
    let rows = statement(columns).fetch_all(store.reader()).await.unwrap();
    let there: Vec<String> = rows
        .iter()
        .map(|row| row.try_get("name").unwrap())
        .collect();

    let mut moved: Vec<String> = TABLES
        .iter()
        .flat_map(|table| {
            table
                .columns
                .iter()
                .map(|(name, _)| format!("{}.{name}", table.name))
        })
        .collect();
    moved.sort();

    assert_eq!(moved, there);
}

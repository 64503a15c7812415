//! What holds on a server alone: replicas side by side, an outage, refusals, and texts that PostgreSQL is particular about.

use super::support::{PASSWORD, Server, name_in, shared};
use super::*;
use crate::store::{Counts, LONGEST_NOTICE, Retry};

#[tokio::test]
async fn replicas_that_start_together_make_one_schema() {
    let Some(server) = shared() else { return };
    let url = server.database();
    let mut replicas = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let url = url.clone();
        replicas.spawn(async move { Store::open(&url).await.unwrap().counts().await.unwrap() });
    }

    let counts = replicas.join_all().await;

    assert_eq!(counts, [Counts::default(); 8]);
}

#[tokio::test]
async fn a_newer_schema_is_refused_unless_it_says_that_older_programs_can_use_it() {
    let Some(server) = shared() else { return };
    let url = server.database();
    let old = Store::open(&url).await.unwrap();
    // Every statement is prepared before the newer program comes.
    write_and_read(&old, 0).await;
    server.run(
        name_in(&url),
        "INSERT INTO _sqlx_migrations VALUES (99, 'later', now(), TRUE, '\\x00', 0);
         ALTER TABLE runs ADD COLUMN later BIGINT NOT NULL DEFAULT 0;
         ALTER TABLE jobs ADD COLUMN later BIGINT NOT NULL DEFAULT 0;
         ALTER TABLE forecasts ADD COLUMN later BIGINT NOT NULL DEFAULT 0;
         ALTER TABLE scores ADD COLUMN later BIGINT NOT NULL DEFAULT 0",
    );

    // One that was there before goes on, and one that starts anew does too.
    let again = Store::open(&url).await.unwrap();
    for (store, id) in [(&old, 1), (&again, 2)] {
        let (repository, runs) = (repository(), [run(id, 0)]);
        let recorded = store.record_runs(&repository, &runs, None, seen());
        assert_eq!(recorded.await.unwrap().new, 1);
        write_and_read(store, id).await;
    }

    server.run(name_in(&url), "UPDATE compatibility SET least = 99");
    let error = Store::open(&url).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Newer { found: 99, .. }),
        "{error:?}"
    );
}

/// Stores a forecast, and reads what tables with columns of their own hold.
async fn write_and_read(store: &Store, id: u64) {
    let made = i64::try_from(id).unwrap();
    let (workflow, forecast) = (nightly(), forecast(made, 60 + id));
    let put = store.put_forecast(&workflow, &forecast).await;
    assert!(put.unwrap());
    let newest = store.latest_forecast(&nightly()).await.unwrap().unwrap();
    assert_eq!(newest.made_at, at(made));
    assert_eq!(store.scores(&nightly(), 9).await.unwrap(), []);
    assert_eq!(store.jobs_of(&nightly(), 9).await.unwrap(), []);
}

#[tokio::test]
async fn a_database_with_other_defaults_is_used_by_the_same_rules() {
    let Some(server) = shared() else { return };
    let url = server.database();
    let name = name_in(&url);
    for default in [
        "default_transaction_isolation TO 'repeatable read'",
        "synchronous_commit TO off",
    ] {
        server.run(name, &format!("ALTER DATABASE {name} SET {default}"));
    }
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..8_u8 {
        let url = url.clone();
        writers.spawn(async move {
            let store = Store::open(&url).await.unwrap();
            let digest = crate::domain::Digest::of([[number].as_slice()]);
            // Whoever waited for the others must see what they wrote.
            store.put_timetable("ci/acme", &digest, "{}", seen()).await
        });
    }

    let put: Result<Vec<_>, _> = writers.join_all().await.into_iter().collect();

    assert_eq!(put.unwrap(), [true; 8]);
}

#[tokio::test]
async fn a_report_makes_no_schema() {
    let Some(server) = shared() else { return };
    let url = server.database();

    let error = Store::open_to_report(&url).await.unwrap_err();

    assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
    let tables = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(server.run(name_in(&url), tables), "0");
    Store::open(&url).await.unwrap();
    let (_, name) = Store::open_to_report(&url).await.unwrap();
    assert!(
        name.ends_with(name_in(&url)) && !name.contains(PASSWORD),
        "{name}"
    );
}

#[tokio::test]
async fn an_outage_loses_nothing_and_the_same_handle_goes_on_after_it() {
    let Some(mut server) = Server::start("", &[]) else {
        return;
    };
    let store = Store::open(&server.database()).await.unwrap();
    let record = |ids: std::ops::Range<u64>| {
        let runs: Vec<_> = ids.map(|id| run(id, 0)).collect();
        let store = store.clone();
        async move { store.record_runs(&repository(), &runs, None, seen()).await }
    };
    record(0..10).await.unwrap();
    let half_done = store.begin().await.unwrap();
    server.stop();

    let error = record(10..20).await.unwrap_err();

    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains("tried again"), "{error}");
    assert!(matches!(error.retry(), Retry::After(_)));
    assert!(half_done.commit().await.is_err());
    server.start_again();
    assert_eq!(record(5..20).await.unwrap().new, 10);
    assert_eq!(store.counts().await.unwrap().runs, 20);
}

#[tokio::test]
async fn a_notice_reaches_whoever_listens_then_and_who_listens_is_told_of_an_outage() {
    let Some(mut server) = Server::start("", &[]) else {
        return;
    };
    let url = server.database();
    let here = Store::open(&url).await.unwrap();
    let there = Store::open(&url).await.unwrap().notices("ours").unwrap();
    let ours = here.notices("ours").unwrap();
    ours.send("too early").await.unwrap();
    let mut listener = there.listen().await.unwrap();
    here.notices("theirs")
        .unwrap()
        .send("elsewhere")
        .await
        .unwrap();
    let longest = "ü".repeat(LONGEST_NOTICE / 2);
    for text in ["first", &longest] {
        ours.send(text).await.unwrap();
    }
    assert_eq!(listener.next().await.unwrap(), "first");
    assert_eq!(listener.next().await.unwrap(), longest);

    server.stop();

    let error = listener.next().await.unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    assert!(ours.send("lost").await.is_err());
    assert!(there.listen().await.is_err());
    server.start_again();
    let mut listener = there.listen().await.unwrap();
    ours.send("again").await.unwrap();
    assert_eq!(listener.next().await.unwrap(), "again");
}

#[tokio::test]
async fn a_store_in_a_file_carries_no_notices() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    assert!(store.notices("ours").is_none());
}

#[tokio::test]
async fn a_wrong_password_and_a_missing_database_are_told_apart_from_an_outage_without_the_password()
 {
    let Some(server) = shared() else { return };
    let wrong = server.database().replace(PASSWORD, "correct-horse");
    for url in [wrong, server.url("nowhere")] {
        let error = Store::open(&url).await.unwrap_err();
        assert!(matches!(error, StoreError::Denied { .. }), "{error:?}");
        let told = format!("{error:?} {error}");
        assert!(
            !told.contains(PASSWORD) && !told.contains("correct-horse"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_at_once() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);

    let error = Store::open(&format!(
        "postgres://robot:{PASSWORD}@127.0.0.1:{port}/history"
    ))
    .await;

    let error = error.unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_hostile_name_with_a_nul_is_stored_with_what_stands_beside_it() {
    let Some(store) = Kind::Postgres.store().await else {
        return;
    };
    let hostile = Run {
        event: "sche\0dule".to_owned(),
        ..run(1, 0)
    };

    let recorded = store
        .record_runs(&repository(), &[hostile, run(2, 0)], None, seen())
        .await;

    assert_eq!(recorded.unwrap().new, 2);
}

#[tokio::test]
async fn names_sort_by_their_bytes_whatever_the_language_of_the_database() {
    let Some(server) = shared() else { return };
    server.run(
        "postgres",
        "CREATE DATABASE german TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'",
    );
    let store = Store::open(&server.url("german")).await.unwrap();
    for name in ["acme/b", "acme/a_b", "acme/a-b"] {
        let (repository, runs) = (name.parse().unwrap(), [run(1, 0)]);
        let recorded = store.record_runs(&repository, &runs, None, seen());
        recorded.await.unwrap();
    }

    let observed = store.observed().await.unwrap();

    let names = observed
        .iter()
        .map(|one| one.workflow.id.repository.to_string());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["acme/a-b", "acme/a_b", "acme/b"]
    );
}

/// Time is paused: it passes where all wait.
#[tokio::test(start_paused = true)]
async fn a_server_that_takes_a_connection_and_says_nothing_is_waited_for_ten_seconds_and_named() {
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = mute.local_addr().unwrap().port();
    let begun = tokio::time::Instant::now();

    let error = Store::open(&format!(
        "postgres://ci:hush@127.0.0.1:{port}/history?sslmode=disable"
    ))
    .await
    .unwrap_err();

    let told = error.to_string();
    assert!(told.contains("no answer within 10 s"), "{told}");
    assert!(
        told.contains(&format!("127.0.0.1:{port}/history")),
        "{told}"
    );
    assert!(!told.contains("hush"), "{told}");
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

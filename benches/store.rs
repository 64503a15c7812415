//! Recording and reading at a million stored runs, as ratios to an empty store within one process: in SQLite, and in PostgreSQL
//! where its programs are found.
//!
//! Figures go to the standard output; nothing here passes or fails. `STORE_BENCH_RUNS` sets another number of runs.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs, dead_code)]

#[path = "../tests/support/postgres.rs"]
mod postgres;

use std::time::{Duration, Instant};

use cronwright::domain::{
    Conclusion, Forecast, Interval, Percent, Permille, ProbabilityInterval, Quantiles, Run, RunId,
    RunStatus, Timestamp, WorkflowId,
};
use cronwright::store::Store;

const BATCH: u64 = 100;
const REPETITIONS: u64 = 51;
const REPOSITORIES: u64 = 1_000;

fn main() {
    let asked = std::env::var("STORE_BENCH_RUNS")
        .ok()
        .and_then(|text| text.parse().ok());
    // `cargo bench` says so; a test run of all targets only holds that the bench works.
    let usual = if std::env::args().any(|argument| argument == "--bench") {
        1_000_000
    } else {
        2_000
    };
    let stored = asked.unwrap_or(usual);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(in_sqlite(stored));
    runtime.block_on(in_postgres(stored));
}

async fn in_sqlite(stored: u64) {
    println!("SQLite");
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let full = url("full.db");
    compare(&url("empty.db"), &full, stored).await;
    let file = std::fs::metadata(folder.path().join("full.db"));
    opened(&full, file.unwrap().len()).await;
}

async fn in_postgres(stored: u64) {
    println!("\nPostgreSQL");
    let Some(server) = postgres::Server::start("", &[]) else {
        println!("left out: its programs are not found");
        return;
    };
    let (empty, full) = (server.database(), server.database());
    compare(&empty, &full, stored).await;
    let name = postgres::name_in(&full);
    let size = server.run(name, "SELECT pg_database_size(current_database())");
    opened(&full, size.parse().unwrap()).await;
}

/// How large a store is, and how long it takes to open it.
async fn opened(url: &str, bytes: u64) {
    let opened = Instant::now();
    Store::open(url).await.unwrap();
    println!(
        "size: {} MiB, opened in {:?}",
        bytes / 1_048_576,
        opened.elapsed()
    );
}

async fn compare(empty: &str, full: &str, stored: u64) {
    let (empty, full) = (
        Store::open(empty).await.unwrap(),
        Store::open(full).await.unwrap(),
    );
    let filled = Instant::now();
    fill(&full, stored).await;
    println!("filled: {stored} runs in {:?}", filled.elapsed());

    let (mut into_empty, mut into_full) = (Vec::new(), Vec::new());
    for repetition in 0..REPETITIONS {
        // Turn by turn, so that whatever else the machine does meets both.
        into_empty.push(record(&empty, repetition, stored).await);
        into_full.push(record(&full, repetition, stored).await);
    }
    let (into_empty, into_full) = (median(into_empty), median(into_full));
    println!("record {BATCH} runs: empty {into_empty:?}, full {into_full:?}");
    println!(
        "record ratio full/empty: {:.2}",
        into_full.as_secs_f64() / into_empty.as_secs_f64()
    );

    println!("history of 500 runs: {:?}", read_history(&full).await);
    println!(
        "unscored runs of one workflow: {:?}",
        read_unscored(&full).await
    );
    println!("record a deed (flushed): {:?}", record_deeds(&full).await);
    let counted = Instant::now();
    full.counts().await.unwrap();
    println!("counts: {:?}", counted.elapsed());
    full.close().await;
}

async fn fill(store: &Store, stored: u64) {
    for repository in 0..REPOSITORIES {
        let each = stored / REPOSITORIES;
        let runs: Vec<_> = (0..each)
            .map(|number| run(repository * each + number))
            .collect();
        store
            .record_runs(&workflow(repository).repository, &runs, None, instant(0))
            .await
            .unwrap();
    }
    store.put_forecast(&workflow(7), &forecast()).await.unwrap();
}

/// Records one batch of a repository that the repetition picks.
async fn record(store: &Store, repetition: u64, first: u64) -> Duration {
    let runs: Vec<_> = (0..BATCH)
        .map(|number| run(first + repetition * BATCH + number))
        .collect();
    let repository = workflow(repetition * 17 % REPOSITORIES).repository;
    let start = Instant::now();
    store
        .record_runs(&repository, &runs, None, instant(0))
        .await
        .unwrap();
    start.elapsed()
}

async fn read_history(store: &Store) -> Duration {
    let mut spans = Vec::new();
    for repository in 0..REPETITIONS {
        let start = Instant::now();
        store.history(&workflow(repository), 500).await.unwrap();
        spans.push(start.elapsed());
    }
    median(spans)
}

async fn read_unscored(store: &Store) -> Duration {
    let mut spans = Vec::new();
    for _ in 0..REPETITIONS {
        let start = Instant::now();
        store.unscored_runs(&workflow(7), 100).await.unwrap();
        spans.push(start.elapsed());
    }
    median(spans)
}

async fn record_deeds(store: &Store) -> Duration {
    let mut spans = Vec::new();
    for number in 0..REPETITIONS {
        let deed = cronwright::store::Deed {
            kind: cronwright::store::DeedKind::PullOpened,
            digest: cronwright::domain::Digest::of([b"bench".as_slice()]),
            pull: Some(number + 1),
            at: instant(number),
        };
        let start = Instant::now();
        store.record_deed(&workflow(7), &deed).await.unwrap();
        spans.push(start.elapsed());
    }
    median(spans)
}

fn median(mut spans: Vec<Duration>) -> Duration {
    spans.sort();
    spans[spans.len() / 2]
}

fn workflow(repository: u64) -> WorkflowId {
    let repository = format!("acme/repository-{repository:04}").parse().unwrap();
    WorkflowId {
        repository,
        file: "nightly.yml".parse().unwrap(),
    }
}

fn instant(seconds: u64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000 + i64::try_from(seconds).unwrap(), 0).unwrap()
}

fn run(id: u64) -> Run {
    // One run an hour, all of them before the bench's now.
    let created_at = instant(0) - chrono::TimeDelta::hours(2_000_000 - i64::try_from(id).unwrap());
    Run {
        id: RunId(id),
        attempt: 1,
        workflow: workflow(0).file,
        event: "schedule".to_owned(),
        status: RunStatus::Completed,
        conclusion: Some(Conclusion::Success),
        created_at,
        started_at: created_at,
        updated_at: created_at + chrono::TimeDelta::seconds(90),
        head_branch: Some("main".to_owned()),
        head_sha: format!("{id:040x}"),
    }
}

fn forecast() -> Forecast {
    Forecast {
        made_at: instant(0),
        model: "bench/1".to_owned(),
        duration: Quantiles::default(),
        interval: Interval::default(),
        queue: Quantiles::default(),
        lateness: Quantiles::default(),
        success: Permille(900),
        success_interval: ProbabilityInterval {
            lower: Permille(800),
            upper: Permille(990),
        },
        confidence: Percent(70),
        samples: 100,
        drift_since: None,
    }
}

//! A standalone shell with the examples before the demo's world, over real HTTP on loopback and simulated time.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, LazyLock, PoisonError},
};

use chrono::TimeDelta;
use cronwright::{
    cli::standalone::{Manifests, Shell},
    domain::Timestamp,
    metrics::Metrics,
    simulate::{self, DEMO_TOKEN, SharedWorld, World, demo_world},
    store::Store,
};

/// The evening on which the run begins.
const BEGINS: &str = "2026-09-14T18:00:00Z";
/// One night: nightlies run and are scored.
const HOURS: i64 = 13;

/// What `/metrics` says after a run; made once for all tests that read it.
pub static SCRAPED: LazyLock<String> = LazyLock::new(|| {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(scraped())
});

async fn scraped() -> String {
    let folder = tempfile::tempdir().unwrap();
    let begins: Timestamp = BEGINS.parse().unwrap();
    let world = demo_world(7, &folder.path().join("github"), begins, &BTreeMap::new()).unwrap();
    let world = world.share();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(simulate::face::serve(world.clone(), listener));
    let metrics = Metrics::default();
    let clock = {
        let world = world.clone();
        Arc::new(move || now(&world))
    };
    let store = Store::open("sqlite::memory:").await.unwrap();
    let mut shell = Shell::new(
        manifests(&address.to_string()),
        store,
        metrics.clone(),
        clock,
    );
    let end = begins + TimeDelta::hours(HOURS);
    shell.round(|_| {}).await;
    while now(&world) < end {
        let due = shell.next_due().unwrap_or(end);
        let next = due.max(now(&world) + TimeDelta::seconds(1)).min(end);
        locked(&world).advance_to(next);
        shell.round(|_| {}).await;
    }
    metrics.leads(true);
    server.abort();
    metrics.text()
}

/// The examples, pointed to the simulated GitHub.
fn manifests(address: &str) -> Manifests {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut manifests = Manifests::read(&folder).unwrap();
    for connection in manifests.connections.values_mut() {
        connection.spec.url = format!("http://{address}");
    }
    for value in manifests
        .secrets
        .values_mut()
        .flat_map(|secret| secret.values_mut())
    {
        DEMO_TOKEN.clone_into(value);
    }
    manifests
}

fn now(world: &SharedWorld) -> Timestamp {
    locked(world).now()
}

fn locked(world: &SharedWorld) -> std::sync::MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

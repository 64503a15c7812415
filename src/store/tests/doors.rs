//! A server whose door shuts, or at which many wait: what has a connection is left alone, and no more are made than the pool has.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::support::shared;
use super::*;

/// A way to the server that can be shut for newcomers while those inside go on, and counts those who said something.
struct Gate {
    url: String,
    spoke: Arc<AtomicUsize>,
    open: JoinHandle<()>,
}

impl Gate {
    async fn open() -> Option<Self> {
        let url = shared()?.database();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap().to_string();
        let there = url.split(['@', '/']).nth(3).unwrap().to_owned();
        let spoke = Arc::<AtomicUsize>::default();
        let counted = spoke.clone();
        let gate_url = url.replace(&there, &here);
        let open = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, there.clone(), counted.clone()));
            }
        });
        Some(Self {
            url: gate_url,
            spoke,
            open,
        })
    }

    async fn shut(self) {
        self.open.abort();
        assert!(self.open.await.is_err());
    }
}

async fn pass(mut client: TcpStream, there: String, spoke: Arc<AtomicUsize>) {
    if !matches!(client.peek(&mut [0]).await, Ok(1)) {
        return;
    }
    spoke.fetch_add(1, Ordering::Relaxed);
    let mut server = TcpStream::connect(there).await.unwrap();
    let _ = copy_bidirectional(&mut client, &mut server).await;
    let _ = server.shutdown().await;
}

/// A call on a connection of the writers.
async fn work(store: &Store, sql: &'static str) -> Result<(), StoreError> {
    let work = async { statement(sql).execute(store.writer()).await.map(drop) };
    store.attempt(|| "work".to_owned(), work).await
}

/// Longer than a call waits before it asks whether the server is there.
const LONG: &str = "SELECT pg_sleep(1.5)";

#[tokio::test]
async fn work_goes_on_though_no_further_connection_can_be_made_and_who_waits_for_one_is_told() {
    let Some(gate) = Gate::open().await else {
        return;
    };
    let store = Store::open(&gate.url).await.unwrap();
    let mut connected = store.begin().await.unwrap();
    gate.shut().await;

    let long = async { statement(LONG).execute(&mut connected).await };
    let has_one = store.attempt(|| "work".to_owned(), long);
    let (has_one, needs_one) = tokio::join!(has_one, work(&store, "SELECT 1"));

    has_one.unwrap();
    let error = needs_one.unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn however_many_wait_no_more_connections_are_made_than_the_pool_has() {
    let Some(gate) = Gate::open().await else {
        return;
    };
    let store = Store::open(&gate.url).await.unwrap();

    let many = (0..6).map(|_| work(&store, "SELECT pg_sleep(0.7)"));
    let worked = futures::future::join_all(many).await;

    assert!(worked.iter().all(Result::is_ok), "{worked:?}");
    // One to look at the schema, and two writers.
    assert_eq!(gate.spoke.load(Ordering::Relaxed), 3);
}

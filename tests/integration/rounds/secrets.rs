//! No credential in any text.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use cronwright::simulate::FaultKind;
use tracing_subscriber::fmt::MakeWriter;

use super::town::{PINNED, TOKEN, Town};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_token_is_in_no_status_event_log_file_or_pull_request() {
    // With just one subscriber alive, `tracing` lets the thread that meets a call site first decide for all.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let mut town = Town::new().await;
    for status in [500, 403, 422, 404] {
        town.once(
            "repos/acme/app",
            FaultKind::Status {
                status,
                retry_after_seconds: Some(1),
            },
        );
    }
    town.once("POST", FaultKind::Garbage);
    town.declare("nightly", PINNED);
    town.rest().await;
    town.on(|world| world.revoke_token(TOKEN));
    town.pass(cronwright::domain::Seconds::hours(1)).await;
    drop(guard);

    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(
        logged.contains("request to GitHub ended"),
        "the log was captured"
    );
    let status = format!("{:?} {:?}", town.status("nightly"), town.connection);
    let events = format!("{:?} {:?}", town.residents["nightly"].events, town.pulls());
    town.store.close().await;
    let mut stored = Vec::new();
    for entry in std::fs::read_dir(town.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            stored.extend(std::fs::read(path).unwrap());
        }
    }
    let stored = String::from_utf8_lossy(&stored).into_owned();
    for (place, text) in [
        ("log", logged),
        ("status", status),
        ("events", events),
        ("store", stored),
    ] {
        assert!(
            !text.contains(TOKEN) && !text.contains("SECRETSECRET"),
            "the token is in the {place}"
        );
    }
}

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

/// Set in the process that writes the log: what other tests log at the same time would decide which events are enabled.
const ALONE: &str = "CRONWRIGHT_TEST_ALONE";

#[test]
fn credentials_are_in_no_text() {
    let name = "rounds::secrets::the_token_is_in_no_status_event_log_file_or_pull_request";
    let alone = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    assert!(
        alone.status.success(),
        "{}",
        String::from_utf8_lossy(&alone.stderr)
    );
}

#[tokio::test]
async fn the_token_is_in_no_status_event_log_file_or_pull_request() {
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
        logged.contains("request to GitHub ended") || std::env::var_os(ALONE).is_none(),
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

//! No credential is in any text: not in a log at any level, an error, a fact, a `Debug` or a cache key.

use std::{
    io::Write,
    sync::{Arc, LazyLock, Mutex},
};

use futures::future::{BoxFuture, FutureExt as _};
use tracing_subscriber::fmt::MakeWriter;

use super::{
    app::KEY,
    fake::{Asked, Fake, REPOSITORY, START, TOKEN, acme, answer, at},
};
use crate::github::{CachedResponse, Client, Credentials, GITHUB_API, ResponseCache, Settings};

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

/// A second subscriber for as long as the tests run. With just one alive, `tracing` asks whichever thread meets a call site
/// first whether anyone listens, and remembers its "no" for the thread that does.
static SECOND: LazyLock<tracing::Dispatch> =
    LazyLock::new(|| tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default()));

/// Runs something with every trace of this thread written down; gives what was written.
async fn logged(work: impl Future<Output = ()>) -> String {
    LazyLock::force(&SECOND);
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    work.await;
    String::from_utf8(log.0.lock().unwrap().clone()).unwrap()
}

/// The parts of a key that would give it away.
fn key_line() -> &'static str {
    KEY.lines().nth(3).unwrap()
}

fn assert_clean(text: &str) {
    for secret in [TOKEN, "ghs_hush", "eyJ", key_line()] {
        assert!(!text.contains(secret), "'{secret}' is in: {text}");
    }
}

/// A server that says the credentials back in every message.
fn tactless(status: u16) -> Fake {
    Fake::answering(move |asked: Asked| {
        if asked.target.ends_with("/access_tokens") && status != 401 {
            let ends_at = at(START + 3600).to_rfc3339();
            return answer(
                201,
                &[],
                format!(r#"{{"token":"ghs_hush","expires_at":"{ends_at}"}}"#),
            );
        }
        answer(
            status,
            &[],
            format!(r#"{{"message":"you said {}"}}"#, asked.authorization),
        )
    })
}

#[tokio::test]
async fn errors_and_logs_at_every_level_hold_no_credential() {
    let app = || Credentials::App {
        app_id: 1,
        installation_id: Some(3),
        private_key: KEY.into(),
    };
    for status in [200, 400, 401, 403, 404, 409, 422, 429, 500] {
        let fake = tactless(status);
        for client in [fake.client(), fake.client_as(app(), GITHUB_API)] {
            let log = logged(async {
                let read = client.repository(&acme()).await.unwrap_err();
                let wrote = client.close_pull(&acme(), 1, "").await.unwrap_err();
                assert_clean(&format!("{read} {read:?} {wrote} {wrote:?} {client:?}"));
            });
            let log = log.await;
            assert!(
                log.contains("request to GitHub ended"),
                "the log was captured: {log}"
            );
            assert_clean(&log);
        }
    }
}

#[tokio::test]
async fn the_network_below_logs_no_credential() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new().fallback(|| async { answer(200, &[], REPOSITORY) });
    let repository = acme();
    let server = async { axum::serve(listener, router).await.unwrap() };
    let log = logged(async {
        let mut settings = Settings::new(Credentials::Token(TOKEN.into()));
        settings.api_url = format!("http://{address}");
        let client =
            Client::new(settings, Arc::new(Spy::default()), Arc::new(|| at(START))).unwrap();
        tokio::select! {
            found = client.repository(&repository) => assert_eq!(found.unwrap().default_branch, "main"),
            () = server => unreachable!("the server runs until the answer is there"),
        }
    });
    let log = log.await;
    assert!(log.contains("hyper"), "the lower floors log too: {log}");
    assert_clean(&log);
}

#[derive(Default)]
struct Spy(Mutex<Vec<String>>);

impl ResponseCache for Spy {
    fn get(&self, key: &str) -> BoxFuture<'_, Option<CachedResponse>> {
        self.0.lock().unwrap().push(key.to_owned());
        std::future::ready(None).boxed()
    }

    fn put(&self, key: String, response: CachedResponse) -> BoxFuture<'_, ()> {
        self.0.lock().unwrap().push(format!("{key} {response:?}"));
        std::future::ready(()).boxed()
    }
}

#[tokio::test]
async fn settings_and_cache_keys_hold_no_credential() {
    let settings = Settings::new(Credentials::Token(TOKEN.into()));
    let app = Settings::new(Credentials::App {
        app_id: 1,
        installation_id: None,
        private_key: KEY.into(),
    });
    assert_clean(&format!("{settings:?} {app:?}"));
    let spy = Arc::new(Spy::default());
    let router =
        axum::Router::new().fallback(|| async { answer(200, &[("etag", "\"e\"")], REPOSITORY) });
    let client =
        Client::with_service(settings, spy.clone(), Arc::new(|| at(START)), router).unwrap();
    client.repository(&acme()).await.unwrap();
    let keys = spy.0.lock().unwrap().join("\n");
    assert!(
        keys.contains("GET|https://api.github.com/repos/acme/payments"),
        "{keys}"
    );
    assert_clean(&keys);
}

#[tokio::test]
async fn wrong_credentials_are_refused_without_being_repeated() {
    let router = axum::Router::new;
    let pem = KEY.replace("RSA PRIVATE", "PRIVATE PRIVATE");
    let wrong = [
        Credentials::Token("".into()),
        Credentials::Token(format!("{TOKEN}\n{TOKEN}").into()),
        Credentials::App {
            app_id: 1,
            installation_id: None,
            private_key: pem.into(),
        },
    ];
    for credentials in wrong {
        let cache = Arc::new(Spy::default());
        let client = Client::with_service(
            Settings::new(credentials),
            cache,
            Arc::new(|| at(START)),
            router(),
        );
        assert_clean(&client.unwrap_err().to_string());
    }
}

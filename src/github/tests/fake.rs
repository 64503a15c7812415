//! A scripted GitHub: a function from what was asked to an answer, and the list of what was asked.

use std::{
    future::{Future, ready},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, extract::Request, response::Response};
use futures::future::BoxFuture;
use http_body_util::BodyExt as _;

use crate::{
    domain::{RepositoryName, Timestamp},
    github::{Client, Credentials, GITHUB_API, MemoryCache, ResponseCache, Settings},
};

/// The token of every client that is made here.
pub(super) const TOKEN: &str = "ghp_tellnobody0123456789";

/// The instant at which every scripted world begins.
pub(super) const START: i64 = 1_764_000_000;

/// One request as the server saw it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) host: String,
    pub(super) target: String,
    pub(super) authorization: String,
    pub(super) if_none_match: Option<String>,
    pub(super) body: String,
}

type Script = dyn Fn(Asked) -> BoxFuture<'static, Response> + Send + Sync;

/// The server, its clock and its memory.
#[derive(Clone)]
pub(super) struct Fake {
    script: Arc<Script>,
    asked: Arc<Mutex<Vec<Asked>>>,
    seconds: Arc<AtomicI64>,
    cache: Arc<dyn ResponseCache>,
}

impl Fake {
    /// Answers each request at once.
    pub(super) fn answering(script: impl Fn(Asked) -> Response + Send + Sync + 'static) -> Self {
        Self::acting(move |asked| ready(script(asked)))
    }

    /// Answers each request when a future is ready.
    pub(super) fn acting<F>(script: impl Fn(Asked) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Response> + Send + 'static,
    {
        Self {
            script: Arc::new(move |asked| Box::pin(script(asked))),
            asked: Arc::default(),
            seconds: Arc::new(AtomicI64::new(START)),
            cache: Arc::new(MemoryCache::default()),
        }
    }

    /// A client with the usual token.
    pub(super) fn client(&self) -> Client {
        self.client_as(Credentials::Token(TOKEN.into()), GITHUB_API)
    }

    /// A client with other credentials or at another address; the cache is shared by all of a fake.
    pub(super) fn client_as(&self, credentials: Credentials, api_url: &str) -> Client {
        let mut settings = Settings::new(credentials);
        api_url.clone_into(&mut settings.api_url);
        settings.request_timeout = Duration::from_secs(20);
        self.client_with(settings)
    }

    pub(super) fn client_with(&self, settings: Settings) -> Client {
        let seconds = Arc::clone(&self.seconds);
        let clock = Arc::new(move || at(seconds.load(Ordering::SeqCst)));
        Client::with_service(settings, Arc::clone(&self.cache), clock, self.router()).unwrap()
    }

    /// Moves the world's clock.
    pub(super) fn advance(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// What was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How many requests were made so far.
    pub(super) fn count(&self) -> usize {
        self.asked().len()
    }

    fn router(&self) -> Router {
        let (script, asked) = (Arc::clone(&self.script), Arc::clone(&self.asked));
        Router::new().fallback(move |request: Request| {
            let (script, asked) = (Arc::clone(&script), Arc::clone(&asked));
            async move {
                let seen = see(request).await;
                asked.lock().unwrap().push(seen.clone());
                script(seen).await
            }
        })
    }
}

async fn see(request: Request) -> Asked {
    let (parts, body) = request.into_parts();
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    assert!(
        header("user-agent").is_some(),
        "GitHub refuses requests without a user agent"
    );
    Asked {
        method: parts.method.to_string(),
        host: parts
            .uri
            .authority()
            .map(ToString::to_string)
            .unwrap_or_default(),
        target: parts.uri.path_and_query().unwrap().to_string(),
        authorization: header("authorization").unwrap_or_default(),
        if_none_match: header("if-none-match"),
        body: String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap(),
    }
}

/// An instant by its seconds since 1970.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(seconds, 0).unwrap()
}

/// An answer with headers.
pub(super) fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<String>) -> Response {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Body::from(body.into())).unwrap()
}

/// The repository of all tests.
pub(super) fn acme() -> RepositoryName {
    "acme/payments".parse().unwrap()
}

/// The repository as GitHub shows it.
pub(super) const REPOSITORY: &str = r#"{"id":7,"full_name":"acme/payments","default_branch":"main","private":true,
    "archived":false,"disabled":false,"fork":false,"pushed_at":null,"permissions":{"pull":true,"push":false}}"#;

/// A page of runs with the given numbers, one a minute.
pub(super) fn runs(total: usize, ids: impl IntoIterator<Item = u64>) -> String {
    let rows = ids.into_iter().map(|id| {
        let created = at(START - 86_400 + i64::try_from(id).unwrap()).to_rfc3339();
        format!(
            r#"{{"id":{id},"run_attempt":1,"path":".github/workflows/nightly.yml","event":"schedule","status":"completed",
            "conclusion":"success","name":null,"head_branch":null,"head_commit":null,"actor":null,"head_sha":"abc",
            "created_at":"{created}","run_started_at":"{created}","updated_at":"{created}"}}"#
        )
    });
    format!(
        r#"{{"total_count":{total},"workflow_runs":[{}]}}"#,
        rows.collect::<Vec<_>>().join(",")
    )
}

//! Carries spans to the collector: one HTTP request at a time, bounded in time.
//!
//! The exporter calls it from a thread of its own that knows no runtime, so it brings one along and may block there.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::{Builder, Runtime};

/// How long a batch may take (ours): below the ten seconds that OpenTelemetry gives an export.
const TIMEOUT: Duration = Duration::from_secs(5);
/// What is read of an answer: collectors say a word or two.
const MOST_BODY_BYTES: usize = 64 << 10;

/// An HTTP client for the exporter.
#[derive(Debug)]
pub(super) struct Courier {
    runtime: Runtime,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    failing: AtomicBool,
}

impl Courier {
    pub(super) fn new() -> io::Result<Self> {
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self {
            runtime: Builder::new_current_thread().enable_all().build()?,
            client: Client::builder(TokioExecutor::new()).build(connector),
            failing: AtomicBool::new(false),
        })
    }

    async fn carry(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.client.request(request.map(Full::new));
        let answer = tokio::time::timeout(TIMEOUT, async {
            let (parts, body) = sent.await?.into_parts();
            let body = Limited::new(body, MOST_BODY_BYTES).collect().await?;
            Ok::<_, HttpError>(Response::from_parts(parts, body.to_bytes()))
        });
        answer.await?
    }

    /// Says once that spans are lost, and once that they arrive again.
    fn tell(&self, result: &Result<Response<Bytes>, HttpError>) {
        let trouble = match result {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answers {}", answer.status())),
            Err(error) => Some(error.to_string()),
        };
        let failed_before = self.failing.swap(trouble.is_some(), Ordering::Relaxed);
        match trouble {
            Some(trouble) if !failed_before => {
                tracing::warn!(
                    error = trouble,
                    "the collector takes no spans; they are lost meanwhile"
                );
            }
            None if failed_before => tracing::info!("the collector takes spans again"),
            Some(_) | None => {}
        }
    }
}

#[async_trait]
impl HttpClient for Courier {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let result = self.runtime.block_on(self.carry(request));
        self.tell(&result);
        result
    }
}

//! Where logs and traces go: lines to standard error, spans to a collector where one is named.
//!
//! It knows no other room and no object. Invariants: what a span holds is what a log line may hold, so no credential, no
//! query string and no body; a collector that is slow, absent or full costs spans and nothing else.

mod courier;

use std::io::IsTerminal as _;

use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::{
    ExporterBuildError, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt as _, Targets, filter_fn},
    fmt,
    layer::{Filter, SubscriberExt as _},
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use courier::Courier;

/// What Kubernetes' client library says of every round and failure is said by us as well; a filter that names it still
/// shows it.
const QUIET: &str = "kube_runtime=warn,kube_client::client::builder=off";

/// Where that library says, below errors, the whole of an answer that it cannot read; answers about tokens repeat them. No filter
/// shows it.
const BODIES: &str = "kube_client::client";

/// Where OTLP over HTTP takes spans, below a collector's address (OpenTelemetry's specification of OTLP).
const TRACES: &str = "/v1/traces";

/// What is logged and traced, and where to.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// A level, or a filter such as `info,cronwright::github=debug`.
    pub log: &'a str,
    /// Whether log lines are JSON.
    pub json: bool,
    /// Takes log lines, whole ones at a time.
    pub write: fn(&[u8]) -> std::io::Result<()>,
    /// A collector's address, such as `http://collector:4318`; none where spans are not told.
    pub otlp_endpoint: Option<&'a str>,
}

/// Why traces cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not an address, or one that an exporter cannot use.
    #[error("--otlp-endpoint cannot be used: {0}; write http://HOST:4318")]
    Endpoint(#[from] ExporterBuildError),
    /// TLS or the exporter's runtime cannot start.
    #[error("traces cannot be sent: {0}")]
    Start(#[from] std::io::Error),
}

/// Sends what is left when it is dropped.
#[derive(Debug)]
#[must_use = "spans are sent until it is dropped"]
pub struct Telemetry(Option<SdkTracerProvider>);

impl Drop for Telemetry {
    fn drop(&mut self) {
        // A collector that is gone was told of; the process ends all the same.
        let _ = self.0.take().map(|provider| provider.shutdown());
    }
}

/// Starts to log, and to trace where that is asked for. Logs go to standard error, so that what a command prints can be piped.
///
/// # Errors
/// When the collector's address cannot be used.
pub fn start(settings: &Settings<'_>) -> Result<Telemetry, Error> {
    let endpoint = settings
        .otlp_endpoint
        .filter(|endpoint| !endpoint.is_empty());
    let provider = endpoint.map(provider).transpose()?;
    let spans = provider.as_ref().map(spans);
    let lines = lines(settings.json, settings.write).with_filter(filter(settings.log));
    tracing_subscriber::registry()
        .with(spans)
        .with(lines)
        .init();
    Ok(Telemetry(provider))
}

fn filter<S>(log: &str) -> impl Filter<S> + Send + Sync + 'static
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let wanted = EnvFilter::try_new(format!("{QUIET},{log}"))
        .unwrap_or_else(|_| EnvFilter::new(format!("{QUIET},info")));
    wanted.and(
        filter_fn(|said| said.target() != BODIES || *said.level() == tracing::Level::ERROR)
            .with_max_level_hint(tracing::Level::TRACE),
    )
}

/// Where log lines go.
struct Lines(fn(&[u8]) -> std::io::Result<()>);

impl std::io::Write for Lines {
    fn write(&mut self, lines: &[u8]) -> std::io::Result<usize> {
        (self.0)(lines).map(|()| lines.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn lines<S>(json: bool, write: fn(&[u8]) -> std::io::Result<()>) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    if json {
        let layer = fmt::layer().json();
        return layer.with_writer(move || Lines(write)).boxed();
    }
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let layer = fmt::layer().with_target(false).with_ansi(colours);
    layer.with_writer(move || Lines(write)).boxed()
}

/// Our own spans down to the debug level, whatever is logged; what libraries say of themselves is not told.
fn spans<S>(provider: &SdkTracerProvider) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let ours = Targets::new().with_target("cronwright", tracing::Level::DEBUG);
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("cronwright"))
        .with_location(false)
        .with_threads(false)
        .with_filter(ours)
        .boxed()
}

/// Sends spans in batches from a thread of its own. Sampling, batches and headers obey OpenTelemetry's variables
/// (`OTEL_TRACES_SAMPLER`, `OTEL_BSP_*`, `OTEL_EXPORTER_OTLP_HEADERS`).
fn provider(endpoint: &str) -> Result<SdkTracerProvider, Error> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}{TRACES}", endpoint.trim_end_matches('/')))
        .with_http_client(Courier::new()?)
        .build()?;
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder()
        .with_service_name("cronwright")
        .with_attribute(version)
        .build();
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource)
        .build())
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_answer_that_kubernetes_library_cannot_read_is_shown_by_no_filter() {
        for log in [
            "info",
            "trace",
            "kube_client=trace",
            "kube_client::client=trace",
            "[looking]=trace",
        ] {
            let written = Written::default();
            let writer = written.clone();
            let lines = fmt::layer().with_writer(move || writer.clone());
            let log = format!("cronwright=info,{log}");
            let subscriber = tracing_subscriber::registry().with(lines.with_filter(filter(&log)));
            tracing::subscriber::with_default(subscriber, || {
                let _looking = tracing::info_span!("looking").entered();
                tracing::warn!(target: "kube_client::client", "{{\"token\": \"s3cret\"}}");
                tracing::debug!(target: "kube_client::client", "s3cret");
                tracing::error!(target: "kube_client::client", "failed");
                tracing::info!(target: "cronwright", "goes on");
            });
            let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
            assert!(!text.contains("s3cret"), "{log}: {text}");
            assert!(text.contains("goes on"), "{log}: {text}");
        }
    }
}

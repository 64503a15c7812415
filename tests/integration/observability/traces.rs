//! Traces as a collector gets them from the binary: OTLP over HTTP on loopback.

use std::{
    process::Command,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use cronwright::simulate::{self, DEMO_TOKEN, demo_world};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, common::v1::any_value::Value, trace::v1::Span,
};
use prost::Message as _;

type Received = Arc<Mutex<Vec<Bytes>>>;

async fn take(State(received): State<Received>, body: Bytes) -> StatusCode {
    received.lock().unwrap().push(body);
    StatusCode::OK
}

/// A listener on loopback with its address.
async fn listener() -> (tokio::net::TcpListener, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

const MANIFESTS: &str = "
apiVersion: v1
kind: Secret
metadata: {name: github, namespace: ci}
stringData: {token: TOKEN}
---
apiVersion: cronwright.dev/v1alpha1
kind: GitHubConnection
metadata: {name: acme, namespace: ci}
spec: {url: \"http://GITHUB\", credentials: {tokenSecretRef: {name: github, key: token}}}
---
apiVersion: cronwright.dev/v1alpha1
kind: WorkflowSchedule
metadata: {name: nightly, namespace: ci}
spec: {connectionRef: {name: acme}, repository: acme/payments, workflow: nightly.yml}
";

/// One round of the binary against a simulated GitHub, with a collector at an address; what it said.
async fn round(collector: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let begins = "2026-09-14T18:00:00Z".parse().unwrap();
    let world = demo_world(
        7,
        &folder.path().join("github"),
        begins,
        &Default::default(),
    )
    .unwrap();
    let (github, address) = listener().await;
    tokio::spawn(simulate::face::serve(world.share(), github));
    let manifests = MANIFESTS
        .replace("TOKEN", DEMO_TOKEN)
        .replace("GITHUB", &address);
    let path = folder.path().join("declared.yaml");
    std::fs::write(&path, manifests).unwrap();
    let store = format!("sqlite://{}", folder.path().join("history.db").display());
    let collector = collector.to_owned();
    let run = move || {
        Command::new(env!("CARGO_BIN_EXE_cronwright"))
            .args([
                "run",
                "--once",
                "--log-json",
                "--store",
                &store,
                "--otlp-endpoint",
                &collector,
                "--manifests",
            ])
            .arg(&path)
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    drop(folder);
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn spans(received: &Received) -> Vec<Span> {
    let bodies = received.lock().unwrap();
    let requests = bodies
        .iter()
        .map(|body| ExportTraceServiceRequest::decode(body.clone()).unwrap());
    let resources = requests.flat_map(|request| request.resource_spans);
    let scopes = resources.flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).collect()
}

fn attribute(span: &Span, name: &str) -> Option<String> {
    let found = span.attributes.iter().find(|one| one.key == name)?;
    let Value::StringValue(text) = found.value.clone()?.value? else {
        return None;
    };
    Some(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_rounds_with_their_requests_and_calls_of_the_store_and_no_secret() {
    let received = Received::default();
    let (collector, address) = listener().await;
    let router = Router::new()
        .route("/v1/traces", post(take))
        .with_state(received.clone());
    tokio::spawn(async move { axum::serve(collector, router).await });

    let said = round(&format!("http://{address}/")).await;

    let spans = spans(&received);
    let named = |name: &str| {
        spans
            .iter()
            .filter(|span| span.name == name)
            .collect::<Vec<_>>()
    };
    let rounds = named("round");
    assert!(!rounds.is_empty(), "{said}");
    let of = |kind: &str| {
        rounds
            .iter()
            .find(|span| attribute(span, "kind").as_deref() == Some(kind))
    };
    let schedule = of("WorkflowSchedule").unwrap();
    assert!(of("GitHubConnection").is_some());
    assert_eq!(attribute(schedule, "object").as_deref(), Some("ci/nightly"));

    let requests = named("GET /repos/{owner}/{repo}/actions/runs");
    let in_round = requests
        .iter()
        .find(|span| span.parent_span_id == schedule.span_id);
    let request = in_round.expect("a request below the round");
    assert_eq!(request.trace_id, schedule.trace_id);
    assert_eq!(attribute(request, "outcome").as_deref(), Some("fresh"));
    assert_eq!(request.kind, 3, "a client's span");
    assert!(!named("store call").is_empty());

    let bodies = received.lock().unwrap();
    let told = bodies
        .iter()
        .map(|body| String::from_utf8_lossy(body).into_owned())
        .collect::<String>();
    for secret in [DEMO_TOKEN, "Bearer", "per_page"] {
        assert!(!told.contains(secret), "{secret} is told");
    }
    for span in &spans {
        assert!(!span.name.contains('?'), "{}", span.name);
    }
    assert!(
        said.lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_not_there_is_told_of_once_and_costs_nothing_else() {
    let (gone, address) = listener().await;
    drop(gone);

    let said = round(&format!("http://{address}")).await;

    assert_eq!(
        said.matches("the collector takes no spans").count(),
        1,
        "{said}"
    );
    assert!(!said.contains(DEMO_TOKEN));
}

#[test]
fn an_address_that_is_none_is_refused_with_what_to_write() {
    let output = Command::new(env!("CARGO_BIN_EXE_cronwright"))
        .args(["crds", "--otlp-endpoint", "collector and more"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("http://HOST:4318"),
        "{said}"
    );
}

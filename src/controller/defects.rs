//! Tests of what becomes of a reconcile that panics, in the very catch that the controller uses.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::body::Body;
use http_body_util::BodyExt as _;
use kube::runtime::{controller::Action, reflector};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::{
    context::{Context, after_error, guarded},
    error::Error,
    event::Publisher,
    freshness::Freshness,
    lease::Lead,
    registry::Registry,
    rivals::Rivals,
    write,
};
use crate::{
    api::{
        WorkflowSchedule,
        condition::{self, ConditionStatus},
    },
    decide::backoff::backoff,
    domain::Seconds,
    metrics::Metrics,
    store::Store,
};

/// What was written: the path, and the patch.
type Written = Arc<Mutex<Vec<(String, Value)>>>;

/// An API server that takes every patch and writes it down.
fn api_server(written: &Written) -> kube::Client {
    let written = Arc::clone(written);
    let service = tower::service_fn(move |request: http::Request<kube::client::Body>| {
        let written = Arc::clone(&written);
        async move {
            let (parts, body) = request.into_parts();
            let bytes = body.collect().await.unwrap().to_bytes();
            let patch = serde_json::from_slice(&bytes).unwrap();
            let path = parts.uri.path().to_owned();
            written.lock().unwrap().push((path, patch));
            let answer = serde_json::to_vec(&schedule("nightly")).unwrap();
            Ok::<_, tower::BoxError>(http::Response::new(Body::from(answer)))
        }
    });
    kube::Client::new(service, "ci")
}

async fn context(written: &Written) -> Arc<Context> {
    context_of(api_server(written)).await
}

pub(super) async fn context_of(client: kube::Client) -> Arc<Context> {
    Arc::new(Context {
        events: Publisher {
            client: client.clone(),
            instance: "test".to_owned(),
        },
        client,
        store: Store::open("sqlite::memory:").await.unwrap(),
        registry: Arc::new(Registry::default()),
        rivals: Arc::new(Rivals::default()),
        schedules: reflector::store().0,
        connections: reflector::store().0,
        sets: reflector::store().0,
        wake_schedule: mpsc::unbounded_channel().0,
        wake_connection: mpsc::unbounded_channel().0,
        wake_set: mpsc::unbounded_channel().0,
        caught_up: watch::channel(true).1,
        lead: Lead::for_ever(),
        hooks: None,
        metrics: Metrics::default(),
        agenda: Arc::default(),
        freshness: Freshness::default(),
        meant: super::meant::Meant::default(),
        failures: Mutex::new(BTreeMap::new()),
    })
}

fn schedule(name: &str) -> WorkflowSchedule {
    serde_json::from_value(json!({
        "apiVersion": "cronwright.dev/v1alpha1",
        "kind": "WorkflowSchedule",
        "metadata": {"name": name, "namespace": "ci", "generation": 3},
        "spec": {"connectionRef": {"name": "acme"}, "repository": "acme/app", "workflow": "nightly.yml"},
        "status": {"conditions": [
            {"type": "Ready", "status": "True", "reason": "Observed", "message": "", "lastTransitionTime": "2026-06-01T00:00:00Z"},
            {"type": "Theirs", "status": "True", "reason": "Other", "message": "", "lastTransitionTime": "2026-06-01T00:00:00Z"},
        ]},
    }))
    .unwrap()
}

async fn breaks() -> Result<Seconds, Error> {
    panic!("the token ghp_secret was refused")
}

#[tokio::test]
async fn a_reconcile_that_panics_is_told_in_status_counted_and_tried_again_later_and_later() {
    let written = Written::default();
    let context = context(&written).await;
    let object = Arc::new(schedule("nightly"));

    let mut waits = Vec::new();
    for _ in 0..3 {
        let end = guarded(object.clone(), context.clone(), breaks()).await;
        let error = end.unwrap_err();
        assert_eq!(error.name(), "panic");
        waits.push(after_error(object.clone(), &error, context.clone()));
    }

    let expected = [1, 2, 3].map(|count| {
        let wait = backoff(count, "WorkflowSchedule/ci/nightly");
        Action::requeue(Duration::from_secs(wait.0))
    });
    assert_eq!(waits, expected);
    let (path, patch) = written.lock().unwrap()[0].clone();
    assert!(
        path.ends_with("/namespaces/ci/workflowschedules/nightly/status"),
        "{path}"
    );
    let conditions: Vec<condition::Condition> =
        serde_json::from_value(patch["status"]["conditions"].clone()).unwrap();
    let ready = condition::find(&conditions, condition::READY).unwrap();
    assert_eq!(
        (ready.status, ready.reason.as_str()),
        (ConditionStatus::False, "Defect")
    );
    assert!(
        condition::find(&conditions, "Theirs").is_none(),
        "others' conditions are not ours to write"
    );
    assert!(!patch.to_string().contains("ghp_secret"), "{patch}");
    let metrics = context.metrics.text();
    assert!(
        metrics.contains("cronwright_round_panics_total 3"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_reconcile_that_panics_does_not_keep_another_from_its_end() {
    let context = context(&Written::default()).await;
    let other = async { Ok(Seconds(30)) };
    let (broken, whole) = tokio::join!(
        guarded(Arc::new(schedule("nightly")), context.clone(), breaks()),
        guarded(Arc::new(schedule("weekly")), context.clone(), other),
    );
    assert!(broken.is_err());
    assert_eq!(whole.unwrap(), Action::requeue(Duration::from_secs(30)));
}

/// An API server whose priority and fairness has no room for us.
fn throttling() -> kube::Client {
    let service = tower::service_fn(|_: http::Request<kube::client::Body>| async {
        let refusal = json!({
            "apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Failure",
            "message": "too many requests, please try again later", "reason": "TooManyRequests", "code": 429,
        });
        let answer = http::Response::builder().status(429);
        Ok::<_, tower::BoxError>(answer.body(Body::from(refusal.to_string())).unwrap())
    });
    kube::Client::new(service, "ci")
}

#[tokio::test]
async fn a_status_that_a_throttling_api_server_refuses_is_tried_again_later_and_later_and_then_written()
 {
    let object = Arc::new(schedule("nightly"));
    let status = json!({"observedGeneration": 3});
    let context = context_of(throttling()).await;

    for count in [1, 2] {
        let refused = write::status(&context, &*object, &status).await;
        let error = refused.unwrap_err();
        assert!(error.to_string().contains("too many requests"), "{error}");
        let wait = backoff(count, "WorkflowSchedule/ci/nightly");
        assert_eq!(
            after_error(object.clone(), &error, context.clone()),
            Action::requeue(Duration::from_secs(wait.0))
        );
    }

    let written = Written::default();
    let later = self::context(&written).await;
    write::status(&later, &*object, &status).await.unwrap();
    assert_eq!(written.lock().unwrap().len(), 1);
}

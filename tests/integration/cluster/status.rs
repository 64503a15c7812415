//! Spec and status are written apart, and an unchanged status is no write.

use kube::{
    Api, ResourceExt,
    api::{Patch, PatchParams},
};
use serde_json::{Value, json};

use cronwright::api::{Condition, WorkflowSchedule};

use super::{control_plane::shared, wait};

const SCHEDULE: &str = "
apiVersion: cronwright.dev/v1alpha1
kind: WorkflowSchedule
metadata: {name: nightly}
spec: {connectionRef: {name: acme}, repository: acme/payments, workflow: nightly.yml}
";

async fn schedules(namespace: &str) -> Api<WorkflowSchedule> {
    let scope = shared().namespace(namespace).await;
    scope.create::<WorkflowSchedule>(SCHEDULE).await;
    scope.api()
}

fn condition(kind: &str, status: &str) -> Value {
    json!({"type": kind, "status": status, "reason": "Test", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"})
}

/// Applies a status server-side as one field manager.
async fn apply(api: &Api<WorkflowSchedule>, manager: &str, status: Value) -> WorkflowSchedule {
    let patch = json!({"apiVersion": "cronwright.dev/v1alpha1", "kind": "WorkflowSchedule", "status": status});
    let (parameters, patch) = (PatchParams::apply(manager), Patch::Apply(patch));
    let applied = api.patch_status("nightly", &parameters, &patch).await;
    applied.expect("a status of the schema")
}

fn kinds(schedule: &WorkflowSchedule) -> Vec<&str> {
    let conditions = schedule.status.iter().flat_map(|status| &status.conditions);
    conditions
        .map(|condition: &Condition| condition.kind.as_str())
        .collect()
}

#[tokio::test]
async fn a_write_of_the_spec_leaves_the_status_and_bumps_the_generation() {
    let api = schedules("spec-write").await;
    apply(&api, "cronwright", json!({"currentCron": "0 0 * * *"})).await;

    let change = json!({"spec": {"suspend": true}, "status": {"currentCron": "1 1 * * *"}});
    let after = api
        .patch("nightly", &PatchParams::default(), &Patch::Merge(change))
        .await;

    let after = after.expect("a good spec");
    assert!(after.spec.suspend);
    assert_eq!(after.metadata.generation, Some(2));
    assert_eq!(
        after
            .status
            .and_then(|status| status.current_cron)
            .as_deref(),
        Some("0 0 * * *")
    );
}

#[tokio::test]
async fn a_write_of_the_status_leaves_the_spec_and_the_generation() {
    let api = schedules("status-write").await;

    let change = json!({"spec": {"suspend": true}, "status": {"currentCron": "1 1 * * *"}});
    let after = api
        .patch_status("nightly", &PatchParams::default(), &Patch::Merge(change))
        .await;

    let after = after.expect("a good status");
    assert!(!after.spec.suspend);
    assert_eq!(after.metadata.generation, Some(1));
    assert_eq!(
        after
            .status
            .and_then(|status| status.current_cron)
            .as_deref(),
        Some("1 1 * * *")
    );
}

#[tokio::test]
async fn applying_an_unchanged_status_is_no_write() {
    let api = schedules("unchanged").await;
    let status = json!({"currentCron": "0 0 * * *", "conditions": [condition("Ready", "True")]});
    let first = apply(&api, "cronwright", status.clone()).await;

    let second = apply(&api, "cronwright", status).await;

    assert_eq!(first.resource_version(), second.resource_version());
}

#[tokio::test]
async fn a_status_field_that_is_no_longer_applied_goes_away() {
    let api = schedules("withdrawn").await;
    apply(
        &api,
        "cronwright",
        json!({"currentCron": "0 0 * * *", "failures": 3}),
    )
    .await;

    let after = apply(&api, "cronwright", json!({"currentCron": "0 0 * * *"})).await;

    assert_eq!(after.status.and_then(|status| status.failures), None);
}

#[tokio::test]
async fn the_condition_of_another_manager_survives_ours() {
    let api = schedules("two-managers").await;
    apply(
        &api,
        "auditor",
        json!({"conditions": [condition("Audited", "True")]}),
    )
    .await;
    apply(
        &api,
        "cronwright",
        json!({"conditions": [condition("Ready", "False"), condition("Stalled", "True")]}),
    )
    .await;

    let after = apply(
        &api,
        "cronwright",
        json!({"conditions": [condition("Ready", "True")]}),
    )
    .await;

    assert_eq!(kinds(&after), ["Audited", "Ready"]);
}

#[tokio::test]
async fn a_person_who_waits_for_ready_is_told_when_it_is() {
    let api = schedules("waits").await;
    let waiting = {
        let api = api.clone();
        let ready = |schedule: Option<&WorkflowSchedule>| {
            schedule.is_some_and(|schedule| kinds(schedule) == ["Ready"])
        };
        tokio::spawn(async move { wait::until(&api, "nightly", "it is Ready", ready).await })
    };
    apply(
        &api,
        "cronwright",
        json!({"observedGeneration": 1, "conditions": [condition("Ready", "True")]}),
    )
    .await;

    assert!(waiting.await.expect("no panic").is_some());
    let wait = [
        "wait",
        "wfs/nightly",
        "--namespace=waits",
        "--for=condition=Ready",
        "--timeout=30s",
    ];
    shared().kubectl(&wait).expect_success();
}

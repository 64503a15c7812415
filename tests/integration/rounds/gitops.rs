//! What GitOps tools take an object for: statuses of real rounds, judged by kstatus (Flux) and by our check in Lua (Argo CD).

use cronwright::simulate::{Fault, FaultKind};
use serde_json::{Value, json};

use super::town::{PINNED, TOKEN, Town};
use crate::{
    architecture::files,
    chart::render::{parsed, run},
};

const CHECK: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/gitops/argocd/health.lua"
);

/// What both say of an object.
fn judged(object: &Value) -> (String, String) {
    let verdict = |arguments: &[&str]| {
        let out = run("gitops", &object.to_string(), arguments).expect_success();
        let verdict: Value = serde_json::from_str(&out).unwrap();
        let message = verdict["message"].as_str().unwrap();
        assert!(!message.is_empty(), "{object}");
        verdict["status"].as_str().unwrap().to_owned()
    };
    (verdict(&["kstatus"]), verdict(&["lua", CHECK]))
}

/// An object as the API server tells it.
fn object(generation: i64, status: impl serde::Serialize) -> Value {
    json!({
        "apiVersion": "cronwright.dev/v1alpha1",
        "kind": "WorkflowSchedule",
        "metadata": {"name": "nightly", "namespace": "ci", "generation": generation},
        "spec": {},
        "status": status,
    })
}

fn of(town: &Town) -> Value {
    object(1, town.status("nightly"))
}

fn both(flux: &str, argo: &str) -> (String, String) {
    (flux.to_owned(), argo.to_owned())
}

#[tokio::test]
async fn an_object_that_was_observed_is_well_whether_or_not_a_pull_request_waits() {
    let mut town = Town::new().await;
    town.declare("nightly", PINNED);
    town.rest().await;

    assert_eq!(town.open_pulls().len(), 1);
    assert_eq!(judged(&of(&town)), both("Current", "Healthy"));
}

#[test]
fn an_object_that_is_new_or_was_changed_is_in_progress() {
    let new = object(1, json!({"observedGeneration": -1}));
    assert_eq!(judged(&new), both("InProgress", "Progressing"));
    let ready = json!([{"type": "Ready", "status": "True", "reason": "Observed", "message": "it is",
                        "lastTransitionTime": "2026-06-01T06:00:00Z"}]);
    let changed = object(2, json!({"observedGeneration": 1, "conditions": ready}));
    assert_eq!(judged(&changed), both("InProgress", "Progressing"));
}

#[tokio::test]
async fn an_object_that_waits_for_a_person_has_failed() {
    let mut town = Town::new().await;
    town.declare("nightly", &PINNED.replace("nightly.yml", "absent.yml"));
    town.rest().await;
    assert_eq!(judged(&of(&town)), both("Failed", "Degraded"));

    let mut town = Town::new().await;
    town.on(|world| world.revoke_token(TOKEN));
    town.declare("nightly", PINNED);
    town.pass(cronwright::domain::Seconds::minutes(1)).await;
    assert_eq!(judged(&of(&town)), both("Failed", "Degraded"));
}

#[tokio::test]
async fn an_object_whose_github_does_not_answer_is_in_progress() {
    let mut town = Town::new().await;
    town.declare("nightly", PINNED);
    let kind = FaultKind::Status {
        status: 503,
        retry_after_seconds: None,
    };
    let (matching, times) = (String::new(), u32::MAX);
    town.fault(Fault {
        matching,
        times,
        kind,
    });
    town.pass(cronwright::domain::Seconds::minutes(1)).await;

    assert_eq!(judged(&of(&town)), both("InProgress", "Progressing"));
}

#[tokio::test]
async fn an_object_that_is_suspended_is_suspended_and_not_broken() {
    let mut town = Town::new().await;
    town.declare("nightly", &format!("{PINNED}suspend: true\n"));
    town.rest().await;

    assert_eq!(judged(&of(&town)), both("InProgress", "Suspended"));
}

#[test]
fn argo_cds_configuration_holds_the_check_for_every_kind() {
    let check = std::fs::read_to_string(CHECK).unwrap();
    let path = &files("examples/gitops/argocd", "argocd-cm.yaml")[0];
    let map = parsed(&std::fs::read_to_string(path).unwrap()).remove(0);
    let data = map["data"].as_object().unwrap();
    let kinds: Vec<_> = cronwright::api::crds::all()
        .into_iter()
        .map(|crd| {
            format!(
                "resource.customizations.health.cronwright.dev_{}",
                crd.spec.names.kind
            )
        })
        .collect();
    assert_eq!(data.len(), kinds.len());
    for kind in kinds {
        assert_eq!(data[&kind], check, "{kind}");
    }
}

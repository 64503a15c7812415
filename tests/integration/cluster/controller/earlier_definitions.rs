//! Definitions that were left a version behind: what they know of a status is written, and says what to do.

use std::fs;

use cronwright::api::{ConditionStatus, WorkflowSchedule, condition};
use serde_json::Value;

use super::{
    super::{control_plane::ControlPlane, wait},
    stage::{Stage, conditions},
};

/// Installs our kinds as an earlier version had them: no sets yet, and no last run in a WorkflowSchedule's status.
fn install_earlier(plane: &ControlPlane) {
    let fields = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties";
    for kind in ["githubconnections", "workflowschedules"] {
        let file = format!(
            "{}/crds/{kind}.cronwright.dev.yaml",
            env!("CARGO_MANIFEST_DIR")
        );
        let text = fs::read_to_string(file).unwrap();
        let mut definition: Value = serde_saphyr::from_str(&text).unwrap();
        let fields = definition.pointer_mut(fields).unwrap();
        let had = fields.as_object_mut().unwrap().remove("lastRun").is_some();
        assert_eq!(had, kind == "workflowschedules");
        let apply = ["apply", "--server-side", "--filename=-"];
        plane
            .kubectl_with(&definition.to_string(), &apply)
            .expect_success();
        let established = "--for=condition=Established";
        let name = format!("crd/{kind}.cronwright.dev");
        plane
            .kubectl(&["wait", established, "--timeout=60s", &name])
            .expect_success();
    }
}

/// What the condition Ready says, and whether the status tells of a last run.
fn told(object: &WorkflowSchedule) -> (String, bool) {
    let mut all = conditions(Some(object));
    let ready = all.find(|one| one.kind == condition::READY).unwrap();
    let status = object.status.as_ref().unwrap();
    (ready.message.clone(), status.last_run.is_some())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn definitions_of_a_version_before_keep_no_status_from_being_written_and_are_told_until_they_are_renewed()
 {
    // Never dropped: it ends with the test run, as the shared one does.
    let plane: &'static ControlPlane = Box::leak(Box::new(ControlPlane::start()));
    install_earlier(plane);
    let stage = Stage::set_on(plane, "earlier").await;
    let _controller = stage.controller().await;

    let behind = stage.observe_nightly().await;

    let (message, has_run) = told(&behind);
    assert!(!has_run, "an earlier definition keeps no last run");
    for words in [
        "of an earlier version, which has no lastRun",
        "docs/upgrade.md",
    ] {
        assert!(message.contains(words), "{message}");
    }

    plane.install_crds();
    let whole = |object: Option<&WorkflowSchedule>| {
        object.is_some_and(|object| {
            let (message, has_run) = told(object);
            has_run && !message.contains("earlier version")
        })
    };
    let api = stage.scope.api::<WorkflowSchedule>();
    let renewed = wait::until(&api, "nightly", "the whole status is told", whole).await;
    let ready = conditions(renewed.as_ref()).find(|one| one.kind == condition::READY);
    assert_eq!(ready.unwrap().status, ConditionStatus::True);
    stage.assert_within_rights();
}

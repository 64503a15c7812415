//! The main job: declared, observed, proposed, merged, in sync, and taken back.

use cronwright::{
    api::{ConditionStatus, WorkflowSchedule, condition},
    domain::WORKFLOW_FOLDER,
};
use serde_json::json;

use super::{
    super::wait,
    stage::{Stage, repository},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declared_schedule_becomes_a_pull_request_and_a_merged_one_is_in_sync() {
    let stage = Stage::set("story").await;
    let controller = stage.controller().await;

    stage.declare_pinned();

    let wait = [
        "wait",
        "wfs/nightly",
        "--for=condition=Ready",
        "--timeout=60s",
    ];
    stage.kubectl(&wait).expect_success();
    stage.until_proposed("nightly").await;
    let table = stage
        .kubectl(&["get", "workflowschedules"])
        .expect_success();
    for cell in [
        "nightly.yml",
        "0 0 * * *",
        "40 2 * * *",
        "10m",
        "Apply",
        "#1 open",
        "True",
    ] {
        assert!(table.contains(cell), "no {cell} in\n{table}");
    }
    let events = stage
        .kubectl(&["events", "--for=wfs/nightly"])
        .expect_success();
    assert!(events.contains("PullRequestOpened"), "{events}");

    stage.with_world(|world| world.merge(&repository(), 1).unwrap());
    let merged = stage
        .until("nightly", condition::IN_SYNC, ConditionStatus::True, "")
        .await;

    assert_eq!(
        merged.status.unwrap().current_cron.as_deref(),
        Some("40 2 * * *")
    );
    assert_eq!(stage.pulls().len(), 1);
    assert_eq!(controller.get("/healthz").0, 200);
    assert_eq!(controller.get("/readyz").0, 200);
    assert!(controller.get("/metrics").1.ends_with("# EOF\n"));
    stage.assert_within_rights();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_an_object_closes_its_pull_request_with_a_comment() {
    let stage = Stage::set("farewell").await;
    let _controller = stage.controller().await;
    stage.declare_pinned();
    stage.until_proposed("nightly").await;
    let branch = stage.pulls()[0].head_branch.clone();
    let path = format!("{WORKFLOW_FOLDER}nightly.yml");
    let on_branch = || stage.with_world(|world| world.file(&repository(), &branch, &path));
    assert!(on_branch().is_some());

    stage
        .kubectl(&["delete", "wfs/nightly", "--timeout=60s"])
        .expect_success();

    let pull = stage.pulls().remove(0);
    assert!(!pull.open && !pull.merged);
    assert_eq!(pull.comments.len(), 1, "{:?}", pull.comments);
    assert_eq!(on_branch(), None);
    stage.assert_within_rights();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_everything_at_once_still_closes_the_pull_request() {
    let stage = Stage::set("everything").await;
    let _controller = stage.controller().await;
    stage.declare_pinned();
    stage.until_proposed("nightly").await;

    let all = [
        "delete",
        "secret/github",
        "ghc/acme",
        "wfs/nightly",
        "--timeout=60s",
    ];
    stage.kubectl(&all).expect_success();

    assert!(!stage.pulls()[0].open);
    stage.assert_within_rights();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_object_leaves_the_finalizers_of_others_alone() {
    let stage = Stage::set("finalizers").await;
    let _controller = stage.controller().await;
    stage.declare_pinned();
    stage.until_proposed("nightly").await;
    let ours = cronwright::api::FINALIZER;
    let both = json!({"metadata": {"finalizers": [ours, "example.test/hold"]}});
    stage.patch("nightly", both).await;

    stage
        .kubectl(&["delete", "wfs/nightly", "--wait=false"])
        .expect_success();

    let only_theirs = |object: Option<&WorkflowSchedule>| {
        object.is_some_and(|object| {
            object.metadata.finalizers.as_deref() == Some(&["example.test/hold".to_owned()])
        })
    };
    wait::until(
        &stage.scope.api(),
        "nightly",
        "only their finalizer is left",
        only_theirs,
    )
    .await;
    assert!(!stage.pulls()[0].open);
    stage
        .patch("nightly", json!({"metadata": {"finalizers": []}}))
        .await;
    stage.assert_within_rights();
}

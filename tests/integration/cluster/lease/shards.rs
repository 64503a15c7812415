//! A shard is what a label selector finds: its connections, and the schedules that go through them.

use cronwright::api::{WorkflowSchedule, WorkflowScheduleStatus};
use serde_json::json;

use super::{
    super::controller::{
        process::Controller,
        stage::{Stage, TOKEN, schedule},
    },
    pair::{controller, in_file},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_controller_with_a_selector_leaves_the_objects_of_other_shards_alone() {
    let stage = Stage::set("shards").await;
    let mut command = controller(&stage, &in_file(stage.folder.path()));
    command.args(["--selector", "shard in (a)"]);
    let controller = Controller::run(command, stage.folder.path().join("controller.log")).await;
    stage.apply_connection(TOKEN);
    let observe = "policy: {mode: Observe}";
    stage.apply(&schedule("ours", "nightly.yml", observe));
    stage.apply(&schedule("theirs", "import.yml", observe));
    stage
        .kubectl(&[
            "label",
            "githubconnection/acme",
            "workflowschedule/ours",
            "shard=a",
        ])
        .expect_success();

    stage.until_ready("ours").await;
    controller.more_rounds(2).await;

    let theirs = stage.scope.api::<WorkflowSchedule>().get("theirs").await;
    let status = theirs.unwrap().status.unwrap_or_default();
    let not_looked_at = WorkflowScheduleStatus {
        observed_generation: Some(-1),
        ..WorkflowScheduleStatus::default()
    };
    assert_eq!(status, not_looked_at);
    let labels = json!({"metadata": {"labels": {"shard": "a"}}});
    stage.patch("theirs", labels).await;
    stage.until_ready("theirs").await;
    stage.assert_within_rights();
}

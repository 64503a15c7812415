//! What wakes a round, and what does not.

use cronwright::api::{ConditionStatus, REQUESTED_AT, WorkflowSchedule, condition};
use serde_json::json;

use super::{
    super::wait,
    stage::{Stage, TOKEN, schedule},
};

/// Rarely looked at, so that a test knows who woke it.
fn seldom(name: &str, workflow: &str) -> String {
    schedule(name, workflow, "policy: {mode: Observe}").replace("interval: 1s", "interval: 1d")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_annotation_asks_for_a_round_at_once_and_is_echoed() {
    let stage = Stage::set("asked").await;
    let _controller = stage.controller().await;
    stage.apply_connection(TOKEN);
    stage.apply(&seldom("nightly", "nightly.yml"));
    stage.until_ready("nightly").await;

    stage.ask("nightly", "first").await;

    stage.assert_within_rights();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_status_alone_wakes_nobody() {
    let stage = Stage::set("quiet").await;
    let controller = stage.controller().await;
    stage.apply_connection(TOKEN);
    stage.apply(&seldom("nightly", "nightly.yml"));
    stage.apply(&seldom("import", "import.yml"));
    stage.until_ready("nightly").await;
    stage.until_ready("import").await;
    let asked = json!({"metadata": {"annotations": {REQUESTED_AT: "settled"}}});
    stage.patch("import", asked).await;
    let settled = |object: Option<&WorkflowSchedule>| {
        let status = object.and_then(|object| object.status.as_ref());
        status.is_some_and(|status| status.last_handled_reconcile_at.is_some())
    };
    wait::until(&stage.scope.api(), "import", "it has settled", settled).await;
    let before = controller.rounds_at_rest().await;

    for turn in 0..10 {
        stage.audit("nightly", &turn.to_string()).await;
    }
    stage
        .patch("import", json!({"spec": {"suspend": true}}))
        .await;
    stage
        .until(
            "import",
            condition::READY,
            ConditionStatus::False,
            "Suspended",
        )
        .await;

    // A round is counted after its status was written, so the last two of the other object may be counted late.
    let after = controller.rounds();
    assert!(after <= before + 2, "{before} rounds became {after}");
    stage.assert_within_rights();
}

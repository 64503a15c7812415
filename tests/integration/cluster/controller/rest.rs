//! At rest: rounds go on, and nothing is written.

use cronwright::api::{ConditionStatus, condition};

use super::stage::{Stage, TOKEN, pinned, schedule};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rounds_at_rest_write_nothing_even_beside_the_conditions_of_others() {
    let stage = Stage::set("at-rest").await;
    let controller = stage.controller().await;
    stage.declare_pinned();
    stage.apply(&schedule(
        "import",
        "import.yml",
        "policy: {mode: Recommend}",
    ));
    stage.until_proposed("nightly").await;
    stage.until_ready("import").await;
    stage.audit("import", "").await;
    controller.more_rounds(6).await;
    let before = stage.plane.status_writes(&stage.account);

    controller.more_rounds(6).await;

    assert_eq!(
        stage.plane.status_writes(&stage.account),
        before,
        "{:?}",
        stage.plane.deeds(&stage.account)
    );
    assert_eq!(stage.pulls().len(), 1);
    stage.assert_within_rights();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_object_is_left_alone() {
    let stage = Stage::set("suspended").await;
    let controller = stage.controller().await;
    stage.apply_connection(TOKEN);
    stage.apply(&pinned("nightly", "nightly.yml").replace("policy:", "suspend: true, policy:"));

    stage
        .until(
            "nightly",
            condition::READY,
            ConditionStatus::False,
            "Suspended",
        )
        .await;
    controller.more_rounds(2).await;

    assert!(stage.pulls().is_empty());
    let asked = stage.with_world(|world| {
        let log = world.requests().log();
        log.iter()
            .filter(|request| request.path.contains("/repos/"))
            .count()
    });
    assert_eq!(asked, 0);
    stage
        .kubectl(&["delete", "wfs/nightly", "--timeout=30s"])
        .expect_success();
    stage.assert_within_rights();
}

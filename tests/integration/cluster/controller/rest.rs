//! At rest: rounds go on, and nothing is written.

use cronwright::api::{ConditionStatus, WorkflowSchedule, condition};

use super::{
    super::wait,
    stage::{Stage, TOKEN, pinned, schedule},
    webhooks,
};

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
async fn what_one_look_finds_is_told_by_every_object_of_the_repository_however_long_it_would_rest()
{
    let stage = Stage::set("siblings").await;
    let _controller = stage.controller().await;
    webhooks::declare(&stage).await;
    let import = schedule("import", "import.yml", "policy: {mode: Observe}");
    stage.apply(&import.replace("interval: 1s", "interval: 1h"));
    stage.until_ready("import").await;
    let (id, _undelivered) = webhooks::run(&stage).await;
    let mut asked = 0;

    // Asked again, since a look that is seconds old is as good as a new one.
    wait::poll("the nightly's run is in its status", async || {
        asked += 1;
        stage.ask("import", &asked.to_string()).await;
        let nightly: WorkflowSchedule = stage.scope.api().get("nightly").await.unwrap();
        let run = nightly.status.and_then(|status| status.last_run);
        run.is_some_and(|run| run.id == id).then_some(())
    })
    .await;

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

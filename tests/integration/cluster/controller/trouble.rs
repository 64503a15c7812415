//! What is wrong is told in conditions, and goes away when it is mended.

use cronwright::api::{ConditionStatus, condition};
use serde_json::json;

use super::stage::{Stage, TOKEN, conditions, schedule};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spec_that_only_a_calendar_can_refuse_is_stalled_and_costs_one_round() {
    let stage = Stage::set("invalid").await;
    let controller = stage.controller().await;
    stage.apply_connection(TOKEN);
    let zone = "timing: {windows: [{from: '22:00', to: '06:00'}], timeZone: Europe/Atlantis}";

    stage.apply(&schedule("nightly", "nightly.yml", zone).replace("interval: 1s", "interval: 1d"));

    let stalled = stage
        .until(
            "nightly",
            condition::STALLED,
            ConditionStatus::True,
            "InvalidSpec",
        )
        .await;
    let told = conditions(Some(&stalled)).find(|found| found.kind == condition::STALLED);
    assert!(
        told.unwrap().message.contains("Europe/Atlantis"),
        "{told:?}"
    );
    assert!(controller.rounds() <= 2, "{} rounds", controller.rounds());

    stage
        .patch(
            "nightly",
            json!({"spec": {"timing": {"timeZone": "Europe/Berlin"}}}),
        )
        .await;
    let mended = stage.until_ready("nightly").await;
    assert!(conditions(Some(&mended)).all(|found| found.kind != condition::STALLED));
    stage.assert_within_rights();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_comes_goes_and_comes_back_is_told_to_its_objects_at_once() {
    let stage = Stage::set("connection").await;
    let _controller = stage.controller().await;
    let seldom = schedule("nightly", "nightly.yml", "").replace("interval: 1s", "interval: 1d");
    stage.apply(&seldom);
    let ready = condition::READY;
    stage
        .until(
            "nightly",
            ready,
            ConditionStatus::False,
            "ConnectionNotReady",
        )
        .await;

    stage.apply_connection(TOKEN);
    stage.until_ready("nightly").await;
    stage.kubectl(&["delete", "ghc/acme"]).expect_success();
    stage
        .until(
            "nightly",
            ready,
            ConditionStatus::False,
            "ConnectionNotReady",
        )
        .await;
    stage.apply(&stage.connection());

    stage.until_ready("nightly").await;
    stage.assert_within_rights();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_objects_for_one_workflow_the_younger_waits_and_takes_over_by_itself() {
    let stage = Stage::set("duplicate").await;
    let _controller = stage.controller().await;
    stage.apply_connection(TOKEN);
    stage.apply(&schedule("nightly", "nightly.yml", ""));
    stage.until_ready("nightly").await;

    // Its own interval is a day: whatever wakes it sooner is the other one's going.
    let other = schedule("other", "nightly.yml", "").replace("interval: 1s", "interval: 1d");
    stage.apply(&other);
    let duplicate = stage
        .until(
            "other",
            condition::STALLED,
            ConditionStatus::True,
            "Duplicate",
        )
        .await;
    let told = conditions(Some(&duplicate)).find(|found| found.kind == condition::STALLED);
    assert!(
        told.unwrap().message.contains("/nightly is older"),
        "{told:?}"
    );

    stage.kubectl(&["delete", "wfs/nightly"]).expect_success();
    let alone = stage.until_ready("other").await;
    assert!(conditions(Some(&alone)).all(|found| found.kind != condition::STALLED));
    stage.assert_within_rights();
}

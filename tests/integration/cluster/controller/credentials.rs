//! Credentials: refused ones are told, corrected ones are taken up, and none is ever shown.

use super::{
    super::kubectl::Said,
    stage::{Stage, TOKEN, pinned, secret},
};
use cronwright::api::condition;

const WRONG: &str = "github_pat_wrong9876543210";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_token_is_told_a_corrected_one_is_taken_up_and_neither_is_ever_shown() {
    let stage = Stage::set("credentials").await;
    let controller = stage
        .controller_at("trace,kube_runtime=trace,kube_client::client::builder=trace")
        .await;
    stage.apply(&stage.connection());
    stage.apply(&pinned("nightly", "nightly.yml"));
    stage
        .until_connection(condition::RECONCILING, "Retrying")
        .await;

    stage.apply(&secret(WRONG));
    stage
        .until_connection(condition::STALLED, "CredentialsRefused")
        .await;
    stage.apply(&secret(TOKEN));

    stage.until_connection(condition::READY, "Connected").await;
    stage.until_proposed("nightly").await;
    let log = controller.log();
    assert!(log.contains("TRACE"), "the log holds every level");
    let told = |said: Said| said.expect_success();
    let objects = told(stage.kubectl(&["get", "ghc,wfs,events", "--output=yaml"]));
    let metrics = controller.get("/metrics").1;
    for shown in [&log, &objects, &metrics] {
        for secret in [WRONG, TOKEN] {
            let line = shown.lines().find(|line| line.contains(secret));
            assert_eq!(line, None);
        }
    }
    stage.assert_within_rights();
}

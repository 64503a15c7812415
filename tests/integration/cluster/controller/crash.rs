//! Ends: in order, by a crash between two writes, and an API server that goes away.

use cronwright::simulate::{Fault, FaultKind};

use super::{
    super::{control_plane::ControlPlane, wait},
    stage::Stage,
};

/// Kills the controller while GitHub has done a write and not answered it, and lets the next one go on.
async fn killed_at(namespace: &str, write: &str) {
    let stage = Stage::set(namespace).await;
    let controller = stage.controller().await;
    let fault = Fault::once(write, FaultKind::Hang);
    stage.with_world(|world| world.faults().push(fault));
    stage.declare_pinned();
    let (method, path) = write.split_once(' ').unwrap();
    wait::poll("the write has come", async || {
        stage.with_world(|world| {
            let mut log = world.requests().log().iter();
            log.any(|request| request.method == method && request.path.ends_with(path))
                .then_some(())
        })
    })
    .await;

    controller.kill();
    let _next = stage.controller().await;

    stage.until_proposed("nightly").await;
    let pulls = stage.pulls();
    assert_eq!(pulls.len(), 1, "{pulls:?}");
    assert!(pulls[0].open);
    stage.assert_within_rights();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_the_branch_was_made_it_opens_one_pull_request() {
    killed_at("killed-branch", "POST /repos/acme/app/git/refs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_the_pull_request_was_opened_it_opens_no_second_one() {
    killed_at("killed-pull", "POST /repos/acme/app/pulls").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn told_to_end_it_ends_well_and_the_next_one_writes_nothing_that_stands_already() {
    let stage = Stage::set("ends").await;
    let mut controller = stage.controller().await;
    stage.observe_nightly().await;
    controller.more_rounds(3).await;

    let status = controller.terminate().await;
    let before = stage.plane.status_writes(&stage.account);
    let told = stage.until_ready("nightly").await.status;
    let next = stage.controller().await;
    next.more_rounds(3).await;

    assert_eq!(status.code(), Some(0));
    assert_eq!(stage.until_ready("nightly").await.status, told);
    assert_eq!(stage.plane.status_writes(&stage.account), before);
    stage.assert_within_rights();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_api_server_that_goes_away_and_comes_back_is_waited_for() {
    // Never dropped: it ends with the test run, as the shared one does.
    let plane: &'static ControlPlane = Box::leak(Box::new(ControlPlane::start()));
    plane.install_crds();
    let stage = Stage::set_on(plane, "away").await;
    let mut controller = stage.controller().await;
    stage.observe_nightly().await;

    plane.stop_api_server();
    controller.more_rounds(2).await;
    plane.start_api_server();
    stage.ask("nightly", "back").await;

    // Its rights are not asserted: an API server that starts answers 403 until it has read its roles.
    assert!(controller.is_alive());
}

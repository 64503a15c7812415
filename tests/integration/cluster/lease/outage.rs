//! An API server that goes away takes the lead from whoever holds it: who cannot renew must not act.

use super::{
    super::{control_plane::ControlPlane, wait},
    pair::{Pair, until_told},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_cannot_renew_stops_and_leads_again_when_it_can() {
    // Never dropped: it ends with the test run, as the shared one does.
    let plane: &'static ControlPlane = Box::leak(Box::new(ControlPlane::start()));
    plane.install_crds();
    let pair = Pair::set_on(plane, "lease-away").await;
    let leader = pair.replica(0, &[]).await;
    until_told(&leader, "ready: leading\n").await;
    pair.stage.observe_nightly().await;

    plane.stop_api_server();
    let stopped = async || {
        leader
            .get("/metrics")
            .1
            .contains("\ncronwright_leader 0\n")
            .then_some(())
    };
    wait::poll("the leader stops", stopped).await;
    let github = || pair.stage.with_world(|world| world.requests().log().len());
    let (rounds, requests) = (leader.rounds(), github());
    assert_eq!(leader.get("/readyz").0, 503);
    plane.start_api_server();
    until_told(&leader, "ready: leading\n").await;
    leader.more_rounds(1).await;

    assert!(leader.rounds() > rounds && github() >= requests);
}

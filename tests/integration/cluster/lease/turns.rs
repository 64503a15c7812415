//! Who leads after whom: by a crash, by an end in order, and by a process that was frozen.

use std::time::{Duration, Instant};

use cronwright::simulate::{Fault, FaultKind};

use super::{
    super::wait,
    pair::{Pair, until_told},
};

/// The write after which a leader is stopped: its branch exists, and the pull request is still to be opened.
const BRANCH: (&str, &str) = ("POST", "/repos/acme/app/git/refs");

/// Declares what asks for a pull request, and waits until the leader has made its branch and hears no answer.
async fn amid_an_act(pair: &Pair) {
    let (method, path) = BRANCH;
    let fault = Fault::once(&format!("{method} {path}"), FaultKind::Hang);
    pair.stage.with_world(|world| world.faults().push(fault));
    pair.stage.declare_pinned();
    let written = async || {
        pair.stage.with_world(|world| {
            let mut log = world.requests().log().iter();
            log.any(|request| request.method == method && request.path.ends_with(path))
                .then_some(())
        })
    };
    wait::poll("the write has come", written).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_leader_is_killed_the_other_one_goes_on_and_opens_no_second_pull_request() {
    take_over(Pair::set("lease-killed").await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_over_postgresql_take_over_from_each_other_as_those_with_a_file_do() {
    let Some(pair) = Pair::set_over_postgres("lease-postgres").await else {
        return;
    };
    take_over(pair).await;
}

/// The leader is killed amid an act, and the other one ends it.
async fn take_over(pair: Pair) {
    let (first, second) = pair.start().await;
    assert_eq!(pair.reads(1), 0, "who stands by watches nothing");
    amid_an_act(&pair).await;

    first.kill();
    let killed = Instant::now();

    pair.until_held_by("b").await;
    assert!(
        killed.elapsed() > Duration::from_secs(3),
        "a living one is waited for"
    );
    until_told(&second, "ready: leading\n").await;
    pair.stage.until_proposed("nightly").await;
    assert_eq!(pair.stage.pulls().len(), 1);
    pair.assert_within_rights();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_ends_in_order_hands_over_within_two_seconds() {
    let pair = Pair::set("lease-ends").await;
    let (mut first, second) = pair.start().await;
    pair.stage.observe_nightly().await;
    assert_eq!(pair.patches(1), 0);

    first.signal("TERM");
    let told = Instant::now();
    pair.until_held_by("b").await;
    let took = told.elapsed();

    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(first.terminate().await.code(), Some(0));
    second.more_rounds(2).await;
    let metrics = second.get("/metrics").1;
    assert!(metrics.contains("\ncronwright_leader 1\n"), "{metrics}");
    pair.assert_within_rights();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_was_frozen_past_its_lease_writes_nothing_more() {
    let pair = Pair::set("lease-frozen").await;
    let (first, second) = pair.start().await;
    amid_an_act(&pair).await;

    first.signal("STOP");
    let before = pair.patches(0);
    pair.until_held_by("b").await;
    pair.stage.until_proposed("nightly").await;
    first.signal("CONT");

    until_told(&first, "ready: standby\n").await;
    second.more_rounds(2).await;
    assert_eq!(pair.patches(0), before);
    assert_eq!(pair.stage.pulls().len(), 1);
    let metrics = first.get("/metrics").1;
    assert!(metrics.contains("\ncronwright_leader 0\n"), "{metrics}");
    pair.assert_within_rights();
}

//! A delivery may come to any replica: one that stands by passes it on over PostgreSQL, and the leader looks.

use super::{
    super::{
        controller::{
            process::Controller,
            webhooks::{SECRET, declare, post, run, tell_of_runs, until_it_listens, until_taken},
        },
        wait,
    },
    pair::{Pair, until_told},
};

const RECEIVES: [&str; 2] = ["--webhooks-address", "127.0.0.1:0"];

/// What a standby may ask the API server: the lease, the connections, and the secrets that they name.
const OF_A_STANDBY: [&str; 5] = [
    "create coordination.k8s.io/leases",
    "get /secrets",
    "get coordination.k8s.io/leases",
    "list cronwright.dev/githubconnections",
    "update coordination.k8s.io/leases",
];

/// A replica that receives, and where.
async fn receiving(pair: &Pair, which: usize, told: &str) -> (Controller, String) {
    let replica = pair.replica(which, &RECEIVES).await;
    until_told(&replica, told).await;
    let address = replica.address_of("webhook receiver listens").await;
    (replica, address)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_reaches_a_replica_that_stands_by_is_in_status_within_two_seconds() {
    let Some(pair) = Pair::set_over_postgres("lease-webhooks").await else {
        return;
    };
    let (leader, leading) = receiving(&pair, 0, "ready: leading\n").await;
    declare(&pair.stage).await;
    let ping = pair
        .stage
        .with_world(|world| world.take_deliveries())
        .remove(0);
    let (standby, address) = receiving(&pair, 1, "ready: standby\n").await;
    until_taken(&address, &ping).await;
    until_it_listens(&leader).await;

    let told = tell_of_runs(&pair.stage, &address).await;

    told.assert_as_promised();
    assert_eq!(standby.deliveries("workflow_run", "enqueued"), told.runs);
    assert_eq!(leader.deliveries("relayed", "enqueued"), told.runs);

    // What one replica has taken is known to the other.
    let (_, twice) = run(&pair.stage).await;
    for delivery in &twice {
        post(&address, delivery);
    }
    wait::poll("the leader hears", async || {
        (leader.deliveries("relayed", "enqueued") == told.runs + 1).then_some(())
    })
    .await;
    for delivery in &twice {
        assert_eq!(post(&leading, delivery).0, 202);
    }
    assert_eq!(leader.deliveries("workflow_run", "repeated"), 1);

    let deeds = pair.deeds(1);
    let more: Vec<_> = deeds
        .iter()
        .filter(|deed| !OF_A_STANDBY.contains(&deed.as_str()))
        .collect();
    assert!(more.is_empty(), "{more:?}");
    let said = format!("{}{}", standby.log(), leader.log());
    assert!(!said.contains(SECRET), "the webhook's secret was shown");
    pair.assert_within_rights();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_refuses_what_nobody_signed_and_takes_over_hearing_when_it_leads() {
    let Some(pair) = Pair::set_over_postgres("lease-webhooks-turn").await else {
        return;
    };
    let (mut first, _) = receiving(&pair, 0, "ready: leading\n").await;
    declare(&pair.stage).await;
    let ping = pair
        .stage
        .with_world(|world| world.take_deliveries())
        .remove(0);
    let (second, address) = receiving(&pair, 1, "ready: standby\n").await;
    until_taken(&address, &ping).await;
    let (_, deliveries) = run(&pair.stage).await;
    let mut forged = deliveries[0].clone();
    forged.signature = format!("sha256={}", "0".repeat(64));
    assert_eq!(post(&address, &forged).0, 401);

    assert_eq!(first.terminate().await.code(), Some(0));
    until_told(&second, "ready: leading\n").await;
    until_taken(&address, &deliveries[0]).await;
    let told = tell_of_runs(&pair.stage, &address).await;

    told.assert_as_promised();
    pair.assert_within_rights();
}

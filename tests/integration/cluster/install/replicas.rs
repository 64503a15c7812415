//! Two replicas over PostgreSQL, as the chart installs them: one leads, the other one takes deliveries for it and goes on after it.

use cronwright::{
    api::{ConditionStatus, condition},
    simulate::Disorder,
    store::Store,
};
use serde_json::Value;

use super::{
    super::{
        control_plane::{ControlPlane, shared},
        controller::{
            process::Controller,
            rights,
            stage::{Stage, TOKEN, pinned, repository, secret},
            webhooks::{SECRET, post, until_it_listens, until_taken},
        },
        lease::pair::until_told,
        service_account::ServiceAccount,
        wait,
    },
    helm::CHART,
    node::Node,
};
use crate::postgres::{self, PASSWORD};

/// The namespace, which is also the only one that is watched.
const NAMESPACE: &str = "replicated";
const RELEASE: &str = "ha";
const ACCOUNT: &str = "ha-cronwright";

fn install(plane: &ControlPlane, store: &str) {
    let namespace = format!("--namespace={NAMESPACE}");
    let url = format!("--from-literal=uri={store}");
    let secret = ["create", "secret", "generic", "database", &namespace, &url];
    plane.kubectl(&secret).expect_success();
    let values = [
        &format!("--set=watchNamespace={NAMESPACE},replicas=2"),
        "--set=store.postgres.existingSecret=database,store.postgres.key=uri",
        "--set=webhooks.enabled=true",
        // That of the database is not among them: the Pod gets it from the node.
        "--set=rbac.secretNames={github,hook}",
    ];
    let install = ["install", RELEASE, CHART, "--server-side=true"];
    let said = plane.helm(NAMESPACE, &[&install[..], &values].concat());
    let notes = said.expect_success();
    assert!(
        notes.contains("received by Service ha-cronwright-webhooks"),
        "{notes}"
    );
}

/// The connection with its secrets, and a hook that is signed with one of them.
fn declare_connection(stage: &Stage) {
    stage.with_world(|world| world.register_hook(SECRET, Disorder::default()));
    stage.apply(&secret(TOKEN));
    stage.apply(&format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: hook}}\nstringData: {{secret: {SECRET}}}\n"
    ));
    let signed = "interval: 1s, webhookSecretRef: {name: hook, key: secret}";
    stage.apply(&stage.connection().replace("interval: 1s", signed));
}

/// Every request of the release's account was allowed, and is in one of its rules.
fn assert_within_rights(stage: &Stage) {
    let mut granted = rights::granted();
    granted.extend(
        ["get", "create", "update"].map(|verb| format!("{verb} coordination.k8s.io/leases")),
    );
    assert_eq!(stage.plane.forbidden_requests(&stage.account), [""; 0]);
    for (deed, name) in stage.plane.deeds(&stage.account) {
        assert!(granted.contains(&deed), "{deed} {name} is in no rule");
        let listed = name == "github" || name == "hook";
        assert!(deed != "get /secrets" || listed, "{deed} {name}");
    }
}

/// What a merge sends comes to the replica that stands by, and the leader hears of it.
async fn a_merge_is_heard(stage: &Stage, leader: &Controller, standby: &str) {
    stage.with_world(|world| world.merge(&repository(), 1).unwrap());
    for delivery in stage.with_world(|world| world.take_deliveries()) {
        assert_eq!(post(standby, &delivery).0, 202, "{}", delivery.event);
    }
    wait::poll("the leader hears of the merge", async || {
        (leader.deliveries("relayed", "enqueued") > 0).then_some(())
    })
    .await;
    let merged = ConditionStatus::True;
    stage.until("nightly", condition::IN_SYNC, merged, "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_installed_replicas_over_postgresql_do_the_story_between_them_within_their_rights() {
    let Some(server) = postgres::shared() else {
        return;
    };
    let (plane, store) = (shared(), server.database());
    let scope = plane.namespace(NAMESPACE).await;
    install(plane, &store);
    let account = ServiceAccount {
        kubeconfig: plane.ready().kubeconfig.clone(),
        user: format!("system:serviceaccount:{NAMESPACE}:{ACCOUNT}"),
    };
    let stage = Stage::set_for(plane, scope, account).await;
    let node = Node {
        plane,
        namespace: NAMESPACE,
        folder: stage.folder.path(),
    };
    let run = async |pod: &Value, name: &str| {
        Controller::run(
            node.container(pod).command(),
            stage.folder.path().join(name),
        )
        .await
    };
    let pod = node.pod("").await;
    let other = node.pod(pod["metadata"]["name"].as_str().unwrap()).await;
    let mut first = run(&pod, "first.log").await;
    until_told(&first, "ready: leading\n").await;
    declare_connection(&stage);
    let ping = stage.with_world(|world| world.take_deliveries()).remove(0);
    let second = run(&other, "second.log").await;
    until_told(&second, "ready: standby\n").await;
    let address = second.address_of("webhook receiver listens").await;
    until_taken(&address, &ping).await;
    until_it_listens(&first).await;

    stage.apply(&pinned("nightly", "nightly.yml"));
    stage.until_proposed("nightly").await;
    a_merge_is_heard(&stage, &first, &address).await;
    // The other one goes on, over the same history.
    assert_eq!(first.terminate().await.code(), Some(0));
    until_told(&second, "ready: leading\n").await;
    stage.apply(&pinned("import", "import.yml"));
    stage.until_proposed("import").await;

    assert_eq!(stage.pulls().len(), 2);
    assert_within_rights(&stage);
    let said = format!("{}{}", first.log(), second.log());
    for hidden in [TOKEN, SECRET, PASSWORD] {
        assert!(!said.contains(hidden), "a credential was shown");
    }
    drop(second);
    let counts = Store::open(&store).await.unwrap().counts().await.unwrap();
    assert!(counts.runs >= 5 && counts.forecasts >= 1, "{counts:?}");
    plane
        .helm(NAMESPACE, &["uninstall", RELEASE])
        .expect_success();
}

//! From the version before to this one: objects, claims and history stay, and nothing is proposed twice.

use cronwright::{
    api::{ConditionStatus, condition},
    store::{Counts, Store},
};

use super::{
    super::{
        control_plane::{ControlPlane, shared},
        controller::{
            process::Controller,
            stage::{Stage, TOKEN, pinned, repository},
        },
        service_account::ServiceAccount,
    },
    helm::{CHART, CHART_BEFORE},
    node::Node,
};

/// The namespace, which is also the only one that is watched.
const NAMESPACE: &str = "upgraded";
const RELEASE: &str = "up";
const ACCOUNT: &str = "up-cronwright";

/// What must be the same object before and after; the first four outlive an uninstall, too.
const KEPT: [&str; 8] = [
    "wfs/nightly",
    "ghc/acme",
    "secret/github",
    "pvc/up-cronwright",
    "sa/up-cronwright",
    "deployment/up-cronwright",
    "role/up-cronwright",
    "rolebinding/up-cronwright",
];

fn helm(plane: &ControlPlane, arguments: &[&str]) {
    plane.helm(NAMESPACE, arguments).expect_success();
}

/// Names and uids of everything that must stay.
fn identities(stage: &Stage) -> String {
    let columns = "--output=custom-columns=KIND:.kind,NAME:.metadata.name,UID:.metadata.uid";
    let get = [&["get", columns][..], &KEPT].concat();
    stage.kubectl(&get).expect_success()
}

/// As docs/upgrade.md tells: definitions first, since Helm never upgrades them.
fn upgrade(plane: &ControlPlane) {
    let definitions = plane.helm(NAMESPACE, &["show", "crds", CHART]);
    let apply = [
        "apply",
        "--server-side",
        "--force-conflicts",
        "--filename=-",
    ];
    plane
        .kubectl_with(&definitions.expect_success(), &apply)
        .expect_success();
    let kept = [
        "--reset-then-reuse-values",
        "--set=rbac.secretNames={github}",
    ];
    helm(
        plane,
        &[
            &["upgrade", RELEASE, CHART, "--server-side=true"][..],
            &kept,
        ]
        .concat(),
    );
}

/// How much the history holds that a claim keeps. A copy is read, so that no file of the claim becomes the test's.
async fn history(node: &Node<'_>) -> Counts {
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(node.folder.join("claims").join(ACCOUNT)).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    let file = copy.path().join("history.db");
    let store = Store::open(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    let counts = store.counts().await.unwrap();
    store.close().await;
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_from_the_version_before_keeps_every_object_and_the_history() {
    let plane = shared();
    let scope = plane.namespace(NAMESPACE).await;
    let watch = format!("--set=watchNamespace={NAMESPACE}");
    helm(plane, &["install", RELEASE, CHART_BEFORE, &watch]);
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
    let log = || stage.folder.path().join("pod.log");
    let before = node.pod("").await;
    let mut old = Controller::run(node.container(&before).command(), log()).await;
    stage.apply_connection(TOKEN);
    stage.apply(&pinned("nightly", "nightly.yml"));
    let open = ConditionStatus::False;
    stage
        .until("nightly", condition::IN_SYNC, open, "PullRequestOpen")
        .await;
    let (objects, name) = (identities(&stage), before["metadata"]["name"].as_str());

    // A node ends the process before the Pod is gone.
    assert_eq!(old.terminate().await.code(), Some(0));
    upgrade(plane);
    let after = node.pod(name.unwrap()).await;
    let learned = history(&node).await;
    let new = Controller::run(node.container(&after).command(), log()).await;
    new.more_rounds(3).await;

    assert_eq!(identities(&stage), objects);
    let still = stage.pulls();
    assert!(still.len() == 1 && still[0].open, "{still:?}");
    stage.with_world(|world| world.merge(&repository(), 1).unwrap());
    let merged = ConditionStatus::True;
    stage.until("nightly", condition::IN_SYNC, merged, "").await;
    // The program of today stands in for that of before, whose rights knew no sets: schedules went on all the same.
    stage.assert_within_rights_but(|request| request.contains("workflowschedulesets"));
    drop(new);
    let kept = history(&node).await;
    assert!(learned.runs >= 5 && learned.forecasts >= 1, "{learned:?}");
    assert!(
        kept.runs >= learned.runs && kept.forecasts >= learned.forecasts,
        "{learned:?} became {kept:?}"
    );
    helm(plane, &["uninstall", RELEASE]);
    let declared = [&["get"][..], &KEPT[..4]].concat();
    stage.kubectl(&declared).expect_success();
}

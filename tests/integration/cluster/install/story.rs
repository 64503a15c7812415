//! The main job from an empty cluster: Helm installs everything, the Pod does the whole story with its own rights, and an
//! uninstall leaves what people declared.

use cronwright::api::{ConditionStatus, condition};

use super::{
    super::{
        control_plane::ControlPlane,
        controller::{
            process::Controller,
            stage::{Stage, TOKEN, pinned, repository},
        },
        service_account::ServiceAccount,
        wait,
    },
    helm::CHART,
    node::Node,
};

/// Where the release is, and where people declare.
const RELEASE: &str = "cronwright";
const TEAM: &str = "team";

/// A certificate authority in a Secret, as docs/install.md tells for an Enterprise Server.
const AUTHORITY: &str = "
extraEnv: [{name: SSL_CERT_FILE, value: /etc/authority/ca.crt}]
extraVolumes: [{name: authority, secret: {secretName: authority}}]
extraVolumeMounts: [{name: authority, mountPath: /etc/authority, readOnly: true}]
";

/// A control plane with nothing of ours but a namespace that admits restricted Pods only.
fn empty_cluster() -> &'static ControlPlane {
    // Never dropped: it ends with the test run, as the shared one does.
    let plane: &'static ControlPlane = Box::leak(Box::new(ControlPlane::start()));
    let namespace = format!(
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {RELEASE}\n  labels:\n    \
         pod-security.kubernetes.io/enforce: restricted\n    pod-security.kubernetes.io/warn: restricted\n"
    );
    plane
        .kubectl_with(&namespace, &["apply", "--filename=-"])
        .expect_success();
    let namespace = format!("--namespace={RELEASE}");
    let file = format!("--from-file=ca.crt={}", plane.ready().ca_file.display());
    let secret = ["create", "secret", "generic", "authority"];
    let secret = [&secret[..], &[&namespace, &file]].concat();
    plane.kubectl(&secret).expect_success();
    plane
}

fn install(plane: &ControlPlane) {
    let values = plane.ready().data.join("values.yaml");
    std::fs::write(&values, AUTHORITY).unwrap();
    let values = values.display().to_string();
    let said = plane.helm(
        RELEASE,
        &[
            "install",
            RELEASE,
            CHART,
            "--server-side=true",
            "--values",
            &values,
        ],
    );
    assert!(!said.err.to_lowercase().contains("warning"), "{}", said.err);
    let notes = said.expect_success();
    assert!(notes.contains("watches all namespaces"), "{notes}");
    let established = ["wait", "--for=condition=Established", "--timeout=60s"];
    let crds = [
        "crd/workflowschedules.cronwright.dev",
        "crd/githubconnections.cronwright.dev",
    ];
    plane
        .kubectl(&[&established[..], &crds].concat())
        .expect_success();
}

async fn stage(plane: &'static ControlPlane) -> Stage {
    let scope = plane.namespace(TEAM).await;
    let account = ServiceAccount {
        kubeconfig: plane.ready().kubeconfig.clone(),
        user: format!("system:serviceaccount:{RELEASE}:{RELEASE}"),
    };
    Stage::set_for(plane, scope, account).await
}

async fn the_story_is_told(stage: &Stage) {
    stage.apply_connection(TOKEN);
    stage.apply(&pinned("nightly", "nightly.yml"));
    let open = ConditionStatus::False;
    let seen = stage
        .until("nightly", condition::IN_SYNC, open, "PullRequestOpen")
        .await;
    let status = seen.status.unwrap();
    assert!(status.prediction.is_some(), "{status:?}");
    let events = stage.kubectl(&["events", "--for=wfs/nightly"]);
    assert!(events.expect_success().contains("PullRequestOpened"));
    stage.with_world(|world| world.merge(&repository(), 1).unwrap());
    let merged = ConditionStatus::True;
    stage.until("nightly", condition::IN_SYNC, merged, "").await;
    // Another one, deleted while its pull request is open.
    stage.apply(&pinned("import", "import.yml"));
    stage
        .until("import", condition::IN_SYNC, open, "PullRequestOpen")
        .await;
    let delete = ["delete", "wfs/import", "--timeout=60s"];
    stage.kubectl(&delete).expect_success();
    let pulls = stage.pulls();
    assert_eq!(pulls.len(), 2, "{pulls:?}");
    assert!(pulls.iter().all(|pull| !pull.open), "{pulls:?}");
}

/// `helm test`, whose Pod asks the controller's Service: here, the controller itself.
async fn helms_test_passes(node: &Node<'_>, controller: &Controller) {
    let plane = node.plane;
    let test = move || plane.helm(RELEASE, &["test", RELEASE, "--timeout=60s"]);
    let test = tokio::task::spawn_blocking(test);
    let pod = node.test_pod().await;
    let mut container = node.container(&pod);
    let service = format!("{RELEASE}.{RELEASE}.svc:8080");
    let url = container.arguments.iter_mut();
    let url = url.filter(|argument| argument.contains(&service));
    for url in url {
        *url = url.replace(&service, &controller.admin);
    }
    let output = container.command().output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "ready\n",
        "{output:?}"
    );
    let name = pod["metadata"]["name"].as_str().unwrap();
    let namespace = format!("--namespace={RELEASE}");
    let done = r#"--patch={"status":{"phase":"Succeeded"}}"#;
    let patch = ["patch", "pod", name, &namespace, "--subresource=status"];
    plane
        .kubectl(&[&patch[..], &["--type=merge", done]].concat())
        .expect_success();
    test.await.unwrap().expect_success();
}

/// What an uninstall takes, and what it leaves.
async fn an_uninstall_leaves_what_people_declared(stage: &Stage, node: &Node<'_>) {
    let plane = stage.plane;
    let uninstall = ["uninstall", RELEASE, "--wait", "--timeout=60s"];
    plane.helm(RELEASE, &uninstall).expect_success();
    wait::poll("everything of the release is gone", async || {
        let left = node.get(&["deployments,pods,services,networkpolicies,pdb,roles"]);
        left["items"]
            .as_array()
            .is_none_or(Vec::is_empty)
            .then_some(())
    })
    .await;
    assert!(!plane.kubectl(&["get", "clusterrole", RELEASE]).success);
    node.get(&["persistentvolumeclaim", RELEASE]);
    let kept = [
        "get",
        "wfs/nightly",
        "ghc/acme",
        "secret/github",
        "--output=name",
    ];
    let kept = stage.kubectl(&kept).expect_success();
    assert_eq!(kept.lines().count(), 3, "{kept}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installed_release_does_the_whole_story_within_its_rights_and_leaves_what_people_declared()
 {
    let plane = empty_cluster();
    install(plane);
    let stage = stage(plane).await;
    let node = Node {
        plane,
        namespace: RELEASE,
        folder: stage.folder.path(),
    };
    let pod = node.pod("").await;
    let log = stage.folder.path().join("pod.log");
    let mut controller = Controller::run(node.container(&pod).command(), log).await;

    the_story_is_told(&stage).await;

    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        let path = &pod["spec"]["containers"][0][probe]["httpGet"]["path"];
        assert_eq!(controller.get(path.as_str().unwrap()).0, 200, "{probe}");
    }
    helms_test_passes(&node, &controller).await;
    stage.assert_within_rights();
    assert_eq!(controller.terminate().await.code(), Some(0));
    an_uninstall_leaves_what_people_declared(&stage, &node).await;
}

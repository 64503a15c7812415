//! The harness itself: what it starts ends, and what it says of service accounts is so.

use std::process::Command;

use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::{Api, api::ListParams};

use super::control_plane::{ControlPlane, client, shared};

const MAY_READ_CONFIG_MAPS: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: NAMESPACE}
rules: [{apiGroups: [''], resources: [configmaps], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: NAMESPACE}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: reader, namespace: NAMESPACE}]
";

fn is_alive(pid: u32) -> bool {
    let asked = Command::new("kill").args(["-0", &pid.to_string()]).output();
    asked.expect("a kill command").status.success()
}

#[test]
fn a_control_plane_keeps_its_objects_while_its_api_server_is_away_and_leaves_nothing_behind() {
    let plane = ControlPlane::start();
    plane
        .kubectl(&["create", "namespace", "kept"])
        .expect_success();

    plane.stop_api_server();
    assert!(
        !plane.kubectl(&["get", "namespace", "kept"]).success,
        "nobody should answer"
    );
    plane.start_api_server();

    plane
        .kubectl(&["get", "namespace", "kept"])
        .expect_success();
    let (data, pids) = (plane.ready().data.clone(), plane.ready().pids.clone());
    assert!(
        pids.values().all(|pid| *pid > 0) && pids.len() >= 3,
        "{pids:?}"
    );
    drop(plane);
    assert!(!data.exists(), "{} is left", data.display());
    for (name, pid) in pids {
        assert!(!is_alive(pid), "{name} still runs");
    }
}

#[tokio::test]
async fn a_service_account_may_do_what_its_roles_say_and_the_rest_is_told() {
    let scope = shared().namespace("accounts").await;
    let account = shared()
        .service_account(&scope.name, "reader", MAY_READ_CONFIG_MAPS)
        .await;
    let client = client(&account.kubeconfig).await;

    let allowed = Api::<ConfigMap>::namespaced(client.clone(), &scope.name);
    allowed
        .list(&ListParams::default())
        .await
        .expect("a list that the role allows");
    assert_eq!(shared().forbidden_requests(&account), [""; 0]);

    let denied = Api::<Secret>::namespaced(client, &scope.name);
    denied
        .list(&ListParams::default())
        .await
        .expect_err("a list that no role allows");
    let told = shared().forbidden_requests(&account);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("list /api/v1/namespaces/accounts/secrets"),
        "{told:?}"
    );
}

//! The objects on the control plane: two equal sets, one for the controller and one for the bare load generator.

use std::path::PathBuf;

use cronwright::{
    api::{WorkflowSchedule, WorkflowScheduleSpec},
    simulate::FLEET_TOKEN,
};
use futures::{StreamExt as _, stream};
use kube::{
    Api, Client,
    api::{Patch, PatchParams, PostParams},
};
use serde_json::json;

use crate::{
    control_plane::{self, ControlPlane},
    stage::{Stage, name, seen_before},
};

/// The namespace of the controller's objects.
pub const FLEET: &str = "fleet";
/// The namespace of the load generator's objects.
pub const LOAD: &str = "load";
/// The connection's name.
pub const CONNECTION: &str = "acme";

/// How many objects are made side by side.
const MADE_AT_ONCE: usize = 32;

/// What the controller may do; the load generator gets the same.
const RBAC: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: bench, namespace: NAMESPACE}
rules:
- {apiGroups: [cronwright.dev], resources: [workflowschedules, workflowschedulesets, githubconnections], verbs: [get, list, watch, patch]}
- {apiGroups: [cronwright.dev], resources: [workflowschedules/status, workflowschedulesets/status, githubconnections/status], verbs: [get, patch]}
- {apiGroups: [''], resources: [secrets], verbs: [get]}
- {apiGroups: [events.k8s.io], resources: [events], verbs: [create, patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: bench, namespace: NAMESPACE}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: bench}
subjects: [{kind: ServiceAccount, name: bench, namespace: NAMESPACE}]
";

/// The cluster with both accounts.
pub struct Cluster {
    pub controller_kubeconfig: PathBuf,
    pub controller_user: String,
    pub load_client: Client,
    client: Client,
    specs: Vec<WorkflowScheduleSpec>,
}

impl Cluster {
    /// Makes both namespaces, their accounts, and the controller's connection.
    pub async fn prepare(plane: &ControlPlane, stage: &Stage) -> Self {
        let scope = plane.namespace(FLEET).await;
        plane.namespace(LOAD).await;
        let ours = plane.service_account(FLEET, "bench", RBAC).await;
        let load = plane.service_account(LOAD, "bench", RBAC).await;
        let connection = json!({
            "apiVersion": "v1", "kind": "List", "items": [
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "github", "namespace": FLEET},
                 "stringData": {"token": FLEET_TOKEN}},
                {"apiVersion": "cronwright.dev/v1alpha1", "kind": "GitHubConnection",
                 "metadata": {"name": CONNECTION, "namespace": FLEET},
                 "spec": {
                    "url": format!("http://{}", stage.address),
                    "interval": format!("{}s", stage.asked.interval.0),
                    "budgetPercent": 100,
                    "credentials": {"tokenSecretRef": {"name": "github", "key": "token"}}}},
            ]
        });
        plane
            .kubectl_with(&connection.to_string(), &["apply", "--filename", "-"])
            .expect_success();
        Self {
            controller_user: ours.user,
            controller_kubeconfig: ours.kubeconfig,
            load_client: control_plane::client(&load.kubeconfig).await,
            client: scope.client,
            specs: stage
                .workflows
                .iter()
                .map(|workflow| stage.spec(workflow))
                .collect(),
        }
    }

    /// Makes one object for each workflow, observed before and with nothing else in its status.
    pub async fn create(&self, namespace: &str) {
        let api: Api<WorkflowSchedule> = Api::namespaced(self.client.clone(), namespace);
        let made = stream::iter(self.specs.iter().enumerate()).map(|(number, spec)| {
            let (api, name) = (api.clone(), name(number));
            let object = WorkflowSchedule::new(&name, spec.clone());
            async move {
                api.create(&PostParams::default(), &object).await.unwrap();
                let status = Patch::Merge(json!({ "status": seen_before() }));
                let by_hand = PatchParams {
                    field_manager: Some("bench".to_owned()),
                    ..PatchParams::default()
                };
                api.patch_status(&name, &by_hand, &status).await.unwrap();
            }
        });
        made.buffer_unordered(MADE_AT_ONCE)
            .collect::<Vec<_>>()
            .await;
    }
}

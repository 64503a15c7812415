//! What the controller was allowed and what it did, from the manifests that are the chart's, and the audit log.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};

use super::super::{control_plane::ControlPlane, service_account::ServiceAccount};

const RBAC: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/deploy/kustomize/overlays/cluster/rbac.yaml"
));

/// A verb and what it is used on, as in `patch cronwright.dev/workflowschedules/status`.
pub type Deed = String;

/// The rules of the ClusterRole as a Role of one namespace, bound to an account there.
pub fn role(account: &str) -> String {
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": account, "namespace": "NAMESPACE"},
        "rules": rules(),
    });
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": account, "namespace": "NAMESPACE"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": account},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": "NAMESPACE"}],
    });
    format!("{role}\n---\n{binding}\n")
}

/// Everything the rules allow.
pub fn granted() -> BTreeSet<Deed> {
    let mut granted = BTreeSet::new();
    for rule in rules() {
        for group in texts(&rule["apiGroups"]) {
            for resource in texts(&rule["resources"]) {
                let verbs = texts(&rule["verbs"]);
                granted.extend(
                    verbs
                        .iter()
                        .map(|verb| format!("{verb} {group}/{resource}")),
                );
            }
        }
    }
    granted
}

impl ControlPlane {
    /// Every request of an account, in order, its questions about its own rights left out: what it did, and the name.
    pub fn deeds(&self, account: &ServiceAccount) -> Vec<(Deed, String)> {
        let log = fs::read_to_string(&self.ready().audit_log).unwrap();
        let events = log
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let own = events.filter(|event| event["user"]["username"] == account.user.as_str());
        let deeds = own.flat_map(|event| {
            let text = |name: &str| {
                event["objectRef"][name]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            };
            let verb = event["verb"].as_str().unwrap_or_default();
            let mut deed = format!("{verb} {}/{}", text("apiGroup"), text("resource"));
            if !text("subresource").is_empty() {
                deed = format!("{deed}/{}", text("subresource"));
            }
            // An apply that makes an object has to be allowed both.
            let makes = verb == "patch" && event["responseStatus"]["code"] == 201;
            let made = makes.then(|| (deed.replacen("patch", "create", 1), text("name")));
            made.into_iter().chain([(deed, text("name"))])
        });
        deeds
            .filter(|(deed, _)| !deed.contains("authorization.k8s.io"))
            .collect()
    }

    /// How often an account wrote the status of WorkflowSchedules.
    pub fn status_writes(&self, account: &ServiceAccount) -> usize {
        let status = "patch cronwright.dev/workflowschedules/status";
        let deeds = self.deeds(account);
        deeds.iter().filter(|(deed, _)| deed == status).count()
    }
}

fn rules() -> Vec<Value> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(RBAC).unwrap();
    let role = documents.iter().find(|one| one["kind"] == "ClusterRole");
    role.unwrap()["rules"].as_array().unwrap().clone()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

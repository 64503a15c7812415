//! A program's own account: a token, exactly the rights of its manifest, and a look at what it was forbidden.

use std::{fs, path::PathBuf};

use k8s_openapi::api::authorization::v1::{SelfSubjectRulesReview, SelfSubjectRulesReviewSpec};
use kube::{Api, Client, api::PostParams};
use serde_json::{Value, json};

use super::{
    control_plane::{ControlPlane, client},
    wait,
};

/// A service account that programs can act as.
#[derive(Debug)]
pub struct ServiceAccount {
    /// A kubeconfig with a token of its own and its namespace as the default.
    pub kubeconfig: PathBuf,
    /// The user that the API server takes it for.
    pub user: String,
}

impl ControlPlane {
    /// Makes a service account, applies the roles and bindings of `rbac` and returns once the API server grants them.
    ///
    /// `rbac` is YAML documents in which `NAMESPACE` stands for the namespace; every role in it is bound to the account
    /// for that namespace or for all.
    pub async fn service_account(&self, namespace: &str, name: &str, rbac: &str) -> ServiceAccount {
        self.kubectl(&["create", "serviceaccount", name, "--namespace", namespace])
            .expect_success();
        let token = self
            .kubectl(&["create", "token", name, "--namespace", namespace])
            .expect_success();
        let account = ServiceAccount {
            kubeconfig: self.write_kubeconfig(namespace, name, token.trim()),
            user: format!("system:serviceaccount:{namespace}:{name}"),
        };
        let client = client(&account.kubeconfig).await;
        let wanted = rules(&client, namespace).await + declared_rules(rbac);
        self.kubectl_with(
            &rbac.replace("NAMESPACE", namespace),
            &["apply", "--filename", "-"],
        )
        .expect_success();
        let granted = async || (rules(&client, namespace).await >= wanted).then_some(());
        wait::poll(
            "the API server grants the roles of a new service account",
            granted,
        )
        .await;
        account
    }

    /// The account's requests that were answered with 403, one line of method, address and time each; programs with
    /// the right privileges have none.
    pub fn forbidden_requests(&self, account: &ServiceAccount) -> Vec<String> {
        let log = fs::read_to_string(&self.ready().audit_log).expect("an audit log");
        log.lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("an audit log of JSON lines"))
            .filter(|event| event["user"]["username"] == account.user.as_str())
            .filter(|event| event["responseStatus"]["code"] == 403)
            .map(|event| {
                let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
                format!(
                    "{} {} at {}",
                    text("verb"),
                    text("requestURI"),
                    text("stageTimestamp")
                )
            })
            .collect()
    }

    fn write_kubeconfig(&self, namespace: &str, name: &str, token: &str) -> PathBuf {
        let ready = self.ready();
        let kubeconfig = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "plane", "cluster": {"server": ready.server, "certificate-authority": ready.ca_file}}],
            "users": [{"name": name, "user": {"token": token}}],
            "contexts": [{"name": name, "context": {"cluster": "plane", "user": name, "namespace": namespace}}],
            "current-context": name,
        });
        let path = ready.data.join(format!("{namespace}-{name}.kubeconfig"));
        fs::write(&path, kubeconfig.to_string()).expect("a writable folder");
        path
    }
}

/// How many rules the roles of YAML documents have.
fn declared_rules(rbac: &str) -> usize {
    let documents: Vec<Value> = serde_saphyr::from_multiple(rbac).expect("YAML documents");
    documents
        .iter()
        .filter_map(|document| document["rules"].as_array())
        .map(Vec::len)
        .sum()
}

/// How many rules hold for a client's own account in a namespace.
async fn rules(client: &Client, namespace: &str) -> usize {
    let api: Api<SelfSubjectRulesReview> = Api::all(client.clone());
    let review = SelfSubjectRulesReview {
        spec: SelfSubjectRulesReviewSpec {
            namespace: Some(namespace.to_owned()),
        },
        ..SelfSubjectRulesReview::default()
    };
    let review = api
        .create(&PostParams::default(), &review)
        .await
        .expect("a review of one's own");
    review.status.map_or(0, |status| {
        status.resource_rules.len() + status.non_resource_rules.len()
    })
}

//! Two controllers, `a` and `b`, of one namespace, one history and one lease.

use std::{collections::BTreeSet, path::Path, process::Command};

use k8s_openapi::api::coordination::v1::Lease;
use serde_json::json;

use crate::postgres;

use super::super::{
    control_plane::ControlPlane,
    controller::{process::Controller, rights, stage::Stage},
    service_account::ServiceAccount,
    wait,
};

/// The lease's name.
pub const LEASE: &str = "cronwright";
/// How long it lasts: short for a test, and long enough for a loaded machine to renew it.
const DURATION: &str = "6s";

/// A scene with the accounts of two replicas.
pub struct Pair {
    pub stage: Stage,
    /// The history of both.
    store: String,
    accounts: [ServiceAccount; 2],
}

impl Pair {
    /// Sets the scene.
    pub async fn set(namespace: &str) -> Self {
        Self::of(Stage::set(namespace).await).await
    }

    /// Sets the scene with the history in PostgreSQL; none where that is missing.
    pub async fn set_over_postgres(namespace: &str) -> Option<Self> {
        let store = postgres::shared()?.database();
        Some(Self::set_over(namespace, store).await)
    }

    /// Sets the scene with the history at a URL.
    pub async fn set_over(namespace: &str, store: String) -> Self {
        let pair = Self::set(namespace).await;
        Self { store, ..pair }
    }

    /// Sets the scene on a control plane of one's own.
    pub async fn set_on(plane: &'static ControlPlane, namespace: &str) -> Self {
        Self::of(Stage::set_on(plane, namespace).await).await
    }

    async fn of(stage: Stage) -> Self {
        let accounts = [account(&stage, "a").await, account(&stage, "b").await];
        let store = in_file(stage.folder.path());
        Self {
            stage,
            store,
            accounts,
        }
    }

    /// Starts `a` and waits until it leads, then `b` and waits until it stands by.
    pub async fn start(&self) -> (Controller, Controller) {
        let first = self.replica(0, &[]).await;
        until_told(&first, "ready: leading\n").await;
        let second = self.replica(1, &[]).await;
        until_told(&second, "ready: standby\n").await;
        (first, second)
    }

    /// Starts a replica with more arguments.
    pub async fn replica(&self, which: usize, more: &[&str]) -> Controller {
        let (name, folder) = (["a", "b"][which], self.stage.folder.path());
        let mut command = controller(&self.stage, &self.store);
        command
            .args(["--leader-elect", "--lease-name", LEASE])
            .args(["--lease-duration", DURATION])
            .args(more)
            .env("KUBECONFIG", &self.accounts[which].kubeconfig)
            .env("HOSTNAME", name);
        Controller::run(command, folder.join(format!("{name}.log"))).await
    }

    /// Waits, by watching, until a replica holds the lease.
    pub async fn until_held_by(&self, name: &'static str) {
        let held = move |lease: Option<&Lease>| {
            holder(lease).is_some_and(|holder| holder.starts_with(&format!("{name}_")))
        };
        let what = format!("{name} holds the lease");
        wait::until(&self.stage.scope.api::<Lease>(), LEASE, &what, held).await;
    }

    /// How often a replica wrote to objects, be it status or finalizers.
    pub fn patches(&self, which: usize) -> usize {
        let deeds = self.stage.plane.deeds(&self.accounts[which]);
        let patches = deeds.iter().filter(|(deed, _)| deed.starts_with("patch "));
        patches.count()
    }

    /// How often a replica asked for objects of ours.
    pub fn reads(&self, which: usize) -> usize {
        let deeds = self.stage.plane.deeds(&self.accounts[which]);
        let ours = |deed: &str| deed.contains("cronwright.dev/");
        deeds.iter().filter(|(deed, _)| ours(deed)).count()
    }

    /// What a replica asked of the API server, each once.
    pub fn deeds(&self, which: usize) -> BTreeSet<String> {
        let deeds = self.stage.plane.deeds(&self.accounts[which]);
        deeds.into_iter().map(|(deed, _)| deed).collect()
    }

    /// Neither did anything that its rules do not allow.
    pub fn assert_within_rights(&self) {
        let mut granted = rights::granted();
        granted.extend(
            ["get", "create", "update"].map(|verb| format!("{verb} coordination.k8s.io/leases")),
        );
        for account in &self.accounts {
            assert_eq!(self.stage.plane.forbidden_requests(account), [""; 0]);
            let deeds = self.stage.plane.deeds(account);
            let deeds: BTreeSet<_> = deeds.into_iter().map(|(deed, _)| deed).collect();
            assert_eq!(deeds.difference(&granted).collect::<Vec<_>>(), [""; 0]);
        }
    }
}

/// The store in a folder.
pub fn in_file(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("history.db").display())
}

/// The command of a controller of the stage's namespace; its store is given as the chart gives it.
pub fn controller(stage: &Stage, store: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cronwright"));
    command
        .args(["controller", "--log", "info,cronwright=debug"])
        .args(["--namespace", &stage.scope.name])
        .args(["--admin-address", "127.0.0.1:0"])
        .env("CRONWRIGHT_STORE", store)
        .env("KUBECONFIG", &stage.account.kubeconfig);
    command
}

/// Waits until a controller's readiness says this.
pub async fn until_told(controller: &Controller, told: &str) {
    let what = format!("a controller tells '{}'", told.trim());
    wait::poll(&what, async || {
        (controller.get("/readyz").1 == told).then_some(())
    })
    .await;
}

fn holder(lease: Option<&Lease>) -> Option<&str> {
    lease?.spec.as_ref()?.holder_identity.as_deref()
}

/// An account with the rights of the manifests, and those that a lease needs.
async fn account(stage: &Stage, name: &str) -> ServiceAccount {
    let (leases, namespace) = (format!("{name}-lease"), "NAMESPACE");
    let group = json!(["coordination.k8s.io"]);
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": leases, "namespace": namespace},
        "rules": [
            {"apiGroups": group, "resources": ["leases"], "verbs": ["create"]},
            {"apiGroups": group, "resources": ["leases"], "resourceNames": [LEASE], "verbs": ["get", "update"]},
        ],
    });
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": leases, "namespace": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": leases},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
    });
    let rbac = format!("{}---\n{role}\n---\n{binding}\n", rights::role(name));
    let account = stage.plane.service_account(&stage.scope.name, name, &rbac);
    account.await
}

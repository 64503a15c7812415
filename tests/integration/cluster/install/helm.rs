//! Helm, as a person at a terminal uses it.

use std::process::Command;

use super::super::{control_plane::ControlPlane, kubectl::Said};

/// The chart in the tree.
pub const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/charts/cronwright");

/// The chart as version 0.1.0 was released.
pub const CHART_BEFORE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/charts/cronwright-0.1.0.tgz"
);

impl ControlPlane {
    /// Runs Helm as the administrator, in a namespace.
    pub fn helm(&self, namespace: &str, arguments: &[&str]) -> Said {
        let ready = self.ready();
        let home = |name: &str| ready.data.join("helm").join(name);
        let output = Command::new(ready.bin.join("helm"))
            .args(arguments)
            .args(["--namespace", namespace])
            .env("KUBECONFIG", &ready.kubeconfig)
            .env("HELM_CACHE_HOME", home("cache"))
            .env("HELM_CONFIG_HOME", home("config"))
            .env("HELM_DATA_HOME", home("data"))
            .output()
            .unwrap_or_else(|error| panic!("helm cannot be started: {error}"));
        Said {
            success: output.status.success(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

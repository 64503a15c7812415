//! Helm and its likes as functions, and the sets of values that the chart is judged with.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::cluster::{control_plane::programs, kubectl::Said};

/// The chart in the tree.
pub const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/charts/cronwright");

/// What people install, a file of `values/` each.
pub const SETS: [&str; 4] = ["default", "namespaced", "postgres", "everything"];

/// The oldest Kubernetes that the chart takes.
const KUBERNETES: &str = "1.33.0";

/// Where Helm keeps its own files.
static HOME: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

/// The file of a value set.
pub fn values(set: &str) -> PathBuf {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/integration/chart/values"
    );
    Path::new(folder).join(format!("{set}.yaml"))
}

/// Runs one of the programs of `tests/control-plane` with a text as its standard input.
pub fn run(program: &str, input: &str, arguments: &[&str]) -> Said {
    let mut child = Command::new(programs().join(program))
        .args(arguments)
        .env("HELM_CACHE_HOME", HOME.path().join("cache"))
        .env("HELM_CONFIG_HOME", HOME.path().join("config"))
        .env("HELM_DATA_HOME", HOME.path().join("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    // A program that does not read its input may have ended already.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    Said {
        success: output.status.success(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// What Helm says to a release `cronwright` in the namespace `cronwright` with more arguments.
pub fn template(more: &[&str]) -> Said {
    let fixed = [
        "template",
        "cronwright",
        CHART,
        "--namespace=cronwright",
        "--kube-version",
        KUBERNETES,
    ];
    run("helm", "", &[&fixed[..], more].concat())
}

/// The manifests of a value set.
pub fn rendered(set: &str) -> String {
    let values = format!("--values={}", values(set).display());
    template(&[&values]).expect_success()
}

/// The manifests of a value set as objects.
pub fn objects(set: &str) -> Vec<Value> {
    parsed(&rendered(set))
}

/// YAML documents as objects; empty ones are left out.
pub fn parsed(manifests: &str) -> Vec<Value> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(manifests).unwrap();
    documents.into_iter().filter(|one| !one.is_null()).collect()
}

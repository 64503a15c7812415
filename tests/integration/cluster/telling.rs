//! The commands that report tell from a cluster's statuses, as users who may read our kinds and nothing else.

use std::{
    net::TcpListener,
    path::Path,
    process::{Command, Output},
};

use cronwright::api::{GitHubConnection, WorkflowSchedule};
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use super::{
    control_plane::{ControlPlane, programs, shared},
    scope::Scope,
};

const CONNECTION: &str = "
apiVersion: cronwright.dev/v1alpha1
kind: GitHubConnection
metadata: {name: acme}
spec: {url: https://ghe.example/api/v3, credentials: {tokenSecretRef: {name: nobody-reads-it, key: token}}}
";

const READER: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: NAMESPACE}
rules: [{apiGroups: [cronwright.dev], resources: [workflowschedules, githubconnections], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: NAMESPACE}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: reader, namespace: NAMESPACE}]
";

fn condition(kind: &str, status: &str, reason: &str, message: &str) -> Value {
    json!({"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": "2026-09-01T00:00:00Z"})
}

/// A status as the controller writes it.
fn status() -> Value {
    json!({
        "observedGeneration": 1,
        "current": [{"cron": "0 0 * * *"}],
        "currentCron": "0 0 * * *",
        "prediction": {
            "p50": "24m", "p90": "29m", "lower": "20m", "upper": "30m", "confidence": 81, "success": "97.3%",
            "successLower": "91.2%", "successUpper": "99.5%", "queueP50": "20s", "queueP90": "3m",
            "latenessP50": "9m", "latenessP90": "15m", "samples": 41, "model": "mixed-experts/2",
        },
        "recommendation": {
            "action": "Apply", "cron": "17 2 * * *", "schedule": [{"cron": "17 2 * * *"}],
            "reasons": ["it overlaps 4h a week with acme/app/e2e.yml"],
            "conflicts": [{"with": "acme/app/e2e.yml", "overlap": "4h"}],
        },
        "accuracy": {
            "comparisons": 40, "meanError": 9, "medianError": 7, "score": 90, "health": "Good", "coverage": 92, "skill": 31,
            "distribution": {"excellent": 26, "good": 10, "fair": 3, "poor": 1},
        },
        "pullRequest": {
            "number": 7, "url": "https://ghe.example/acme/app/pull/7", "state": "Open", "label": "#7 open", "digest": "4f2a",
        },
        "anomalies": [{
            "kind": "Slower", "event": "schedule", "since": "2026-08-28T00:12:00Z", "run": 4711,
            "noticedAt": "2026-08-30T00:40:00Z", "from": "12m", "to": "24m",
        }],
        "cost": {
            "usd": "12.34", "lowUsd": "11.00", "highUsd": "14.10", "billedMinutes": 1620, "unpricedMinutes": 90, "measured": 80,
            "advice": ["it has failed 30 times in a row: once a week would spare about $8.10 in 30 days"],
        },
        "conditions": [condition("Ready", "True", "Observed", "")],
    })
}

/// A namespace with a workflow that is known well and one that nobody has looked at.
async fn told(name: &str) -> Scope {
    let scope = shared().namespace(name).await;
    scope.create::<GitHubConnection>(CONNECTION).await;
    for (name, file) in [("nightly", "nightly.yml"), ("weekly", "weekly.yml")] {
        let schedule = format!(
            "
apiVersion: cronwright.dev/v1alpha1
kind: WorkflowSchedule
metadata: {{name: {name}}}
spec: {{connectionRef: {{name: acme}}, repository: acme/app, workflow: {file}}}
"
        );
        scope.create::<WorkflowSchedule>(&schedule).await;
    }
    let patch = json!({"apiVersion": "cronwright.dev/v1alpha1", "kind": "WorkflowSchedule", "status": status()});
    let applied = scope
        .api::<WorkflowSchedule>()
        .patch_status(
            "nightly",
            &PatchParams::apply("cronwright"),
            &Patch::Apply(patch),
        )
        .await;
    applied.expect("a status of the schema");
    let incident = json!({
        "kind": "Slower", "owner": "acme", "since": "2026-08-28T00:12:00Z", "workflows": 7,
        "message": "7 workflows of acme became slower",
    });
    let status = json!({"incidents": [incident]});
    let patch = json!({"apiVersion": "cronwright.dev/v1alpha1", "kind": "GitHubConnection", "status": status});
    let applied = scope
        .api::<GitHubConnection>()
        .patch_status(
            "acme",
            &PatchParams::apply("cronwright"),
            &Patch::Apply(patch),
        )
        .await;
    applied.expect("a status of the schema");
    scope
}

/// Runs a command with a kubeconfig and no other hint of a source.
fn cronwright(kubeconfig: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cronwright"));
    command
        .args(args)
        .arg("--kubeconfig")
        .arg(kubeconfig)
        .env_remove("CRONWRIGHT_STORE")
        .env_remove("KUBECONFIG");
    command.output().unwrap()
}

fn text(output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn whoever_may_list_our_kinds_is_told_everything_that_statuses_hold_and_reads_nothing_else() {
    told("telling").await;
    let reader = shared().service_account("telling", "reader", READER).await;
    let run = |args: &[&str]| text(&cronwright(&reader.kubeconfig, args));

    insta::assert_snapshot!("report", run(&["report"]));
    insta::assert_snapshot!("export", run(&["export"]));
    insta::assert_snapshot!("forecast", run(&["forecast"]));
    insta::assert_snapshot!("accuracy", run(&["accuracy"]));
    insta::assert_snapshot!("health", run(&["health"]));
    insta::assert_snapshot!("explain", run(&["explain", "nightly"]));
    insta::assert_snapshot!("anomalies", run(&["anomalies"]));
    insta::assert_snapshot!("anomalies-json", run(&["anomalies", "--format", "json"]));
    insta::assert_snapshot!("cost", run(&["cost"]));
    insta::assert_snapshot!("cost-json", run(&["cost", "--format", "json"]));
    // What it tells depends on the hour; whence it tells does not.
    let load = run(&["load"]);
    let told = "workflows by cron / without schedule or forecast   ";
    assert!(load.contains(told) && load.contains("Not told"), "{load}");

    for format in ["json", "yaml", "markdown"] {
        run(&["report", "--format", format]);
    }
    let context = run(&["report", "weekly", "--context", "reader"]);
    assert!(context.starts_with("1 workflows"), "{context}");
    assert_eq!(shared().forbidden_requests(&reader), Vec::<String>::new());
}

#[tokio::test]
async fn whoever_may_not_list_is_told_which_right_is_missing() {
    told("telling-half").await;
    let half = READER.replace("workflowschedules, githubconnections", "workflowschedules");
    let reader = shared()
        .service_account("telling-half", "reader", &half)
        .await;

    let output = cronwright(&reader.kubeconfig, &["forecast"]);

    let out = text(&output);
    assert!(out.contains("acme/app/nightly.yml"), "{out}");
    let warning = String::from_utf8_lossy(&output.stderr);
    assert!(
        warning.contains("you may not list githubconnections in namespace telling-half"),
        "{warning}"
    );
    let everywhere = refused(&cronwright(&reader.kubeconfig, &["report", "-A"]));
    assert!(
        everywhere.contains("you may not list workflowschedules in context reader")
            && everywhere.contains("-n NAME looks in one namespace"),
        "{everywhere}"
    );
    let elsewhere = refused(&cronwright(
        &reader.kubeconfig,
        &["report", "-n", "default"],
    ));
    assert!(
        elsewhere.contains("namespace default of context reader"),
        "{elsewhere}"
    );
}

#[tokio::test]
async fn what_is_not_there_is_told_with_what_is() {
    let plane = shared();
    plane.namespace("telling-nothing").await;
    let admin = &plane.ready().kubeconfig;
    let nothing = refused(&cronwright(admin, &["report", "-n", "telling-nothing"]));
    assert!(
        nothing.contains("has no WorkflowSchedule; -A looks in all namespaces"),
        "{nothing}"
    );
    let unknown = refused(&cronwright(admin, &["report", "--context", "nowhere"]));
    assert!(
        unknown.contains("the kubeconfig has no context 'nowhere'; it has "),
        "{unknown}"
    );
    let none = refused(&cronwright(Path::new("/nowhere/config"), &["report"]));
    assert!(none.contains("the kubeconfig cannot be read"), "{none}");
    let away = refused(&cronwright(&away(plane), &["report"]));
    assert!(
        away.contains("does not answer at https://127.0.0.1:"),
        "{away}"
    );
}

/// The administrator's kubeconfig with the address of nobody.
fn away(plane: &ControlPlane) -> std::path::PathBuf {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let text = std::fs::read_to_string(&plane.ready().kubeconfig).unwrap();
    let text = text.replace(&plane.ready().server, &format!("https://127.0.0.1:{port}"));
    let path = plane.ready().data.join("away.kubeconfig");
    std::fs::write(&path, text).unwrap();
    path
}

#[cfg(unix)]
#[tokio::test]
async fn as_a_plugin_of_kubectl_the_current_context_is_told_from() {
    told("telling-plugin").await;
    let reader = shared()
        .service_account("telling-plugin", "reader", READER)
        .await;
    let folder = tempfile::tempdir().unwrap();
    let plugin = folder.path().join("kubectl-cronwright");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_cronwright"), &plugin).unwrap();
    let path = format!(
        "{}:{}",
        folder.path().display(),
        std::env::var("PATH").unwrap()
    );
    let mut kubectl = Command::new(programs().join("kubectl"));
    kubectl
        .args(["cronwright", "report"])
        .env("PATH", path)
        .env("KUBECONFIG", &reader.kubeconfig)
        .env("CRONWRIGHT_STORE", "sqlite://not/asked.db");

    let told = text(&kubectl.output().unwrap());

    assert!(told.starts_with("2 workflows: 2 by cron"), "{told}");
}

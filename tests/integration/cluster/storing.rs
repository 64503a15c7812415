//! Good objects are stored as they were written, with defaults filled in.

use serde_json::{Value, json};

use super::control_plane::shared;

const MINIMAL: &str = "
apiVersion: cronwright.dev/v1alpha1
kind: WorkflowSchedule
metadata: {name: nightly}
spec:
  connectionRef: {name: acme}
  repository: acme/payments
  workflow: nightly.yml
  timing:
    windows: [{from: '00:00', to: '06:00'}]
    after: [{name: export}]
";

const FULL: &str = "
apiVersion: cronwright.dev/v1alpha1
kind: WorkflowSchedule
metadata: {name: nightly}
spec:
  connectionRef: {name: acme}
  repository: acme/payments
  workflow: nightly.yaml
  timing:
    every: 1d
    windows: [{days: [Mon, Tue, Wed, Thu, Fri], from: '22:00', to: '06:00'}]
    timeZone: Europe/Berlin
    finishBy: '06:30'
    after: [{name: export-nightly, slack: 10m}]
  policy: {mode: PullRequest, minConfidence: 80, maxChangesPerWeek: 2, editGeneratedFiles: true}
  pullRequest: {labels: [ci, schedule], reviewers: [octo], draft: true}
  interval: 10m
  suspend: true
";

const CONNECTION: &str = "
apiVersion: cronwright.dev/v1alpha1
kind: GitHubConnection
metadata: {name: acme}
spec: {credentials: {tokenSecretRef: {name: github, key: token}}}
";

/// Applies a manifest as a person would and returns the stored spec.
async fn stored(namespace: &str, manifest: &str) -> Value {
    shared().namespace(namespace).await;
    let namespace = format!("--namespace={namespace}");
    let apply = ["apply", &namespace, "--filename=-", "--output=json"];
    let stored = shared().kubectl_with(manifest, &apply).expect_success();
    let mut object: Value = serde_json::from_str(&stored).expect("an object as JSON");
    object["spec"].take()
}

#[tokio::test]
async fn a_schedule_that_says_little_is_stored_with_its_defaults() {
    let spec = stored("defaults", MINIMAL).await;

    let week = json!(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]);
    assert_eq!(
        spec,
        json!({
            "connectionRef": {"name": "acme"},
            "repository": "acme/payments",
            "workflow": "nightly.yml",
            "timing": {
                "windows": [{"days": week, "from": "00:00", "to": "06:00"}],
                "after": [{"name": "export", "slack": "0s"}],
            },
            "policy": {"mode": "Recommend", "minConfidence": 70, "maxChangesPerWeek": 1, "editGeneratedFiles": false},
            "interval": "5m",
            "suspend": false,
        })
    );
}

#[tokio::test]
async fn a_schedule_that_says_everything_is_stored_as_written() {
    let spec = stored("as-written", FULL).await;

    let written: Value = serde_saphyr::from_str(FULL).expect("a manifest");
    assert_eq!(spec, written["spec"]);
}

#[tokio::test]
async fn a_connection_that_says_little_is_stored_with_its_defaults() {
    let spec = stored("connection-defaults", CONNECTION).await;

    assert_eq!(
        spec,
        json!({
            "url": "https://api.github.com",
            "credentials": {"tokenSecretRef": {"name": "github", "key": "token"}},
            "interval": "5m",
            "budgetPercent": 50,
            "suspend": false,
        })
    );
}

#[tokio::test]
async fn a_null_is_stored_as_an_absent_field() {
    shared().namespace("null").await;
    let manifest = MINIMAL.replace(
        "  timing:\n",
        "  pullRequest: null\n  timing:\n    every: null\n",
    );

    // Unlike apply, create sends the nulls of a manifest.
    let create = [
        "create",
        "--namespace=null",
        "--filename=-",
        "--output=json",
    ];
    let stored = shared().kubectl_with(&manifest, &create).expect_success();

    let stored: Value = serde_json::from_str(&stored).expect("an object as JSON");
    assert_eq!(stored["spec"].get("pullRequest"), None);
    assert_eq!(stored["spec"]["timing"].get("every"), None);
    assert!(stored["spec"]["timing"].get("windows").is_some());
}

#[tokio::test]
async fn an_applied_manifest_shows_no_difference_afterwards() {
    for (namespace, manifest) in [("clean-minimal", MINIMAL), ("clean-full", FULL)] {
        stored(namespace, manifest).await;

        let namespace = format!("--namespace={namespace}");
        let difference = shared().kubectl_with(manifest, &["diff", &namespace, "--filename=-"]);

        assert!(difference.success, "{}{}", difference.out, difference.err);
    }
}

#[tokio::test]
async fn a_misspelt_field_is_refused() {
    shared().namespace("misspelt").await;
    let misspelt = MINIMAL.replace("windows:", "window:");

    let refused = shared().kubectl_with(
        &misspelt,
        &["apply", "--namespace=misspelt", "--filename=-"],
    );

    assert!(!refused.success);
    assert!(
        refused.err.contains("unknown field \"spec.timing.window\""),
        "{}",
        refused.err
    );
}

//! What `kubectl get` prints.

use kube::api::{Patch, PatchParams};
use serde_json::Value;

use cronwright::api::WorkflowSchedule;

use super::control_plane::shared;

const SCHEDULE: &str = "
apiVersion: cronwright.dev/v1alpha1
kind: WorkflowSchedule
metadata: {name: payments-nightly}
spec: {connectionRef: {name: acme}, repository: acme/payments, workflow: nightly.yml}
";

const CONNECTION: &str = "
apiVersion: cronwright.dev/v1alpha1
kind: GitHubConnection
metadata: {name: acme}
spec: {credentials: {tokenSecretRef: {name: github, key: token}}}
";

const STATUS: &str = "
status:
  currentCron: 0 0 * * *
  prediction:
    {p50: 12m30s, p90: 15m, lower: 11m, upper: 16m, confidence: 84, success: 97.3%, queueP50: 5s, queueP90: 30s,
     latenessP50: 8m, latenessP90: 25m, samples: 60, model: baseline}
  accuracy:
    {comparisons: 20, meanError: 9, medianError: 7, score: 90, health: Good, coverage: 91,
     distribution: {excellent: 15, good: 3, fair: 2, poor: 0}}
  recommendation: {action: Apply, cron: 17 2 * * *}
  pullRequest: {number: 7, url: 'https://github.example.test/7', state: Open, label: '#7 Open', digest: d}
  conditions:
  - {type: Ready, status: 'True', reason: Proposed, message: pull request 7 is open, lastTransitionTime: '2026-01-01T00:00:00Z'}
  - {type: InSync, status: 'False', reason: Proposed, message: '', lastTransitionTime: '2026-01-01T00:00:00Z'}
";

/// What `kubectl get` prints of that status, column by column.
const PLAIN: [(&str, &str); 10] = [
    ("NAME", "payments-nightly"),
    ("WORKFLOW", "nightly.yml"),
    ("CURRENT", "0 0 * * *"),
    ("PROPOSED", "17 2 * * *"),
    ("P50", "12m30s"),
    ("CONFIDENCE", "84"),
    ("SUCCESS", "97.3%"),
    ("ACTION", "Apply"),
    ("PR", "#7 Open"),
    ("READY", "True"),
];

/// The same under `--output=wide`.
const WIDE: [(&str, &str); 16] = [
    ("NAME", "payments-nightly"),
    ("REPOSITORY", "acme/payments"),
    ("WORKFLOW", "nightly.yml"),
    ("CURRENT", "0 0 * * *"),
    ("PROPOSED", "17 2 * * *"),
    ("P50", "12m30s"),
    ("P90", "15m"),
    ("CONFIDENCE", "84"),
    ("SUCCESS", "97.3%"),
    ("LATE", "8m"),
    ("SCORE", "90"),
    ("ACTION", "Apply"),
    ("PR", "#7 Open"),
    ("IN-SYNC", "False"),
    ("READY", "True"),
    ("MESSAGE", "pull request 7 is open"),
];

/// The lines of a table, each cell apart; cells stand at least three spaces apart.
fn cells(table: &str) -> Vec<Vec<&str>> {
    table.lines().map(row).collect()
}

/// The columns of a table of one object with its values, up to the age, which the clock writes.
fn before_age(table: &str) -> Vec<(&str, &str)> {
    let cells = cells(table);
    let columns: Vec<_> = cells[0]
        .iter()
        .copied()
        .zip(cells[1].iter().copied())
        .collect();
    let (last, rest) = columns.split_last().expect("a table with columns");
    assert_eq!(last.0, "AGE");
    rest.to_vec()
}

fn row(line: &str) -> Vec<&str> {
    line.split("   ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect()
}

#[tokio::test]
async fn one_glance_at_the_schedules_answers_the_question() {
    let scope = shared().namespace("glance").await;
    scope.create::<WorkflowSchedule>(SCHEDULE).await;
    let status: Value = serde_saphyr::from_str(STATUS).expect("a status as YAML");
    let api = scope.api::<WorkflowSchedule>();
    let patched = api
        .patch_status(
            "payments-nightly",
            &PatchParams::default(),
            &Patch::Merge(status),
        )
        .await;
    patched.expect("a status of the schema");

    let plain = ["get", "wfs", "--namespace=glance"];
    let plain = shared().kubectl(&plain).expect_success();
    let wide = ["get", "wfs", "--namespace=glance", "--output=wide"];
    let wide = shared().kubectl(&wide).expect_success();

    assert_eq!(before_age(&plain), PLAIN);
    assert_eq!(before_age(&wide), WIDE);
}

#[tokio::test]
async fn a_schedule_is_found_by_its_repository() {
    let scope = shared().namespace("by-repository").await;
    scope.create::<WorkflowSchedule>(SCHEDULE).await;
    let found = |repository: &str| {
        let field = format!("--field-selector=spec.repository={repository}");
        let list = [
            "get",
            "wfs",
            "--namespace=by-repository",
            "--output=name",
            &field,
        ];
        shared().kubectl(&list).expect_success()
    };

    assert_eq!(
        found("acme/payments").trim(),
        "workflowschedule.cronwright.dev/payments-nightly"
    );
    assert_eq!(found("acme/other"), "");
}

#[tokio::test]
async fn one_glance_at_the_connections_tells_who_and_how_much() {
    let scope = shared().namespace("connections").await;
    scope
        .create::<cronwright::api::GitHubConnection>(CONNECTION)
        .await;

    let plain = shared()
        .kubectl(&["get", "ghc", "--namespace=connections"])
        .expect_success();
    let wide = shared()
        .kubectl(&["get", "ghc", "--namespace=connections", "--output=wide"])
        .expect_success();

    assert_eq!(
        cells(&plain)[0],
        ["NAME", "IDENTITY", "SCHEDULES", "BUDGET", "READY", "AGE"]
    );
    assert_eq!(
        cells(&wide)[0],
        [
            "NAME",
            "URL",
            "IDENTITY",
            "SCHEDULES",
            "BUDGET",
            "READY",
            "MESSAGE",
            "AGE"
        ]
    );
}

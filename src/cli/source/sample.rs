//! Statuses for the tests of commands that tell from a cluster: written as the API server has them.

use serde_json::{Value, json};

use crate::{
    api::{GitHubConnection, WorkflowSchedule},
    report::Statuses,
};

/// Objects of the connection `ci/acme`, a workflow and its status each, and what that connection's status says.
pub(in crate::cli) fn statuses(workflows: &[(&str, Value)], connection: &Value) -> Statuses {
    let object = |(workflow, status): &(&str, Value)| {
        let (repository, file) = workflow.rsplit_once('/').expect("owner/name/file");
        let object = json!({
            "apiVersion": "cronwright.dev/v1alpha1", "kind": "WorkflowSchedule",
            "metadata": {"namespace": "ci", "name": file.replace('.', "-")},
            "spec": {"connectionRef": {"name": "acme"}, "repository": repository, "workflow": file},
            "status": status,
        });
        serde_json::from_value::<WorkflowSchedule>(object).expect("an object")
    };
    let connection = json!({
        "apiVersion": "cronwright.dev/v1alpha1", "kind": "GitHubConnection",
        "metadata": {"namespace": "ci", "name": "acme"},
        "spec": {"credentials": {"tokenSecretRef": {"name": "x", "key": "y"}}},
        "status": connection,
    });
    let connection: GitHubConnection = serde_json::from_value(connection).expect("a connection");
    let objects = workflows.iter().map(object).collect();
    Statuses::of(objects, &[connection], |_| true)
}

/// A forecast as a status has it.
pub(in crate::cli) fn prediction(p50: &str, p90: &str) -> Value {
    json!({
        "p50": p50, "p90": p90, "lower": p50, "upper": p90, "confidence": 81, "success": "97.3%",
        "successLower": "91.2%", "successUpper": "99.5%", "queueP50": "20s", "queueP90": "3m",
        "latenessP50": "9m", "latenessP90": "15m", "samples": 41, "model": "mixed-experts/2",
    })
}

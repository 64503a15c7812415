//! Starting a workflow by hand.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{RepositoryName, RunId, WorkflowFile},
    github::{Client, Result, call::Call, reads::repository_path, target::segment},
};

#[derive(Serialize)]
struct Dispatch<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    inputs: &'a BTreeMap<String, String>,
    return_run_details: bool,
}

/// What newer servers answer; older ones answer nothing.
#[derive(Default, Deserialize)]
struct Dispatched {
    workflow_run_id: Option<u64>,
}

impl Client {
    /// Starts a run of a workflow on a branch; gives the run's number where the server tells it (github.com does, older
    /// Enterprise Servers do not). Not idempotent: after [`crate::github::Wrote::Maybe`] look for the run first.
    ///
    /// # Errors
    /// [`crate::github::Error::Unprocessable`] when the file on the default branch does not declare `workflow_dispatch` or is
    /// disabled; [`crate::github::Error::NotFound`] when there is no such file.
    pub async fn dispatch(
        &self,
        repository: &RepositoryName,
        workflow: &WorkflowFile,
        branch: &str,
        inputs: &BTreeMap<String, String>,
    ) -> Result<Option<RunId>> {
        let body = Dispatch {
            reference: branch,
            inputs,
            return_run_details: true,
        };
        let file = segment(workflow.as_str());
        let target = format!(
            "{}/actions/workflows/{file}/dispatches",
            repository_path(repository)
        );
        let what = format!("start {workflow} of {repository}");
        let route = "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches";
        let answer = self
            .write(&Call::json(Method::POST, route, target, what, &body))
            .await?;
        let dispatched: Dispatched = serde_json::from_slice(&answer.body).unwrap_or_default();
        Ok(dispatched.workflow_run_id.map(RunId))
    }
}

//! Workflows, runs and jobs.

use serde_json::{Value, json};

use super::{account, instant, minimal_repository, node};
use crate::{
    domain::{Conclusion, RunStatus},
    simulate::{
        repository::Repository,
        run::{Attempt, SimJob, SimRun},
        workflow::Workflow,
    },
};

/// A workflow.
pub(in crate::simulate) fn workflow(
    api: &str,
    web: &str,
    of: &Repository,
    workflow: &Workflow,
) -> Value {
    let (id, path) = (workflow.id, workflow.file.path());
    let page = format!("{web}/{}", of.name);
    json!({
        "id": id, "node_id": node("Workflow", id), "name": workflow.display_name(), "path": path,
        "state": workflow.state,
        "created_at": instant(workflow.created_at), "updated_at": instant(workflow.updated_at),
        "url": format!("{api}/repos/{}/actions/workflows/{id}", of.name),
        "html_url": format!("{page}/blob/{}/{path}", of.default_branch),
        "badge_url": format!("{page}/workflows/{id}/badge.svg"),
    })
}

/// One attempt of a run.
pub(in crate::simulate) fn run(
    api: &str,
    web: &str,
    of: &Repository,
    run: &SimRun,
    attempt: &Attempt,
) -> Value {
    let id = run.id;
    let url = format!("{api}/repos/{}/actions/runs/{id}", of.name);
    let workflow = of.workflows.get(&run.file);
    let workflow_id = workflow.map_or(0, |workflow| workflow.id);
    let name = workflow.map_or_else(|| run.file.path(), Workflow::display_name);
    let unless = |null: bool, value: Value| if null { Value::Null } else { value };
    let actor = account(api, web, &run.actor, false);
    let repository = minimal_repository(api, web, of);
    let previous = (attempt.number > 1).then(|| format!("{url}/attempts/{}", attempt.number - 1));
    json!({
        "id": id, "node_id": node("WorkflowRun", id),
        "name": unless(run.nulls.name, json!(name)), "display_title": name,
        "check_suite_id": id + 1, "check_suite_node_id": node("CheckSuite", id + 1),
        "head_branch": unless(run.nulls.head_branch, json!(run.head_branch)), "head_sha": run.head_sha,
        "path": run.file.path(), "run_number": run.number, "run_attempt": attempt.number,
        "event": run.event, "status": status(attempt.status), "conclusion": attempt.conclusion.map(conclusion),
        "workflow_id": workflow_id, "pull_requests": [],
        "created_at": instant(run.created_at), "run_started_at": instant(attempt.started_at),
        "updated_at": instant(attempt.updated_at), "actor": actor, "triggering_actor": actor,
        "url": url, "html_url": format!("{web}/{}/actions/runs/{id}", of.name),
        "jobs_url": format!("{url}/jobs"), "logs_url": format!("{url}/logs"),
        "check_suite_url": format!("{api}/repos/{}/check-suites/{}", of.name, id + 1),
        "artifacts_url": format!("{url}/artifacts"), "cancel_url": format!("{url}/cancel"),
        "rerun_url": format!("{url}/rerun"), "previous_attempt_url": previous,
        "workflow_url": format!("{api}/repos/{}/actions/workflows/{workflow_id}", of.name),
        "head_commit": unless(run.nulls.head_commit, head_commit(of, run)),
        "repository": repository, "head_repository": repository,
    })
}

fn head_commit(of: &Repository, run: &SimRun) -> Value {
    let commit = git2::Oid::from_str(&run.head_sha).and_then(|id| of.objects.git.find_commit(id));
    let Ok(commit) = commit else {
        return Value::Null;
    };
    let person = |who: &git2::Signature<'_>| json!({"name": who.name().unwrap_or(""), "email": who.email().unwrap_or("")});
    let at = chrono::DateTime::from_timestamp(commit.time().seconds(), 0).unwrap_or_default();
    json!({
        "id": run.head_sha, "tree_id": commit.tree_id().to_string(),
        "message": commit.message().unwrap_or(""), "timestamp": instant(at),
        "author": person(&commit.author()), "committer": person(&commit.committer()),
    })
}

/// One job.
pub(in crate::simulate) fn job(
    api: &str,
    web: &str,
    of: &Repository,
    run: &SimRun,
    attempt: &Attempt,
    job: &SimJob,
) -> Value {
    let (id, run_id) = (job.id, run.id);
    let base = format!("{api}/repos/{}", of.name);
    let state = match (job.started_at, job.completed_at) {
        (_, Some(_)) => "completed",
        (Some(_), None) => "in_progress",
        (None, None) => "queued",
    };
    let hosted = run.labels.iter().all(|label| label != "self-hosted");
    let group = if hosted { "GitHub Actions" } else { "Default" };
    let runner = job
        .started_at
        .filter(|_| job.conclusion != Some(Conclusion::Skipped));
    json!({
        "id": id, "node_id": node("CheckRun", id), "run_id": run_id, "run_attempt": attempt.number,
        "run_url": format!("{base}/actions/runs/{run_id}"), "url": format!("{base}/actions/jobs/{id}"),
        "html_url": format!("{web}/{}/actions/runs/{run_id}/job/{id}", of.name),
        "check_run_url": format!("{base}/check-runs/{id}"),
        "head_sha": run.head_sha, "head_branch": run.head_branch,
        "workflow_name": of.workflows.get(&run.file).map(Workflow::display_name),
        "name": job.name, "status": state, "conclusion": job.conclusion.map(conclusion),
        "created_at": instant(job.created_at),
        // GitHub gives a waiting job the instant of its creation here.
        "started_at": instant(job.started_at.unwrap_or(job.created_at)),
        "completed_at": job.completed_at.map(instant),
        "steps": [], "labels": run.labels,
        "runner_id": runner.map(|_| id), "runner_name": runner.map(|_| format!("runner-{id}")),
        "runner_group_id": runner.map(|_| 1), "runner_group_name": runner.map(|_| group),
    })
}

/// GitHub's word for a status.
fn status(status: RunStatus) -> &'static str {
    status.into()
}

/// GitHub's word for a conclusion.
fn conclusion(conclusion: Conclusion) -> &'static str {
    conclusion.into()
}

//! Workflows: reading them, dispatching them, switching them on and off.

use serde_json::json;

use super::{
    answer::{self, Answer},
    call::Call,
    json,
};
use crate::simulate::{Refusal, workflow::Workflow};

/// `GET .../actions/workflows`; deleted ones are not listed.
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let mut present: Vec<&Workflow> = repository
        .workflows
        .values()
        .filter(|w| w.state != "deleted")
        .collect();
    present.sort_by_key(|workflow| workflow.id);
    Ok(answer::counted(
        call,
        "workflows",
        present.len(),
        &present,
        |workflow| json::workflow(&call.api, &call.web, repository, workflow),
    ))
}

/// `GET .../actions/workflows/{workflow_id}`, by id or by file name.
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let workflow = repository.workflow(call.param("workflow_id"))?;
    Ok(Answer::ok(json::workflow(
        &call.api, &call.web, repository, workflow,
    )))
}

/// `POST .../dispatches`: starts a run where the default branch's file declares the trigger.
pub(super) fn dispatch(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let reference = call.text("ref")?;
    let repository = call.repository()?;
    let workflow = repository.workflow(call.param("workflow_id"))?;
    if !workflow.facts.dispatchable {
        return Err(Refusal::unprocessable(
            "Workflow does not have 'workflow_dispatch' trigger",
        ));
    }
    if !workflow.is_active() {
        return Err(Refusal::unprocessable(
            "Cannot trigger a 'workflow_dispatch' on a disabled workflow",
        ));
    }
    let file = workflow.file.clone();
    let branch = reference.trim_start_matches("refs/heads/").to_owned();
    let tip = repository.objects.tip(&branch);
    let tip = tip
        .ok_or_else(|| Refusal::unprocessable(format!("No ref found for: {reference}")))?
        .to_string();
    let (place, actor) = (call.place()?, call.caller.login.clone());
    let id = call.world.create_run(
        place,
        &file,
        "workflow_dispatch",
        &actor,
        Some((&branch, &tip)),
    );
    if call.body["return_run_details"] != true {
        return Ok(Answer::empty());
    }
    let name = &call.repository()?.name;
    Ok(Answer::ok(json!({
        "workflow_run_id": id,
        "run_url": format!("{}/repos/{name}/actions/runs/{id}", call.api),
        "html_url": format!("{}/{name}/actions/runs/{id}", call.web),
    })))
}

/// `PUT .../enable`.
pub(super) fn enable(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let file = call
        .repository()?
        .workflow(call.param("workflow_id"))?
        .file
        .clone();
    let place = call.place()?;
    call.world.enable(place, &file);
    Ok(Answer::empty())
}

/// `PUT .../disable`.
pub(super) fn disable(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let file = call
        .repository()?
        .workflow(call.param("workflow_id"))?
        .file
        .clone();
    let place = call.place()?;
    call.world.disable(place, &file, "disabled_manually");
    Ok(Answer::empty())
}

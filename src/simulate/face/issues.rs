//! What pull requests share with issues: comments and labels.

use serde_json::Value;

use super::{
    answer::{self, Answer},
    call::Call,
    json,
};
use crate::simulate::{PullDeed, Refusal};

/// `GET .../issues/{issue_number}`: every issue here is a pull request; only this view tells who closed it.
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let pull = repository.pull(call.number("issue_number")?)?;
    Ok(Answer::ok(json::issue(
        &call.api, &call.web, repository, pull,
    )))
}

/// `GET .../issues/{issue_number}/comments`, oldest first.
pub(super) fn comments(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let pull = repository.pull(call.number("issue_number")?)?;
    Ok(answer::list(call, &pull.comments, |comment| {
        json::comment(&call.api, &call.web, repository, pull, comment)
    }))
}

/// `POST .../issues/{issue_number}/comments`.
pub(super) fn comment(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (place, number, by) = (
        call.place()?,
        call.number("issue_number")?,
        call.caller.login.clone(),
    );
    let body = call.text("body")?;
    let id = call.world.comment_at(place, number, &by, &body)?;
    let repository = call.repository()?;
    let pull = repository.pull(number)?;
    let made = pull
        .comments
        .iter()
        .find(|comment| comment.id == id)
        .ok_or_else(Refusal::not_found)?;
    Ok(Answer::created(json::comment(
        &call.api, &call.web, repository, pull, made,
    )))
}

/// `POST .../issues/{issue_number}/labels`: adds labels, which come into being where they are new.
pub(super) fn label(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (place, number, by) = (
        call.place()?,
        call.number("issue_number")?,
        call.caller.login.clone(),
    );
    let asked = call.texts("labels");
    let pull = call.world.repositories[place].pull_mut(number)?;
    for label in asked {
        if !pull.labels.contains(&label) {
            pull.labels.push(label);
        }
    }
    call.world.note_pull(place, number, PullDeed::Marked, &by);
    let repository = call.repository()?;
    let labels = &repository.pull(number)?.labels;
    Ok(Answer::ok(Value::Array(
        labels
            .iter()
            .map(|name| json::label(&call.api, repository, name))
            .collect(),
    )))
}

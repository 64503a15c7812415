//! Merging a pull request through the API, and reading its reviews.

use git2::Oid;
use serde_json::json;

use super::{
    answer::{self, Answer},
    call::Call,
    data, json,
};
use crate::simulate::Refusal;

/// `PUT .../pulls/{pull_number}/merge`.
pub(super) fn merge(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (place, number, by) = (
        call.place()?,
        call.number("pull_number")?,
        call.caller.login.clone(),
    );
    let pull = call.repository()?.pull(number)?;
    let head = Oid::from_str(&pull.head_sha)?;
    let base = call.repository()?.objects.tip(&pull.base_branch);
    if pull.open {
        data::guard_workflows(call, base, head, 403)?;
    }
    let expected = call.maybe_text("sha");
    let sha = call
        .world
        .merge_at(place, number, &by, expected.as_deref())?;
    Ok(Answer::ok(
        json!({"sha": sha, "merged": true, "message": "Pull Request successfully merged"}),
    ))
}

/// `GET .../pulls/{pull_number}/reviews`.
pub(super) fn reviews(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let pull = repository.pull(call.number("pull_number")?)?;
    let url = format!(
        "{}/repos/{}/pulls/{}",
        call.api, repository.name, pull.number
    );
    let page = format!("{}/{}/pull/{}", call.web, repository.name, pull.number);
    let numbered: Vec<(usize, &String)> = pull.approvals.iter().enumerate().collect();
    Ok(answer::list(call, &numbered, |(index, login)| {
        let id = pull.id * 100 + *index as u64;
        let review = format!("{page}#pullrequestreview-{id}");
        json!({
            "id": id, "node_id": json::node("PullRequestReview", id), "body": "", "state": "APPROVED",
            "user": json::account(&call.api, &call.web, login, false), "html_url": review,
            "pull_request_url": url, "commit_id": pull.head_sha, "author_association": "MEMBER",
            "submitted_at": json::instant(pull.updated_at),
            "_links": {"html": {"href": review}, "pull_request": {"href": url}},
        })
    }))
}

//! Pull requests: listing, opening, reading and changing them.

use git2::Oid;
use serde_json::Value;

use super::{
    answer::{self, Answer},
    call::Call,
    json,
};
use crate::simulate::{
    PullDeed, Refusal,
    pull::Pull,
    pulling::{Proposal, branch_of},
};

/// `GET .../pulls`, filtered by `state`, `head` and `base`, sorted by creation or update.
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let state = call.asked("state").unwrap_or("open");
    let owner = repository.name.owner();
    let head = call
        .asked("head")
        .map(|head| (head.split_once(':').map(|(user, _)| user), branch_of(head)));
    let matches = |pull: &&Pull| {
        let in_state = state == "all" || (state == "open") == pull.open;
        let from = head.is_none_or(|(user, branch)| {
            user.is_none_or(|user| user.eq_ignore_ascii_case(pull.head_owner(owner)))
                && branch == pull.head_branch
        });
        in_state
            && from
            && call
                .asked("base")
                .is_none_or(|base| base == pull.base_branch)
    };
    let mut pulls: Vec<&Pull> = repository.pulls.values().filter(matches).collect();
    let sort = call.asked("sort").unwrap_or("created");
    let instant = |pull: &Pull| {
        if sort == "updated" {
            pull.updated_at
        } else {
            pull.created_at
        }
    };
    pulls.sort_by_key(|pull| (instant(pull), pull.number));
    // Newest first by creation, oldest first by anything else, unless the caller says.
    let usual = if sort == "created" { "desc" } else { "asc" };
    if call.asked("direction").unwrap_or(usual) == "desc" {
        pulls.reverse();
    }
    Ok(answer::list(call, &pulls, |pull| {
        json::pull_simple(&call.api, &call.web, repository, pull)
    }))
}

/// `POST .../pulls`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let proposal = Proposal {
        title: call.text("title")?,
        body: call.maybe_text("body"),
        head: call.text("head")?,
        base: call.text("base")?,
        draft: call.body["draft"] == true,
        maintainer_can_modify: call.body["maintainer_can_modify"] != false,
    };
    if proposal.title.trim().is_empty() {
        return Err(Refusal::invalid("PullRequest", "title", "missing_field"));
    }
    let (place, by) = (call.place()?, call.caller.login.clone());
    let number = call.world.open_pull(place, proposal, &by)?;
    let drawn = draw(call, number)?;
    Ok(Answer::created(drawn))
}

/// `GET .../pulls/{pull_number}`.
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::ok(draw(call, call.number("pull_number")?)?))
}

/// `PATCH .../pulls/{pull_number}`: title, body, and state to close or open it again.
pub(super) fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (place, number, by) = (
        call.place()?,
        call.number("pull_number")?,
        call.caller.login.clone(),
    );
    call.repository()?.pull(number)?;
    match call.body["state"].as_str() {
        None => {}
        Some("closed") => call.world.close_at(place, number, &by)?,
        Some("open") => call.world.reopen_at(place, number, &by)?,
        Some(_) => return Err(Refusal::invalid("PullRequest", "state", "invalid")),
    }
    let (title, body, now) = (
        call.maybe_text("title"),
        call.maybe_text("body"),
        call.world.now,
    );
    let pull = call.world.repositories[place].pull_mut(number)?;
    if title.is_some() || body.is_some() {
        pull.updated_at = now;
    }
    pull.title = title.unwrap_or_else(|| pull.title.clone());
    pull.body = body.or_else(|| pull.body.clone());
    Ok(Answer::ok(draw(call, number)?))
}

/// `GET .../pulls/{pull_number}/files`.
pub(super) fn files(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let pull = repository.pull(call.number("pull_number")?)?;
    let (base, head) = ends(call, pull)?;
    let changes = repository
        .objects
        .changes(repository.objects.merge_base(base, head), head)?;
    Ok(answer::list(call, &changes, |change| {
        json::changed_file(&call.api, &call.web, repository, &pull.head_sha, change)
    }))
}

/// `GET .../pulls/{pull_number}/commits`, oldest first.
pub(super) fn commits(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let (base, head) = ends(call, repository.pull(call.number("pull_number")?)?)?;
    let between = repository.objects.commits_between(base, head);
    let drawn: Result<Vec<Value>, Refusal> = between
        .iter()
        .map(|id| json::commit(&call.api, &call.web, repository, *id))
        .collect();
    Ok(answer::list(call, &drawn?, Clone::clone))
}

/// `POST .../requested_reviewers`.
pub(super) fn request_reviewers(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (place, number, by) = (
        call.place()?,
        call.number("pull_number")?,
        call.caller.login.clone(),
    );
    let asked = call.texts("reviewers");
    let pull = call.world.repositories[place].pull_mut(number)?;
    if asked.contains(&pull.by) {
        return Err(Refusal::unprocessable(
            "Review cannot be requested from pull request author.",
        ));
    }
    for reviewer in asked {
        if !pull.reviewers.contains(&reviewer) {
            pull.reviewers.push(reviewer);
        }
    }
    call.world.note_pull(place, number, PullDeed::Marked, &by);
    let repository = call.repository()?;
    let drawn = json::pull_simple(&call.api, &call.web, repository, repository.pull(number)?);
    Ok(Answer::created(drawn))
}

/// Draws a pull request in full.
fn draw(call: &Call<'_>, number: u64) -> Result<Value, Refusal> {
    let repository = call.repository()?;
    Ok(json::pull(
        &call.api,
        &call.web,
        repository,
        repository.pull(number)?,
    ))
}

/// The commits between which a pull request lies.
fn ends(call: &Call<'_>, pull: &Pull) -> Result<(Oid, Oid), Refusal> {
    let tip = call
        .repository()?
        .objects
        .tip(&pull.base_branch)
        .filter(|_| pull.open);
    let base = tip.map_or_else(|| Oid::from_str(&pull.base_sha), Ok)?;
    Ok((base, Oid::from_str(&pull.head_sha)?))
}

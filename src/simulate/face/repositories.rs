//! Repositories, one and many.

use super::{
    answer::{self, Answer},
    call::Call,
    json,
};
use crate::simulate::{Refusal, access::CallerKind, repository::Repository};

/// `GET /repos/{owner}/{repo}`.
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::ok(json::full_repository(
        &call.api,
        &call.web,
        call.repository()?,
    )))
}

/// `GET /orgs/{org}/repos`.
pub(super) fn of_organization(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    owned(call, call.param("org"))
}

/// `GET /users/{username}/repos`.
pub(super) fn of_user(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    owned(call, call.param("username"))
}

/// `GET /installation/repositories`.
pub(super) fn of_installation(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    if !matches!(call.caller.kind, CallerKind::Installation(_)) {
        return Err(Refusal::new(
            403,
            "You must authenticate with an installation access token in order to list repositories for an installation.",
        ));
    }
    let reached: Vec<&Repository> = call
        .world
        .repositories
        .iter()
        .filter(|repository| !repository.gone && call.caller.reaches(&repository.name))
        .collect();
    Ok(answer::counted(
        call,
        "repositories",
        reached.len(),
        &reached,
        |repository| json::full_repository(&call.api, &call.web, repository),
    ))
}

fn owned(call: &Call<'_>, owner: &str) -> Result<Answer, Refusal> {
    let of_owner = |r: &&Repository| !r.gone && r.name.owner().eq_ignore_ascii_case(owner);
    let all: Vec<&Repository> = call.world.repositories.iter().filter(of_owner).collect();
    if all.is_empty() {
        return Err(Refusal::not_found());
    }
    let visible: Vec<&Repository> = all
        .into_iter()
        .filter(|r| r.public || call.caller.reaches(&r.name))
        .collect();
    Ok(answer::list(call, &visible, |repository| {
        json::full_repository(&call.api, &call.web, repository)
    }))
}

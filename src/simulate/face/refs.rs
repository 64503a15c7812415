//! Git refs: reading, creating, moving and deleting them.

use git2::{ErrorCode, Oid, Reference};
use serde_json::{Value, json};

use super::{
    answer::Answer,
    call::Call,
    data::{self, object_id},
    json,
};
use crate::simulate::{Refusal, repository::Repository};

/// `GET .../git/ref/{ref}`.
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let name = format!("refs/{}", call.param("ref"));
    let reference = find(repository, &name)?.ok_or_else(Refusal::not_found)?;
    Ok(Answer::ok(draw(
        call,
        repository,
        &name,
        target(&reference)?,
    )))
}

/// `GET .../git/matching-refs/{ref}`: every ref that begins like this.
pub(super) fn matching(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let prefix = format!("refs/{}", call.param("ref"));
    let mut found = Vec::new();
    for reference in repository.objects.git.references()? {
        let reference = reference?;
        let name = reference.name().unwrap_or("").to_owned();
        if name.starts_with(&prefix) {
            found.push((name, target(&reference)?));
        }
    }
    found.sort();
    let drawn = found
        .iter()
        .map(|(name, id)| draw(call, repository, name, *id))
        .collect();
    Ok(Answer::ok(Value::Array(drawn)))
}

/// `POST .../git/refs`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (name, sha) = (call.text("ref")?, call.text("sha")?);
    let repository = call.repository()?;
    let legal =
        name.starts_with("refs/") && name.split('/').count() > 2 && Reference::is_valid_name(&name);
    if !legal {
        return Err(Refusal::unprocessable(format!(
            "{name} is not a valid ref name."
        )));
    }
    let commit = known_commit(repository, &sha)?;
    if find(repository, &name)?.is_some() {
        return Err(Refusal::unprocessable("Reference already exists"));
    }
    data::guard_workflows(call, None, commit, 422)?;
    let git = &repository.objects.git;
    // A branch cannot lie below another one, nor above: Git keeps refs as files and folders.
    let made = git.reference(&name, commit, false, "create");
    made.map_err(|_| Refusal::unprocessable("Reference update failed"))?;
    let drawn = draw(call, repository, &name, commit);
    follow(call, &name)?;
    Ok(Answer::created(drawn))
}

/// `PATCH .../git/refs/{ref}`.
pub(super) fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (name, sha) = (format!("refs/{}", call.param("ref")), call.text("sha")?);
    let repository = call.repository()?;
    let old = target(&existing(repository, &name)?)?;
    let new = known_commit(repository, &sha)?;
    if call.body["force"] != true && !repository.objects.contains(new, old) {
        return Err(Refusal::unprocessable("Update is not a fast forward"));
    }
    data::guard_workflows(call, Some(old), new, 422)?;
    repository
        .objects
        .git
        .reference(&name, new, true, "update")?;
    let drawn = draw(call, repository, &name, new);
    follow(call, &name)?;
    Ok(Answer::ok(drawn))
}

/// `DELETE .../git/refs/{ref}`.
pub(super) fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let name = format!("refs/{}", call.param("ref"));
    remove(call, &name)?;
    Ok(Answer::empty())
}

/// Removes a ref that points to a commit; one that points elsewhere stays.
pub(super) fn remove_at(call: &mut Call<'_>, name: &str, commit: &str) -> Result<(), Refusal> {
    if target(&existing(call.repository()?, name)?)?.to_string() != commit {
        return Err(Refusal::unprocessable(
            "A ref does not point to its beforeOid",
        ));
    }
    remove(call, name)
}

fn remove(call: &mut Call<'_>, name: &str) -> Result<(), Refusal> {
    let repository = call.repository()?;
    let mut reference = existing(repository, name)?;
    if name == format!("refs/heads/{}", repository.default_branch) {
        return Err(Refusal::unprocessable("Cannot delete the default branch"));
    }
    reference.delete()?;
    drop(reference);
    follow(call, name)
}

/// Lets the world follow a branch that a call moved.
fn follow(call: &mut Call<'_>, name: &str) -> Result<(), Refusal> {
    let (place, by) = (call.place()?, call.caller.login.clone());
    if let Some(branch) = name.strip_prefix("refs/heads/") {
        call.world.branch_moved(place, branch, &by);
    }
    Ok(())
}

fn find<'a>(of: &'a Repository, name: &str) -> Result<Option<Reference<'a>>, Refusal> {
    match of.objects.git.find_reference(name) {
        Ok(reference) => Ok(Some(reference)),
        Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn existing<'a>(of: &'a Repository, name: &str) -> Result<Reference<'a>, Refusal> {
    find(of, name)?.ok_or_else(|| Refusal::unprocessable("Reference does not exist"))
}

fn target(reference: &Reference<'_>) -> Result<Oid, Refusal> {
    reference.target().ok_or_else(Refusal::not_found)
}

fn known_commit(of: &Repository, sha: &str) -> Result<Oid, Refusal> {
    let absent = || Refusal::unprocessable("Object does not exist");
    let id = object_id(sha).map_err(|_| absent())?;
    of.objects
        .git
        .find_commit(id)
        .map(|commit| commit.id())
        .map_err(|_| absent())
}

fn draw(call: &Call<'_>, of: &Repository, name: &str, id: Oid) -> Value {
    let base = format!("{}/repos/{}/git", call.api, of.name);
    json!({
        "ref": name, "node_id": json::node("Ref", name), "url": format!("{base}/{name}"),
        "object": {"type": "commit", "sha": id.to_string(), "url": format!("{base}/commits/{id}")},
    })
}

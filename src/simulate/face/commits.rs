//! Commits: making them, reading them, comparing two.

use chrono::DateTime;
use git2::{Commit, Oid};
use serde_json::{Value, json};

use super::{answer::Answer, call::Call, data::object_id, json};
use crate::{
    domain::Timestamp,
    simulate::{Refusal, objects::Hand, repository::Repository},
};

/// `POST .../git/commits`; without an author it is the caller's own, signed by GitHub.
pub(super) fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, unnamed) = write(call)?;
    let place = call.place()?;
    if unnamed {
        call.world.repositories[place].objects.verified.insert(id);
    }
    Ok(Answer::created(json::git_commit(
        &call.api,
        &call.web,
        call.repository()?,
        id,
    )?))
}

/// Writes the commit that a body describes; tells its id and whether it named nobody.
fn write(call: &Call<'_>) -> Result<(Oid, bool), Refusal> {
    let (message, tree) = (call.text("message")?, call.text("tree")?);
    let repository = call.repository()?;
    let git = &repository.objects.git;
    let tree = object_id(&tree).ok().and_then(|id| git.find_tree(id).ok());
    let tree = tree.ok_or_else(|| Refusal::unprocessable("Tree SHA does not exist"))?;
    let mut parents = Vec::new();
    for sha in call.texts("parents") {
        let parent = object_id(&sha).ok().and_then(|id| git.find_commit(id).ok());
        let absent =
            || Refusal::unprocessable("Parent SHA does not exist or is not a commit object");
        parents.push(parent.ok_or_else(absent)?);
    }
    let unnamed = call.body["author"].is_null() && call.body["committer"].is_null();
    let own = Hand::of(&call.caller.login, call.world.now);
    let author = named(&call.body["author"], &own).signature()?;
    let committer = if unnamed {
        signer(call.world.now)
    } else {
        named(&call.body["committer"], &own)
    };
    let parents: Vec<&Commit<'_>> = parents.iter().collect();
    let id = git.commit(
        None,
        &author,
        &committer.signature()?,
        &message,
        &tree,
        &parents,
    )?;
    Ok((id, unnamed))
}

/// The hand that signs what is made through the API without a name.
fn signer(at: Timestamp) -> Hand {
    Hand {
        name: "GitHub".to_owned(),
        email: "noreply@github.com".to_owned(),
        at,
    }
}

/// The hand that a body names, as far as it does.
fn named(value: &Value, own: &Hand) -> Hand {
    let text = |field: &str, own: &str| value[field].as_str().unwrap_or(own).to_owned();
    let at = value["date"]
        .as_str()
        .and_then(|date| DateTime::parse_from_rfc3339(date).ok());
    Hand {
        name: text("name", &own.name),
        email: text("email", &own.email),
        at: at.map_or(own.at, |at| at.to_utc()),
    }
}

/// `GET .../git/commits/{commit_sha}`.
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = object_id(call.param("commit_sha"))?;
    Ok(Answer::ok(json::git_commit(
        &call.api,
        &call.web,
        call.repository()?,
        id,
    )?))
}

/// `GET .../commits/{ref}`, by branch, tag or (shortened) object id.
pub(super) fn of_ref(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let name = call.param("ref");
    let absent = || Refusal::unprocessable(format!("No commit found for SHA: {name}"));
    let id = repository.objects.resolve(name).ok_or_else(absent)?;
    let mut out = json::commit(&call.api, &call.web, repository, id)?;
    let parent = repository.objects.git.find_commit(id)?.parent_id(0).ok();
    let changes = repository.objects.changes(parent, id)?;
    let (plus, minus) = (
        changes.iter().map(|c| c.additions).sum(),
        changes.iter().map(|c| c.deletions).sum(),
    );
    let (plus, minus): (usize, usize) = (plus, minus);
    out["stats"] = json!({"additions": plus, "deletions": minus, "total": plus + minus});
    out["files"] = files(call, repository, id, &changes);
    Ok(Answer::ok(out))
}

/// `GET .../compare/{basehead}`, written `base...head`.
pub(super) fn compare(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let basehead = call.param("basehead");
    let (base, head) = basehead.split_once("...").ok_or_else(Refusal::not_found)?;
    let find = |name: &str| {
        let plain = name.split_once(':').map_or(name, |(_, branch)| branch);
        repository
            .objects
            .resolve(plain)
            .ok_or_else(Refusal::not_found)
    };
    let (base, head) = (find(base)?, find(head)?);
    let objects = &repository.objects;
    let shared = objects
        .merge_base(base, head)
        .ok_or_else(Refusal::not_found)?;
    let ahead = objects.commits_between(base, head);
    let behind = objects.commits_between(head, base).len();
    let status = match (ahead.len(), behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let drawn: Result<Vec<Value>, Refusal> = ahead
        .iter()
        .map(|id| json::commit(&call.api, &call.web, repository, *id))
        .collect();
    let page = format!("{}/{}/compare/{basehead}", call.web, repository.name);
    Ok(Answer::ok(json!({
        "url": format!("{}/repos/{}/compare/{basehead}", call.api, repository.name),
        "html_url": page, "permalink_url": page,
        "diff_url": format!("{page}.diff"), "patch_url": format!("{page}.patch"),
        "base_commit": json::commit(&call.api, &call.web, repository, base)?,
        "merge_base_commit": json::commit(&call.api, &call.web, repository, shared)?,
        "status": status, "ahead_by": ahead.len(), "behind_by": behind, "total_commits": ahead.len(),
        "commits": drawn?,
        "files": files(call, repository, head, &objects.changes(Some(shared), head)?),
    })))
}

fn files(
    call: &Call<'_>,
    of: &Repository,
    at: Oid,
    changes: &[crate::simulate::objects::Change],
) -> Value {
    let at = at.to_string();
    changes
        .iter()
        .map(|change| json::changed_file(&call.api, &call.web, of, &at, change))
        .collect()
}

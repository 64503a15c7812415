//! Commits and what they change.

use git2::{Commit, Oid};
use serde_json::{Value, json};

use super::{account, instant, node};
use crate::simulate::{Refusal, objects::Change, repository::Repository};

/// A commit as the Git data API shows it.
pub(in crate::simulate) fn git_commit(
    api: &str,
    web: &str,
    of: &Repository,
    id: Oid,
) -> Result<Value, Refusal> {
    let commit = of.objects.git.find_commit(id)?;
    let mut out = core(api, of, &commit);
    out["sha"] = json!(id.to_string());
    out["node_id"] = json!(node("Commit", id));
    out["url"] = json!(format!("{api}/repos/{}/git/commits/{id}", of.name));
    out["html_url"] = json!(format!("{web}/{}/commit/{id}", of.name));
    out["parents"] = parents(api, web, of, &commit, "git/commits");
    Ok(out)
}

/// A commit as the repository API shows it.
pub(in crate::simulate) fn commit(
    api: &str,
    web: &str,
    of: &Repository,
    id: Oid,
) -> Result<Value, Refusal> {
    let commit = of.objects.git.find_commit(id)?;
    let url = format!("{api}/repos/{}/commits/{id}", of.name);
    let mut core = core(api, of, &commit);
    core["url"] = json!(format!("{api}/repos/{}/git/commits/{id}", of.name));
    core["comment_count"] = json!(0);
    let person =
        |name: Result<&str, git2::Error>| account(api, web, name.unwrap_or("ghost"), false);
    Ok(json!({
        "sha": id.to_string(), "node_id": node("Commit", id), "url": url,
        "html_url": format!("{web}/{}/commit/{id}", of.name), "comments_url": format!("{url}/comments"),
        "commit": core, "parents": parents(api, web, of, &commit, "commits"),
        "author": person(commit.author().name()), "committer": person(commit.committer().name()),
    }))
}

fn core(api: &str, of: &Repository, commit: &Commit<'_>) -> Value {
    let tree = commit.tree_id().to_string();
    let verified = of.objects.verified.contains(&commit.id());
    let signature = verified.then_some("-----BEGIN PGP SIGNATURE-----");
    let at = chrono::DateTime::from_timestamp(commit.time().seconds(), 0).unwrap_or_default();
    json!({
        "author": person(&commit.author()), "committer": person(&commit.committer()),
        "message": commit.message().unwrap_or(""),
        "tree": {"sha": tree, "url": format!("{api}/repos/{}/git/trees/{tree}", of.name)},
        "verification": {
            "verified": verified, "reason": if verified { "valid" } else { "unsigned" },
            "signature": signature, "payload": verified.then_some("tree"),
            "verified_at": verified.then(|| instant(at)),
        },
    })
}

fn person(who: &git2::Signature<'_>) -> Value {
    let at = chrono::DateTime::from_timestamp(who.when().seconds(), 0).unwrap_or_default();
    json!({"name": who.name().unwrap_or(""), "email": who.email().unwrap_or(""), "date": instant(at)})
}

fn parents(api: &str, web: &str, of: &Repository, commit: &Commit<'_>, kind: &str) -> Value {
    let link = |id: Oid| {
        json!({
            "sha": id.to_string(), "url": format!("{api}/repos/{}/{kind}/{id}", of.name),
            "html_url": format!("{web}/{}/commit/{id}", of.name),
        })
    };
    commit.parent_ids().map(link).collect()
}

/// A file that differs between two commits.
pub(in crate::simulate) fn changed_file(
    api: &str,
    web: &str,
    of: &Repository,
    at: &str,
    change: &Change,
) -> Value {
    let path = &change.path;
    let page = format!("{web}/{}", of.name);
    let mut out = json!({
        "sha": change.blob, "filename": path, "status": change.status,
        "additions": change.additions, "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": format!("{page}/blob/{at}/{path}"), "raw_url": format!("{page}/raw/{at}/{path}"),
        "contents_url": format!("{api}/repos/{}/contents/{path}?ref={at}", of.name),
    });
    if !change.patch.is_empty() {
        out["patch"] = json!(change.patch);
    }
    out
}

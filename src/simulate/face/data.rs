//! The Git data API's blobs and trees, and the guard of the workflow folder.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use git2::{FileMode, ObjectType, Oid, build::TreeUpdateBuilder};
use serde_json::{Value, json};

use super::{
    answer::{Answer, Body},
    call::Call,
    contents,
};
use crate::{
    domain::workflow::WORKFLOW_FOLDER,
    simulate::{Level, Refusal, access::CallerKind},
};

/// `POST .../git/blobs`.
pub(super) fn create_blob(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let content = call.text("content")?;
    let bytes = match call.maybe_text("encoding").as_deref() {
        Some("base64") => decode(&content)?,
        None | Some("utf-8") => content.into_bytes(),
        Some(_) => {
            return Err(Refusal::unprocessable(
                "Input data is not valid: encoding must be utf-8 or base64",
            ));
        }
    };
    let repository = call.repository()?;
    let id = repository.objects.git.blob(&bytes)?;
    let url = format!("{}/repos/{}/git/blobs/{id}", call.api, repository.name);
    Ok(Answer::created(json!({"sha": id.to_string(), "url": url})))
}

/// `GET .../git/blobs/{file_sha}`, as JSON or raw.
pub(super) fn get_blob(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let id = object_id(call.param("file_sha"))?;
    let blob = repository.objects.git.find_blob(id)?;
    if call.accepts("raw") {
        return Ok(Answer {
            status: 200,
            headers: Vec::new(),
            body: Body::Raw(blob.content().to_vec()),
        });
    }
    Ok(Answer::ok(json!({
        "sha": id.to_string(), "node_id": super::json::node("Blob", id), "size": blob.size(),
        "url": format!("{}/repos/{}/git/blobs/{id}", call.api, repository.name),
        "content": contents::wrapped(blob.content()), "encoding": "base64",
    })))
}

/// `POST .../git/trees`, on top of `base_tree` where one is named.
pub(super) fn create_tree(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let git = &repository.objects.git;
    let base = match call.maybe_text("base_tree") {
        Some(sha) => git.find_object(object_id(&sha)?, None)?.peel_to_tree()?,
        None => git.find_tree(git.treebuilder(None)?.write()?)?,
    };
    let entries = call.body["tree"]
        .as_array()
        .filter(|entries| !entries.is_empty());
    let entries = entries.ok_or_else(|| Refusal::unprocessable("Invalid tree info"))?;
    let mut update = TreeUpdateBuilder::new();
    for entry in entries {
        write_entry(call, entry, &mut update)?;
    }
    let tree = update.create_updated(git, &base)?;
    Ok(Answer::created(draw_tree(call, tree, false)?))
}

fn write_entry(
    call: &Call<'_>,
    entry: &Value,
    update: &mut TreeUpdateBuilder,
) -> Result<(), Refusal> {
    let invalid = |what: &str| Refusal::unprocessable(format!("Invalid tree info: {what}"));
    let path = entry["path"].as_str().ok_or_else(|| invalid("path"))?;
    let bad = |part: &str| {
        part.is_empty() || part == "." || part == ".." || part.eq_ignore_ascii_case(".git")
    };
    if path.split('/').any(bad) {
        return Err(Refusal::unprocessable(
            "tree.path contains a malformed path component",
        ));
    }
    if path.starts_with(WORKFLOW_FOLDER) && call.caller.permissions.workflows < Level::Write {
        // An App without the permission cannot even write the tree.
        return Err(call.caller.refusal());
    }
    let mode = match entry["mode"].as_str() {
        Some("100644") => FileMode::Blob,
        Some("100755") => FileMode::BlobExecutable,
        Some("120000") => FileMode::Link,
        _ => return Err(Refusal::unprocessable("tree.mode is not a valid mode")),
    };
    let git = &call.repository()?.objects.git;
    match (&entry["sha"], &entry["content"]) {
        (Value::Null, Value::String(text)) => update.upsert(path, git.blob(text.as_bytes())?, mode),
        (Value::String(sha), Value::Null) => {
            let unknown = || Refusal::unprocessable(format!("tree.sha {sha} is not a valid blob"));
            let id = Oid::from_str(sha).map_err(|_| unknown())?;
            git.find_blob(id).map_err(|_| unknown())?;
            update.upsert(path, id, mode)
        }
        (Value::Null, Value::Null) if entry.get("sha").is_some() => update.remove(path),
        _ => return Err(invalid("either sha or content")),
    };
    Ok(())
}

/// `GET .../git/trees/{tree_sha}`, `recursive` for everything below.
pub(super) fn get_tree(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let name = call.param("tree_sha");
    let by_ref = repository.objects.resolve(name);
    let id = by_ref.map_or_else(|| object_id(name), Ok)?;
    let tree = repository
        .objects
        .git
        .find_object(id, None)?
        .peel_to_tree()?
        .id();
    Ok(Answer::ok(draw_tree(
        call,
        tree,
        call.query.contains_key("recursive"),
    )?))
}

fn draw_tree(call: &Call<'_>, id: Oid, deep: bool) -> Result<Value, Refusal> {
    let repository = call.repository()?;
    let git = &repository.objects.git;
    let url = format!("{}/repos/{}/git", call.api, repository.name);
    let mut entries = Vec::new();
    git.find_tree(id)?.walk(git2::TreeWalkMode::PreOrder, |root, item| {
        let folder = item.kind() == Some(ObjectType::Tree);
        let kind = if folder { "tree" } else { "blob" };
        let path = format!("{root}{}", item.name().unwrap_or(""));
        let address = format!("{url}/{kind}s/{}", item.id());
        let mode = format!("{:06o}", item.filemode());
        let mut entry =
            json!({"path": path, "mode": mode, "type": kind, "sha": item.id().to_string(), "url": address});
        if let Ok(blob) = git.find_blob(item.id()) {
            entry["size"] = json!(blob.size());
        }
        entries.push(entry);
        if folder && !deep { git2::TreeWalkResult::Skip } else { git2::TreeWalkResult::Ok }
    })?;
    Ok(
        json!({"sha": id.to_string(), "url": format!("{url}/trees/{id}"), "tree": entries, "truncated": false}),
    )
}

/// Refuses a commit that changes workflow files when the caller may not write them.
///
/// Compared with the commit that the branch had before, or with the default branch where it is new.
pub(super) fn guard_workflows(
    call: &Call<'_>,
    before: Option<Oid>,
    after: Oid,
    status: u16,
) -> Result<(), Refusal> {
    let repository = call.repository()?;
    let objects = &repository.objects;
    let before = before.or_else(|| objects.tip(&repository.default_branch));
    let known = before.and_then(|before| objects.workflow_tree_id(before));
    if call.caller.permissions.workflows == Level::Write || known == objects.workflow_tree_id(after)
    {
        return Ok(());
    }
    let changes = objects.changes(before, after)?;
    let path = changes
        .iter()
        .find(|change| change.path.starts_with(WORKFLOW_FOLDER));
    let path = path.map_or(WORKFLOW_FOLDER, |change| change.path.as_str());
    let words = match call.caller.kind {
        CallerKind::Person | CallerKind::Anonymous => {
            ("a Personal Access Token", "`workflow` scope")
        }
        CallerKind::Installation(_) | CallerKind::App(_) => {
            ("a GitHub App", "`workflows` permission")
        }
    };
    let message = format!(
        "refusing to allow {} to create or update workflow `{path}` without {}",
        words.0, words.1
    );
    Err(Refusal::new(status, message))
}

/// Reads base64 as GitHub does: line breaks do not matter.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, Refusal> {
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_ascii_whitespace())
        .collect();
    BASE64_STANDARD
        .decode(plain)
        .map_err(|_| Refusal::unprocessable("content is not valid Base64"))
}

/// Reads a full object id; what is none cannot be found.
pub(super) fn object_id(text: &str) -> Result<Oid, Refusal> {
    let full = text.len() == 40;
    Oid::from_str(text)
        .ok()
        .filter(|_| full)
        .ok_or_else(Refusal::not_found)
}

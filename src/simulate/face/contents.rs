//! Files and folders as the contents API shows and writes them.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use git2::{ObjectType, Oid};
use serde_json::{Value, json};

use super::{
    answer::{Answer, Body},
    call::Call,
    data, json,
};
use crate::simulate::{Refusal, objects::Hand, repository::Repository};

/// `GET .../contents/{path}`: a file as JSON or raw, a folder as a list.
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let wanted = call.asked("ref").unwrap_or(&repository.default_branch);
    let absent = || Refusal::new(404, format!("No commit found for the ref {wanted}"));
    let commit = repository.objects.resolve(wanted).ok_or_else(absent)?;
    let tree = repository.objects.git.find_commit(commit)?.tree()?;
    let path = call.param("path");
    let (id, kind) = match path {
        "" => (tree.id(), Some(ObjectType::Tree)),
        path => {
            let entry = tree.get_path(std::path::Path::new(path))?;
            (entry.id(), entry.kind())
        }
    };
    if kind == Some(ObjectType::Tree) {
        return folder(call, repository, wanted, path, id);
    }
    let blob = repository.objects.git.find_blob(id)?;
    if call.accepts("raw") {
        return Ok(Answer {
            status: 200,
            headers: Vec::new(),
            body: Body::Raw(blob.content().to_vec()),
        });
    }
    let mut out = entry(
        call,
        repository,
        wanted,
        path,
        id,
        "file",
        blob.content().len(),
    );
    out["encoding"] = json!("base64");
    out["content"] = json!(wrapped(blob.content()));
    Ok(Answer::ok(out))
}

fn folder(
    call: &Call<'_>,
    of: &Repository,
    at: &str,
    path: &str,
    id: Oid,
) -> Result<Answer, Refusal> {
    let tree = of.objects.git.find_tree(id)?;
    let mut out = Vec::new();
    for item in &tree {
        let name = item.name().unwrap_or("");
        let below = if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}/{name}")
        };
        let is_folder = item.kind() == Some(ObjectType::Tree);
        let size = of
            .objects
            .git
            .find_blob(item.id())
            .map_or(0, |blob| blob.size());
        out.push(entry(
            call,
            of,
            at,
            &below,
            item.id(),
            if is_folder { "dir" } else { "file" },
            size,
        ));
    }
    Ok(Answer::ok(Value::Array(out)))
}

fn entry(
    call: &Call<'_>,
    of: &Repository,
    at: &str,
    path: &str,
    id: Oid,
    kind: &str,
    size: usize,
) -> Value {
    let base = format!("{}/repos/{}", call.api, of.name);
    let object = if kind == "dir" { "trees" } else { "blobs" };
    let url = format!("{base}/contents/{path}?ref={at}");
    let git_url = format!("{base}/git/{object}/{id}");
    let page = format!("{}/{}/blob/{at}/{path}", call.web, of.name);
    let name = path.rsplit('/').next().unwrap_or(path);
    let download = (kind == "file").then(|| format!("{}/{}/raw/{at}/{path}", call.web, of.name));
    json!({
        "type": kind, "size": size, "name": name, "path": path, "sha": id.to_string(), "url": url,
        "git_url": git_url, "html_url": page, "download_url": download,
        "_links": {"self": url, "git": git_url, "html": page},
    })
}

/// Base64 in lines of 60 characters, the way GitHub breaks it.
pub(super) fn wrapped(bytes: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(bytes);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(60)
        .filter_map(|line| std::str::from_utf8(line).ok())
        .collect();
    lines.into_iter().map(|line| format!("{line}\n")).collect()
}

/// `PUT .../contents/{path}`: writes one file as one commit.
pub(super) fn put(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (message, encoded) = (call.text("message")?, call.text("content")?);
    let bytes = data::decode(&encoded)?;
    let repository = call.repository()?;
    let branch = call
        .maybe_text("branch")
        .unwrap_or_else(|| repository.default_branch.clone());
    let missing = || Refusal::new(404, format!("Branch {branch} not found"));
    let tip = repository.objects.tip(&branch).ok_or_else(missing)?;
    let path = call.param("path").to_owned();
    let old = repository.objects.file(tip, &path);
    let old_id = old
        .as_ref()
        .map(|old| Oid::hash_object(ObjectType::Blob, old))
        .transpose()?;
    match (old_id, call.maybe_text("sha")) {
        (Some(_), None) => {
            return Err(Refusal::unprocessable(
                "Invalid request.\n\n\"sha\" wasn't supplied.",
            ));
        }
        (Some(id), Some(sha)) if id.to_string() != sha => {
            return Err(Refusal::new(409, format!("{path} does not match {sha}")));
        }
        _ => {}
    }
    let hand = Hand::of(&call.caller.login, call.world.now);
    let commit = repository
        .objects
        .commit(Some(tip), &[(&path, Some(&bytes))], &message, &hand)?;
    data::guard_workflows(call, Some(tip), commit, 403)?;
    repository.objects.point(&branch, commit)?;
    let (place, by) = (call.place()?, call.caller.login.clone());
    call.world.repositories[place]
        .objects
        .verified
        .insert(commit);
    call.world.branch_moved(place, &branch, &by);
    let repository = call.repository()?;
    let id = Oid::hash_object(ObjectType::Blob, &bytes)?;
    let content = entry(call, repository, &branch, &path, id, "file", bytes.len());
    let drawn = json::git_commit(&call.api, &call.web, repository, commit)?;
    let answer = json!({"content": content, "commit": drawn});
    Ok(if old_id.is_some() {
        Answer::ok(answer)
    } else {
        Answer::created(answer)
    })
}

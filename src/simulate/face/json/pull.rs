//! Pull requests and their comments.

use serde_json::{Value, json};

use super::{account, account_id, fork, full_repository, instant, node};
use crate::simulate::{
    pull::{Comment, Origin, Pull},
    repository::Repository,
};

/// A pull request as listings show it.
pub(in crate::simulate) fn pull_simple(
    api: &str,
    web: &str,
    of: &Repository,
    pull: &Pull,
) -> Value {
    let number = pull.number;
    let url = format!("{api}/repos/{}/pulls/{number}", of.name);
    let issue = format!("{api}/repos/{}/issues/{number}", of.name);
    let page = format!("{web}/{}/pull/{number}", of.name);
    let statuses = format!("{api}/repos/{}/statuses/{}", of.name, pull.head_sha);
    let person = |login: &String| account(api, web, login, false);
    let mut out = json!({
        "id": pull.id, "node_id": node("PullRequest", pull.id), "number": number, "url": url,
        "html_url": page, "diff_url": format!("{page}.diff"), "patch_url": format!("{page}.patch"),
        "issue_url": issue, "commits_url": format!("{url}/commits"),
        "review_comments_url": format!("{url}/comments"),
        "review_comment_url": format!("{api}/repos/{}/pulls/comments{{/number}}", of.name),
        "comments_url": format!("{issue}/comments"), "statuses_url": statuses,
        "state": if pull.open { "open" } else { "closed" }, "locked": false, "draft": pull.draft,
        "title": pull.title, "body": pull.body, "user": account(api, web, &pull.by, false),
        "created_at": instant(pull.created_at), "updated_at": instant(pull.updated_at),
        "closed_at": pull.closed_at.map(instant), "merged_at": pull.merged_at.map(instant),
        "merge_commit_sha": pull.merge_commit, "assignee": null, "assignees": [], "milestone": null,
        "requested_reviewers": pull.reviewers.iter().map(person).collect::<Vec<_>>(), "requested_teams": [],
        "labels": pull.labels.iter().map(|name| label(api, of, name)).collect::<Vec<_>>(),
        "head": head(api, web, of, pull),
        "base": side(api, web, of, &pull.base_branch, &base_sha(of, pull)),
        "author_association": "CONTRIBUTOR", "auto_merge": null,
    });
    out["_links"] = links(api, of, pull, &url, &issue, &page, &statuses);
    out
}

/// A pull request in full.
pub(in crate::simulate) fn pull(api: &str, web: &str, of: &Repository, pull: &Pull) -> Value {
    let mut out = pull_simple(api, web, of, pull);
    let ids = git2::Oid::from_str(&base_sha(of, pull))
        .and_then(|b| Ok((b, git2::Oid::from_str(&pull.head_sha)?)));
    let (mut changes, mut commits, mut mergeable) = (Vec::new(), 0, Value::Null);
    if let Ok((base, head)) = ids {
        changes = of
            .objects
            .changes(of.objects.merge_base(base, head), head)
            .unwrap_or_default();
        commits = of.objects.commits_between(base, head).len();
        mergeable = if pull.open {
            json!(of.objects.merges(base, head))
        } else {
            Value::Null
        };
    }
    let state = match mergeable.as_bool() {
        Some(true) if pull.draft => "draft",
        Some(true) => "clean",
        Some(false) => "dirty",
        None => "unknown",
    };
    let more = json!({
        "merged": pull.merged_at.is_some(), "mergeable": mergeable, "rebaseable": mergeable,
        "mergeable_state": state, "merged_by": pull.merged_by.as_ref().map(|by| account(api, web, by, false)),
        "comments": pull.comments.len(), "review_comments": 0, "commits": commits,
        "maintainer_can_modify": pull.maintainer_can_modify, "changed_files": changes.len(),
        "additions": changes.iter().map(|change| change.additions).sum::<usize>(),
        "deletions": changes.iter().map(|change| change.deletions).sum::<usize>(),
    });
    if let (Some(all), Value::Object(more)) = (out.as_object_mut(), more) {
        all.extend(more);
    }
    out
}

/// The base branch's tip while the pull request is open, else what it was at the end.
fn base_sha(of: &Repository, pull: &Pull) -> String {
    let tip = of.objects.tip(&pull.base_branch).filter(|_| pull.open);
    tip.map_or_else(|| pull.base_sha.clone(), |tip| tip.to_string())
}

/// The head: of the repository itself, of a fork, or of a fork that is gone, which leaves no repository.
fn head(api: &str, web: &str, of: &Repository, pull: &Pull) -> Value {
    let mut head = side(api, web, of, &pull.head_branch, &pull.head_sha);
    let owner = pull.head_owner(of.name.owner());
    match &pull.origin {
        Origin::Same => return head,
        Origin::Fork(_) => head["repo"] = fork(api, web, of, owner),
        Origin::Gone(_) => head["repo"] = Value::Null,
    }
    head["label"] = json!(format!("{owner}:{}", pull.head_branch));
    head["user"] = account(api, web, owner, false);
    head
}

fn side(api: &str, web: &str, of: &Repository, branch: &str, sha: &str) -> Value {
    let owner = of.name.owner();
    json!({
        "label": format!("{owner}:{branch}"), "ref": branch, "sha": sha,
        "user": account(api, web, owner, true), "repo": full_repository(api, web, of),
    })
}

fn links(
    api: &str,
    of: &Repository,
    pull: &Pull,
    url: &str,
    issue: &str,
    page: &str,
    statuses: &str,
) -> Value {
    json!({
        "self": {"href": url}, "html": {"href": page}, "issue": {"href": issue},
        "comments": {"href": format!("{issue}/comments")},
        "review_comments": {"href": format!("{url}/comments")},
        "review_comment": {"href": format!("{api}/repos/{}/pulls/comments{{/number}}", of.name)},
        "commits": {"href": format!("{api}/repos/{}/pulls/{}/commits", of.name, pull.number)},
        "statuses": {"href": statuses},
    })
}

/// A pull request as the issue that it also is.
pub(in crate::simulate) fn issue(api: &str, web: &str, of: &Repository, pull: &Pull) -> Value {
    let simple = pull_simple(api, web, of, pull);
    let url = format!("{api}/repos/{}/issues/{}", of.name, pull.number);
    let mut out = json!({
        "id": pull.id + 1, "node_id": node("Issue", pull.id + 1), "url": url,
        "repository_url": format!("{api}/repos/{}", of.name), "labels_url": format!("{url}/labels{{/name}}"),
        "comments_url": format!("{url}/comments"), "events_url": format!("{url}/events"),
        "comments": pull.comments.len(), "state_reason": null, "active_lock_reason": null,
        "closed_by": pull.closed_by.as_ref().map(|by| account(api, web, by, false)),
        "pull_request": {"merged_at": simple["merged_at"]},
    });
    for field in ["url", "html_url", "diff_url", "patch_url"] {
        out["pull_request"][field] = simple[field].clone();
    }
    let shared = [
        "html_url",
        "number",
        "state",
        "title",
        "body",
        "user",
        "labels",
        "assignee",
        "assignees",
        "milestone",
        "locked",
        "draft",
        "created_at",
        "updated_at",
        "closed_at",
        "author_association",
    ];
    for field in shared {
        out[field] = simple[field].clone();
    }
    out
}

/// A label.
pub(in crate::simulate) fn label(api: &str, of: &Repository, name: &str) -> Value {
    let id = account_id(&format!("label {name}"));
    json!({
        "id": id, "node_id": node("Label", id), "name": name, "description": null, "color": "ededed",
        "default": false, "url": format!("{api}/repos/{}/labels/{name}", of.name),
    })
}

/// A comment on a pull request.
pub(in crate::simulate) fn comment(
    api: &str,
    web: &str,
    of: &Repository,
    pull: &Pull,
    comment: &Comment,
) -> Value {
    let (id, number) = (comment.id, pull.number);
    json!({
        "id": id, "node_id": node("IssueComment", id), "body": comment.body,
        "url": format!("{api}/repos/{}/issues/comments/{id}", of.name),
        "html_url": format!("{web}/{}/pull/{number}#issuecomment-{id}", of.name),
        "issue_url": format!("{api}/repos/{}/issues/{number}", of.name),
        "user": account(api, web, &comment.by, false), "author_association": "CONTRIBUTOR",
        "created_at": instant(comment.at), "updated_at": instant(comment.at),
    })
}

//! Repositories.

use serde_json::{Value, json};

use super::{account, account_id, instant, node};
use crate::{domain::RepositoryName, simulate::repository::Repository};

/// The addresses below a repository's own: field and suffix.
const ADDRESSES: &[(&str, &str)] = &[
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    (
        "notifications_url",
        "/notifications{?since,all,participating}",
    ),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
];

/// A repository as it stands inside of other resources.
pub(in crate::simulate) fn minimal_repository(
    api: &str,
    web: &str,
    repository: &Repository,
) -> Value {
    named(api, web, repository, repository.id, &repository.name)
}

fn named(api: &str, web: &str, repository: &Repository, id: u64, name: &RepositoryName) -> Value {
    let url = format!("{api}/repos/{name}");
    let mut out = json!({
        "id": id, "node_id": node("Repository", id),
        "name": name.name(), "full_name": name.as_str(),
        "owner": account(api, web, name.owner(), true),
        "private": !repository.public, "fork": repository.fork,
        "html_url": format!("{web}/{name}"), "description": null, "url": url,
    });
    for (field, suffix) in ADDRESSES {
        out[*field] = Value::String(format!("{url}{suffix}"));
    }
    out
}

/// A fork of a repository, as a pull request from there shows it.
pub(in crate::simulate) fn fork(
    api: &str,
    web: &str,
    repository: &Repository,
    owner: &str,
) -> Value {
    let mut out = full_repository(api, web, repository);
    let name = format!("{owner}/{}", repository.name.name());
    if let (Some(all), Ok(name)) = (out.as_object_mut(), name.parse::<RepositoryName>()) {
        let id = account_id(&format!("fork {name}"));
        if let Value::Object(own) = named(api, web, repository, id, &name) {
            all.extend(own);
        }
    }
    out["fork"] = Value::Bool(true);
    out
}

/// A repository in full.
pub(in crate::simulate) fn full_repository(api: &str, web: &str, repository: &Repository) -> Value {
    let mut out = minimal_repository(api, web, repository);
    let page = format!("{web}/{}", repository.name);
    let open = repository.pulls.values().filter(|pull| pull.open).count();
    let visibility = if repository.public {
        "public"
    } else {
        "private"
    };
    let more = json!({
        "default_branch": repository.default_branch, "topics": repository.topics,
        "archived": repository.archived, "disabled": false, "visibility": visibility,
        "created_at": instant(repository.created_at), "updated_at": instant(repository.pushed_at),
        "pushed_at": instant(repository.pushed_at),
        "clone_url": format!("{page}.git"), "git_url": format!("{page}.git"), "ssh_url": format!("{page}.git"),
        "svn_url": page, "mirror_url": null, "homepage": null, "language": null, "license": null,
        "has_issues": true, "has_projects": false, "has_wiki": false, "has_pages": false,
        "has_downloads": false, "has_discussions": false, "has_pull_requests": true,
        "forks": 0, "forks_count": 0, "network_count": 0, "subscribers_count": 0, "size": 1,
        "stargazers_count": 0, "watchers": 0, "watchers_count": 0,
        "open_issues": open, "open_issues_count": open,
    });
    if let (Some(all), Value::Object(more)) = (out.as_object_mut(), more) {
        all.extend(more);
    }
    out
}

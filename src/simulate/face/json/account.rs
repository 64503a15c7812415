//! Accounts and permissions.

use serde_json::{Value, json};

use super::node;
use crate::{
    domain::Digest,
    simulate::{Level, Permissions},
};

/// The number of an account, made of its name so that it needs no register.
pub(in crate::simulate) fn account_id(login: &str) -> u64 {
    let digest = Digest::of([login.to_ascii_lowercase().as_bytes()]);
    // Seven hexadecimal digits stay below the range where JSON readers lose precision.
    u64::from_str_radix(digest.as_str().get(..7).unwrap_or("1"), 16).unwrap_or(1)
}

/// An account: a bot by its suffix, an organisation where the caller says so, else a person.
pub(in crate::simulate) fn account(api: &str, web: &str, login: &str, organization: bool) -> Value {
    let id = account_id(login);
    let kind = match (login.ends_with("[bot]"), organization) {
        (true, _) => "Bot",
        (false, true) => "Organization",
        (false, false) => "User",
    };
    let url = format!("{api}/users/{login}");
    json!({
        "login": login, "id": id, "node_id": node(kind, id),
        "avatar_url": format!("{web}/avatars/{id}"), "gravatar_id": "",
        "url": url, "html_url": format!("{web}/{login}"),
        "followers_url": format!("{url}/followers"),
        "following_url": format!("{url}/following{{/other_user}}"),
        "gists_url": format!("{url}/gists{{/gist_id}}"),
        "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{url}/subscriptions"),
        "organizations_url": format!("{url}/orgs"),
        "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events{{/privacy}}"),
        "received_events_url": format!("{url}/received_events"),
        "type": kind, "site_admin": false, "user_view_type": "public",
    })
}

/// Permissions by GitHub's names; what is not granted is absent.
pub(in crate::simulate) fn permissions(has: &Permissions) -> Value {
    let areas = [
        ("contents", has.contents),
        ("pull_requests", has.pull_requests),
        ("workflows", has.workflows),
        ("actions", has.actions),
    ];
    let mut out = json!({"metadata": "read"});
    for (name, level) in areas {
        match level {
            Level::None => {}
            // There is no reading workflow files apart from contents: `workflows` is write or nothing.
            Level::Read if name == "workflows" => {}
            Level::Read => out[name] = json!("read"),
            Level::Write => out[name] = json!("write"),
        }
    }
    out
}

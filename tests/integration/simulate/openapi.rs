//! Every endpoint of the face against GitHub's published OpenAPI description, reduced to tests/openapi/github.json.

use std::collections::BTreeSet;

use cronwright::simulate::{Permissions, face};
use serde_json::{Value, json};

use super::{Reply, Site, TOKEN, app};

const DESCRIPTION: &str = include_str!("../../openapi/github.json");

/// Everything that a world with one open pull request can be asked: the status to expect, the endpoint, the path where
/// filling in the template is not enough, the body. `R` stands for a repository.
const CALLS: &str = r#"
200 GET /rate_limit -
200 GET /user -
200 GET /orgs/{org}/repos -
200 GET /users/{username}/repos -
200 GET R -
404 GET R /repos/acme/none
200 GET R/actions/workflows -
200 GET R/actions/workflows/{workflow_id} -
200 GET R/actions/workflows/{workflow_id}/runs -
200 POST R/actions/workflows/{workflow_id}/dispatches - {"ref": "main", "return_run_details": true}
204 POST R/actions/workflows/{workflow_id}/dispatches - {"ref": "main"}
204 PUT R/actions/workflows/{workflow_id}/disable -
204 PUT R/actions/workflows/{workflow_id}/enable -
200 GET R/actions/runs -
200 GET R/actions/runs/{run_id} -
200 GET R/actions/runs/{run_id}/jobs -
200 GET R/actions/runs/{run_id}/attempts/{attempt_number} -
200 GET R/actions/runs/{run_id}/attempts/{attempt_number}/jobs -
201 POST R/actions/runs/{run_id}/rerun -
202 POST R/actions/runs/{run_id}/cancel -
200 GET R/contents/{path} R/contents/README.md
200 GET R/contents/{path} R/contents/.github
404 GET R/contents/{path} R/contents/absent
201 PUT R/contents/{path} R/contents/new.txt {"message": "m", "content": "eA=="}
200 GET R/git/ref/{ref} R/git/ref/heads/main
200 GET R/git/matching-refs/{ref} R/git/matching-refs/heads/
201 POST R/git/refs - {"ref": "refs/heads/two", "sha": "{commit_sha}"}
422 POST R/git/refs - {"ref": "refs/heads/two", "sha": "{commit_sha}"}
200 PATCH R/git/refs/{ref} R/git/refs/heads/two {"sha": "{commit_sha}"}
204 DELETE R/git/refs/{ref} R/git/refs/heads/two
201 POST R/git/blobs - {"content": "x"}
200 GET R/git/blobs/{file_sha} -
201 POST R/git/trees - {"base_tree": "{tree}", "tree": [{"path": "a/b.txt", "mode": "100644", "type": "blob", "content": "x"}]}
200 GET R/git/trees/{tree_sha} R/git/trees/main?recursive=1
201 POST R/git/commits - {"message": "m", "tree": "{tree}", "parents": ["{commit_sha}"]}
200 GET R/git/commits/{commit_sha} -
200 GET R/commits/{ref} R/commits/main
422 GET R/commits/{ref} R/commits/absent
200 GET R/compare/{basehead} R/compare/main...topic
200 GET R/pulls -
201 POST R/pulls - {"title": "t", "head": "other", "base": "main"}
422 POST R/pulls - {"title": "t", "head": "other", "base": "main"}
200 GET R/pulls/{pull_number} -
200 PATCH R/pulls/{pull_number} - {"title": "u"}
200 GET R/pulls/{pull_number}/files -
200 GET R/pulls/{pull_number}/commits -
200 GET R/pulls/{pull_number}/reviews -
201 POST R/pulls/{pull_number}/requested_reviewers - {"reviewers": ["bob"]}
201 POST R/issues/{issue_number}/comments - {"body": "hi"}
200 GET R/issues/{issue_number} -
200 GET R/issues/{issue_number}/comments -
200 POST R/issues/{issue_number}/labels - {"labels": ["cron"]}
200 PUT R/pulls/{pull_number}/merge - {}
405 PUT R/pulls/{pull_number}/merge - {}
200 GET /app -
200 GET /app/installations -
200 GET /app/installations/{installation_id} -
200 GET R/installation -
201 POST /app/installations/{installation_id}/access_tokens -
200 GET /installation/repositories -
"#;

/// One call: the endpoint it belongs to, the path to ask, the body, the status to expect.
struct Call(String, String, Value, u16);

/// The calls with what was seen filled in.
fn calls(seen: &Seen) -> Vec<Call> {
    let call = |line: &str| {
        let parts: Vec<&str> = line.splitn(5, ' ').collect();
        let path = if parts[3] == "-" { parts[2] } else { parts[3] };
        let body = parts
            .get(4)
            .map(|body| serde_json::from_str(&seen.fill(body)).unwrap());
        let endpoint = format!(
            "{} {}",
            parts[1],
            parts[2].replacen('R', "/repos/{owner}/{repo}", 1)
        );
        Call(
            endpoint,
            seen.fill(path),
            body.unwrap_or_default(),
            parts[0].parse().unwrap(),
        )
    };
    CALLS.trim().lines().map(call).collect()
}

/// What the calls name.
struct Seen {
    run: u64,
    head: String,
    blob: String,
    tree: String,
    installation: u64,
}

impl Seen {
    /// Fills in a template's parameters.
    fn fill(&self, template: &str) -> String {
        let numbers = [
            ("{run_id}", self.run),
            ("{installation_id}", self.installation),
        ];
        let ones = ["{attempt_number}", "{pull_number}", "{issue_number}"];
        let texts = [
            ("{commit_sha}", &*self.head),
            ("{file_sha}", &*self.blob),
            ("{tree}", &*self.tree),
            ("{workflow_id}", "nightly.yml"),
        ];
        let mut path = template.replacen(
            'R',
            "/repos/acme/app",
            usize::from(template.starts_with('R')),
        );
        path = numbers.iter().fold(path, |path, (name, number)| {
            path.replace(name, &number.to_string())
        });
        path = ones.iter().fold(path, |path, name| path.replace(name, "1"));
        path = texts
            .iter()
            .fold(path, |path, (name, text)| path.replace(name, text));
        path.replace("{org}", "acme").replace("{username}", "acme")
    }
}

/// A world with a finished run, a pull request that was approved, a branch for another and an App.
async fn prepared() -> (Site, Seen) {
    let site = Site::new();
    site.branch("topic", "README.md", "hello you\n");
    site.branch("other", "OTHER.md", "x\n");
    assert_eq!(site.propose("topic").await.status, 201);
    let (run, installation) = {
        let mut world = site.world.lock().unwrap();
        world.approve(&app(), 1).unwrap();
        world.advance_to(super::at("2026-06-02T12:00:00Z"));
        world.add_app(7, "cronwright", "acme");
        let installation = world.install_app(7, "acme", Permissions::all(), None);
        (world.runs(&app()).unwrap()[0].id.0, installation)
    };
    let tree = site
        .ask("GET", "/repos/acme/app/git/trees/main", Value::Null)
        .await
        .body;
    let head = site
        .ask("GET", "/repos/acme/app/git/ref/heads/main", Value::Null)
        .await
        .body;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let readme = tree["tree"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["path"] == "README.md")
        .unwrap();
    let (blob, tree, head) = (
        text(&readme["sha"]),
        text(&tree["sha"]),
        text(&head["object"]["sha"]),
    );
    (
        site,
        Seen {
            run,
            head,
            blob,
            tree,
            installation,
        },
    )
}

async fn ask(site: &Site, call: &Call, installation_token: &str) -> Reply {
    let method = call.0.split(' ').next().unwrap();
    let token = if call.0.contains(" /app") || call.0.ends_with("/installation") {
        super::access::app_token(7)
    } else if call.0.contains("/installation/repositories") {
        installation_token.to_owned()
    } else {
        TOKEN.to_owned()
    };
    site.ask_with(
        method,
        &call.1,
        call.2.clone(),
        &[("authorization", &format!("Bearer {token}"))],
    )
    .await
}

/// Says where an answer differs from the description; nothing where it does not.
fn differences(description: &Value, call: &Call, reply: &Reply) -> Vec<String> {
    let status = call.3.to_string();
    let described = &description["endpoints"][&call.0][&status];
    if described.is_null() {
        // A status without a schema has no body, unless it is an error the description leaves out.
        let plain = if reply.status < 400 {
            reply.body == ""
        } else {
            reply.body["message"].is_string()
        };
        return if plain {
            Vec::new()
        } else {
            vec![format!("an answer nobody described: {}", reply.body)]
        };
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [described], "schemas": description["schemas"],
    });
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors = validator.iter_errors(&reply.body);
    errors
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect()
}

#[tokio::test]
async fn every_endpoint_answers_as_githubs_description_says() {
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let (site, seen) = prepared().await;
    let minted = super::access::installation_token(&site, 7, seen.installation).await;
    let mut faults = Vec::new();
    for call in calls(&seen) {
        let reply = ask(&site, &call, &minted).await;
        if reply.status != call.3 {
            faults.push(format!(
                "{} {}: {} instead of {}: {}",
                call.0, call.1, reply.status, call.3, reply.body
            ));
            continue;
        }
        let differ = differences(&description, &call, &reply);
        faults.extend(
            differ
                .into_iter()
                .map(|what| format!("{} ({}): {what}", call.0, call.3)),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn the_calls_and_the_description_cover_every_endpoint_of_the_face() {
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let (_site, seen) = prepared().await;
    let face: BTreeSet<String> = face::endpoints()
        .iter()
        .map(|(m, t)| format!("{m} {t}"))
        .collect();
    let described: BTreeSet<String> = description["endpoints"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    let called: BTreeSet<String> = calls(&seen).iter().map(|call| call.0.clone()).collect();
    assert_eq!(face, described);
    assert_eq!(face, called);
}

#[test]
fn a_missing_field_is_a_difference() {
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let call = Call(
        "GET /rate_limit".to_owned(),
        String::new(),
        Value::Null,
        200,
    );
    let reply = Reply {
        status: 200,
        headers: Default::default(),
        body: json!({"resources": {}}),
    };
    assert!(!differences(&description, &call, &reply).is_empty());
}

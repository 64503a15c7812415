//! Repositories as real Git objects, on disk and through the Git data API.

use std::process::Command;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{NIGHTLY, Site, app};

#[test]
fn git_reads_the_repository_with_its_patches() {
    let site = Site::new();
    let tip = site.branch("main", "README.md", "hello you\n");
    let folder = site.folder.path().join("acme/app.git");
    let log = Command::new("git")
        .arg("--git-dir")
        .arg(folder)
        .args(["log", "-p", "main"])
        .output()
        .unwrap();
    let text = String::from_utf8(log.stdout).unwrap();
    assert!(
        text.contains(&tip) && text.contains("+hello you") && text.contains("-hello"),
        "{text}"
    );
}

#[tokio::test]
async fn a_change_made_of_blob_tree_commit_and_ref_is_a_verified_commit_of_the_caller() {
    let site = Site::new();
    let edited = NIGHTLY.replace("0 3", "17 4");
    let base = site
        .ask("GET", "/repos/acme/app/commits/main", Value::Null)
        .await
        .body;
    let blob = json!({"content": BASE64_STANDARD.encode(&edited), "encoding": "base64"});
    let blob = site
        .ask("POST", "/repos/acme/app/git/blobs", blob)
        .await
        .body;
    let entry = json!({"path": ".github/workflows/nightly.yml", "mode": "100644", "type": "blob", "sha": blob["sha"]});
    let tree = json!({"base_tree": base["commit"]["tree"]["sha"], "tree": [entry]});
    let tree = site
        .ask("POST", "/repos/acme/app/git/trees", tree)
        .await
        .body;
    let commit = json!({"message": "Move", "tree": tree["sha"], "parents": [base["sha"]]});
    let commit = site
        .ask("POST", "/repos/acme/app/git/commits", commit)
        .await
        .body;
    assert_eq!(
        (
            &commit["verification"]["verified"],
            &commit["author"]["name"]
        ),
        (&json!(true), &json!("ada"))
    );
    let made = json!({"ref": "refs/heads/move", "sha": commit["sha"]});
    assert_eq!(
        site.ask("POST", "/repos/acme/app/git/refs", made)
            .await
            .status,
        201
    );
    let seen = site
        .world
        .lock()
        .unwrap()
        .file(&app(), "move", ".github/workflows/nightly.yml")
        .unwrap();
    assert_eq!(String::from_utf8(seen).unwrap(), edited);
    let compared = site
        .ask("GET", "/repos/acme/app/compare/main...move", Value::Null)
        .await
        .body;
    assert_eq!(
        (
            &compared["status"],
            compared["files"].as_array().unwrap().len()
        ),
        (&json!("ahead"), 1)
    );
    assert!(
        compared["files"][0]["patch"]
            .as_str()
            .unwrap()
            .contains("+    - cron: '17 4 * * *'")
    );
}

#[tokio::test]
async fn a_file_is_read_raw_or_as_base64_at_a_ref() {
    let site = Site::new();
    let path = "/repos/acme/app/contents/.github/workflows/nightly.yml?ref=main";
    let as_json = site.ask("GET", path, Value::Null).await;
    let content: String = as_json.body["content"]
        .as_str()
        .unwrap()
        .split('\n')
        .collect();
    assert_eq!(BASE64_STANDARD.decode(content).unwrap(), NIGHTLY.as_bytes());
    let bearer = format!("Bearer {}", super::TOKEN);
    let headers = [
        ("authorization", bearer.as_str()),
        ("accept", "application/vnd.github.raw+json"),
    ];
    let raw = site.ask_with("GET", path, Value::Null, &headers).await;
    assert_eq!(raw.body, Value::String(NIGHTLY.to_owned()));
    assert!(as_json.header("etag").starts_with("W/") && raw.header("etag").starts_with('"'));
}

#[tokio::test]
async fn refs_are_refused_in_githubs_words() {
    let site = Site::new();
    let tip = site.branch("topic", "README.md", "other\n");
    let base = site
        .ask("GET", "/repos/acme/app/commits/main", Value::Null)
        .await
        .body["sha"]
        .clone();
    let cases = [
        (
            "POST",
            "",
            json!({"ref": "refs/heads/topic", "sha": tip}),
            "Reference already exists",
        ),
        (
            "POST",
            "",
            json!({"ref": "refs/heads/x", "sha": "0".repeat(40)}),
            "Object does not exist",
        ),
        (
            "POST",
            "",
            json!({"ref": "topic", "sha": tip}),
            "topic is not a valid ref name.",
        ),
        (
            "PATCH",
            "/heads/topic",
            json!({"sha": base}),
            "Update is not a fast forward",
        ),
        (
            "PATCH",
            "/heads/none",
            json!({"sha": base}),
            "Reference does not exist",
        ),
        (
            "DELETE",
            "/heads/none",
            Value::Null,
            "Reference does not exist",
        ),
    ];
    for (method, rest, body, message) in cases {
        let reply = site
            .ask(method, &format!("/repos/acme/app/git/refs{rest}"), body)
            .await;
        assert_eq!(
            (reply.status, &reply.body["message"]),
            (422, &json!(message))
        );
    }
    let forced = json!({"sha": base, "force": true});
    assert_eq!(
        site.ask("PATCH", "/repos/acme/app/git/refs/heads/topic", forced)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn matching_refs_begin_alike_and_a_part_of_a_name_is_no_ref() {
    let site = Site::new();
    site.branch("cronwright/a", "A", "a");
    site.branch("cronwright/b", "B", "b");
    let found = site
        .ask(
            "GET",
            "/repos/acme/app/git/matching-refs/heads/cronwright/",
            Value::Null,
        )
        .await
        .body;
    assert_eq!(found.as_array().unwrap().len(), 2);
    assert_eq!(
        site.ask(
            "GET",
            "/repos/acme/app/git/ref/heads/cronwright",
            Value::Null
        )
        .await
        .status,
        404
    );
}

#[tokio::test]
async fn graphql_removes_a_branch_only_while_it_points_to_the_commit() {
    let site = Site::new();
    site.branch("topic", "README.md", "hello you\n");
    let stands = site
        .ask("GET", "/repos/acme/app/git/ref/heads/topic", Value::Null)
        .await;
    let stands = stands.body["object"]["sha"].as_str().unwrap().to_owned();
    let node = site.ask("GET", "/repos/acme/app", Value::Null).await.body["node_id"].clone();
    let remove = |at: &str| {
        let query = "mutation($input:UpdateRefsInput!){updateRefs(input:$input){clientMutationId}}";
        let update =
            json!({"name": "refs/heads/topic", "beforeOid": at, "afterOid": "0".repeat(40)});
        let input = json!({"repositoryId": node, "refUpdates": [update]});
        json!({"query": query, "variables": {"input": input}})
    };
    let stale = site.ask("POST", "/graphql", remove(&"1".repeat(40))).await;
    assert_eq!(
        stale.body["errors"][0]["type"], "UNPROCESSABLE",
        "{:?}",
        stale.body
    );
    let other = site
        .ask("POST", "/graphql", json!({"query": "query{viewer{login}}"}))
        .await;
    assert!(other.body["errors"].is_array());
    let fresh = site.ask("POST", "/api/graphql", remove(&stands)).await;
    assert!(fresh.body["errors"].is_null(), "{:?}", fresh.body);
    let gone = site
        .ask("GET", "/repos/acme/app/git/ref/heads/topic", Value::Null)
        .await;
    assert_eq!(gone.status, 404);
}

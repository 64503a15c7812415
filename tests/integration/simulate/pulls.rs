//! Pull requests and the people who deal with them.

use cronwright::simulate::Deed;
use serde_json::{Value, json};

use super::{NIGHTLY, Site, app, at};

const FILE: &str = ".github/workflows/nightly.yml";

#[tokio::test]
async fn a_merged_pull_request_changes_when_the_workflow_fires() {
    let site = Site::new();
    site.branch("move", FILE, &NIGHTLY.replace("0 3", "17 5"));
    let number = site.propose("move").await.body["number"].as_u64().unwrap();
    let deed = Deed::Merge {
        repository: app(),
        number,
    };
    let mut world = site.world.lock().unwrap();
    world.schedule(at("2026-06-01T12:00:00Z"), deed);
    world.advance_to(at("2026-06-02T12:00:00Z"));
    let hours: Vec<String> = world
        .runs(&app())
        .unwrap()
        .iter()
        .map(|run| run.created_at.format("%H:%M").to_string())
        .collect();
    assert_eq!(hours, ["03:00", "05:17"]);
    assert!(world.pulls(&app()).unwrap()[0].merged);
}

#[tokio::test]
async fn a_second_pull_request_of_a_branch_one_without_commits_and_one_without_a_branch_are_refused()
 {
    let site = Site::new();
    site.branch("move", "README.md", "x\n");
    assert_eq!(site.propose("move").await.status, 201);
    let twin = site.propose("move").await;
    assert_eq!(
        twin.body["errors"][0]["message"],
        "A pull request already exists for acme:move."
    );
    let base = site
        .ask("GET", "/repos/acme/app/commits/main", Value::Null)
        .await
        .body["sha"]
        .clone();
    site.ask(
        "POST",
        "/repos/acme/app/git/refs",
        json!({"ref": "refs/heads/same", "sha": base}),
    )
    .await;
    assert_eq!(
        site.propose("same").await.body["errors"][0]["message"],
        "No commits between main and same"
    );
    let absent = site.propose("absent").await;
    assert_eq!(
        (absent.status, &absent.body["errors"][0]["field"]),
        (422, &json!("head"))
    );
}

#[tokio::test]
async fn a_pull_request_follows_its_branch_and_closes_with_it() {
    let site = Site::new();
    site.branch("move", "README.md", "x\n");
    site.propose("move").await;
    let tip = site.branch("move", "README.md", "y\n");
    assert_eq!(
        site.ask("GET", "/repos/acme/app/pulls/1", Value::Null)
            .await
            .body["head"]["sha"],
        json!(tip)
    );
    assert_eq!(
        site.ask("DELETE", "/repos/acme/app/git/refs/heads/move", Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(
        site.ask("GET", "/repos/acme/app/pulls/1", Value::Null)
            .await
            .body["state"],
        "closed"
    );
    let reopened = site
        .ask("PATCH", "/repos/acme/app/pulls/1", json!({"state": "open"}))
        .await;
    assert_eq!(reopened.status, 422);
}

#[tokio::test]
async fn a_base_that_moved_under_the_same_lines_makes_a_conflict() {
    let site = Site::new();
    site.branch("move", FILE, &NIGHTLY.replace("0 3", "17 5"));
    site.propose("move").await;
    let clean = site
        .ask("GET", "/repos/acme/app/pulls/1", Value::Null)
        .await
        .body;
    assert_eq!(
        (&clean["mergeable"], &clean["mergeable_state"]),
        (&json!(true), &json!("clean"))
    );
    site.branch("main", FILE, &NIGHTLY.replace("0 3", "1 1"));
    let dirty = site
        .ask("GET", "/repos/acme/app/pulls/1", Value::Null)
        .await
        .body;
    assert_eq!(
        (&dirty["mergeable"], &dirty["mergeable_state"]),
        (&json!(false), &json!("dirty"))
    );
    let refused = site
        .ask("PUT", "/repos/acme/app/pulls/1/merge", json!({}))
        .await;
    assert_eq!(
        (refused.status, &refused.body["message"]),
        (405, &json!("Pull Request is not mergeable"))
    );
}

#[tokio::test]
async fn a_merge_of_another_head_than_expected_is_refused() {
    let site = Site::new();
    site.branch("move", "README.md", "x\n");
    site.propose("move").await;
    let stale = site
        .ask(
            "PUT",
            "/repos/acme/app/pulls/1/merge",
            json!({"sha": "0".repeat(40)}),
        )
        .await;
    assert_eq!(stale.status, 409);
    let merged = site
        .ask("PUT", "/repos/acme/app/pulls/1/merge", json!({}))
        .await;
    let seen = site
        .ask("GET", "/repos/acme/app/pulls/1", Value::Null)
        .await
        .body;
    assert_eq!(
        (&seen["merged"], &seen["merge_commit_sha"]),
        (&json!(true), &merged.body["sha"])
    );
    let tip = site
        .ask("GET", "/repos/acme/app/commits/main", Value::Null)
        .await
        .body;
    assert_eq!(
        (tip["parents"].as_array().unwrap().len(), &tip["sha"]),
        (2, &merged.body["sha"])
    );
}

#[tokio::test]
async fn pull_requests_are_listed_by_state_and_by_head() {
    let site = Site::new();
    for branch in ["one", "two"] {
        site.branch(branch, branch, "x\n");
        site.propose(branch).await;
    }
    site.world.lock().unwrap().close(&app(), 1).unwrap();
    let numbers = async |query: &str| -> Vec<u64> {
        let reply = site
            .ask(
                "GET",
                &format!("/repos/acme/app/pulls?{query}"),
                Value::Null,
            )
            .await;
        reply
            .body
            .as_array()
            .unwrap()
            .iter()
            .map(|pull| pull["number"].as_u64().unwrap())
            .collect()
    };
    assert_eq!(numbers("").await, [2]);
    assert_eq!(numbers("state=all&direction=asc").await, [1, 2]);
    assert_eq!(numbers("state=all&head=acme:one").await, [1]);
    assert_eq!(numbers("state=all&head=eve:one").await, [0_u64; 0]);
    assert_eq!(numbers("state=closed").await, [1]);
}

#[tokio::test]
async fn the_issue_of_a_pull_request_tells_who_closed_it() {
    let site = Site::new();
    site.branch("move", "README.md", "x\n");
    site.propose("move").await;
    let closer = async || {
        site.ask("GET", "/repos/acme/app/issues/1", Value::Null)
            .await
            .body["closed_by"]
            .clone()
    };
    assert_eq!(closer().await, Value::Null);
    site.world.lock().unwrap().close(&app(), 1).unwrap();
    assert_eq!(closer().await["login"], cronwright::simulate::PERSON);
    site.ask("PATCH", "/repos/acme/app/pulls/1", json!({"state": "open"}))
        .await;
    site.ask(
        "PATCH",
        "/repos/acme/app/pulls/1",
        json!({"state": "closed"}),
    )
    .await;
    assert_eq!(closer().await["login"], "ada");
}

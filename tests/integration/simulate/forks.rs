//! Pull requests from forks, as the REST face shows them.

use cronwright::simulate::ForkProposal;
use serde_json::{Value, json};

use super::{Site, app};

/// A pull request from a stranger's fork, from a branch named like one of the repository's own.
fn proposed(site: &Site, branch: &str) -> u64 {
    let proposal = ForkProposal {
        owner: "mallory".to_owned(),
        branch: branch.to_owned(),
        file: ("README.md".to_owned(), b"mine\n".to_vec()),
        title: "Mine".to_owned(),
        body: String::new(),
    };
    let mut world = site.world.lock().unwrap();
    world.propose_from_fork(&app(), proposal).unwrap()
}

#[tokio::test]
async fn a_pull_request_from_a_fork_names_the_fork_and_makes_no_branch() {
    let site = Site::new();
    let number = proposed(&site, "move");
    let path = format!("/repos/acme/app/pulls/{number}");
    let pull = site.ask("GET", &path, Value::Null).await.body;
    assert_eq!(pull["head"]["label"], "mallory:move");
    assert_eq!(pull["head"]["repo"]["full_name"], "mallory/app");
    assert_eq!(pull["head"]["repo"]["fork"], json!(true));
    assert_eq!(pull["base"]["repo"]["full_name"], "acme/app");
    assert_eq!(pull["changed_files"], 1);
    let branch = "/repos/acme/app/branches/move";
    assert_eq!(site.ask("GET", branch, Value::Null).await.status, 404);
}

#[tokio::test]
async fn a_fork_that_was_deleted_leaves_a_head_without_a_repository() {
    let site = Site::new();
    let number = proposed(&site, "move");
    site.world
        .lock()
        .unwrap()
        .delete_fork(&app(), number)
        .unwrap();
    let pulls = site.ask("GET", "/repos/acme/app/pulls", Value::Null).await;
    assert_eq!(pulls.body[0]["head"]["repo"], Value::Null);
    assert_eq!(pulls.body[0]["head"]["ref"], "move");
}

#[tokio::test]
async fn a_branch_of_the_same_name_is_another_branch() {
    let site = Site::new();
    proposed(&site, "move");
    site.branch("move", "README.md", "ours\n");
    assert_eq!(site.propose("move").await.status, 201);
    let of = async |head: &str| {
        let path = format!("/repos/acme/app/pulls?head={head}");
        let listed = site.ask("GET", &path, Value::Null).await.body;
        let numbers = listed.as_array().unwrap().iter();
        numbers
            .map(|pull| pull["number"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("acme:move").await, [2]);
    assert_eq!(of("mallory:move").await, [1]);
    site.world
        .lock()
        .unwrap()
        .delete_branch(&app(), "move")
        .unwrap();
    let pulls = site.world.lock().unwrap().pulls(&app()).unwrap();
    assert_eq!((pulls[0].open, pulls[1].open), (true, false));
}

#[tokio::test]
async fn a_person_may_merge_what_a_fork_proposes() {
    let site = Site::new();
    let number = proposed(&site, "move");
    let mut world = site.world.lock().unwrap();
    world.merge(&app(), number).unwrap();
    assert_eq!(world.file(&app(), "main", "README.md").unwrap(), b"mine\n");
}

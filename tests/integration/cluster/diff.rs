//! Nothing fights over a declared object: after an apply there is no difference, and a new object has not been looked at.

use std::fs;

use serde_json::Value;

use super::control_plane::shared;
use crate::architecture::files;

/// Every object of the examples that people declare, as one text.
fn declared() -> String {
    let examples = files("examples", ".yaml");
    let top = examples.iter().filter(|path| {
        path.parent()
            .is_some_and(|folder| folder.ends_with("examples"))
    });
    let texts: Vec<_> = top.map(|path| fs::read_to_string(path).unwrap()).collect();
    assert!(texts.len() >= 5);
    texts.join("\n---\n")
}

async fn differs_after(namespace: &str, apply: &[&str]) {
    shared().namespace(namespace).await;
    let at = format!("--namespace={namespace}");
    let manifests = declared();
    let fixed = ["--filename=-", at.as_str()];
    shared()
        .kubectl_with(&manifests, &[apply, &fixed].concat())
        .expect_success();
    let side = &apply[1..];
    let said = shared().kubectl_with(&manifests, &[&["diff"], side, &fixed].concat());
    assert!(
        said.success && said.out.is_empty(),
        "{}{}",
        said.out,
        said.err
    );
}

#[tokio::test]
async fn an_applied_object_does_not_differ_from_what_was_applied() {
    differs_after("diff-client", &["apply"]).await;
}

#[tokio::test]
async fn an_object_that_was_applied_by_the_server_does_not_differ_either() {
    differs_after("diff-server", &["apply", "--server-side"]).await;
}

#[tokio::test]
async fn a_new_object_says_that_it_has_not_been_looked_at() {
    shared().namespace("not-yet").await;
    let manifests = declared();
    let apply = ["apply", "--namespace=not-yet", "--filename=-"];
    shared().kubectl_with(&manifests, &apply).expect_success();
    let get = [
        "get",
        "--namespace=not-yet",
        "--output=json",
        "workflowschedules,githubconnections",
    ];
    let told = shared().kubectl(&get).expect_success();
    let told: Value = serde_json::from_str(&told).unwrap();
    let items = told["items"].as_array().unwrap();
    assert!(items.len() > 5);
    for item in items {
        assert_eq!(item["status"]["observedGeneration"], -1, "{item}");
    }
}

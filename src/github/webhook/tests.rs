//! Deliveries as bytes: signatures and news.

use serde_json::{Value, json};

use super::{Event, News, Signature};

/// The example of GitHub's documentation of signatures.
const SECRET: &str = "It's a Secret to Everybody";
const BODY: &[u8] = b"Hello, World!";
const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

fn read(event: Event, body: &Value) -> Option<News> {
    News::read(event, body.to_string().as_bytes()).unwrap()
}

fn run(action: &str, path: &str) -> Value {
    json!({
        "action": action, "workflow_run": {"id": 1, "path": path},
        "repository": {"full_name": "acme/app", "default_branch": "main"},
    })
}

fn push(reference: &str, forced: bool, modified: &[&str]) -> Value {
    json!({
        "ref": reference, "forced": forced,
        "commits": [{"added": [], "removed": [], "modified": modified}],
        "repository": {"full_name": "acme/app", "default_branch": "main"},
    })
}

#[test]
fn the_signature_of_githubs_own_example_is_verified() {
    let signature = Signature::read(SIGNATURE).unwrap();
    assert!(signature.is_of(&SECRET.into(), BODY));
}

#[test]
fn another_body_another_secret_and_no_secret_are_refused() {
    let signature = Signature::read(SIGNATURE).unwrap();
    assert!(!signature.is_of(&SECRET.into(), b"Hello, World?"));
    assert!(!signature.is_of(&"another".into(), BODY));
    let unsigned = "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
    let unsigned = Signature::read(unsigned).unwrap();
    assert!(
        !unsigned.is_of(&"".into(), b""),
        "HMAC of nothing under nothing"
    );
}

#[test]
fn a_header_that_is_no_signature_is_none() {
    for header in ["", "sha1=00", "sha256=", "sha256=zz", &SIGNATURE[..70]] {
        assert!(Signature::read(header).is_none(), "{header}");
    }
}

#[test]
fn the_end_of_a_run_is_news_of_its_workflow_and_its_beginning_is_not() {
    let news = read(
        Event::WorkflowRun,
        &run("completed", ".github/workflows/a.yml@main"),
    );
    let workflow = match news {
        Some(News::RunEnded(workflow)) => workflow.to_string(),
        other => format!("{other:?}"),
    };
    assert!(
        workflow.contains("acme/app") && workflow.contains("a.yml"),
        "{workflow}"
    );
    for (action, path) in [
        ("requested", ".github/workflows/a.yml"),
        ("completed", "dynamic/pages/pages-build-deployment"),
    ] {
        assert_eq!(read(Event::WorkflowRun, &run(action, path)), None);
    }
}

#[test]
fn a_run_without_a_path_is_told_by_the_workflow_beside_it() {
    let body = json!({
        "action": "completed", "workflow_run": {"id": 1},
        "workflow": {"path": ".github/workflows/a.yml"},
        "repository": {"full_name": "acme/app"},
    });
    assert!(matches!(
        read(Event::WorkflowRun, &body),
        Some(News::RunEnded(_))
    ));
}

#[test]
fn a_push_is_news_only_on_the_default_branch_and_of_workflow_files() {
    let file = ".github/workflows/a.yml";
    let news = read(
        Event::Push,
        &push("refs/heads/main", false, &[file, "README.md"]),
    );
    let files = Some(["a.yml".parse().unwrap()].into());
    let repository = "acme/app".parse().unwrap();
    assert_eq!(news, Some(News::FilesPushed { repository, files }));
    for (reference, path) in [
        ("refs/heads/topic", file),
        ("refs/tags/main", file),
        ("refs/heads/main", "README.md"),
        ("refs/heads/main", ".github/workflows/deep/a.yml"),
    ] {
        assert_eq!(
            read(Event::Push, &push(reference, false, &[path])),
            None,
            "{reference} {path}"
        );
    }
}

#[test]
fn a_forced_push_may_have_touched_every_file() {
    let news = read(Event::Push, &push("refs/heads/main", true, &[]));
    assert!(
        matches!(news, Some(News::FilesPushed { files: None, .. })),
        "{news:?}"
    );
}

#[test]
fn a_pull_request_is_news_when_it_closes_reopens_or_gets_commits() {
    let pull = |action: &str| {
        read(
            Event::PullRequest,
            &json!({
                "action": action, "pull_request": {"head": {"ref": "topic"}},
                "repository": {"full_name": "acme/app"},
            }),
        )
    };
    for action in ["closed", "reopened", "synchronize"] {
        assert!(
            matches!(pull(action), Some(News::PullChanged { .. })),
            "{action}"
        );
    }
    assert_eq!(pull("labeled"), None);
}

#[test]
fn what_becomes_of_a_repository_is_news_of_it_and_of_whose_it_was() {
    let of = |changes: Value| {
        let repository = json!({"full_name": "new/app"});
        let body = json!({"action": "any", "repository": repository, "changes": changes});
        match read(Event::Repository, &body) {
            Some(News::RepositoryChanged { former_owner, .. }) => former_owner,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(of(Value::Null), None);
    assert_eq!(of(json!({"repository": {"name": {"from": "old"}}})), None);
    for kind in ["user", "organization"] {
        let from = json!({kind: {"login": "acme"}});
        assert_eq!(
            of(json!({"owner": {"from": from}})).as_deref(),
            Some("acme")
        );
    }
}

#[test]
fn other_repositories_for_an_app_are_another_installation() {
    let body = json!({"action": "added", "repositories_added": [{"full_name": "acme/app"}]});
    let news = read(Event::InstallationRepositories, &body);
    assert_eq!(news, Some(News::InstallationChanged));
}

#[test]
fn a_body_that_is_not_its_event_is_malformed_and_not_repeated() {
    let secretive = br#"{"action": "completed", "workflow_run": "hunter2"}"#;
    for event in [
        Event::WorkflowRun,
        Event::Push,
        Event::PullRequest,
        Event::Repository,
    ] {
        for body in [b"".as_slice(), b"[1", b"\xff", secretive] {
            let error = News::read(event, body).unwrap_err().to_string();
            assert!(error.contains(event.name()), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}

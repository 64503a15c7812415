//! What writes ask of GitHub.

use super::fake::{Asked, Fake, acme, answer};
use crate::github::{Error, NewPull, PullEdit};

const PULL: &str = r#"{"number":4,"html_url":"https://x/4","state":"open","title":"t","body":"b","created_at":"2026-11-01T00:00:00Z",
    "head":{"ref":"cronwright/a-1","sha":"1","repo":{"full_name":"acme/payments"}},
    "base":{"ref":"main","sha":"2","repo":{"full_name":"acme/payments"}},"mergeable":null}"#;

fn git(asked: &Asked) -> axum::response::Response {
    match asked.target.rsplit('/').next().unwrap() {
        "base" => answer(200, &[], r#"{"sha":"base","tree":{"sha":"oldtree"}}"#),
        "blobs" => answer(201, &[], r#"{"sha":"blob"}"#),
        "trees" => answer(201, &[], r#"{"sha":"newtree"}"#),
        "commits" => answer(201, &[], r#"{"sha":"newcommit"}"#),
        _ => answer(404, &[], "{}"),
    }
}

#[tokio::test]
async fn one_commit_carries_several_files_and_names_no_author() {
    let fake = Fake::answering(|asked| git(&asked));
    let files: [(&str, &[u8]); 2] = [(".github/workflows/a.yml", b"on:\r\n\xff"), ("b.yml", b"")];
    let sha = fake
        .client()
        .commit_files(&acme(), "base", &["base"], &files, |_| {
            "Move the nightly".to_owned()
        })
        .await
        .unwrap();
    assert_eq!(sha, "newcommit");
    let sent: Vec<_> = fake.asked().into_iter().map(|asked| asked.body).collect();
    assert_eq!(
        sent,
        [
            "",
            r#"{"content":"b246DQr/","encoding":"base64"}"#,
            r#"{"content":"","encoding":"base64"}"#,
            r#"{"base_tree":"oldtree","tree":[{"path":".github/workflows/a.yml","mode":"100644","type":"blob","sha":"blob"},{"path":"b.yml","mode":"100644","type":"blob","sha":"blob"}]}"#,
            r#"{"message":"Move the nightly","tree":"newtree","parents":["base"]}"#,
        ]
    );
}

#[tokio::test]
async fn a_chain_that_cannot_be_paid_for_is_not_begun() {
    let fake = Fake::answering(|asked| git(&asked));
    let client = fake.client();
    for _ in 0..2 {
        client
            .commit_files(&acme(), "base", &["base"], &[("a", b"a")], |_| {
                "m".to_owned()
            })
            .await
            .unwrap();
    }
    let before = fake.count();
    let error = client
        .commit_files(&acme(), "base", &["base"], &[("a", b"a")], |_| {
            "m".to_owned()
        })
        .await
        .unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error}");
    assert!(
        fake.asked()[before..]
            .iter()
            .all(|asked| asked.method == "GET")
    );
}

#[tokio::test]
async fn what_exists_or_moved_is_a_conflict() {
    let refusing = |message: &'static str| {
        Fake::answering(move |_| {
            answer(
                422,
                &[],
                format!(
                    r#"{{"message":"Validation Failed","errors":[{{"message":"{message}"}}]}}"#
                ),
            )
        })
    };
    let new = NewPull {
        head: "h".into(),
        base: "main".into(),
        title: "t".into(),
        body: "b".into(),
        draft: false,
        maintainer_can_modify: true,
    };
    let open = refusing("A pull request already exists for acme:h.")
        .client()
        .open_pull(&acme(), &new)
        .await;
    let make = refusing("Reference already exists")
        .client()
        .create_branch(&acme(), "b", "1")
        .await;
    let advance = refusing("Update is not a fast forward")
        .client()
        .advance_branch(&acme(), "b", "1")
        .await;
    for error in [open.unwrap_err(), make.unwrap_err(), advance.unwrap_err()] {
        assert!(matches!(error, Error::Conflict { .. }), "{error}");
    }
    let other = refusing("head is invalid")
        .client()
        .open_pull(&acme(), &new)
        .await
        .unwrap_err();
    assert!(matches!(other, Error::Unprocessable { .. }), "{other}");
}

#[tokio::test]
async fn a_branch_is_never_moved_by_force() {
    let fake = Fake::answering(|_| answer(200, &[], "{}"));
    fake.client()
        .advance_branch(&acme(), "a/b", "1")
        .await
        .unwrap();
    let asked = fake.asked();
    assert_eq!(asked[0].target, "/repos/acme/payments/git/refs/heads/a/b");
    assert_eq!(asked[0].body, r#"{"sha":"1","force":false}"#);
}

/// A repository whose branch points to a commit, or is gone, on a server that answers GraphQL so.
fn with_branch(at: Option<&'static str>, graphql: (u16, &'static str)) -> Fake {
    Fake::answering(
        move |asked| match (asked.method.as_str(), asked.target.as_str()) {
            ("POST", "/graphql") => answer(graphql.0, &[], graphql.1),
            ("GET", "/repos/acme/payments") => answer(200, &[], r#"{"node_id":"R_7"}"#),
            ("GET", _) => match at {
                Some(sha) => answer(200, &[], format!(r#"{{"object":{{"sha":"{sha}"}}}}"#)),
                None => answer(404, &[], "{}"),
            },
            _ => answer(204, &[], ""),
        },
    )
}

fn sent(fake: &Fake) -> Vec<String> {
    let writes = fake
        .asked()
        .into_iter()
        .filter(|asked| asked.method != "GET");
    writes
        .map(|asked| format!("{} {}", asked.method, asked.target))
        .collect()
}

#[tokio::test]
async fn a_branch_is_removed_on_condition_that_it_points_to_the_commit() {
    let fake = with_branch(Some("c0ffee"), (200, r#"{"data":{"updateRefs":{}}}"#));
    fake.client()
        .remove_branch(&acme(), "a/b", "c0ffee")
        .await
        .unwrap();
    assert_eq!(sent(&fake), ["POST /graphql"]);
    let body = fake.asked().last().unwrap().body.clone();
    let input = r#""variables":{"input":{"repositoryId":"R_7","refUpdates":[{"name":"refs/heads/a/b","beforeOid":"c0ffee","afterOid":"0000000000000000000000000000000000000000"}]}}"#;
    assert!(body.contains(input), "{body}");
}

const REFUSED: (u16, &str) = (
    200,
    r#"{"data":null,"errors":[{"type":"UNPROCESSABLE","message":"no"}]}"#,
);

#[tokio::test]
async fn a_branch_that_somebody_pushed_to_is_not_removed() {
    let fake = with_branch(Some("theirs"), REFUSED);
    let error = fake
        .client()
        .remove_branch(&acme(), "b", "ours")
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }), "{error}");
    assert_eq!(sent(&fake), ["POST /graphql"]);
}

#[tokio::test]
async fn a_refusal_by_the_comparison_outweighs_an_older_look_at_the_branch() {
    // The look still shows the commit that the comparison did not find any more.
    let fake = with_branch(Some("ours"), REFUSED);
    let removal = fake.client().remove_branch(&acme(), "b", "ours").await;
    assert!(
        matches!(removal, Err(Error::Conflict { .. })),
        "{removal:?}"
    );
    assert_eq!(sent(&fake), ["POST /graphql"]);
}

#[tokio::test]
async fn a_branch_that_rules_keep_or_that_is_forbidden_is_no_conflict() {
    let protected =
        r#"{"errors":[{"type":"UNPROCESSABLE","message":"Cannot delete this protected branch"}]}"#;
    let fake = with_branch(Some("ours"), (200, protected));
    let removal = fake.client().remove_branch(&acme(), "b", "ours").await;
    assert!(
        matches!(removal, Err(Error::Unprocessable { .. })),
        "{removal:?}"
    );
    let forbidden =
        r#"{"errors":[{"type":"FORBIDDEN","message":"Resource not accessible by integration"}]}"#;
    let fake = with_branch(Some("ours"), (200, forbidden));
    let removal = fake.client().remove_branch(&acme(), "b", "ours").await;
    assert!(
        matches!(removal, Err(Error::MissingPermission { .. })),
        "{removal:?}"
    );
    assert_eq!(sent(&fake), ["POST /graphql"]);
}

#[tokio::test]
async fn a_branch_that_is_gone_needs_no_removal() {
    let fake = with_branch(None, REFUSED);
    fake.client()
        .remove_branch(&acme(), "b", "ours")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_server_that_cannot_compare_is_asked_the_older_way() {
    let unknown = r#"{"errors":[{"path":["mutation","updateRefs"],"extensions":{"code":"undefinedField","typeName":"Mutation","fieldName":"updateRefs"},"message":"Field 'updateRefs' doesn't exist on type 'Mutation'"}]}"#;
    let no_input =
        r#"{"errors":[{"message":"UpdateRefsInput isn't a defined input type (on $input)"}]}"#;
    for graphql in [(404, "{}"), (200, unknown), (200, no_input)] {
        let fake = with_branch(Some("ours"), graphql);
        fake.client()
            .remove_branch(&acme(), "b", "ours")
            .await
            .unwrap();
        let rest = "DELETE /repos/acme/payments/git/refs/heads/b";
        assert_eq!(sent(&fake), ["POST /graphql", rest]);
    }
}

#[tokio::test]
async fn graphql_has_a_limit_of_its_own_which_is_waited_for() {
    let limited = r#"{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}"#;
    let fake = with_branch(Some("ours"), (200, limited));
    let error = fake
        .client()
        .remove_branch(&acme(), "b", "ours")
        .await
        .unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error}");
}

#[tokio::test]
async fn pull_requests_are_changed_by_what_is_named_only() {
    let fake = Fake::answering(|_| answer(200, &[], PULL));
    let client = fake.client();
    let edit = PullEdit {
        body: Some("new".into()),
        ..PullEdit::default()
    };
    client.update_pull(&acme(), 4, &edit).await.unwrap();
    client.close_pull(&acme(), 4, "last words").await.unwrap();
    client
        .request_reviewers(&acme(), 4, &["jo".into(), "acme/ci".into()])
        .await
        .unwrap();
    client
        .add_labels(&acme(), 4, &["cron".into()])
        .await
        .unwrap();
    client.add_labels(&acme(), 4, &[]).await.unwrap();
    let sent: Vec<_> = fake.asked().into_iter().map(|asked| asked.body).collect();
    let expected = [
        r#"{"body":"new"}"#,
        r#"{"body":"last words","state":"closed"}"#,
        r#"{"reviewers":["jo"],"team_reviewers":["ci"]}"#,
        r#"{"labels":["cron"]}"#,
    ];
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn a_write_to_a_renamed_repository_is_not_sent_on() {
    let fake = Fake::answering(|_| {
        answer(
            307,
            &[("location", "https://api.github.com/repositories/7/pulls/4")],
            "",
        )
    });
    let error = fake
        .client()
        .close_pull(&acme(), 4, "last words")
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Moved { .. }), "{error}");
    assert_eq!(fake.count(), 1);
}

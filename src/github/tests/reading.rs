//! What reads make of GitHub's answers.

use super::fake::{Fake, REPOSITORY, acme, answer, at, runs};
use crate::{
    domain::{Conclusion, RunId},
    github::{Error, Grants, Hand, Head, IdentityKind, PullState, PullsIn, WorkflowState},
};

fn once(status: u16, body: &'static str) -> Fake {
    Fake::answering(move |_| answer(status, &[], body))
}

#[tokio::test]
async fn workflows_are_known_by_their_file_and_githubs_own_are_left_out() {
    let fake = once(
        200,
        r#"{"total_count":3,"workflows":[
            {"id":1,"name":"Nightly","path":".github/workflows/nightly.yml","state":"disabled_inactivity"},
            {"id":2,"name":null,"path":".github/workflows/b.yaml","state":"dreaming"},
            {"id":3,"name":"CodeQL","path":"dynamic/github-code-scanning/codeql","state":"active"}]}"#,
    );
    let found = fake.client().workflows(&acme()).await.unwrap();
    let states: Vec<_> = found
        .iter()
        .map(|workflow| (workflow.file.as_str(), workflow.state))
        .collect();
    assert_eq!(
        states,
        [
            ("nightly.yml", WorkflowState::DisabledInactivity),
            ("b.yaml", WorkflowState::Unknown)
        ]
    );
}

#[tokio::test]
async fn runs_with_nulls_are_read_oldest_first() {
    let fake = Fake::answering(|_| answer(200, &[], runs(2, [9, 4])));
    let found = fake.client().runs(&acme(), at(0), None).await.unwrap();
    assert_eq!(found.iter().map(|run| run.id.0).collect::<Vec<_>>(), [4, 9]);
    assert_eq!(found[0].conclusion, Some(Conclusion::Success));
}

#[tokio::test]
async fn jobs_belong_to_the_attempt_that_was_asked_for() {
    let fake = once(
        200,
        r#"{"total_count":1,"jobs":[{"id":5,"run_id":1,"name":"build","labels":["ubuntu-latest"],"conclusion":null,
            "created_at":"2026-11-01T00:00:00Z","started_at":"2026-11-01T00:00:09Z","completed_at":null}]}"#,
    );
    let jobs = fake.client().jobs(&acme(), RunId(1), 2).await.unwrap();
    assert_eq!(
        (jobs[0].attempt, jobs[0].queue_seconds().unwrap().0),
        (2, 9)
    );
    assert!(
        fake.asked()[0]
            .target
            .contains("/actions/runs/1/attempts/2/jobs?")
    );
}

#[tokio::test]
async fn a_file_arrives_as_its_bytes_and_its_name_is_escaped() {
    let fake = once(
        200,
        "{\"type\":\"file\",\"encoding\":\"base64\",\"size\":5,\"sha\":\"b10b\",\"content\":\"b246\\nDQo=\\n\"}",
    );
    let found = fake
        .client()
        .file(&acme(), ".github/workflows/ä b?.yml", "x/y&z")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.bytes.as_slice(), found.blob_sha.as_str()),
        (&b"on:\r\n"[..], "b10b")
    );
    let target = "/repos/acme/payments/contents/.github/workflows/%C3%A4%20b%3F.yml?ref=x%2Fy%26z";
    assert_eq!(fake.asked()[0].target, target);
}

#[tokio::test]
async fn what_is_no_file_is_told_apart_from_what_is_not_there() {
    let read = |status, body| async move {
        once(status, body)
            .client()
            .file(&acme(), "a.yml", "main")
            .await
    };
    assert_eq!(read(404, "{}").await, Ok(None));
    assert!(matches!(
        read(200, "[]").await,
        Err(Error::Unprocessable { .. })
    ));
    assert!(matches!(
        read(200, r#"{"type":"symlink","sha":"a"}"#).await,
        Err(Error::Unprocessable { .. })
    ));
    let large = r#"{"type":"file","sha":"a","encoding":"none","content":"","size":2000000}"#;
    assert!(matches!(
        read(200, large).await,
        Err(Error::TooLarge { .. })
    ));
}

#[tokio::test]
async fn a_branch_stands_somewhere_or_is_not_there() {
    let fake = once(
        200,
        r#"{"ref":"refs/heads/a/b","object":{"type":"commit","sha":"c0ffee"}}"#,
    );
    assert_eq!(
        fake.client()
            .branch(&acme(), "a/b")
            .await
            .unwrap()
            .unwrap()
            .sha,
        "c0ffee"
    );
    assert_eq!(
        fake.asked()[0].target,
        "/repos/acme/payments/git/ref/heads/a/b"
    );
    assert_eq!(
        once(404, "{}").client().branch(&acme(), "b").await.unwrap(),
        None
    );
}

#[tokio::test]
async fn commits_say_what_they_hold_and_who_made_them_in_their_own_words() {
    let fake = once(
        200,
        r#"{"status":"ahead","commits":[
            {"sha":"1","author":{"login":"cw[bot]"},"parents":[{"sha":"p"},{"sha":"q"}],"commit":{"message":"m","tree":{"sha":"t"},
             "author":{"name":"cw","email":"cw@x"},"committer":{"name":"GitHub","email":"noreply@github.com"}}},
            {"sha":"2","author":null,"committer":{},"commit":{"message":"n","tree":{"sha":"u"},"author":{"name":"Jo"}}}]}"#,
    );
    let commits = fake
        .client()
        .commits_since(&acme(), "main", "cronwright/x")
        .await
        .unwrap();
    let hand = |name: &str, email: &str| Hand {
        name: name.to_owned(),
        email: email.to_owned(),
    };
    assert_eq!(
        (commits[0].tree.as_str(), &commits[0].parents[..]),
        ("t", &["p".to_owned(), "q".to_owned()][..])
    );
    assert_eq!(commits[0].committer, hand("GitHub", "noreply@github.com"));
    assert_eq!(
        (&commits[1].author, &commits[1].committer),
        (&hand("Jo", ""), &Hand::default())
    );
    assert!(
        fake.asked()[0]
            .target
            .contains("/compare/main...cronwright%2Fx?")
    );
}

const PULLS: &str = r#"[
    {"number":4,"html_url":"https://x/4","state":"closed","title":"t","body":null,"user":{"login":"cw[bot]"},"labels":[{"name":"ci"}],
     "created_at":"2026-11-01T00:00:00Z","closed_at":"2026-11-02T00:00:00Z","merged_at":null,
     "head":{"ref":"cronwright/a-1","sha":"1","repo":{"full_name":"acme/billing"}},
     "base":{"ref":"main","sha":"2","repo":{"full_name":"acme/billing"}}},
    {"number":3,"state":"open","title":"t","created_at":"2026-11-01T00:00:00Z","user":null,
     "head":{"ref":"cronwright/a-1","sha":"1","repo":{"full_name":"mallory/payments"}},
     "base":{"ref":"main","sha":"2","repo":{"full_name":"acme/billing"}}},
    {"number":2,"state":"open","title":"t","created_at":"2026-11-01T00:00:00Z","user":null,
     "head":{"ref":"cronwright/a-1","sha":"1","repo":null},"base":{"ref":"main","sha":"2","repo":{"full_name":"acme/billing"}}}]"#;

#[tokio::test]
async fn pulls_of_forks_with_our_branch_name_are_not_ours() {
    let fake = once(200, PULLS);
    let client = fake.client();
    for head in [
        Head::Branch("cronwright/a-1".into()),
        Head::Prefix("cronwright/".into()),
    ] {
        let found = client.pulls(&acme(), &head, PullsIn::All).await.unwrap();
        assert_eq!(
            found.iter().map(|pull| pull.number).collect::<Vec<_>>(),
            [4]
        );
        assert_eq!(
            (found[0].state, found[0].merged_at),
            (PullState::Closed, None)
        );
    }
    let asked = &fake.asked()[0].target;
    assert!(asked.ends_with("head=acme%3Acronwright%2Fa-1"), "{asked}");
}

#[tokio::test]
async fn a_classic_token_says_whose_it_is_and_what_it_may() {
    let fake = Fake::answering(|_| {
        answer(
            200,
            &[("x-oauth-scopes", "repo, workflow")],
            r#"{"login":"jo","type":"User"}"#,
        )
    });
    let identity = fake.client().identity().await.unwrap();
    assert_eq!(
        (identity.login.as_str(), identity.kind),
        ("jo", IdentityKind::User)
    );
    assert!(matches!(identity.grants, Grants::Scopes(scopes) if scopes.contains("workflow")));
}

#[tokio::test]
async fn an_answer_that_is_not_githubs_is_refused_without_being_quoted() {
    for body in [
        "<html>private</html>",
        r#"{"id":"private"}"#,
        &REPOSITORY[..40],
        "",
    ] {
        let error = once(200, Box::leak(body.to_owned().into_boxed_str()))
            .client()
            .repository(&acme())
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }), "{error}");
        assert!(!error.to_string().contains("private"), "{error}");
    }
}

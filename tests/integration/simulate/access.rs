//! Who may do what: tokens, Apps, permissions, budgets.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use cronwright::{
    domain::Seconds,
    simulate::{Level, NewRepository, Permissions},
};
use serde_json::{Value, json};

use super::{NIGHTLY, Site, app};

/// An App's JSON web token of a usual life.
pub fn app_token(id: u64) -> String {
    app_token_of(id, 600)
}

fn app_token_of(id: u64, life_seconds: i64) -> String {
    let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({"iss": id, "iat": 1_000, "exp": 1_000 + life_seconds});
    format!(
        "{}.{}.c2ln",
        part(json!({"alg": "RS256", "typ": "JWT"})),
        part(claims)
    )
}

/// A fresh installation token.
pub async fn installation_token(site: &Site, app: u64, installation: u64) -> String {
    let path = format!("/app/installations/{installation}/access_tokens");
    let bearer = format!("Bearer {}", app_token(app));
    let reply = site
        .ask_with("POST", &path, Value::Null, &[("authorization", &bearer)])
        .await;
    reply.body["token"].as_str().unwrap().to_owned()
}

async fn as_app(permissions: Permissions) -> (Site, String) {
    let site = Site::new();
    let installation = {
        let mut world = site.world.lock().unwrap();
        world.add_app(7, "cronwright", "acme");
        world.install_app(7, "acme", permissions, None)
    };
    let token = installation_token(&site, 7, installation).await;
    (site, format!("Bearer {token}"))
}

#[tokio::test]
async fn an_unknown_token_is_refused_and_a_private_repository_does_not_exist_for_strangers() {
    let site = Site::new();
    let wrong = site
        .ask_with(
            "GET",
            "/repos/acme/app",
            Value::Null,
            &[("authorization", "Bearer no")],
        )
        .await;
    assert_eq!(
        (wrong.status, &wrong.body["message"]),
        (401, &json!("Bad credentials"))
    );
    let nobody = site
        .ask_with("GET", "/repos/acme/app", Value::Null, &[])
        .await;
    assert_eq!(nobody.status, 404);
}

#[tokio::test]
async fn everybody_reads_a_public_repository_and_nobody_writes_without_permission() {
    let site = Site::new();
    let mut new = NewRepository::new(
        "acme/open".parse().unwrap(),
        &[(".github/workflows/n.yml", NIGHTLY)],
    );
    new.public = true;
    site.world.lock().unwrap().add_repository(new).unwrap();
    site.world
        .lock()
        .unwrap()
        .add_token("reader", "bob", Permissions::read_only());
    assert_eq!(
        site.ask_with("GET", "/repos/acme/open/actions/runs", Value::Null, &[])
            .await
            .status,
        200
    );
    let blob = json!({"content": "x"});
    let refused = site
        .ask_with(
            "POST",
            "/repos/acme/open/git/blobs",
            blob,
            &[("authorization", "token reader")],
        )
        .await;
    assert_eq!(refused.status, 403);
    assert_eq!(
        refused.body["message"],
        "Resource not accessible by personal access token"
    );
}

#[tokio::test]
async fn an_installations_token_lives_one_hour_of_simulated_time() {
    let (site, bearer) = as_app(Permissions::all()).await;
    let headers = [("authorization", bearer.as_str())];
    assert!(bearer.len() > 500);
    assert_eq!(
        site.ask_with("GET", "/repos/acme/app", Value::Null, &headers)
            .await
            .status,
        200
    );
    site.world.lock().unwrap().advance(Seconds::hours(1));
    assert_eq!(
        site.ask_with("GET", "/repos/acme/app", Value::Null, &headers)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn an_apps_own_token_lives_ten_minutes_at_most() {
    let site = Site::new();
    site.world.lock().unwrap().add_app(7, "cronwright", "acme");
    let bearer = format!("Bearer {}", app_token_of(7, 3_600));
    let reply = site
        .ask_with("GET", "/app", Value::Null, &[("authorization", &bearer)])
        .await;
    assert_eq!(reply.status, 401);
    assert!(
        reply.body["message"]
            .as_str()
            .unwrap()
            .contains("too far in the future")
    );
}

#[tokio::test]
async fn an_app_without_workflows_permission_can_neither_write_nor_point_to_nor_merge_a_workflow() {
    let permissions = Permissions {
        workflows: Level::None,
        ..Permissions::all()
    };
    let (site, bearer) = as_app(permissions).await;
    let headers = [("authorization", bearer.as_str())];
    let entry = json!({"path": ".github/workflows/nightly.yml", "mode": "100644", "type": "blob", "content": "x"});
    let tree = site
        .ask_with(
            "POST",
            "/repos/acme/app/git/trees",
            json!({"tree": [entry]}),
            &headers,
        )
        .await;
    assert_eq!(
        (tree.status, &tree.body["message"]),
        (403, &json!("Resource not accessible by integration"))
    );

    let tip = site.branch("topic", ".github/workflows/nightly.yml", "on: push\n");
    let body = json!({"ref": "refs/heads/mine", "sha": tip});
    let pointed = site
        .ask_with("POST", "/repos/acme/app/git/refs", body, &headers)
        .await;
    let words = "refusing to allow a GitHub App to create or update workflow `.github/workflows/nightly.yml` without `workflows` permission";
    assert_eq!(
        (pointed.status, &pointed.body["message"]),
        (422, &json!(words))
    );

    assert_eq!(site.propose("topic").await.status, 201);
    let merged = site
        .ask_with("PUT", "/repos/acme/app/pulls/1/merge", json!({}), &headers)
        .await;
    assert_eq!(
        (merged.status, &merged.body["message"]),
        (403, &json!(words))
    );
}

#[tokio::test]
async fn an_installation_sees_the_repositories_it_was_given_and_no_others() {
    let site = Site::new();
    let installation = {
        let mut world = site.world.lock().unwrap();
        world
            .add_repository(NewRepository::new(
                "acme/other".parse().unwrap(),
                &[("a", "b")],
            ))
            .unwrap();
        world.add_app(7, "cronwright", "acme");
        world.install_app(7, "acme", Permissions::all(), Some(&[app()]))
    };
    let bearer = format!(
        "Bearer {}",
        installation_token(&site, 7, installation).await
    );
    let headers = [("authorization", bearer.as_str())];
    let seen = site
        .ask_with("GET", "/installation/repositories", Value::Null, &headers)
        .await;
    assert_eq!(
        (
            seen.body["total_count"].as_u64(),
            &seen.body["repositories"][0]["name"]
        ),
        (Some(1), &json!("app"))
    );
    assert_eq!(
        site.ask_with("GET", "/repos/acme/other", Value::Null, &headers)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn an_exhausted_budget_refuses_until_its_hour_is_over_and_a_304_costs_nothing() {
    let site = Site::new();
    site.world
        .lock()
        .unwrap()
        .requests_mut()
        .set_hourly_limit(2);
    let first = site.ask("GET", "/repos/acme/app", Value::Null).await;
    assert_eq!(first.header("x-ratelimit-remaining"), "1");
    let bearer = format!("Bearer {}", super::TOKEN);
    let headers = [
        ("authorization", bearer.as_str()),
        ("if-none-match", first.header("etag")),
    ];
    for _ in 0..3 {
        let same = site
            .ask_with("GET", "/repos/acme/app", Value::Null, &headers)
            .await;
        assert_eq!(
            (same.status, same.header("x-ratelimit-remaining")),
            (304, "1")
        );
    }
    assert_eq!(
        site.ask("GET", "/user", Value::Null)
            .await
            .header("x-ratelimit-remaining"),
        "0"
    );
    let over = site.ask("GET", "/user", Value::Null).await;
    assert_eq!(
        (over.status, over.header("x-ratelimit-remaining")),
        (403, "0")
    );
    site.world.lock().unwrap().advance(Seconds::hours(1));
    assert_eq!(site.ask("GET", "/user", Value::Null).await.status, 200);
}

#[tokio::test]
async fn an_archived_repository_is_read_only() {
    let site = Site::new();
    let mut new = NewRepository::new("acme/old".parse().unwrap(), &[("a", "b")]);
    new.archived = true;
    site.world.lock().unwrap().add_repository(new).unwrap();
    let refused = site
        .ask("POST", "/repos/acme/old/git/blobs", json!({"content": "x"}))
        .await;
    assert_eq!(
        (refused.status, &refused.body["message"]),
        (403, &json!("Repository was archived so is read-only."))
    );
}

#[tokio::test]
async fn a_workflow_is_dispatched_only_where_its_file_declares_it() {
    let site = Site::new();
    let path = "/repos/acme/app/actions/workflows/nightly.yml/dispatches";
    let body = json!({"ref": "main", "return_run_details": true});
    let started = site.ask("POST", path, body.clone()).await;
    assert!(started.body["workflow_run_id"].is_u64());
    site.branch(
        "main",
        ".github/workflows/nightly.yml",
        "on:\n  schedule:\n    - cron: '0 3 * * *'\n",
    );
    let refused = site.ask("POST", path, body).await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.body["message"],
        "Workflow does not have 'workflow_dispatch' trigger"
    );
}

/// The public half of a key made for this test; the private half was thrown away.
const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvq2Whmaz7hixGFTLWOwv
gCZeaT2g6OlGcbhvnXft2U2m/vEpU8226QeW7htG5FDhmi6d0weKx6ys57SrDGLi
BkJjX41JTm77x2JavUkoXXtiOjFmeeicSrjGrHmPF+L7PMDI2Wjkox9aMNSErQqm
TOzHVY2Ven7eYZBF+6DFu3TnzqlwiblM60lXknTOOu+9kh5eplKoaDwsnBShaAHi
grtxOJDGtgwcaSwga2yctj7lHWRTRhh8yxTI4QDjNxEQnbOMqab1rv4JC5MnXBn7
7ORhEjWcFosvRNp4Bum8rSmSBkjRHh8NzRYTXQ5OKfsAwPJl7LY2SFK3VdFKbDxJ
swIDAQAB
-----END PUBLIC KEY-----
";

/// A token signed with the private half: App 7, ten minutes.
const SIGNED: &str = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE2MDAsImlhdCI6MTAwMCwiaXNzIjo3fQ.h0rIzVzTwrYlwzDL9O6FKNgBxFxCsHmEJ3F9AJ4Fk5LdDPHtDP5gP-vY7cCHcU1bmy9oYKbK1X4iANAeV7LKa46voF6KUPk1XoWAMcOoc1rGQPpQ0TYOmp2fqBnTSUtgTPHC641KCAXYUxTIMsYVBYb278i_Me6nxMeUwWhgE2T3wly3jnHTGXxIfnC566rXnjIKvVXZtJH2FH7MM7UEvcdtIhibfIhHelMsOc3_v2XZteATh-8oGUN0HJLjndfxn9pSAvyUC6tx3AIvG44RUy-Gq_9U8XM802AXSU3P1K8bKZtGWnpJBQ7ztXuBYKoTipuXsiBBbfgi6ITK8KmkFQ";

#[tokio::test]
async fn an_app_with_a_key_is_let_in_by_its_signature_only() {
    let site = Site::new();
    {
        let mut world = site.world.lock().unwrap();
        world.add_app(7, "cronwright", "acme");
        world.require_signature(7, PUBLIC_KEY).unwrap();
        assert!(world.require_signature(7, "no key").is_err());
    }
    let ask = async |token: &str| {
        let bearer = format!("Bearer {token}");
        site.ask_with("GET", "/app", Value::Null, &[("authorization", &bearer)])
            .await
            .status
    };
    assert_eq!(ask(SIGNED).await, 200);
    assert_eq!(ask(&app_token(7)).await, 401);
}

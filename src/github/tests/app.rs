//! GitHub Apps: tokens minted once, renewed early, given up when refused.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64_URL_SAFE_NO_PAD};

use super::fake::{Fake, REPOSITORY, START, acme, answer, at};
use crate::github::{Client, Credentials, Error, GITHUB_API, Grants, IdentityKind, Retry};

pub(super) const KEY: &str = include_str!("fixtures/throwaway-app-key-for-tests-only.pem");

fn app(installation_id: Option<u64>) -> Credentials {
    Credentials::App {
        app_id: 12,
        installation_id,
        private_key: KEY.into(),
    }
}

fn minted(number: usize, ends_at: i64) -> Response {
    let ends_at = at(ends_at).to_rfc3339();
    let body = format!(
        r#"{{"token":"ghs_{number}","expires_at":"{ends_at}","permissions":{{"workflows":"write"}}}}"#
    );
    answer(201, &[], body)
}

/// Mints numbered tokens that live an hour by the given clock and serves the repository to whoever shows one.
fn world(mints: &Arc<AtomicUsize>) -> Fake {
    let mints = Arc::clone(mints);
    Fake::answering(move |asked| match asked.target.as_str() {
        "/app/installations/34/access_tokens" => {
            minted(mints.fetch_add(1, Ordering::SeqCst) + 1, START + 3600)
        }
        "/app/installations?per_page=2" => answer(200, &[], r#"[{"id":34}]"#),
        "/app" => answer(200, &[], r#"{"slug":"cronwright","name":"Cron Wright"}"#),
        _ if asked.authorization.starts_with("Bearer ghs_") => answer(200, &[], REPOSITORY),
        _ => answer(401, &[], r#"{"message":"Bad credentials"}"#),
    })
}

fn client(fake: &Fake) -> Client {
    fake.client_as(app(Some(34)), GITHUB_API)
}

#[tokio::test]
async fn an_app_lists_what_its_installation_reaches_whoever_owns_it_now() {
    let fake = Fake::answering(|asked| match asked.target.as_str() {
        "/app/installations/34/access_tokens" => minted(1, START + 3600),
        "/installation/repositories?per_page=100" => {
            let row = |name: &str| REPOSITORY.replace("acme/payments", name);
            let rows = format!("{},{}", row("Acme/payments"), row("other/app"));
            answer(
                200,
                &[],
                format!(r#"{{"total_count":2,"repositories":[{rows}]}}"#),
            )
        }
        _ => answer(404, &[], "{}"),
    });

    let found = client(&fake).repositories_of("acme").await.unwrap();

    let names: Vec<_> = found.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Acme/payments", "other/app"]);
}

#[tokio::test]
async fn twenty_first_calls_share_one_token() {
    let mints = Arc::default();
    let fake = world(&mints);
    let client = client(&fake);
    let repository = acme();
    let answers = futures::future::join_all((0..20).map(|_| client.repository(&repository))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!((mints.load(Ordering::SeqCst), fake.count()), (1, 21));
}

#[tokio::test]
async fn twenty_first_calls_share_one_failure_to_mint() {
    let fake = Fake::acting(|_| async {
        tokio::task::yield_now().await;
        answer(502, &[], "")
    });
    let client = client(&fake);
    let repository = acme();
    let answers = futures::future::join_all((0..20).map(|_| client.repository(&repository))).await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Err(Error::Unavailable { .. })))
    );
    assert_eq!(fake.count(), 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_kept_when_that_fails() {
    let fails = Arc::new(AtomicBool::new(false));
    let (mints, failing) = (AtomicUsize::new(0), Arc::clone(&fails));
    let fake = Fake::answering(move |asked| match asked.method.as_str() {
        "POST" if failing.load(Ordering::SeqCst) => answer(503, &[], ""),
        "POST" => {
            let number = mints.fetch_add(1, Ordering::SeqCst);
            minted(number, START + 3600 * (1 + i64::try_from(number).unwrap()))
        }
        _ => answer(200, &[], REPOSITORY),
    });
    let client = client(&fake);
    let shown = |fake: &Fake| fake.asked().last().unwrap().authorization.clone();
    client.repository(&acme()).await.unwrap();
    fake.advance(3600 - 301);
    client.repository(&acme()).await.unwrap();
    assert_eq!(shown(&fake), "Bearer ghs_0");
    fails.store(true, Ordering::SeqCst);
    fake.advance(1);
    client.repository(&acme()).await.unwrap();
    assert_eq!(
        shown(&fake),
        "Bearer ghs_0",
        "the renewal failed and the token still holds"
    );
    fails.store(false, Ordering::SeqCst);
    client.repository(&acme()).await.unwrap();
    assert_eq!(shown(&fake), "Bearer ghs_1");
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_then_the_refusal_is_believed() {
    let mints = AtomicUsize::new(0);
    let fake = Fake::answering(move |asked| match asked.target.as_str() {
        "/app/installations/34/access_tokens" => {
            minted(mints.fetch_add(1, Ordering::SeqCst), START + 3600)
        }
        _ => answer(401, &[], r#"{"message":"Bad credentials"}"#),
    });
    let error = client(&fake).comment(&acme(), 1, "x").await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }), "{error}");
    assert_eq!((error.retry(), fake.count()), (Retry::Never, 4));
}

#[tokio::test]
async fn a_token_that_was_revoked_early_is_replaced_without_a_word() {
    let mints = AtomicUsize::new(0);
    let fake = Fake::answering(move |asked| match asked.target.as_str() {
        "/app/installations/34/access_tokens" => {
            minted(mints.fetch_add(1, Ordering::SeqCst), START + 3600)
        }
        _ if asked.authorization == "Bearer ghs_0" => answer(401, &[], ""),
        _ => answer(201, &[], "{}"),
    });
    client(&fake).comment(&acme(), 1, "x").await.unwrap();
}

#[tokio::test]
async fn the_only_installation_is_found_and_the_app_says_who_it_is() {
    let fake = world(&Arc::default());
    let identity = fake
        .client_as(app(None), GITHUB_API)
        .identity()
        .await
        .unwrap();
    assert_eq!(
        (identity.login.as_str(), identity.kind),
        ("cronwright[bot]", IdentityKind::App)
    );
    let Grants::Permissions(granted) = identity.grants else {
        panic!("{:?}", identity.grants)
    };
    assert_eq!(granted["workflows"], "write");
    let shown = &fake.asked()[0].authorization;
    assert_eq!(shown.split('.').count(), 3, "an App shows a JSON web token");
}

#[tokio::test]
async fn an_app_that_is_installed_nowhere_or_gone_says_so() {
    let nowhere = Fake::answering(|_| answer(200, &[], "[]"));
    let error = nowhere
        .client_as(app(None), GITHUB_API)
        .repository(&acme())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Config { .. }), "{error}");
    let gone = Fake::answering(|_| answer(404, &[], r#"{"message":"Not Found"}"#));
    let error = client(&gone).repository(&acme()).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }), "{error}");
}

#[tokio::test]
async fn what_the_app_asks_as_itself_leaves_the_installations_budget_alone() {
    let limit = |limit: &'static str| {
        [
            ("x-ratelimit-limit", limit),
            ("x-ratelimit-remaining", limit),
            ("x-ratelimit-reset", "1900000000"),
        ]
    };
    let fake = Fake::answering(move |asked| match asked.target.as_str() {
        "/app/installations/34/access_tokens" => minted(1, START + 3600),
        "/app" => answer(200, &limit("60"), r#"{"slug":"cronwright"}"#),
        _ => answer(200, &limit("5000"), REPOSITORY),
    });
    let client = client(&fake);
    client.identity().await.unwrap();
    assert_eq!(client.rate().limit, None);
    client.repository(&acme()).await.unwrap();
    client.identity().await.unwrap();
    assert_eq!(client.rate().limit, Some(5000));
}

/// When a JSON web token says that it was made and that it ends.
fn dates(authorization: &str) -> (i64, i64) {
    let claims = authorization.split('.').nth(1).unwrap();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    (
        claims["iat"].as_i64().unwrap(),
        claims["exp"].as_i64().unwrap(),
    )
}

/// A GitHub whose clock is ahead of ours, and which takes tokens of its own present only.
fn ahead_by(seconds: i64) -> Fake {
    let now = START + seconds;
    let date = at(now).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    Fake::answering(move |asked| {
        let headers = [("date", date.as_str())];
        let mints = asked.method == "POST";
        let dated = mints.then(|| dates(&asked.authorization));
        match dated {
            Some((made, ends)) if made > now || ends <= now || ends > now + 600 => answer(
                401,
                &headers,
                r#"{"message":"'Expiration time' claim ('exp') is too far in the future"}"#,
            ),
            Some(_) => {
                let ends_at = at(now + 3600).to_rfc3339();
                answer(
                    201,
                    &headers,
                    format!(r#"{{"token":"ghs_1","expires_at":"{ends_at}"}}"#),
                )
            }
            None => answer(200, &headers, REPOSITORY),
        }
    })
}

#[tokio::test]
async fn a_clock_that_is_wrong_by_hours_is_made_up_for() {
    for seconds in [0, 7200, -7200, 86_000] {
        let fake = ahead_by(seconds);
        let client = client(&fake);
        client.repository(&acme()).await.unwrap();
        let asked = if seconds == 0 { 2 } else { 3 };
        assert_eq!(fake.count(), asked, "{seconds}");
        client.repository(&acme()).await.unwrap();
        assert_eq!(fake.count(), asked + 1, "the token still holds: {seconds}");
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_by_days_is_told() {
    let error = client(&ahead_by(3 * 86_400))
        .repository(&acme())
        .await
        .unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("this machine's clock is 72 hours behind GitHub's"),
        "{message}"
    );
}

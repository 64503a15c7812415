//! Conditional requests and the cache.

use super::fake::{Fake, REPOSITORY, TOKEN, acme, answer, at, runs};
use crate::github::{Credentials, Error, Freshness, GITHUB_API, Outcome, Settings};

fn honest() -> Fake {
    Fake::answering(|asked| match asked.if_none_match.as_deref() {
        Some("\"v1\"") => answer(304, &[("etag", "\"v1\"")], ""),
        _ => answer(200, &[("etag", "\"v1\"")], runs(1, [1])),
    })
}

#[tokio::test]
async fn an_unchanged_listing_is_confirmed_and_not_sent_again() {
    let fake = honest();
    let client = fake.client();
    let first = client.runs_if_changed(&acme(), at(0), None).await.unwrap();
    let second = client.runs_if_changed(&acme(), at(0), None).await.unwrap();
    assert!(matches!(first, Freshness::Changed(_)));
    assert_eq!(second, Freshness::Unchanged(first.into_value()));
    assert_eq!(fake.asked()[1].if_none_match.as_deref(), Some("\"v1\""));
}

#[tokio::test]
async fn two_credentials_never_share_an_answer() {
    let fake = honest();
    fake.client().runs(&acme(), at(0), None).await.unwrap();
    let other = fake.client_as(Credentials::Token("ghp_other".into()), GITHUB_API);
    other.runs(&acme(), at(0), None).await.unwrap();
    assert_eq!(fake.asked()[1].if_none_match, None);
    let again = fake.client().runs_if_changed(&acme(), at(0), None).await;
    assert!(again.unwrap().is_unchanged());
}

#[tokio::test]
async fn a_confirmation_of_nothing_is_an_error() {
    let fake = Fake::answering(|_| answer(304, &[], ""));
    let error = fake.client().repository(&acme()).await.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
}

#[tokio::test]
async fn a_body_over_the_bound_is_refused_and_not_kept() {
    let fake = Fake::answering(|asked| {
        assert_eq!(asked.if_none_match, None);
        answer(200, &[("etag", "\"big\"")], " ".repeat((4 << 20) + 1))
    });
    for _ in 0..2 {
        let error = fake.client().repository(&acme()).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    }
}

#[tokio::test]
async fn each_request_makes_one_fact_with_fixed_words() {
    let fake = honest();
    let facts = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut settings = Settings::new(Credentials::Token(TOKEN.into()));
    let sink = std::sync::Arc::clone(&facts);
    settings.observer = Some(std::sync::Arc::new(move |fact| {
        sink.lock().unwrap().push(fact.clone())
    }));
    let client = fake.client_with(settings);
    for _ in 0..2 {
        client.runs(&acme(), at(0), None).await.unwrap();
    }
    let facts = facts.lock().unwrap();
    let seen: Vec<_> = facts
        .iter()
        .map(|fact| (fact.route, fact.status, fact.outcome))
        .collect();
    let route = "/repos/{owner}/{repo}/actions/runs";
    assert_eq!(
        seen,
        [
            (route, Some(200), Outcome::Fresh),
            (route, Some(304), Outcome::Unchanged)
        ]
    );
}

#[tokio::test]
async fn a_renamed_repository_is_found_under_its_new_name() {
    let fake = Fake::answering(|asked| match asked.target.as_str() {
        "/repos/acme/payments" => answer(
            301,
            &[("location", "https://api.github.com/repositories/7")],
            "",
        ),
        _ => answer(
            200,
            &[],
            REPOSITORY.replace("acme/payments", "acme/billing"),
        ),
    });
    let found = fake.client().repository(&acme()).await.unwrap();
    assert_eq!(found.name, "acme/billing".parse().unwrap());
}

#[tokio::test]
async fn no_answer_sends_us_to_another_host_or_round_in_circles() {
    for location in [
        "https://evil.example/x",
        "http://api.github.com/x",
        "/repos/acme/payments",
    ] {
        let fake = Fake::answering(move |_| answer(302, &[("location", location)], ""));
        let error = fake.client().repository(&acme()).await.unwrap_err();
        assert!(matches!(error, Error::Moved { .. }), "{error}");
        assert!(
            fake.asked()
                .iter()
                .all(|asked| asked.host == "api.github.com")
        );
        assert!(fake.count() <= 4);
    }
}

//! Paging, and listings that GitHub would cut.

use super::fake::{Fake, START, TOKEN, acme, answer, at, runs};
use crate::github::{Credentials, Error};

#[tokio::test]
async fn the_next_page_stays_with_our_host_our_path_and_our_credentials() {
    let fake = Fake::answering(|asked| {
        let next =
            r#"<https://evil.example/api/v3/repositories/7/actions/runs?page=2>; rel="next""#;
        if asked.target.contains("page=2") {
            answer(200, &[], runs(2, [2]))
        } else {
            answer(200, &[("link", next)], runs(2, [1]))
        }
    });
    let client = fake.client_as(
        Credentials::Token(TOKEN.into()),
        "https://ghe.example/api/v3",
    );
    let found = client.runs(&acme(), at(START), None).await.unwrap();
    assert_eq!(found.len(), 2);
    let asked = fake.asked();
    assert_eq!(
        asked[0].target,
        "/api/v3/repos/acme/payments/actions/runs?per_page=100&created=%3E%3D2025-11-24T16%3A00%3A00Z"
    );
    assert_eq!(
        asked[1].target,
        "/api/v3/repositories/7/actions/runs?page=2"
    );
    for asked in asked {
        assert_eq!(
            (asked.host.as_str(), asked.authorization),
            ("ghe.example", format!("Bearer {TOKEN}"))
        );
    }
}

#[tokio::test]
async fn a_listing_without_end_is_left() {
    let next = r#"<https://api.github.com/same?page=1>; rel="next""#;
    let fake = Fake::answering(move |_| answer(200, &[("link", next)], r#"{"workflows":[]}"#));
    let error = fake.client().workflows(&acme()).await.unwrap_err();
    assert!(
        matches!(error, Error::TooLarge { unit: "pages", .. }),
        "{error}"
    );
    assert_eq!(fake.count(), 20);
}

/// Serves one run a second for a day, cut at 1,000 rows as GitHub cuts, with a count that is `off`.
fn a_busy_day(off: usize) -> Fake {
    const RUNS: i64 = 5_000;
    Fake::answering(move |asked| {
        let created = asked
            .target
            .split("created=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap();
        let created = created.replace("%3A", ":").replace("%3E%3D", ">=");
        let (since, until) = match created.strip_prefix(">=") {
            Some(since) => (since.to_owned(), "2030-01-01T00:00:00Z".to_owned()),
            None => created
                .split_once("..")
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .unwrap(),
        };
        let second = |text: &str| {
            text.parse::<crate::domain::Timestamp>()
                .unwrap()
                .timestamp()
                - START
                + 86_400
        };
        let (since, until) = (second(&since).max(0), second(&until).min(RUNS - 1));
        let page: i64 = asked
            .target
            .split("&page=")
            .nth(1)
            .map_or(1, |page| page.parse().unwrap());
        let all = (since..=until).map(|id| u64::try_from(id).unwrap());
        let total = all.clone().count();
        let rows = all
            .take(1_000)
            .skip(usize::try_from(page - 1).unwrap() * 100)
            .take(100);
        let base = asked.target.split("&page=").next().unwrap().to_owned();
        let next = format!(
            "<https://api.github.com{base}&page={}>; rel=\"next\"",
            page + 1
        );
        let link = if page * 100 < i64::try_from(total.min(1_000)).unwrap() {
            next.as_str()
        } else {
            ""
        };
        answer(
            200,
            &[("link", link)],
            runs(total.saturating_sub(off), rows),
        )
    })
}

#[tokio::test]
async fn a_window_with_more_than_a_thousand_runs_is_split_until_none_is_lost() {
    for off in [0, 10_000] {
        let fake = a_busy_day(off);
        let found = fake
            .client()
            .runs(&acme(), at(START - 86_400), None)
            .await
            .unwrap();
        let ids: Vec<_> = found.iter().map(|run| run.id.0).collect();
        assert_eq!(ids, (0..5_000).collect::<Vec<_>>(), "count off by {off}");
    }
}

#[tokio::test]
async fn a_thousand_runs_in_one_second_are_an_error_and_no_loop() {
    let fake = Fake::answering(|_| answer(200, &[], runs(4_000, [1])));
    let error = fake
        .client()
        .runs(&acme(), at(START), Some(at(START + 4)))
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::TooLarge { unit: "runs", .. }),
        "{error}"
    );
}

/// A row of a listing of repositories.
fn listed(id: u64, name: &str) -> String {
    format!(
        r#"{{"id":{id},"full_name":"{name}","default_branch":"main","archived":false,"disabled":false,"fork":true,
        "topics":["web"],"pushed_at":null}}"#
    )
}

#[tokio::test]
async fn an_owner_that_is_no_organization_is_asked_for_as_an_account() {
    let fake = Fake::answering(|asked| match asked.target.as_str() {
        "/users/ada/repos?per_page=100&type=owner" => answer(
            200,
            &[],
            format!("[{},{}]", listed(2, "ada/b"), listed(1, "ada/a")),
        ),
        _ => answer(404, &[], r#"{"message":"Not Found"}"#),
    });

    let found = fake.client().repositories_of("ada").await.unwrap();

    let names: Vec<_> = found
        .iter()
        .map(|one| (one.id, one.name.as_str()))
        .collect();
    assert_eq!(names, [(1, "ada/a"), (2, "ada/b")]);
    assert!(found[0].fork && found[0].topics == ["web"]);
    let targets: Vec<_> = fake.asked().into_iter().map(|asked| asked.target).collect();
    assert_eq!(targets[0], "/orgs/ada/repos?per_page=100&type=all");
}

#[tokio::test]
async fn a_repository_that_stands_on_two_pages_is_told_once() {
    let next = r#"<https://api.github.com/orgs/acme/repos?page=2>; rel="next""#;
    let fake = Fake::answering(move |asked| {
        let link = if asked.target.contains("page=2") {
            ""
        } else {
            next
        };
        answer(
            200,
            &[("link", link)],
            format!("[{}]", listed(7, "acme/payments")),
        )
    });
    let found = fake.client().repositories_of("acme").await.unwrap();
    assert_eq!((found.len(), fake.count()), (1, 2));
}

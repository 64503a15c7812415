//! What every page keeps to: it answers, it is private, it is small, and what comes from outside stays text.

mod support;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use tower::ServiceExt as _;

use super::*;
use crate::{
    domain::{Run, WorkflowId},
    report::sample,
};
use support::*;

#[tokio::test]
async fn every_page_answers_and_none_may_be_kept_framed_or_run_what_is_not_ours() {
    let store = store().await;
    let dashboard = dashboard(&store, Access::Loopback).await;
    for filled in [false, true] {
        if filled {
            lived_in(&store, "ci/acme", &ids(3), "mixed-experts/2").await;
            assert!(dashboard.refresh().await.unwrap());
        }
        for path in PAGES {
            let answer = asked(&dashboard, path, &[]).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            let header = |name: &str| answer.headers[name].to_str().unwrap();
            assert_eq!(header("cache-control"), "no-store");
            assert_eq!(header("x-frame-options"), "DENY");
            let policy = header("content-security-policy");
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"),
                "{policy}"
            );
            assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
            assert!(
                !answer.body.contains("style=\"") && !answer.body.contains("<script>"),
                "{path}"
            );
            assert!(
                !answer.body.contains("http://") && !answer.body.contains("https://"),
                "{path} leads outside"
            );
        }
    }
    let workflow = page(
        &dashboard,
        "/workflows/acme-company/repository-0000/nightly-00000.yml",
    )
    .await;
    for told in [
        "30 runs as a table",
        "mixed-experts/2",
        "acme-company/repository-0000#4",
        "26 of the last 30 runs with a verdict succeeded",
    ] {
        assert!(workflow.contains(told), "{told}\n{workflow}");
    }
}

#[tokio::test]
async fn what_runs_cost_and_what_could_be_spared_is_told_on_the_overview_on_a_page_of_its_own_and_on_that_of_a_workflow()
 {
    let store = store().await;
    let ids = ids(2);
    lived_in(&store, "ci/acme", &ids, "schedule").await;
    let runs = store.history(&ids[0], 60).await.unwrap();
    let job = |run: &Run| crate::domain::Job {
        id: run.id.0,
        run_id: run.id,
        attempt: 1,
        name: "build".to_owned(),
        labels: vec!["<img>-runner".to_owned()],
        created_at: run.created_at,
        started_at: Some(run.created_at),
        completed_at: Some(run.updated_at),
        conclusion: run.conclusion,
    };
    let jobs: Vec<_> = runs.iter().rev().take(10).map(job).collect();
    let repository = &ids[0].repository;
    store.record_jobs(repository, &jobs).await.unwrap();
    let price = "{\"<img>-runner\":10000}";
    store.put_prices("ci/acme", price).await.unwrap();
    let dashboard = dashboard(&store, Access::Loopback).await;

    let overview = page(&dashboard, "/").await;
    let workflow = page(&dashboard, &parts::to_workflow(&ids[0].clone().into())).await;
    let costs = page(&dashboard, "/cost").await;
    let none = page(&dashboard, "/cost?q=elsewhere").await;

    // 29 runs of 21 minutes each in the 30 days up to the newest; all of one commit.
    for told in [
        "Cost of 30 days",
        "$6.30",
        "Could be spared",
        "were all of commit 0000000",
    ] {
        assert!(overview.contains(told), "{told}\n{overview}");
    }
    for told in [
        "What it costs",
        "$0.01",
        "spec.prices of the GitHubConnection",
        "not known yet",
    ] {
        assert!(workflow.contains(told), "{told}\n{workflow}");
    }
    for told in [
        "1 to 1 of 1 workflows",
        "acme-company/repository-0000",
        "2026-09",
        "By runner",
        "were all of commit 0000000",
    ] {
        assert!(costs.contains(told), "{told}\n{costs}");
    }
    assert!(none.contains("No workflow is like this"), "{none}");
    for page in [&costs, &workflow] {
        assert!(!page.contains("<img>-runner") && page.contains("img"));
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_as_a_page_without_repeating_what_was_asked() {
    let dashboard = dashboard(&store().await, Access::Loopback).await;
    for path in [
        "/nothing",
        "/workflows/a/b/none.yml",
        "/workflows/a/b/%3Cscript%3E",
        "/workflows/../b/x.yml",
    ] {
        let answer = asked(&dashboard, path, &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.body.contains("<script>"), "{path}");
        assert!(answer.headers.contains_key("content-security-policy"));
    }
    let asset = asked(&dashboard, "/assets/old/style.css", &[]).await;
    assert_eq!(asset.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn hostile_names_branches_events_models_and_questions_stay_text_on_every_page() {
    let hostile = "<img src=x onerror=alert(1)>\"'&{{7*7}}";
    let store = store().await;
    let id = sample::id(&format!("acme/app/{hostile}.yml"));
    lived_in(
        &store,
        hostile,
        &[id.clone(), sample::id("acme/app/b.yml")],
        hostile,
    )
    .await;
    let dashboard = dashboard(&store, Access::Loopback).await;
    dashboard.tell_pulls(vec![Pull {
        workflow: id.clone().into(),
        number: 4,
        url: "javascript:alert(1)".to_owned(),
        state: hostile.to_owned(),
    }]);
    let question =
        "q=%3Cimg%20src%3Dx%3E&group=%3Cimg&pool=%3Cimg&by=%22%3E%3Cimg&page=%3Cimg&day=%3Cimg";
    let mut paths = vec![parts::to_workflow(&id.clone().into())];
    for path in PAGES {
        paths.push(path.to_owned());
        paths.push(format!("{path}?{question}"));
    }
    for path in paths {
        let body = page(&dashboard, &path).await;
        assert!(!body.contains("<img"), "{path}");
        assert!(!body.contains("href=\"javascript"), "{path}");
    }
    let told = page(&dashboard, &parts::to_workflow(&id.clone().into())).await;
    assert!(
        told.contains("&#60;img") || told.contains("&lt;img"),
        "{told}"
    );
    assert!(told.contains("take 20m instead of 10m; it holds"), "{told}");
    let told = page(&dashboard, "/").await;
    assert!(told.contains("became slower at about 2026-09-12"), "{told}");
}

#[tokio::test]
async fn ten_thousand_workflows_come_in_pieces_that_a_filter_narrows() {
    let store = store().await;
    plan(&store, "ci/acme", &ids(10_000)).await;
    let dashboard = dashboard(&store, Access::Loopback).await;
    let first = page(&dashboard, "/workflows").await;
    assert!(first.contains("1 to 50 of 10000 workflows"), "{first}");
    assert!(first.contains("href=\"/workflows?page=2\""));
    let last = page(&dashboard, "/workflows?page=200").await;
    assert!(
        last.contains("9951 to 10000 of 10000 workflows") && last.contains("nightly-09999.yml")
    );
    let few = page(&dashboard, "/workflows?q=NIGHTLY-0777").await;
    assert!(few.contains("1 to 10 of 10 workflows"), "{few}");
    let none = page(&dashboard, "/plan?group=needs_review").await;
    assert!(none.contains("No workflows"), "{none}");
}

/// What a page weighs with everything that it loads.
async fn weight(dashboard: &Dashboard, path: &str) -> usize {
    let body = page(dashboard, path).await;
    let mut bytes = body.len();
    for asset in body
        .split('"')
        .filter(|part| part.starts_with("/assets/") && !part.ends_with("LICENSE"))
    {
        bytes += page(dashboard, asset).await.len();
    }
    bytes
}

#[tokio::test]
async fn a_page_with_all_that_it_loads_stays_below_its_weight_with_a_thousand_workflows() {
    let store = store().await;
    let ids = ids(1_000);
    lived_in(&store, "ci/acme", &ids, "mixed-experts/2").await;
    // Many connections with pull requests everywhere, and forecasts that nobody trusts.
    for connection in 0..40 {
        plan(&store, &format!("ci/team-{connection}"), &ids[..2]).await;
    }
    let distrusted = sample::scores(40, 900);
    for id in &ids[1..60] {
        store.record_scores(id, &distrusted).await.unwrap();
    }
    let dashboard = dashboard(&store, Access::Loopback).await;
    let pull = |id: &WorkflowId| Pull {
        workflow: id.clone().into(),
        number: 7,
        url: "https://github.example/acme/app/pull/7".to_owned(),
        state: "Open".to_owned(),
    };
    dashboard.tell_pulls(ids.iter().map(pull).collect());
    let overview = page(&dashboard, "/").await;
    for told in ["and 980 more", "and 39 more", "and 33 more connections"] {
        assert!(overview.contains(told), "{told}\n{overview}");
    }
    let of_one = parts::to_workflow(&ids[0].clone().into());
    for path in PAGES
        .into_iter()
        .chain([of_one.as_str(), "/timetable?by=runners&day=3"])
    {
        let bytes = weight(&dashboard, path).await;
        assert!(
            (5_000..PAGE_BYTES).contains(&bytes),
            "{path} weighs {bytes}"
        );
    }
}

#[tokio::test]
async fn what_is_new_in_the_store_is_shown_and_told_to_open_pages() {
    let store = store().await;
    let dashboard = dashboard(&store, Access::Loopback).await;
    let mut news = dashboard.fresh.watch();
    assert!(!dashboard.refresh().await.unwrap());
    assert!(!news.has_changed().unwrap());
    assert!(page(&dashboard, "/").await.contains("Nothing is known yet"));

    lived_in(&store, "ci/acme", &ids(2), "mixed-experts/2").await;
    assert!(dashboard.refresh().await.unwrap());

    assert!(news.has_changed().unwrap());
    assert_eq!(news.borrow_and_update().revision, 2);
    let overview = page(&dashboard, "/").await;
    assert!(overview.contains("data-revision=\"2\"") && overview.contains("nightly-00000.yml"));
    dashboard.tell_pulls(Vec::new());
    assert!(
        !news.has_changed().unwrap(),
        "what stays the same is no news"
    );
}

#[tokio::test]
async fn whoever_lacks_the_token_gets_no_page_no_asset_and_no_news() {
    let token = "0123456789abcdef0123456789abcdef";
    let store = store().await;
    let access = Access::by(Some(token.into())).unwrap();
    let dashboard = dashboard(&store, access).await;
    let style = format!("{}/style.css", assets::folder());
    for path in PAGES.into_iter().chain(["/events", &style, "/nothing"]) {
        let answer = asked(&dashboard, path, &[]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(answer.headers.contains_key("www-authenticate"));
        assert!(answer.headers.contains_key("content-security-policy"));
    }
    let bearer = format!("Bearer {token}");
    let answer = asked(&dashboard, "/", &[(header::AUTHORIZATION, &bearer)]).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_name_that_was_bent_to_this_machine_is_answered_with_nothing() {
    let dashboard = dashboard(&store().await, Access::Loopback).await;
    let request = Request::get("/plan").header(header::HOST, "evil.example:8082");
    let request = request.body(Body::empty()).unwrap();
    let response = dashboard.router().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST);
}

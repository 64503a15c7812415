//! Listings: pages, links, filters, the limit of a thousand, and what an unchanged repository costs.

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use cronwright::{domain::Seconds, simulate::face};
use serde_json::Value;

use super::{NIGHTLY, Site, TOKEN};

fn run_ids(body: &Value) -> Vec<u64> {
    body["workflow_runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["id"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn pages_follow_their_links_to_the_last_and_miss_nothing() {
    let site = Site::new();
    site.world.lock().unwrap().advance(Seconds::days(25));
    let mut path = "/repos/acme/app/actions/runs?per_page=10&event=schedule".to_owned();
    let mut seen = Vec::new();
    loop {
        let reply = site.ask("GET", &path, Value::Null).await;
        assert_eq!(reply.body["total_count"], 25);
        seen.extend(run_ids(&reply.body));
        let link = reply.header("link").to_owned();
        let Some(next) = link.split(", ").find(|part| part.ends_with("rel=\"next\"")) else {
            break;
        };
        path = next[1..next.find('>').unwrap()].replace("http://api.test", "");
        assert!(link.contains("rel=\"last\""));
    }
    assert_eq!(seen.len(), 25);
    assert!(seen.is_sorted_by(|a, b| a > b));
}

#[tokio::test]
async fn runs_are_filtered_by_creation_status_and_branch() {
    let site = Site::new();
    site.world.lock().unwrap().advance(Seconds::days(10));
    let count = async |query: &str| {
        let path = format!("/repos/acme/app/actions/workflows/nightly.yml/runs?{query}");
        site.ask("GET", &path, Value::Null).await.body["total_count"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(count("created=2026-06-02..2026-06-04").await, 3);
    assert_eq!(count("created=%3E%3D2026-06-08").await, 3);
    assert_eq!(count("status=completed&branch=main").await, 10);
    assert_eq!(
        count("status=in_progress").await + count("branch=none").await,
        0
    );
}

#[tokio::test]
async fn a_query_gives_a_thousand_runs_at_most() {
    let site = Site::new();
    site.branch(
        "main",
        ".github/workflows/nightly.yml",
        &NIGHTLY.replace("0 3", "*/15 *"),
    );
    site.world.lock().unwrap().advance(Seconds::days(11));
    let last = site
        .ask(
            "GET",
            "/repos/acme/app/actions/runs?per_page=100&page=10",
            Value::Null,
        )
        .await;
    assert_eq!(run_ids(&last.body).len(), 100);
    assert!(last.body["total_count"].as_u64().unwrap() > 1_000);
    let beyond = site
        .ask(
            "GET",
            "/repos/acme/app/actions/runs?per_page=100&page=11",
            Value::Null,
        )
        .await;
    assert_eq!(run_ids(&beyond.body), [0_u64; 0]);
}

#[tokio::test]
async fn an_unchanged_listing_is_one_conditional_request_and_a_new_run_changes_its_tag() {
    let site = Site::new();
    site.world.lock().unwrap().advance(Seconds::days(2));
    let path = "/repos/acme/app/actions/runs";
    let tag = site
        .ask("GET", path, Value::Null)
        .await
        .header("etag")
        .to_owned();
    let bearer = format!("Bearer {TOKEN}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("if-none-match", tag.as_str()),
    ];
    assert_eq!(
        site.ask_with("GET", path, Value::Null, &headers)
            .await
            .status,
        304
    );
    site.world.lock().unwrap().advance(Seconds::days(1));
    assert_eq!(
        site.ask_with("GET", path, Value::Null, &headers)
            .await
            .status,
        200
    );
    let world = site.world.lock().unwrap();
    assert_eq!(world.requests().conditional_hits(), 1);
    assert_eq!(
        world
            .requests()
            .count("GET", "/repos/{owner}/{repo}/actions/runs", 200),
        2
    );
}

#[tokio::test]
async fn an_enterprise_base_path_serves_the_same_and_links_stay_below_it() {
    let site = Site::new();
    site.world.lock().unwrap().advance(Seconds::days(3));
    let reply = site
        .ask(
            "GET",
            "/api/v3/repos/acme/app/actions/runs?per_page=1",
            Value::Null,
        )
        .await;
    assert!(
        reply
            .header("link")
            .starts_with("<http://api.test/api/v3/repositories/"),
        "{}",
        reply.header("link")
    );
    assert_eq!(
        site.world
            .lock()
            .unwrap()
            .requests()
            .unknown_endpoints()
            .len(),
        0
    );
}

#[tokio::test]
async fn an_unknown_endpoint_is_answered_404_and_counted() {
    let site = Site::new();
    assert_eq!(
        site.ask("GET", "/repos/acme/app/actions/caches", Value::Null)
            .await
            .status,
        404
    );
    let world = site.world.lock().unwrap();
    assert_eq!(
        world.requests().unknown_endpoints()[0].path,
        "/repos/acme/app/actions/caches"
    );
}

#[tokio::test]
async fn some_runs_have_null_fields_as_githubs_do() {
    let site = Site::with(|settings| settings.null_share = 0.5);
    site.world.lock().unwrap().advance(Seconds::days(20));
    let runs = site
        .ask("GET", "/repos/acme/app/actions/runs", Value::Null)
        .await
        .body;
    for field in ["name", "head_branch", "head_commit"] {
        let nulls = runs["workflow_runs"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|run| run[field].is_null())
            .count();
        assert!((3..17).contains(&nulls), "{field}: {nulls}");
    }
}

#[tokio::test]
async fn the_face_is_served_on_a_loopback_port() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let site = Site::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(face::serve(site.world.clone(), listener));
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"GET /rate_limit HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(
        text.starts_with("HTTP/1.1 200 OK") && text.contains("x-github-request-id"),
        "{text}"
    );
    server.abort();
}

#[tokio::test]
async fn a_client_in_the_same_process_gets_links_to_the_host_of_its_uri() {
    use tower::ServiceExt as _;
    let site = Site::new();
    let request = Request::builder().uri("http://ghe.test/api/v3/repos/acme/app");
    let request = request.header("authorization", format!("Bearer {TOKEN}"));
    let response = face::router(site.world.clone()).oneshot(request.body(Body::empty()).unwrap());
    let bytes = to_bytes(response.await.unwrap().into_body(), usize::MAX)
        .await
        .unwrap();
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(body["url"], "http://ghe.test/api/v3/repos/acme/app");
}

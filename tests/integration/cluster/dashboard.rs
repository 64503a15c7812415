//! The dashboard beside the controller asks the real API server who may look, with the rights that the chart gives for that and
//! no others.

use std::{io::Read as _, io::Write as _, net::TcpStream, time::Duration};

use super::{
    controller::{
        process::Controller,
        stage::{Stage, repository},
    },
    wait,
};
use crate::chart::render::template;

const NAMESPACE: &str = "pages";

/// What the chart gives the controller's account for the dashboard, and the Service, in our namespace.
fn rights() -> String {
    let values = [
        "--set=dashboard.enabled=true",
        "--show-only=templates/dashboard.yaml",
    ];
    let rendered = template(&values).expect_success();
    rendered.replace("namespace: cronwright", &format!("namespace: {NAMESPACE}"))
}

/// What the dashboard answers to whoever bears a token: the status and the whole text.
fn asked(address: &str, token: Option<&str>) -> (u16, String) {
    asked_by("pages", address, token)
}

/// The same, by the name that a browser was given.
fn asked_by(name: &str, address: &str, token: Option<&str>) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).unwrap();
    let bearer = token.map(|token| format!("authorization: Bearer {token}\r\n"));
    let bearer = bearer.unwrap_or_default();
    let request = format!("GET / HTTP/1.1\r\nhost: {name}\r\n{bearer}connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

/// A service account of somebody who looks, with a token of theirs.
fn account(stage: &Stage, name: &str) -> String {
    let make = ["create", "serviceaccount", name];
    stage.kubectl(&make).expect_success();
    let token = stage.kubectl(&["create", "token", name]).expect_success();
    token.trim().to_owned()
}

/// Lets an account list WorkflowSchedules in the namespace.
fn permit(stage: &Stage, name: &str) {
    let may = ["--verb=list", "--resource=workflowschedules.cronwright.dev"];
    let role = [&["create", "role", name][..], &may].concat();
    stage.kubectl(&role).expect_success();
    let to = [
        format!("--role={name}"),
        format!("--serviceaccount={NAMESPACE}:{name}"),
    ];
    let binding = ["create", "rolebinding", name, &to[0], &to[1]];
    stage.kubectl(&binding).expect_success();
}

async fn until(address: &str, token: &str, status: u16) {
    let what = format!("the dashboard answers {status}");
    wait::poll(&what, async || {
        (asked(address, Some(token)).0 == status).then_some(())
    })
    .await;
}

/// What the dashboard says of a token once the cluster was asked: polls of other tokens may have used up the questions of a second,
/// and whoever comes then is told to come again.
async fn judged(address: &str, token: Option<&str>) -> (u16, String) {
    wait::poll("the dashboard asks the cluster", async || {
        let told = asked(address, token);
        (told.0 != 503).then_some(told)
    })
    .await
}

/// A token whose signature begins with another letter. The last one would not do: not all of its bits count.
fn forged(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').expect("a signed token");
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    format!("{signed}.{other}{}", &signature[1..])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cluster_says_who_may_look_and_whoever_it_does_not_know_or_let_gets_nothing() {
    let stage = Stage::set(NAMESPACE).await;
    let arguments = [
        "--dashboard-address=127.0.0.1:0",
        "--dashboard-token-review",
    ];
    let mut controller: Controller = stage.controller_with(&arguments).await;
    let address = controller.address_of("dashboard listens").await;
    let (ada, bob, eve) = (
        account(&stage, "ada"),
        account(&stage, "bob"),
        account(&stage, "eve"),
    );
    permit(&stage, "ada");
    permit(&stage, "eve");

    // Without the right to ask, nobody is let in.
    assert_eq!(asked(&address, Some(&ada)).0, 503);
    stage
        .plane
        .kubectl_with(&rights(), &["apply", "--filename=-"])
        .expect_success();

    until(&address, &ada, 200).await;
    until(&address, &eve, 200).await;
    let (status, told) = judged(&address, Some(&bob)).await;
    assert_eq!(status, 403, "{told}");
    let right = format!("list workflowschedules.cronwright.dev in the namespace {NAMESPACE}");
    assert!(told.contains(&right) && !told.contains("<html"), "{told}");
    let forged = forged(&ada);
    for token in [None, Some("garbage"), Some(forged.as_str())] {
        let (status, told) = judged(&address, token).await;
        assert_eq!(status, 401, "{told}");
        assert!(
            told.contains("www-authenticate") && !told.contains("<html"),
            "{told}"
        );
    }

    // A token ends with its account.
    stage
        .kubectl(&["delete", "serviceaccount", "eve"])
        .expect_success();
    until(&address, &eve, 401).await;
    assert!(controller.is_alive());
    let log = controller.log();
    for token in [&ada, &bob, &eve, &forged] {
        assert!(!log.contains(token.as_str()), "a token is in the log");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_the_controller_a_page_shows_where_a_pull_request_stands() {
    let stage = Stage::set("pages-pulls").await;
    let controller = stage
        .controller_with(&["--dashboard-address=127.0.0.1:0"])
        .await;
    let address = controller.address_of("dashboard listens").await;
    stage.declare_pinned();
    stage.until_proposed("nightly").await;
    let shows = async |state: &str| {
        let what = format!("the overview shows the pull request {state}");
        wait::poll(&what, async || {
            let (_, page) = asked_by(&address, &address, None);
            (page.contains("acme/app#1") && page.contains(state)).then_some(())
        })
        .await;
    };

    shows("Open").await;
    stage.with_world(|world| world.merge(&repository(), 1).unwrap());
    shows("Merged").await;
    stage.assert_within_rights();
}

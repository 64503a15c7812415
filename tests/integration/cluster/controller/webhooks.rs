//! Webhooks: a finished run is in status within two seconds, on the real API server.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use axum::{body::Body, http::Request};
use cronwright::{
    api::WorkflowSchedule,
    domain::{Seconds, WORKFLOW_FOLDER, WorkflowId},
    simulate::{Behaviour, Delivery, Disorder, face},
    web::webhooks::PATH,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tokio::time::Instant;
use tower::ServiceExt as _;

use super::{
    super::wait,
    process::Controller,
    sets::{SET_OF_ACME, add, add_web, until_managed},
    stage::{Stage, TOKEN, repository, schedule, secret},
};

pub const SECRET: &str = "known-to-two-parties";
const RUNS: usize = 20;
/// What the project promises, as the 95th of a hundred.
const PROMISED: Duration = Duration::from_secs(2);
/// How long an answer may take.
const ANSWERED: Duration = Duration::from_millis(100);

/// Declares the nightly, looked at once an hour, with a webhook's secret; a run takes a second of the simulated clock.
pub async fn declare(stage: &Stage) {
    let file = format!("{WORKFLOW_FOLDER}nightly.yml");
    let text =
        "name: n\non:\n  schedule:\n    - cron: '0 0 * * *'\n  workflow_dispatch:\njobs: {}\n";
    stage.with_world(|world| {
        world.add_pool("fast", 1);
        let workflow = WorkflowId {
            repository: repository(),
            file: "nightly.yml".parse().unwrap(),
        };
        world.behave(&workflow, Behaviour::fixed(Seconds(1)).on(1, &["fast"]));
        world
            .push_to(&repository(), "main", &file, text.as_bytes())
            .unwrap();
        world.register_hook(SECRET, Disorder::default());
    });
    stage.apply(&secret(TOKEN));
    stage.apply(&format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: hook}}\nstringData: {{secret: {SECRET}}}\n"
    ));
    let signed = "interval: 1h, webhookSecretRef: {name: hook, key: secret}";
    stage.apply(&stage.connection().replace("interval: 1s", signed));
    let nightly = schedule("nightly", "nightly.yml", "policy: {mode: Observe}");
    stage.apply(&nightly.replace("interval: 1s", "interval: 1h"));
    stage.until_ready("nightly").await;
}

/// Asks for a run and lets it end; its number and the deliveries that tell of it.
pub async fn run(stage: &Stage) -> (i64, Vec<Delivery>) {
    let path = "/repos/acme/app/actions/workflows/nightly.yml/dispatches";
    let request = Request::post(path)
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("user-agent", "test")
        .body(Body::from(r#"{"ref": "main"}"#))
        .unwrap();
    let answer = face::router(stage.world.clone()).oneshot(request).await;
    assert_eq!(answer.unwrap().status(), 204);
    stage.with_world(|world| {
        world.advance(Seconds(2));
        let runs = world.runs(&repository()).unwrap();
        let newest = runs.iter().map(|run| run.id.0).max().unwrap();
        (i64::try_from(newest).unwrap(), world.take_deliveries())
    })
}

/// Posts a delivery; the status, and how long the answer took.
pub fn post(address: &str, delivery: &Delivery) -> (u16, Duration) {
    let begin = Instant::now();
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nhost: hook\r\nconnection: close\r\ncontent-type: application/json\r\n\
         x-github-event: {}\r\nx-github-delivery: {}\r\nx-hub-signature-256: {}\r\ncontent-length: {}\r\n\r\n{}",
        delivery.event,
        delivery.id,
        delivery.signature,
        delivery.body.len(),
        delivery.body
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, begin.elapsed())
}

/// Waits until a delivery that is signed is taken.
pub async fn until_taken(address: &str, delivery: &Delivery) {
    let taken = async || (post(address, delivery).0 == 202).then_some(());
    wait::poll("a signed delivery is taken", taken).await;
}

/// Waits until a leader listens to what other replicas pass on.
pub async fn until_it_listens(leader: &Controller) {
    let listens = async || {
        let log = leader.log();
        log.contains("listens to replicas that stand by")
            .then_some(())
    };
    wait::poll("the leader listens", listens).await;
}

/// The 95th of a hundred.
fn p95(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[(times.len() * 95).div_ceil(100) - 1]
}

/// How often runs are told of anew where they came late: a machine that is busy with other tests is late now and then, a product that
/// is late is so every time.
const BATCHES: usize = 2;

/// When what was told of was in status, and when it was answered.
pub struct Told {
    /// In status, as the 95th of a hundred.
    pub seen: Duration,
    /// Answered, as the 95th of a hundred.
    pub answered: Duration,
    /// How many runs ended.
    pub runs: usize,
}

impl Told {
    /// Holds it against what the project promises.
    pub fn assert_as_promised(&self) {
        let Self { seen, answered, .. } = self;
        assert!(*seen < PROMISED, "in status after {seen:?} (p95)");
        assert!(*answered < ANSWERED, "answered after {answered:?} (p95)");
    }
}

/// Lets runs end one after the other and posts what tells of each; once more where that came late.
pub async fn tell_of_runs(stage: &Stage, address: &str) -> Told {
    let mut told = tell_of_a_batch(stage, address).await;
    for _ in 1..BATCHES {
        if told.seen >= PROMISED || told.answered >= ANSWERED {
            let runs = told.runs;
            told = tell_of_a_batch(stage, address).await;
            told.runs += runs;
        }
    }
    told
}

async fn tell_of_a_batch(stage: &Stage, address: &str) -> Told {
    let (mut seen, mut answered) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let (id, deliveries) = run(stage).await;
        let told = move |object: Option<&WorkflowSchedule>| {
            let status = object.and_then(|object| object.status.as_ref());
            status.is_some_and(|status| status.last_run.as_ref().is_some_and(|run| run.id == id))
        };
        let begin = Instant::now();
        for delivery in &deliveries {
            let (status, time) = post(address, delivery);
            assert_eq!(status, 202, "{}", delivery.event);
            answered.push(time);
        }
        wait::until(&stage.scope.api(), "nightly", "the run is in status", told).await;
        seen.push(begin.elapsed());
    }
    Told {
        seen: p95(seen),
        answered: p95(answered),
        runs: RUNS,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_webhooks_a_finished_run_is_in_status_within_two_seconds() {
    let stage = Stage::set("webhooks").await;
    let controller = stage
        .controller_with(&["--webhooks-address", "127.0.0.1:0"])
        .await;
    let address = controller.address_of("webhook receiver listens").await;
    declare(&stage).await;

    let told = tell_of_runs(&stage, &address).await;

    told.assert_as_promised();
    let metrics = controller.get("/metrics").1;
    assert_eq!(
        controller.deliveries("workflow_run", "enqueued"),
        told.runs,
        "{metrics}"
    );
    let leaked = controller.log().contains(SECRET) || metrics.contains(SECRET);
    assert!(!leaked, "the webhook's secret was shown");
    stage.assert_within_rights();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_secret_that_is_missing_is_told_and_polling_goes_on() {
    let stage = Stage::set("webhook-secret").await;
    let controller = stage
        .controller_with(&["--webhooks-address", "127.0.0.1:0"])
        .await;
    let address = controller.address_of("webhook receiver listens").await;
    stage.with_world(|world| world.register_hook(SECRET, Disorder::default()));
    stage.apply(&secret(TOKEN));
    let signed = "interval: 1s, webhookSecretRef: {name: hook, key: secret}";
    stage.apply(&stage.connection().replace("interval: 1s", signed));
    stage.apply(&schedule(
        "nightly",
        "nightly.yml",
        "policy: {mode: Observe}",
    ));

    stage.until_ready("nightly").await;

    let ping = stage.with_world(|world| world.take_deliveries()).remove(0);
    assert_eq!(post(&address, &ping).0, 401);
    let told = async || {
        let events = stage
            .kubectl(&["events", "--for=ghc/acme"])
            .expect_success();
        events.contains("WebhookSecretUnusable").then_some(())
    };
    wait::poll("the missing Secret is told", told).await;
    stage.apply(&format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: hook}}\nstringData: {{secret: {SECRET}}}\n"
    ));
    until_taken(&address, &ping).await;
    stage.assert_within_rights();
}

/// A delivery of ours, as GitHub would sign it.
fn signed(event: &'static str, body: &serde_json::Value) -> Delivery {
    let body = body.to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    let id = format!("of-{event}");
    Delivery {
        event,
        id,
        signature,
        body,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_a_new_repository_and_a_changed_installation_wake_a_set_that_would_look_in_an_hour()
{
    let stage = Stage::set("webhook-sets").await;
    let controller = stage
        .controller_with(&["--webhooks-address", "127.0.0.1:0"])
        .await;
    let address = controller.address_of("webhook receiver listens").await;
    stage.with_world(|world| world.register_hook(SECRET, Disorder::default()));
    stage.apply(&secret(TOKEN));
    stage.apply(&format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: hook}}\nstringData: {{secret: {SECRET}}}\n"
    ));
    let hook = "interval: 1h, webhookSecretRef: {name: hook, key: secret}";
    stage.apply(&stage.connection().replace("interval: 1s", hook));
    let set = SET_OF_ACME.replace("interval: 1s", "interval: 1h");
    stage.apply(&set.replace("PullRequest", "Observe"));
    let mut managed = vec!["acme/app/import.yml", "acme/app/nightly.yml"];
    until_managed(&stage, &managed).await;
    let ping = stage.with_world(|world| world.take_deliveries()).remove(0);
    until_taken(&address, &ping).await;

    let file = format!("{WORKFLOW_FOLDER}extra.yml");
    let text = "on: {schedule: [{cron: '0 0 * * *'}]}\njobs: {}\n";
    let pushed = stage.with_world(|world| {
        world
            .push_to(&repository(), "main", &file, text.as_bytes())
            .unwrap();
        world.take_deliveries()
    });
    let push = pushed.iter().find(|one| one.event == "push").unwrap();
    until_taken(&address, push).await;
    managed.insert(0, "acme/app/extra.yml");
    until_managed(&stage, &managed).await;

    add_web(&stage);
    let created = serde_json::json!({"action": "created", "repository": {"full_name": "acme/web", "default_branch": "main"}});
    until_taken(&address, &signed("repository", &created)).await;
    managed.push("acme/web/e2e.yml");
    until_managed(&stage, &managed).await;

    add(&stage, "acme/zoo");
    let granted = serde_json::json!({"action": "added", "installation": {"id": 1}});
    until_taken(&address, &signed("installation_repositories", &granted)).await;
    managed.push("acme/zoo/e2e.yml");
    until_managed(&stage, &managed).await;
    stage.assert_within_rights();
}

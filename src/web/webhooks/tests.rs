//! The receiver, delivery by delivery.

use axum::http::{Request, StatusCode};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tower::ServiceExt as _;

use super::*;

const ENDED: &str = r#"{"action": "completed", "workflow_run": {"path": ".github/workflows/a.yml"}, "repository": {"full_name": "acme/app"}}"#;

fn sign(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// A receiver with two connections of different secrets and two that share one.
fn receiver() -> (Receiver, mpsc::Receiver<Heard>) {
    let (receiver, heard) = Receiver::new(Metrics::default());
    let keyring = receiver.keyring();
    keyring
        .put("ci/acme", vec!["new".into(), "old".into()])
        .unwrap();
    keyring.put("ci/beta", vec!["shared".into()]).unwrap();
    keyring.put("qa/beta", vec!["shared".into()]).unwrap();
    (receiver, heard)
}

async fn post(
    receiver: &Receiver,
    event: &str,
    id: &str,
    signature: &str,
    body: &str,
) -> StatusCode {
    let request = Request::post(PATH)
        .header("x-github-event", event)
        .header("x-github-delivery", id)
        .header("x-hub-signature-256", signature)
        .body(Body::from(body.to_owned()))
        .unwrap();
    receiver.router().oneshot(request).await.unwrap().status()
}

async fn signed(receiver: &Receiver, id: &str, secret: &str, body: &str) -> StatusCode {
    post(receiver, "workflow_run", id, &sign(secret, body), body).await
}

fn connections(heard: &mut mpsc::Receiver<Heard>) -> Vec<String> {
    heard
        .try_recv()
        .map(|heard| heard.connections.into_iter().collect())
        .unwrap_or_default()
}

#[tokio::test]
async fn a_delivery_reaches_the_connections_whose_secret_signed_it_and_no_other() {
    let (receiver, mut heard) = receiver();
    assert_eq!(
        signed(&receiver, "1", "new", ENDED).await,
        StatusCode::ACCEPTED
    );
    assert_eq!(connections(&mut heard), ["ci/acme"]);
    assert_eq!(
        signed(&receiver, "2", "shared", ENDED).await,
        StatusCode::ACCEPTED
    );
    assert_eq!(connections(&mut heard), ["ci/beta", "qa/beta"]);
}

#[tokio::test]
async fn while_a_secret_is_changed_the_old_one_and_the_new_one_sign() {
    let (receiver, mut heard) = receiver();
    assert_eq!(
        signed(&receiver, "1", "old", ENDED).await,
        StatusCode::ACCEPTED
    );
    assert_eq!(connections(&mut heard), ["ci/acme"]);
    receiver
        .keyring()
        .put("ci/acme", vec!["new".into()])
        .unwrap();
    assert_eq!(
        signed(&receiver, "2", "old", ENDED).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_forged_delivery_is_refused_unread_and_does_not_stand_in_the_way_of_the_true_one() {
    let (receiver, mut heard) = receiver();
    for signature in ["", "sha256=00", &sign("guess", ENDED), &sign("new", "{}")] {
        let status = post(&receiver, "workflow_run", "1", signature, ENDED).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    // Unread: a body that is no JSON is refused for its signature.
    let status = post(&receiver, "push", "1", &sign("guess", "no JSON"), "no JSON").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(connections(&mut heard), [""; 0]);
    assert_eq!(
        signed(&receiver, "1", "new", ENDED).await,
        StatusCode::ACCEPTED
    );
    assert_eq!(connections(&mut heard), ["ci/acme"]);
}

#[tokio::test]
async fn a_repeated_delivery_is_heard_once_under_whatever_id() {
    let (receiver, mut heard) = receiver();
    for id in ["1", "1", "2"] {
        assert_eq!(
            signed(&receiver, id, "new", ENDED).await,
            StatusCode::ACCEPTED
        );
    }
    let other = ENDED.replace("a.yml", "b.yml");
    assert_eq!(
        signed(&receiver, "1", "new", &other).await,
        StatusCode::ACCEPTED
    );
    assert_eq!(connections(&mut heard), ["ci/acme"]);
    assert_eq!(connections(&mut heard), [""; 0]);
    let text = receiver.metrics.text();
    let line = "webhook_deliveries_total{event=\"workflow_run\",outcome=\"repeated\"} 3";
    assert!(text.contains(line), "{text}");
}

#[tokio::test]
async fn an_event_that_is_not_read_is_let_go_by_and_is_no_label() {
    let (receiver, mut heard) = receiver();
    let status = post(&receiver, "star", "1", &sign("new", "{}"), "{}").await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(connections(&mut heard), [""; 0]);
    let text = receiver.metrics.text();
    assert!(
        text.contains("event=\"other\",outcome=\"unlisted\""),
        "{text}"
    );
}

#[tokio::test]
async fn a_body_is_read_up_to_the_limit_whether_its_length_is_declared_or_not() {
    let (receiver, _heard) = receiver();
    let (fits, long) = ("x".repeat(LIMIT), "x".repeat(LIMIT + 1));
    assert_eq!(
        signed(&receiver, "1", "new", &fits).await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        signed(&receiver, "2", "new", &long).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let request = Request::post(PATH)
        .header("x-github-event", "push")
        .header("x-hub-signature-256", sign("new", ""))
        .header("content-length", LIMIT + 1)
        .body(Body::empty())
        .unwrap();
    let answer = receiver.router().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_queue_that_nobody_empties_refuses_and_what_was_refused_may_come_again() {
    let (receiver, mut heard) = receiver();
    let ping = |id: usize| format!("{{\"zen\": {id}}}");
    let send = async |id: usize| {
        let body = ping(id);
        post(
            &receiver,
            "ping",
            &id.to_string(),
            &sign("new", &body),
            &body,
        )
        .await
    };
    for id in 0..QUEUE {
        assert_eq!(send(id).await, StatusCode::ACCEPTED);
    }
    assert_eq!(send(QUEUE).await, StatusCode::SERVICE_UNAVAILABLE);
    heard.try_recv().unwrap();
    assert_eq!(send(QUEUE).await, StatusCode::ACCEPTED);
}

/// A delivery whose body never comes, as anybody can send one.
async fn bodiless(receiver: Receiver, declared: usize) -> StatusCode {
    let never = futures::stream::pending::<Result<axum::body::Bytes, std::io::Error>>();
    let request = Request::post(PATH)
        .header("x-github-event", "push")
        .header("x-hub-signature-256", sign("guess", ""))
        .header("content-length", declared)
        .body(Body::from_stream(never))
        .unwrap();
    receiver.router().oneshot(request).await.unwrap().status()
}

#[tokio::test(start_paused = true)]
async fn senders_of_nothing_do_not_shut_out_a_true_delivery() {
    let (receiver, mut heard) = receiver();
    let senders: Vec<_> = (0..AT_ONCE)
        .map(|_| tokio::spawn(bodiless(receiver.clone(), 1)))
        .collect();
    tokio::time::sleep(LONGEST_BODY / 2).await;
    assert_eq!(receiver.reading.available_permits(), 0);
    // What is too long is told at once, without a turn.
    let long = bodiless(receiver.clone(), LIMIT + 1);
    let begun = tokio::time::Instant::now();
    assert_eq!(long.await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(
        signed(&receiver, "1", "new", ENDED).await,
        StatusCode::ACCEPTED
    );
    assert_eq!(connections(&mut heard), ["ci/acme"]);
    for sender in senders {
        assert_eq!(sender.await.unwrap(), StatusCode::REQUEST_TIMEOUT);
    }
}

#[tokio::test]
async fn deliveries_without_an_id_are_told_apart_by_their_signatures() {
    let (receiver, mut heard) = receiver();
    for body in [ENDED, &ENDED.replace("a.yml", "b.yml"), ENDED] {
        let request = Request::post(PATH)
            .header("x-github-event", "workflow_run")
            .header("x-hub-signature-256", sign("new", body))
            .body(Body::from(body.to_owned()))
            .unwrap();
        let answer = receiver.router().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
    }
    assert_eq!(connections(&mut heard), ["ci/acme"]);
    assert_eq!(connections(&mut heard), ["ci/acme"]);
    assert_eq!(connections(&mut heard), [""; 0]);
}

#[tokio::test]
async fn a_replica_that_stands_by_says_so_and_hears_when_its_turn_comes() {
    let (receiver, mut heard) = receiver();
    receiver.stand_by(true);
    assert_eq!(
        signed(&receiver, "1", "new", ENDED).await,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(connections(&mut heard), [""; 0]);
    receiver.stand_by(false);
    assert_eq!(
        signed(&receiver, "1", "new", ENDED).await,
        StatusCode::ACCEPTED
    );
    assert_eq!(connections(&mut heard), ["ci/acme"]);
}

#[tokio::test]
async fn what_another_replica_passed_on_is_heard_once_whichever_way_it_comes() {
    let ((standby, mut taken), (leader, mut heard)) = (receiver(), receiver());
    signed(&standby, "1", "new", ENDED).await;
    let text = taken.try_recv().unwrap().to_text(1_000).unwrap();
    let signature = sign("new", ENDED);
    for hidden in ["new", signature.trim_start_matches("sha256=")] {
        assert!(!text.contains(&format!("\"{hidden}\"")), "{text}");
    }

    for text in [text.as_str(), &text, "no such text"] {
        leader.take_relayed(Heard::from_text(text));
    }
    let again = signed(&leader, "2", "new", ENDED).await;

    assert_eq!(again, StatusCode::ACCEPTED);
    assert_eq!(connections(&mut heard), ["ci/acme"]);
    assert_eq!(connections(&mut heard), [""; 0]);
    let told = leader.metrics.text();
    for (event, outcome) in [
        ("relayed", "enqueued"),
        ("relayed", "repeated"),
        ("relayed", "malformed"),
        ("workflow_run", "repeated"),
    ] {
        let line = format!("event=\"{event}\",outcome=\"{outcome}\"}} 1\n");
        assert!(told.contains(&line), "{line}{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_arrives_is_not_waited_for() {
    let (receiver, _heard) = receiver();
    let never = futures::stream::pending::<Result<axum::body::Bytes, std::io::Error>>();
    let request = Request::post(PATH)
        .header("x-github-event", "push")
        .header("x-hub-signature-256", sign("new", ""))
        .body(Body::from_stream(never))
        .unwrap();
    let answer = receiver.router().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn the_receiver_serves_one_route_by_post_only() {
    let (receiver, _heard) = receiver();
    for (method, path, status) in [
        ("GET", PATH, StatusCode::METHOD_NOT_ALLOWED),
        ("GET", "/metrics", StatusCode::NOT_FOUND),
        ("POST", "/", StatusCode::NOT_FOUND),
    ] {
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Body::empty()).unwrap();
        let answer = receiver.router().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status, "{method} {path}");
    }
}

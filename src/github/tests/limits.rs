//! Rate limits: obeyed without asking, learned from answers, never slept through.

use tokio::time::Instant;

use super::fake::{Fake, REPOSITORY, START, acme, answer, at};
use crate::github::{Error, Limit, Retry, WRITE_BURST};

fn limit_of(error: &Error) -> Option<Limit> {
    if let Error::RateLimited { limit, .. } = error {
        Some(*limit)
    } else {
        None
    }
}

#[tokio::test]
async fn an_exhausted_hour_is_not_asked_about_until_it_is_over() {
    let reset = (START + 600).to_string();
    let fake = Fake::answering(move |_| {
        let headers = [
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", reset.as_str()),
        ];
        answer(200, &headers, REPOSITORY)
    });
    let client = fake.client();
    client.repository(&acme()).await.unwrap();
    let error = client.repository(&acme()).await.unwrap_err();
    assert_eq!((fake.count(), limit_of(&error)), (1, Some(Limit::Primary)));
    assert_eq!(error.retry(), Retry::At(at(START + 600)));
    assert_eq!(client.rate().remaining, Some(0));
    fake.advance(600);
    client.repository(&acme()).await.unwrap();
}

#[tokio::test]
async fn a_refusal_of_the_exhausted_hour_names_its_end() {
    let reset = (START + 60).to_string();
    let fake = Fake::answering(move |_| {
        let headers = [
            ("x-ratelimit-limit", "60"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", reset.as_str()),
        ];
        answer(403, &headers, r#"{"message":"API rate limit exceeded"}"#)
    });
    let error = fake.client().repository(&acme()).await.unwrap_err();
    assert_eq!(
        (limit_of(&error), error.retry()),
        (Some(Limit::Primary), Retry::At(at(START + 60)))
    );
}

#[tokio::test(start_paused = true)]
async fn a_wish_for_silence_silences_every_clone_without_sleeping() {
    for status in [403, 429] {
        let fake = Fake::answering(move |_| {
            answer(
                status,
                &[("retry-after", "90")],
                r#"{"message":"secondary rate limit"}"#,
            )
        });
        let (client, started) = (fake.client(), Instant::now());
        let error = client.comment(&acme(), 1, "x").await.unwrap_err();
        assert_eq!(
            (limit_of(&error), error.retry()),
            (Some(Limit::Secondary), Retry::At(at(START + 90)))
        );
        let error = client.clone().repository(&acme()).await.unwrap_err();
        assert_eq!(
            (limit_of(&error), fake.count()),
            (Some(Limit::Secondary), 1)
        );
        assert_eq!(started.elapsed().as_secs(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn writes_beyond_the_burst_are_told_when_and_go_then() {
    let fake = Fake::answering(|_| answer(201, &[], "{}"));
    let client = fake.client();
    for _ in 0..WRITE_BURST {
        client.comment(&acme(), 1, "x").await.unwrap();
    }
    let error = client.comment(&acme(), 1, "x").await.unwrap_err();
    assert_eq!(
        (limit_of(&error), error.retry()),
        (Some(Limit::Writes), Retry::At(at(START + 1)))
    );
    fake.advance(1);
    client.comment(&acme(), 1, "x").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn writes_go_one_at_a_time_and_reads_a_few() {
    let most = std::sync::Arc::new(std::sync::Mutex::new((0, 0)));
    let seen = std::sync::Arc::clone(&most);
    let fake = Fake::acting(move |_| {
        let seen = std::sync::Arc::clone(&seen);
        async move {
            {
                let mut seen = seen.lock().unwrap();
                seen.0 += 1;
                seen.1 = seen.1.max(seen.0);
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            seen.lock().unwrap().0 -= 1;
            answer(200, &[], REPOSITORY)
        }
    });
    let (client, repository) = (fake.client(), acme());
    futures::future::join_all((0..5).map(|_| client.comment(&repository, 1, "x"))).await;
    assert_eq!(std::mem::take(&mut *most.lock().unwrap()), (0, 1));
    futures::future::join_all((0..30).map(|_| client.repository(&repository))).await;
    assert_eq!(most.lock().unwrap().1, 8);
}

#[tokio::test(start_paused = true)]
async fn who_finds_no_free_slot_or_pen_in_time_is_told_so() {
    let fake = Fake::answering(|_| answer(200, &[], REPOSITORY));
    let (client, started) = (fake.client(), Instant::now());
    let busy = client.inner.slots.acquire_many(8).await.unwrap();
    let read = client.repository(&acme()).await.unwrap_err();
    drop(busy);
    let writing = client.inner.pen.lock().await;
    let wrote = client.comment(&acme(), 1, "x").await.unwrap_err();
    drop(writing);
    for error in [read, wrote] {
        assert_eq!(
            (limit_of(&error), error.retry()),
            (Some(Limit::Concurrency), Retry::At(at(START + 5)))
        );
    }
    assert_eq!((fake.count(), started.elapsed().as_secs()), (0, 40));
}

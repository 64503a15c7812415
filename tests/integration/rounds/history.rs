//! Runs are recorded once, forecasts come before their runs and are scored once, and waiting is no work.

use cronwright::{
    domain::{Conclusion, Delivery, Seconds},
    simulate::{Behaviour, Recorded, World},
};

use super::town::{FILE, NIGHTLY, PINNED, Town, add, app, nightly};

fn observed() -> String {
    PINNED.replace("PullRequest", "Observe")
}

fn steady(world: &mut World) {
    add(world, "app", &[(FILE, NIGHTLY)]);
    world.behave(&nightly(), Behaviour::fixed(Seconds::minutes(12)));
    world.backfill(40);
}

#[tokio::test]
async fn a_second_look_and_a_restart_record_nothing_twice() {
    let mut town = Town::with(steady).await;
    town.declare("nightly", &observed());
    town.rest().await;
    let first = town.store.counts().await.unwrap();
    assert_eq!(first.runs, 30);
    town.restart().await;
    town.rest().await;
    assert_eq!(town.store.counts().await.unwrap().runs, 30);
}

#[tokio::test]
async fn a_run_in_progress_is_recorded_again_when_it_ends() {
    let mut town = Town::with(steady).await;
    town.declare("nightly", &observed());
    town.pass(Seconds::minutes(21 * 60 + 10)).await;
    let running = town.store.history(&nightly(), 1).await.unwrap();
    let open = town.store.oldest_incomplete(&app()).await.unwrap();
    assert!(open.is_some(), "a run is under way: {running:?}");
    town.pass(Seconds::minutes(30)).await;
    assert_eq!(town.store.oldest_incomplete(&app()).await.unwrap(), None);
    let ended = town.store.history(&nightly(), 1).await.unwrap();
    assert_eq!(ended[0].conclusion, Some(Conclusion::Success));
    assert!(ended[0].duration_seconds() >= Some(Seconds::minutes(12)));
}

#[tokio::test]
async fn only_first_attempts_that_succeeded_are_evidence_of_duration() {
    let run = |minutes, conclusion| Recorded {
        duration: Seconds::minutes(minutes),
        conclusion,
    };
    let mut town = Town::with(|world| {
        add(world, "app", &[(FILE, NIGHTLY)]);
        let recorded = vec![
            run(10, Conclusion::Success),
            run(200, Conclusion::Cancelled),
            run(10, Conclusion::Success),
            run(1, Conclusion::Skipped),
            run(300, Conclusion::Failure),
        ];
        world.behave(
            &nightly(),
            Behaviour::replayed(recorded).disturbed(0.0, 1.0),
        );
        world.backfill(40);
    })
    .await;
    town.declare("nightly", &observed());
    town.rest().await;
    let prediction = town.status("nightly").prediction.clone().unwrap();
    assert_eq!(
        (prediction.p50.as_str(), prediction.p90.as_str()),
        ("10m", "10m")
    );
    assert!(prediction.samples <= 13, "{}", prediction.samples);
}

#[tokio::test]
async fn each_run_is_scored_exactly_once_by_a_forecast_that_was_stored_before_it() {
    let mut town = Town::with(steady).await;
    town.declare("nightly", &observed());
    town.pass(Seconds::days(2)).await;
    town.restart().await;
    town.pass(Seconds::days(2)).await;
    let scores = town.store.scores(&nightly(), 100).await.unwrap();
    assert_eq!(scores.len(), 4);
    let runs = town.store.history(&nightly(), 100).await.unwrap();
    for score in &scores {
        let run = runs.iter().find(|run| run.id == score.run).unwrap();
        assert!(score.forecast_made_at < run.created_at);
        assert_eq!(score.duration.unwrap().error_permille, 0);
    }
    assert_eq!(
        town.status("nightly").accuracy.clone().unwrap().comparisons,
        4
    );
}

#[tokio::test]
async fn waiting_for_a_runner_is_no_work() {
    let mut town = Town::with(|world| {
        world.add_pool("small", 1);
        let other = NIGHTLY.replace("0 3", "58 2");
        add(
            world,
            "app",
            &[(FILE, NIGHTLY), (".github/workflows/before.yml", &other)],
        );
        let on_pool = |minutes| Behaviour::fixed(Seconds::minutes(minutes)).on(1, &["small"]);
        world.behave(&super::town::workflow("before.yml"), on_pool(40));
        world.behave(&nightly(), on_pool(10));
        world.backfill(40);
    })
    .await;
    town.declare("nightly", &observed());
    town.pass(Seconds::days(1)).await;
    let prediction = town.status("nightly").prediction.clone().unwrap();
    assert_eq!(prediction.p50, "10m");
    assert!(
        prediction.queue_p50.starts_with("3"),
        "{}",
        prediction.queue_p50
    );
}

#[tokio::test]
async fn fires_of_a_cron_that_was_never_in_force_are_not_missed() {
    let mut town = Town::with(steady).await;
    town.declare("nightly", &observed());
    town.pass(Seconds::days(1)).await;
    town.push("main", FILE, &NIGHTLY.replace("0 3", "0 5"));
    town.pass(Seconds::days(3)).await;
    town.restart().await;
    town.pass(Seconds::days(1)).await;
    let since = town.now() - chrono::TimeDelta::days(6);
    let fires = town.store.fires(&nightly(), since).await.unwrap();
    let missed: Vec<_> = fires
        .iter()
        .filter(|(_, delivery)| matches!(delivery, Delivery::Missed))
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
    assert_eq!(town.status("nightly").delivery.clone().unwrap().missed, 0);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_for_a_while_teaches_nothing_new() {
    use cronwright::simulate::{Fault, FaultKind};
    let mut town = Town::with(steady).await;
    town.declare("nightly", &observed());
    town.pass(Seconds::days(1)).await;
    let before = town.status("nightly").clone();
    town.push("main", "README.md", "a push, so that all is read anew\n");
    town.fault(Fault {
        matching: "GET /repos/acme/app/contents".to_owned(),
        times: 3,
        kind: FaultKind::Status {
            status: 500,
            retry_after_seconds: None,
        },
    });
    town.pass(Seconds::hours(2)).await;
    let after = town.status("nightly");
    assert_eq!(after.delivery, before.delivery);
    assert_eq!(after.prediction, before.prediction);
    assert_eq!(town.condition("nightly", "Ready"), "True/Observed");
}

#[tokio::test]
async fn what_was_learned_holds_through_a_restart_without_reading_the_history_again() {
    let mut town = Town::with(steady).await;
    town.declare("nightly", &observed());
    town.rest().await;
    let before = town.status("nightly").clone();
    // Whoever read the history again would find none.
    let view = town.store.view("ci/acme", &app()).await.unwrap().unwrap();
    town.forget_everything().await;
    town.store
        .put_view("ci/acme", &app(), &view.body, town.now())
        .await
        .unwrap();
    town.round().await;
    let after = town.status("nightly");
    assert!(before.prediction.is_some());
    assert_eq!(after.prediction, before.prediction);
    assert_eq!(after.last_run, before.last_run);
}

#[tokio::test]
async fn a_run_that_was_recorded_just_before_a_crash_is_learned_of_after_it() {
    let mut town = Town::with(steady).await;
    town.declare("nightly", &observed());
    town.rest().await;
    let (before, view) = (
        town.status("nightly").last_run.clone(),
        town.store.view("ci/acme", &app()).await.unwrap().unwrap(),
    );
    town.pass(Seconds::minutes(21 * 60 + 40)).await;
    let seen = town.status("nightly").last_run.clone();
    assert_ne!(seen, before);

    // The process ended after the run was recorded and before anything else was written down. Its lessons are young
    // enough to hold, had they been learned in time.
    let view = younger(&view.body, &town);
    let ago = town.now() - Seconds::minutes(30).to_delta();
    town.store
        .put_view("ci/acme", &app(), &view, ago)
        .await
        .unwrap();
    let resident = town.residents.get_mut("nightly").unwrap();
    resident.status.last_run.clone_from(&before);
    town.restart().await;
    town.pass(Seconds::minutes(10)).await;
    assert_eq!(town.status("nightly").last_run, seen);
}

/// A view as it would have been written half an hour ago.
fn younger(view: &str, town: &Town) -> String {
    let mut view: serde_json::Value = serde_json::from_str(view).unwrap();
    let ago = town.now() - Seconds::minutes(30).to_delta();
    view["asked_at"] = serde_json::json!(ago);
    view["turn_at"] = serde_json::json!(ago);
    let lesson = &mut view["lessons"]["nightly.yml"];
    assert!(lesson.is_object());
    lesson["until"] = serde_json::json!(ago + Seconds::hours(1).to_delta());
    view.to_string()
}

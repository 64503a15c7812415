//! What is told of the load to come, to the letter.

use serde_json::{Value, json};

use super::*;
use crate::{
    cli::{simulate, source::sample as statuses},
    report::{self, History, sample},
    store::Store,
};

async fn load(hours: u32, days: u32) -> LoadAhead {
    let store = Store::open("sqlite::memory:").await.expect("a store");
    let args = simulate::SimulateArgs {
        seed: 7,
        days,
        until: Some(sample::now()),
        store: String::new(),
        format: Format::Text,
    };
    let written = simulate::write(&store, &args, sample::now()).await;
    written.expect("a history");
    let inventory = report::read(&store, 1, |_| true)
        .await
        .expect("an inventory");
    let history = History::read(&store, &inventory, sample::now())
        .await
        .expect("runs");
    LoadAhead::of(&inventory, &history, sample::now(), hours, true)
}

fn printed(load: &LoadAhead, format: Format) -> String {
    let mut out = Vec::new();
    print(&mut out, format, load, || page::page(load)).expect("memory takes it");
    String::from_utf8(out).expect("text")
}

#[tokio::test]
async fn the_next_day_is_told_hour_by_hour_with_its_band_and_full_hours() {
    insta::assert_snapshot!(printed(&load(DAY, 12).await, Format::Text));
}

#[tokio::test]
async fn the_next_week_is_told_day_by_day_with_what_such_forecasts_were_worth() {
    let load = load(WEEK, 40).await;
    assert!(load.worth.is_some());
    insta::assert_snapshot!(printed(&load, Format::Text));
    insta::assert_snapshot!(printed(&load, Format::Markdown));
}

#[tokio::test]
async fn data_holds_what_the_page_tells() {
    let mut load = load(3, 12).await;
    load.pools.truncate(2);
    insta::assert_snapshot!(printed(&load, Format::Json));
}

#[tokio::test]
async fn a_store_without_workflows_is_refused_with_what_to_do() {
    let store = tempfile::NamedTempFile::new().expect("a file");
    let url = format!("sqlite://{}", store.path().display());
    Store::open(&url).await.expect("a store").close().await;
    let args = LoadArgs {
        store: StoreArgs {
            store: url,
            only: Some("acme".into()),
        },
        day: false,
        week: true,
        format: Format::Text,
        source: SourceArgs::default(),
    };
    let error = run(&args, sample::now(), &mut Vec::new())
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("knows nothing of a workflow named like 'acme' yet"),
        "{error}"
    );
}

/// Two nightlies at one time, one of which is to move; one that nobody has looked at, and one whose file is gone.
fn of_statuses() -> LoadAhead {
    let nightly = |cron: &str| {
        json!({
            "current": [{"cron": "0 0 * * *"}], "prediction": statuses::prediction("50m", "1h10m"),
            "recommendation": {"action": "Apply", "schedule": [{"cron": cron}]},
            "delivery": {"fires": 30, "onTime": 20, "late": 9, "coalesced": 0, "missed": 1},
        })
    };
    let gone = || {
        let mut gone = nightly("0 0 * * *");
        gone["conditions"] = json!([{
            "type": "Stalled", "status": "True", "reason": "WorkflowMissing", "message": "",
            "lastTransitionTime": "2026-09-01T00:00:00Z",
        }]);
        gone
    };
    let told = statuses::statuses(
        &[
            ("acme/app/a.yml", nightly("0 4 * * *")),
            ("acme/app/b.yml", nightly("0 0 * * *")),
            ("acme/app/c.yml", json!({})),
            ("acme/app/gone.yml", gone()),
        ],
        &json!({}),
    );
    let midnight = "2026-09-13T23:20:00Z".parse().expect("an instant");
    told.load(midnight, 8).expect("a load")
}

#[test]
fn statuses_tell_what_their_crons_will_start_and_say_what_they_do_not_hold() {
    let load = of_statuses();
    let data: Value = without(&load, &UNKNOWN);
    assert_eq!(
        data["workflows"],
        json!({"by_cron": 2, "unknown": 2}),
        "{data}"
    );
    assert_eq!(data["pools"].as_array().map(Vec::len), Some(1));
    let mut out = Vec::new();
    print(&mut out, Format::Text, &data, || page::of_statuses(&load)).expect("memory takes it");
    insta::assert_snapshot!(String::from_utf8(out).expect("text"));
}

//! What is told of the load to come, to the letter.

use super::*;
use crate::{
    cli::simulate,
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

#[tokio::test]
async fn a_cluster_is_not_asked_and_it_is_said_where_the_load_is_told() {
    let mut args = LoadArgs {
        store: StoreArgs {
            store: "sqlite://nowhere.db".to_owned(),
            only: None,
        },
        day: true,
        week: false,
        format: Format::Text,
        source: SourceArgs::default(),
    };
    args.source.cluster.context = Some("production".to_owned());
    let error = run(&args, sample::now(), &mut Vec::new())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("(--store)"), "{error}");
}

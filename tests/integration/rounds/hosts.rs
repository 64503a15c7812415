//! Repositories of one name on two GitHubs, over one store.

use cronwright::{
    domain::{Host, Seconds},
    simulate::{Behaviour, World},
};

use super::town::{FILE, NIGHTLY, PINNED, Town, add, app, nightly};

const ELSEWHERE: &str = "https://ghe.example";

/// A nightly with so many nights behind it.
fn nights(nights: u32) -> impl FnOnce(&mut World) {
    move |world| {
        add(world, "app", &[(FILE, NIGHTLY)]);
        world.behave(&nightly(), Behaviour::fixed(Seconds::minutes(12)));
        world.backfill(nights);
    }
}

#[tokio::test]
async fn repositories_of_one_name_on_two_hosts_share_neither_history_nor_claim_nor_deed() {
    let mut ours = Town::with(nights(20)).await;
    let store = ours.store.clone();
    let mut theirs = Town::over(tempfile::tempdir().unwrap(), store.clone(), nights(3));
    theirs.lead_to(ELSEWHERE);
    ours.declare("nightly", &PINNED.replace("PullRequest", "Observe"));
    ours.rest().await;
    let cursor = store.listed(&app()).await.unwrap().cursor;
    let until = theirs.now() + Seconds::days(1).to_delta();
    let claimed = store.claim(&nightly(), "somebody", ours.now(), until).await;
    assert!(claimed.unwrap());

    theirs.declare("nightly", PINNED);
    theirs.rest().await;

    assert_eq!(theirs.open_pulls().len(), 1);
    let elsewhere = store.of(&Host::of_api(ELSEWHERE));
    assert_eq!(elsewhere.history(&nightly(), 100).await.unwrap().len(), 3);
    assert_eq!(elsewhere.pulls_opened(&app()).await.unwrap().len(), 1);
    assert_eq!(store.history(&nightly(), 100).await.unwrap().len(), 20);
    assert_eq!(store.pulls_opened(&app()).await.unwrap(), []);
    assert_eq!(store.listed(&app()).await.unwrap().cursor, cursor);
    let observed = store.observed().await.unwrap();
    let names: Vec<_> = observed
        .iter()
        .map(|one| one.workflow.to_string())
        .collect();
    assert_eq!(
        names,
        ["acme/app/nightly.yml", "ghe.example/acme/app/nightly.yml"]
    );
}

//! Several objects for one workflow: the oldest acts, the others wait.

use cronwright::{domain::Seconds, round::workflow_schedule_round};

use super::town::{PINNED, Town};

/// Where the pull request stands for an object that another namespace has by the spec of this one, after a round of it.
async fn round_elsewhere(town: &Town, name: &str) -> String {
    let mut object = town.object(name);
    object.identity = format!("team-b/{name}");
    object.before = cronwright::api::WorkflowScheduleStatus::default();
    let end = workflow_schedule_round(&object, &town.site, async || Ok(()), town.now()).await;
    let in_sync = end.status.conditions.iter();
    let in_sync = in_sync.filter(|one| one.kind == "InSync");
    in_sync
        .map(|one| format!("{}: {}", one.reason, one.message))
        .collect()
}

/// A town in which the nightly was declared, and a minute later again, in other letters and to another time.
async fn with_rivals() -> Town {
    let mut town = Town::new().await;
    town.declare("nightly", PINNED);
    town.rest().await;
    let again = PINNED
        .replace("acme/app", "Acme/App")
        .replace("17 2", "41 4");
    town.declare("again", &again);
    town.rest().await;
    town
}

#[tokio::test]
async fn the_older_object_acts_and_the_younger_says_so_and_asks_nothing() {
    let mut town = with_rivals().await;
    assert_eq!(town.condition("again", "Stalled"), "True/Duplicate");
    let message = town.message("again", "Ready");
    assert!(message.starts_with("ci/nightly is older"), "{message}");
    assert_eq!(town.condition("nightly", "Ready"), "True/Observed");

    town.clear_requests();
    let object = town.object("again");
    let site = town.site.clone();
    for _ in 0..3 {
        town.schedule_round(&site, &object.identity[3..]).await;
    }
    assert_eq!(town.requests(), 0);
    town.pass(Seconds::hours(2)).await;
    let [pull] = &town.pulls()[..] else {
        panic!("{:?}", town.pulls())
    };
    assert!(pull.open && pull.title.contains("17 2"), "{pull:?}");
}

#[tokio::test]
async fn deleting_the_younger_leaves_the_pull_request_of_the_older_alone() {
    let mut town = with_rivals().await;
    let before = town.pulls();
    town.delete("again");
    town.rest().await;
    assert!(!town.residents.contains_key("again"));
    assert_eq!(town.pulls(), before);
}

#[tokio::test]
async fn the_younger_takes_over_once_the_older_is_gone() {
    let mut town = with_rivals().await;
    town.delete("nightly");
    town.rest().await;
    town.pass(Seconds::minutes(10)).await;
    town.rest().await;
    assert_eq!(town.condition("again", "Stalled"), "");
    let open = town.open_pulls();
    assert!(
        open.len() == 1 && open[0].title.contains("41 4"),
        "{open:?}"
    );
}

#[tokio::test]
async fn a_pull_request_that_was_found_as_wished_is_held_to_be_closed_one_day() {
    let mut town = Town::new().await;
    town.declare("nightly", PINNED);
    town.rest().await;
    // The object is lost without a farewell, and declared again under another name.
    town.residents.clear();
    town.declare("heir", PINNED);
    town.rest().await;
    let mut object = town.object("heir");
    object.finalizer = false;
    let held = std::cell::Cell::new(0);
    let hold = async || {
        held.set(held.get() + 1);
        Ok(())
    };
    let end = workflow_schedule_round(&object, &town.site, hold, town.now()).await;
    assert_eq!((held.get(), end.finalizer), (1, true));
    assert_eq!(town.open_pulls().len(), 1);
}

#[tokio::test]
async fn two_namespaces_for_one_workflow_do_not_fight_over_its_pull_request() {
    let mut town = Town::new().await;
    town.declare("nightly", PINNED);
    town.rest().await;
    let before = town.pulls();
    assert_eq!(town.open_pulls().len(), 1);
    // Another time, no pull requests at all, and the end of it.
    let site = town.site.clone();
    for spec in [
        PINNED.replace("17 2", "41 4"),
        PINNED.replace("PullRequest,", "Recommend,"),
    ] {
        town.declare("nightly", &spec);
        town.connection_round(&site).await;
        let told = round_elsewhere(&town, "nightly").await;
        assert_eq!(town.pulls(), before, "{told}");
        if !spec.contains("Recommend") {
            assert!(
                told.starts_with("AnotherObject: #1 is ci/nightly's"),
                "{told}"
            );
        }
    }
    town.delete("nightly");
    round_elsewhere(&town, "nightly").await;
    assert_eq!(town.pulls(), before);
    // Its own object finds it.
    town.rest().await;
    assert!(town.open_pulls().is_empty());
}

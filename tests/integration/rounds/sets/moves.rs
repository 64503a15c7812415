//! Repositories and workflows that are archived, renamed, transferred or deleted, and objects made by hand.

use super::{
    super::town::{FILE, NIGHTLY, PINNED, app},
    estate::{Estate, PROPOSES, nightlies},
};
use cronwright::domain::Seconds;

async fn two() -> Estate {
    let mut estate = Estate::with("", |world| nightlies(world, &["app", "web"])).await;
    estate.settle().await;
    estate
}

/// Lets five minutes pass, and the set notice what happened.
async fn later(estate: &mut Estate) {
    estate.town.on(|world| world.advance(Seconds::minutes(5)));
    estate.settle().await;
    estate.town.round().await;
    estate.settle().await;
}

#[tokio::test]
async fn objects_that_are_refused_keep_none_of_the_others_waiting() {
    let names = ["a", "b", "c", "d", "e"];
    let mut estate = Estate::with("", |world| nightlies(world, &names)).await;
    estate.refused = ["acme/a", "acme/b", "acme/c"].map(str::to_owned).into();

    estate.round().await;

    assert_eq!(
        estate.managed(),
        ["acme/d/nightly.yml", "acme/e/nightly.yml"]
    );
    assert_eq!(estate.ready(), "False/RequestRefused");
}

#[tokio::test]
async fn a_renamed_repository_is_followed() {
    let mut estate = two().await;
    estate
        .town
        .on(|world| world.rename(&app(), "acme/shop".parse().unwrap()))
        .unwrap();

    later(&mut estate).await;

    assert_eq!(
        estate.managed(),
        ["acme/shop/nightly.yml", "acme/web/nightly.yml"]
    );
    let told = estate.told().join("\n");
    assert!(
        told.contains("the repository is called acme/shop now"),
        "{told}"
    );
}

#[tokio::test]
async fn a_transferred_a_deleted_and_an_archived_repository_are_explained() {
    for (what, words) in [
        ("transferred", "the repository is called other/app now"),
        (
            "deleted",
            "the repository is gone, or the credentials do not see it any more",
        ),
        ("archived", "the repository is archived"),
    ] {
        let mut estate = two().await;
        estate
            .town
            .on(|world| match what {
                "transferred" => world.rename(&app(), "other/app".parse().unwrap()),
                "deleted" => world.remove(&app()),
                _ => world.archive(&app(), true),
            })
            .unwrap();

        later(&mut estate).await;

        assert_eq!(estate.managed(), ["acme/web/nightly.yml"], "{what}");
        let told = estate.told().join("\n");
        assert!(told.contains(words), "{told}");
    }
}

#[tokio::test]
async fn a_renamed_workflow_file_is_followed() {
    let mut estate = two().await;
    estate
        .town
        .push("main", ".github/workflows/night.yml", NIGHTLY);
    estate.town.push("main", FILE, "on: push\njobs: {}\n");

    later(&mut estate).await;

    assert_eq!(
        estate.managed(),
        ["acme/app/night.yml", "acme/web/nightly.yml"]
    );
    assert_eq!(estate.unmanaged(), ["acme/app/nightly.yml NoSchedule"]);
}

#[tokio::test]
async fn an_object_made_by_hand_wins_and_when_it_goes_the_set_takes_over_again() {
    let mut estate = two().await;
    estate.town.declare("mine", PINNED);

    later(&mut estate).await;

    assert_eq!(estate.managed(), ["acme/web/nightly.yml"]);
    assert_eq!(estate.unmanaged(), ["acme/app/nightly.yml ByHand"]);
    estate.town.rest().await;
    assert_eq!(estate.town.condition("mine", "Ready"), "True/Observed");
    estate.town.delete("mine");
    estate.town.round().await;
    later(&mut estate).await;
    assert_eq!(
        estate.managed(),
        ["acme/app/nightly.yml", "acme/web/nightly.yml"]
    );
}

#[tokio::test]
async fn what_was_proposed_for_a_repository_that_is_left_out_is_taken_back() {
    let mut estate = Estate::with(PROPOSES, |world| nightlies(world, &["app"])).await;
    estate.settle().await;
    estate.town.rest().await;
    assert_eq!(estate.town.open_pulls().len(), 1);
    estate
        .town
        .declare("mine", &PINNED.replace("PullRequest", "Observe"));

    later(&mut estate).await;

    estate.town.rest().await;
    assert_eq!(estate.town.open_pulls().len(), 0, "closed with its object");
}

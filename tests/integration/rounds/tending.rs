//! An open pull request follows what is wished, in place.

use cronwright::domain::Seconds;

use super::town::{FILE, NIGHTLY, PINNED, Town};

async fn with_an_open_pull() -> Town {
    let mut town = Town::new().await;
    town.declare("nightly", PINNED);
    town.rest().await;
    town
}

#[tokio::test]
async fn a_base_that_moved_is_taken_in_without_a_second_pull_request() {
    let mut town = with_an_open_pull().await;
    let branch = town.pulls()[0].head_branch.clone();
    let moved = NIGHTLY.replace("name: Nightly", "name: Every night");
    town.push("main", FILE, &moved);
    town.pass(Seconds::hours(2)).await;
    let [pull] = &town.pulls()[..] else {
        panic!("{:?}", town.pulls())
    };
    assert!(pull.open);
    assert_eq!(
        town.file(&branch, FILE),
        moved.replace("0 3 * * *", "17 2 * * *")
    );
    assert_eq!(
        town.events("nightly"),
        ["PullRequestOpened", "PullRequestUpdated"]
    );
    // It merges without a conflict, and nothing but the cron differs.
    town.on(|world| world.merge(&super::town::app(), 1))
        .unwrap();
    assert_eq!(
        town.file("main", FILE),
        moved.replace("0 3 * * *", "17 2 * * *")
    );
}

#[tokio::test]
async fn another_plan_updates_the_pull_request_under_its_number() {
    let mut town = with_an_open_pull().await;
    let branch = town.pulls()[0].head_branch.clone();
    town.declare("nightly", &PINNED.replace("17 2", "41 4"));
    town.rest().await;
    let [pull] = &town.pulls()[..] else {
        panic!("{:?}", town.pulls())
    };
    assert!(pull.title.contains("41 4"), "{}", pull.title);
    assert_eq!(pull.body.matches("<!-- cronwright change=").count(), 1);
    assert!(town.file(&branch, FILE).contains("'41 4 * * *'"));
}

#[tokio::test]
async fn a_moot_pull_request_is_closed_with_a_comment_and_its_branch_is_gone() {
    let mut town = with_an_open_pull().await;
    let branch = town.pulls()[0].head_branch.clone();
    town.push("main", FILE, &NIGHTLY.replace("0 3 * * *", "17 2 * * *"));
    town.pass(Seconds::hours(2)).await;
    let [pull] = &town.pulls()[..] else {
        panic!("{:?}", town.pulls())
    };
    assert!(!pull.open && !pull.merged);
    assert_eq!(pull.comments.len(), 1);
    assert!(!town.has_branch(&branch));
    assert_eq!(town.condition("nightly", "InSync"), "True/AsWished");
    assert_eq!(
        town.status("nightly").pull_request.clone().unwrap().label,
        "#1 withdrawn"
    );
}

#[tokio::test]
async fn what_we_withdrew_ourselves_may_be_proposed_again() {
    let mut town = with_an_open_pull().await;
    town.declare(
        "nightly",
        &PINNED.replace("mode: PullRequest", "mode: Recommend"),
    );
    town.rest().await;
    assert!(town.open_pulls().is_empty());
    town.declare("nightly", PINNED);
    town.rest().await;
    assert_eq!(town.open_pulls().len(), 1);
    assert_eq!(town.pulls().len(), 2);
}

#[tokio::test]
async fn two_workers_on_one_object_make_one_pull_request() {
    for other_first in [false, true] {
        let mut town = Town::new().await;
        town.declare("nightly", PINNED);
        let (ours, theirs) = (town.site.clone(), town.observatory());
        town.round_of_one(&ours).await;
        town.round_of_one(&theirs).await;
        let objects = (town.object("nightly"), town.object("nightly"), town.now());
        let one = cronwright::round::workflow_schedule_round(
            &objects.0,
            &ours,
            async || Ok(()),
            objects.2,
        );
        let two = cronwright::round::workflow_schedule_round(
            &objects.1,
            &theirs,
            async || Ok(()),
            objects.2,
        );
        if other_first {
            tokio::join!(two, one);
        } else {
            tokio::join!(one, two);
        }
        town.everybody_is_due();
        town.rest().await;
        assert_eq!(town.pulls().len(), 1, "{:?}", town.pulls());
        assert_eq!(town.open_pulls().len(), 1);
    }
}

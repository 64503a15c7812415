//! What strangers propose from forks is never taken for ours, whatever its branch is called and whatever its text says.

use cronwright::{
    domain::Seconds,
    simulate::{ForkProposal, PullView},
};

use super::town::{FILE, NIGHTLY, PINNED, Town, app};

/// A stranger's copy of one of our pull requests: the same branch name and text, from a fork.
async fn copied(town: &Town, ours: &PullView) -> u64 {
    let bytes = NIGHTLY.replace("0 3", "6 6").into_bytes();
    let proposal = ForkProposal {
        owner: "mallory".to_owned(),
        branch: ours.head_branch.clone(),
        file: (FILE.to_owned(), bytes),
        title: ours.title.clone(),
        body: ours.body.clone(),
    };
    town.on(|world| world.propose_from_fork(&app(), proposal))
        .unwrap()
}

/// What ours looks like, taken from a town of the same make.
async fn ours() -> PullView {
    let mut town = Town::new().await;
    town.declare("nightly", PINNED);
    town.rest().await;
    town.open_pulls().remove(0)
}

#[tokio::test]
async fn an_open_copy_of_our_pull_request_from_a_fork_does_not_stand_in_for_it() {
    let mut town = Town::new().await;
    let copy = copied(&town, &ours().await).await;
    town.declare("nightly", PINNED);
    town.rest().await;
    let status = town.status("nightly").pull_request.clone().unwrap();
    assert_ne!(status.number, i64::try_from(copy).unwrap());
    assert_eq!(town.condition("nightly", "InSync"), "False/PullRequestOpen");
    assert_eq!(town.open_pulls().len(), 2);
}

#[tokio::test]
async fn a_copy_that_a_person_closed_or_whose_fork_is_gone_is_no_no_to_ours() {
    for is_gone in [false, true] {
        let mut town = Town::new().await;
        let copy = copied(&town, &ours().await).await;
        town.on(|world| world.close(&app(), copy)).unwrap();
        if is_gone {
            town.on(|world| world.delete_fork(&app(), copy)).unwrap();
        }
        town.declare("nightly", PINNED);
        town.rest().await;
        assert_eq!(town.condition("nightly", "InSync"), "False/PullRequestOpen");
    }
}

#[tokio::test]
async fn a_copy_beside_our_open_pull_request_is_left_alone() {
    let mut town = Town::new().await;
    town.declare("nightly", PINNED);
    town.rest().await;
    let ours = town.open_pulls().remove(0);
    let copy = copied(&town, &ours).await;
    town.declare("nightly", &PINNED.replace("17 2", "41 4"));
    town.rest().await;
    town.pass(Seconds::hours(2)).await;
    town.delete("nightly");
    town.rest().await;

    let pulls = town.pulls();
    let of = |number: u64| pulls.iter().find(|pull| pull.number == number).unwrap();
    assert!(!of(ours.number).open);
    assert!(of(copy).open && of(copy).comments.is_empty());
    assert_eq!(of(copy).body, ours.body);
}

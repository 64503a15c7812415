//! Repositories and files that go, come back, or are called otherwise.

use cronwright::{domain::Seconds, simulate::NewRepository};

use super::town::{FILE, NIGHTLY, PINNED, Town};

#[tokio::test]
async fn a_repository_that_appears_later_is_taken_up() {
    let mut town = Town::with(|_| {}).await;
    town.declare("nightly", PINNED);
    town.rest().await;
    assert_eq!(town.condition("nightly", "Ready"), "False/NotFound");
    town.on(|world| super::town::add(world, "app", &[(FILE, NIGHTLY)]));
    town.pass(Seconds::minutes(20)).await;
    town.rest().await;
    assert_eq!(town.open_pulls().len(), 1);
}

#[tokio::test]
async fn an_archived_repository_stalls_and_is_left_alone() {
    let mut town = Town::with(|world| {
        let new = NewRepository::new(super::town::app(), &[(FILE, NIGHTLY)]);
        world
            .add_repository(NewRepository {
                archived: true,
                ..new
            })
            .unwrap();
    })
    .await;
    town.declare("nightly", PINNED);
    town.rest().await;
    assert_eq!(town.condition("nightly", "Stalled"), "True/Archived");
    assert_eq!(town.on(|world| world.requests().writes().len()), 0);
}

#[tokio::test]
async fn a_workflow_file_that_is_missing_stalls_until_it_is_there() {
    let mut town =
        Town::with(|world| super::town::add(world, "app", &[("README.md", "x\n")])).await;
    town.declare("nightly", PINNED);
    town.rest().await;
    assert_eq!(town.condition("nightly", "Stalled"), "True/WorkflowMissing");
    town.push("main", FILE, NIGHTLY);
    town.pass(Seconds::hours(2)).await;
    assert_eq!(town.condition("nightly", "Stalled"), "");
    assert_eq!(town.open_pulls().len(), 1);
}

#[tokio::test]
async fn a_file_that_becomes_invalid_is_told_and_recovers() {
    let mut town = Town::new().await;
    town.declare("nightly", &PINNED.replace("PullRequest", "Recommend"));
    town.rest().await;
    town.push("main", FILE, "on: [\n");
    town.pass(Seconds::hours(2)).await;
    assert_eq!(town.condition("nightly", "Stalled"), "True/Unreadable");
    town.push("main", FILE, NIGHTLY);
    town.pass(Seconds::hours(2)).await;
    assert_eq!(town.condition("nightly", "InSync"), "False/Recommended");
}

#[tokio::test]
async fn a_default_branch_of_another_name_is_the_base() {
    let mut town = Town::with(|world| {
        let new = NewRepository::new(super::town::app(), &[(FILE, NIGHTLY)]);
        world
            .add_repository(NewRepository {
                default_branch: "trunk".to_owned(),
                ..new
            })
            .unwrap();
    })
    .await;
    town.declare("nightly", PINNED);
    town.rest().await;
    town.on(|world| world.merge(&super::town::app(), 1))
        .unwrap();
    assert!(town.file("trunk", FILE).contains("17 2 * * *"));
}

#[tokio::test]
async fn a_file_that_nobody_can_read_does_not_keep_its_neighbours_waiting() {
    use cronwright::simulate::{Fault, FaultKind};
    let mut town = Town::with(|world| {
        super::town::add(
            world,
            "app",
            &[(FILE, NIGHTLY), (".github/workflows/odd.yml", NIGHTLY)],
        );
    })
    .await;
    let forbidden = FaultKind::Status {
        status: 500,
        retry_after_seconds: None,
    };
    town.fault(Fault::always(
        "contents/.github/workflows/odd.yml",
        forbidden,
    ));
    town.declare("odd", &PINNED.replace("nightly.yml", "odd.yml"));
    town.declare("nightly", PINNED);
    town.pass(Seconds::minutes(30)).await;
    assert_eq!(town.open_pulls().len(), 1);
    assert_eq!(town.condition("odd", "Ready"), "False/GitHubUnavailable");
}

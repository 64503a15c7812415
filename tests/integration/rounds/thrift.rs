//! What looking costs.

use cronwright::{
    domain::Seconds,
    simulate::{Behaviour, World},
};

use super::town::{FILE, NIGHTLY, PINNED, Town, add, workflow};

const OBSERVED: &str = "
connectionRef: {name: acme}
repository: acme/app
workflow: w0.yml
policy: {mode: Observe}
";

fn files(count: usize) -> Vec<(String, String)> {
    // Monthly, so that nothing runs while the requests are counted.
    let text = |index: usize| NIGHTLY.replace("0 3 * * *", &format!("{index} 3 28 * *"));
    (0..count)
        .map(|index| (format!(".github/workflows/w{index}.yml"), text(index)))
        .collect()
}

fn build(world: &mut World, count: usize) {
    let files = files(count);
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    add(world, "app", &files);
    for index in 0..count {
        let behaviour = Behaviour::fixed(Seconds::minutes(3));
        world.behave(&workflow(&format!("w{index}.yml")), behaviour);
    }
    world.backfill(60);
}

#[tokio::test]
async fn an_unchanged_repository_costs_one_conditional_request_an_interval_whatever_the_number_of_its_workflows()
 {
    for count in [1, 5, 20] {
        let mut town = Town::with(|world| build(world, count)).await;
        for index in 0..count {
            town.declare(
                &format!("w{index}"),
                &OBSERVED.replace("w0", &format!("w{index}")),
            );
        }
        town.rest().await;
        town.clear_requests();
        town.pass(Seconds::minutes(5 * 24)).await;
        let (ours, fresh) = town.on(|world| {
            let log = world.requests().log().iter();
            let of_repository: Vec<_> = log.filter(|one| one.path.contains("/acme/app")).collect();
            let fresh = of_repository.iter().filter(|one| one.status != 304).count();
            (of_repository.len(), fresh)
        });
        assert_eq!((ours, fresh), (24, 0), "{count} workflows");
    }
}

#[tokio::test]
async fn twenty_objects_declared_together_look_at_their_repository_once() {
    let mut town = Town::with(|world| build(world, 20)).await;
    for index in 0..20 {
        town.declare(
            &format!("w{index}"),
            &OBSERVED.replace("w0", &format!("w{index}")),
        );
    }
    town.round().await;
    let listings = town.on(|world| {
        let log = world.requests().log().iter();
        log.filter(|one| one.path == "/repos/acme/app").count()
    });
    assert_eq!(listings, 1);
}

#[tokio::test]
async fn a_workflow_that_is_switched_off_without_a_push_is_noticed() {
    let mut town = Town::with(|world| add(world, "app", &[(FILE, NIGHTLY)])).await;
    town.declare("nightly", &PINNED.replace("PullRequest", "Observe"));
    town.rest().await;
    town.on(|world| world.disable_workflow(&super::town::nightly()))
        .unwrap();
    town.pass(Seconds::hours(2)).await;
    assert_eq!(town.condition("nightly", "OnTime"), "False/Disabled");
}

#[tokio::test]
async fn a_repository_that_does_not_exist_is_asked_for_once_an_interval() {
    let mut town = Town::new().await;
    for index in 0..5 {
        let spec = PINNED
            .replace("acme/app", "acme/gone")
            .replace("nightly", &format!("w{index}"));
        town.declare(&format!("w{index}"), &spec);
    }
    town.rest().await;
    assert_eq!(town.condition("w0", "Ready"), "False/NotFound");
    town.clear_requests();
    town.pass(Seconds::minutes(60)).await;
    let asked = town.on(|world| {
        let log = world.requests().log().iter();
        log.filter(|one| one.path.contains("gone")).count()
    });
    assert!(asked <= 13, "{asked} requests in twelve intervals");
}

//! A platform slows down: each workflow says so once, the connection says it once for all, and both take it back.

use cronwright::{
    domain::{Seconds, WorkflowId},
    simulate::{Behaviour, World},
};

use super::town::{FILE, NIGHTLY, Town, add};

const REPOSITORIES: [&str; 3] = ["app", "docs", "web"];

fn nightly(repository: &str) -> WorkflowId {
    WorkflowId {
        repository: format!("acme/{repository}").parse().unwrap(),
        file: "nightly.yml".parse().unwrap(),
    }
}

/// Every nightly takes so many minutes from now on.
fn take(world: &mut World, minutes: u64) {
    for repository in REPOSITORIES {
        world.behave(
            &nightly(repository),
            Behaviour::fixed(Seconds::minutes(minutes)),
        );
    }
}

/// Three repositories whose nightlies have taken twelve minutes for a month, observed.
async fn steady() -> Town {
    let mut town = Town::with(|world| {
        for repository in REPOSITORIES {
            add(world, repository, &[(FILE, NIGHTLY)]);
        }
        take(world, 12);
        world.backfill(40);
    })
    .await;
    for repository in REPOSITORIES {
        let spec = format!(
            "{{connectionRef: {{name: acme}}, repository: acme/{repository}, workflow: nightly.yml, policy: {{mode: Observe}}}}"
        );
        town.declare(repository, &spec);
    }
    town.rest().await;
    town
}

/// Nights pass, with a look at each after it.
async fn nights(town: &mut Town, count: u32) {
    for _ in 0..count {
        let next = town.now() + Seconds::days(1).to_delta();
        town.on(|world| world.advance_to(next));
        town.everybody_is_due();
        town.rest().await;
    }
}

fn told(town: &Town) -> Vec<usize> {
    let slower = |name: &str| {
        town.events(name)
            .iter()
            .filter(|one| **one == "Slower")
            .count()
    };
    REPOSITORIES.iter().map(|name| slower(name)).collect()
}

#[tokio::test]
async fn a_platform_that_slows_down_is_one_incident_told_once_and_taken_back() {
    let mut town = steady().await;
    nights(&mut town, 1).await;
    assert_eq!(town.condition("app", "Anomalous"), "False/Usual");

    town.on(|world| take(world, 24));
    nights(&mut town, 4).await;
    for name in REPOSITORIES {
        assert_eq!(town.condition(name, "Anomalous"), "True/Slower");
        assert_eq!(town.condition(name, "Ready"), "True/Observed");
    }
    let message = town.message("app", "Anomalous");
    assert!(
        message.starts_with("runs by schedule take 24m instead of 12m since "),
        "{message}"
    );
    let anomalies = &town.status("app").anomalies;
    assert_eq!((anomalies.len(), anomalies[0].kind.as_str()), (1, "Slower"));
    assert_eq!(told(&town), [1, 1, 1]);
    let incidents = &town.connection.incidents;
    assert_eq!((incidents.len(), incidents[0].workflows), (1, 3));
    assert!(
        incidents[0]
            .message
            .starts_with("3 workflows of acme became slower at about ")
    );
    let shared = |town: &Town| {
        town.connection_events
            .iter()
            .map(|one| one.reason.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(shared(&town), ["Slower"]);

    // Neither more looks nor another process tell it again.
    let status = town.status("app").clone();
    town.rest().await;
    town.restart().await;
    town.rest().await;
    assert_eq!(town.status("app"), &status);
    assert_eq!(
        (told(&town), shared(&town)),
        (vec![1, 1, 1], vec!["Slower".to_owned()])
    );

    town.on(|world| take(world, 12));
    nights(&mut town, 7).await;
    assert_eq!(town.condition("app", "Anomalous"), "False/Returned");
    let message = town.message("app", "Anomalous");
    assert!(message.ends_with("it is as before again"), "{message}");
    assert_eq!(town.status("app").anomalies, []);
    assert_eq!(town.connection.incidents, []);
}

#[tokio::test]
async fn what_stays_otherwise_becomes_usual() {
    let mut town = steady().await;
    town.on(|world| world.behave(&nightly("docs"), Behaviour::fixed(Seconds::minutes(30))));
    nights(&mut town, 5).await;
    assert_eq!(town.condition("docs", "Anomalous"), "True/Slower");
    assert_eq!(town.condition("app", "Anomalous"), "False/Usual");
    assert_eq!(town.connection.incidents, []);

    nights(&mut town, 18).await;
    assert_eq!(town.condition("docs", "Anomalous"), "False/Adapted");
}

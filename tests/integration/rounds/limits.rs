//! Limits, credentials and permissions: told as conditions, obeyed, and recovered from.

use cronwright::{
    domain::Seconds,
    simulate::{Behaviour, FaultKind, Level, Permissions},
};

use super::town::{FILE, NIGHTLY, PINNED, Town, add, nightly};

const MINUTE: chrono::TimeDelta = chrono::TimeDelta::minutes(1);

#[tokio::test]
async fn a_secondary_limit_is_obeyed_to_the_second() {
    let mut town = Town::new().await;
    town.once(
        "GET /repos/acme/app",
        FaultKind::Status {
            status: 403,
            retry_after_seconds: Some(600),
        },
    );
    town.declare("nightly", PINNED);
    town.round().await;
    let asked = town.requests();
    assert!(town.condition("nightly", "Ready").ends_with("/RateLimited"));
    town.pass(Seconds(599)).await;
    assert_eq!(town.requests(), asked);
    town.rest().await;
    assert_eq!(town.condition("nightly", "Ready"), "True/Observed");
    assert_eq!(town.open_pulls().len(), 1);
}

#[tokio::test]
async fn a_primary_limit_is_waited_out() {
    let mut town = Town::new().await;
    town.once("GET /repos/acme/app", FaultKind::RateLimited);
    town.declare("nightly", PINNED);
    town.round().await;
    let asked = town.requests();
    assert!(town.condition("nightly", "Ready").ends_with("/RateLimited"));
    town.pass(Seconds::minutes(50)).await;
    assert_eq!(town.requests(), asked);
    town.pass(Seconds::minutes(20)).await;
    town.rest().await;
    assert_eq!(town.open_pulls().len(), 1);
}

#[tokio::test]
async fn a_revoked_token_stalls_keeps_what_is_known_and_recovers_with_another() {
    let mut town = Town::with(|world| {
        add(world, "app", &[(FILE, NIGHTLY)]);
        world.behave(&nightly(), Behaviour::fixed(Seconds::minutes(12)));
        world.backfill(40);
    })
    .await;
    town.declare("nightly", PINNED);
    town.rest().await;
    let before = town.status("nightly").clone();
    town.on(|world| world.revoke_token(super::town::TOKEN));
    town.pass(Seconds::hours(1)).await;
    assert_eq!(
        town.condition("nightly", "Ready"),
        "False/CredentialsRefused"
    );
    let now = town.status("nightly");
    assert_eq!(
        (&now.prediction, &now.pull_request, &now.current_cron),
        (
            &before.prediction,
            &before.pull_request,
            &before.current_cron
        )
    );
    let ready = cronwright::api::condition::find(&town.connection.conditions, "Ready").unwrap();
    assert_eq!(ready.reason, "CredentialsRefused");

    town.on(|world| world.add_token("github_pat_new", "ada", Permissions::all()));
    town.use_token("github_pat_new");
    town.everybody_is_due();
    town.rest().await;
    assert_eq!(town.condition("nightly", "Ready"), "True/Observed");
    assert_eq!(town.pulls().len(), 1);
}

#[tokio::test]
async fn a_missing_permission_is_named_and_leaves_no_half_made_branch_in_the_way() {
    let mut town = Town::new().await;
    let poor = Permissions {
        workflows: Level::None,
        ..Permissions::all()
    };
    town.on(|world| world.add_token("github_pat_poor", "ada", poor));
    town.use_token("github_pat_poor");
    town.declare("nightly", PINNED);
    town.rest().await;
    assert_eq!(
        town.condition("nightly", "Ready"),
        "False/PermissionMissing"
    );
    let message = town.message("nightly", "Ready");
    assert!(message.contains("workflows"), "{message}");
    assert!(town.pulls().is_empty());

    town.use_token(super::town::TOKEN);
    town.everybody_is_due();
    town.rest().await;
    assert_eq!(town.open_pulls().len(), 1);
    assert_eq!(town.condition("nightly", "Ready"), "True/Observed");
}

#[tokio::test]
async fn a_dozen_pull_requests_at_once_keep_the_pace_of_writes_and_lose_nothing() {
    const MANY: usize = 12;
    let mut town = Town::with(|world| {
        for index in 0..MANY {
            add(world, &format!("r{index}"), &[(FILE, NIGHTLY)]);
        }
    })
    .await;
    for index in 0..MANY {
        town.declare(
            &format!("r{index}"),
            &PINNED.replace("acme/app", &format!("acme/r{index}")),
        );
    }
    town.rest().await;
    for index in 0..MANY {
        let pulls = town.pulls_of(&format!("acme/r{index}").parse().unwrap());
        assert_eq!(pulls.len(), 1, "r{index}");
        assert_eq!(pulls[0].labels, ["ci"], "r{index}");
        assert_eq!(pulls[0].reviewers, ["grace"], "r{index}");
    }
}

#[tokio::test]
async fn the_first_look_at_a_large_fleet_asks_no_more_in_any_minute_than_github_grants() {
    let count = 150;
    let mut town = Town::with(|world| {
        for index in 0..count {
            add(world, &format!("r{index}"), &[(FILE, NIGHTLY)]);
        }
    })
    .await;
    for index in 0..count {
        let spec = PINNED.replace("acme/app", &format!("acme/r{index}"));
        town.declare(
            &format!("w{index}"),
            &spec.replace("PullRequest", "Observe"),
        );
    }
    town.pass(Seconds::minutes(10)).await;
    let at: Vec<_> = town.on(|world| world.requests().log().iter().map(|one| one.at).collect());
    assert!(at.len() > 900, "{} requests are no crowd", at.len());
    let in_the_minute_from = |begin: &_| {
        at.iter()
            .filter(|at| (*begin..*begin + MINUTE).contains(*at))
            .count()
    };
    let fullest = at.iter().map(in_the_minute_from).max();
    assert!(fullest <= Some(900), "{fullest:?}");
}

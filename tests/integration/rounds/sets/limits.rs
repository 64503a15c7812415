//! Limits across a set, on the pull requests that are really opened.

use cronwright::{
    decide::ration::Limits,
    domain::Seconds,
    simulate::{Fault, FaultKind},
};

use super::estate::{Estate, PROPOSES, nightlies};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// A set whose four workflows all want a pull request, within limits.
async fn estate(limits: &str) -> Estate {
    let mut estate = Estate::with(PROPOSES, |world| nightlies(world, &NAMES)).await;
    estate.town.limits = Some(Limits::read(&serde_saphyr::from_str(limits).unwrap()).unwrap());
    estate.settle().await;
    estate
}

/// The repositories with an open pull request.
fn open(estate: &Estate) -> Vec<&'static str> {
    let is_open = |name: &&&str| {
        let pulls = estate
            .town
            .pulls_of(&format!("acme/{name}").parse().unwrap());
        pulls.iter().any(|pull| pull.open)
    };
    NAMES.iter().filter(is_open).copied().collect()
}

/// Why changes are not there yet, each reason once.
fn waiting(estate: &Estate) -> Vec<String> {
    let names = estate.town.residents.keys();
    let mut reasons: Vec<_> = names
        .map(|name| estate.town.condition(name, "InSync"))
        .filter(|reason| reason.contains("Waits"))
        .collect();
    reasons.sort();
    reasons.dedup();
    reasons
}

#[tokio::test]
async fn no_more_are_open_at_once_than_the_set_may_have_and_a_merge_makes_room() {
    let mut estate = estate("{openPullRequests: 2, pullRequestsPerHour: 9}").await;
    estate.town.pass(Seconds::minutes(30)).await;
    let first = open(&estate);
    assert_eq!(first.len(), 2);
    assert_eq!(waiting(&estate), ["False/WaitsForOpenPullRequests"]);
    estate.round().await;
    let told = estate.status.pull_requests;
    assert_eq!((told.open, told.waiting), (2, 2));

    let merged = format!("acme/{}", first[0]).parse().unwrap();
    estate.town.on(|world| world.merge(&merged, 1)).unwrap();
    estate.town.pass(Seconds::minutes(30)).await;

    let second = open(&estate);
    assert_eq!(second.len(), 2);
    assert!(
        !second.contains(&first[0]) && second.contains(&first[1]),
        "{second:?}"
    );
}

#[tokio::test]
async fn an_hour_sees_so_many_and_the_next_hour_the_next() {
    let mut estate = estate("{pullRequestsPerHour: 1}").await;
    estate.town.pass(Seconds::minutes(50)).await;
    assert_eq!(
        (open(&estate).len(), waiting(&estate)),
        (1, vec!["False/WaitsForHour".to_owned()])
    );
    estate.town.pass(Seconds::minutes(60)).await;
    assert_eq!(open(&estate).len(), 2);
}

#[tokio::test]
async fn what_was_opened_and_never_written_down_counts_all_the_same() {
    let mut estate = Estate::with(PROPOSES, |world| nightlies(world, &NAMES)).await;
    let limits = serde_saphyr::from_str("{pullRequestsPerHour: 1}").unwrap();
    estate.town.limits = Some(Limits::read(&limits).unwrap());
    // GitHub opens it, and nobody hears of that.
    estate
        .town
        .once("POST /repos/acme/a/pulls", FaultKind::LostAnswer);
    estate.settle().await;

    estate.town.pass(Seconds::minutes(50)).await;

    assert_eq!(open(&estate), ["a"]);
    estate.town.pass(Seconds::minutes(30)).await;
    assert_eq!(open(&estate).len(), 2);
}

#[tokio::test]
async fn what_github_refused_to_open_takes_no_place_of_the_hour() {
    let mut estate = Estate::with(PROPOSES, |world| nightlies(world, &NAMES)).await;
    let limits = serde_saphyr::from_str("{pullRequestsPerHour: 1}").unwrap();
    estate.town.limits = Some(Limits::read(&limits).unwrap());
    let refused = FaultKind::Status {
        status: 422,
        retry_after_seconds: None,
    };
    estate
        .town
        .fault(Fault::always("POST /repos/acme/a/pulls", refused));
    estate.settle().await;

    estate.town.pass(Seconds::minutes(50)).await;

    assert_eq!(open(&estate).len(), 1);
}

#[tokio::test]
async fn a_restart_does_not_begin_a_new_hour() {
    let mut estate = estate("{pullRequestsPerHour: 1}").await;
    estate.town.pass(Seconds::minutes(10)).await;
    estate.town.restart().await;
    estate.town.pass(Seconds::minutes(30)).await;
    assert_eq!(open(&estate).len(), 1);
}

#[tokio::test]
async fn outside_of_the_window_nothing_is_opened_and_inside_of_it_everything() {
    // The world begins at 06:00 UTC.
    let mut estate = estate(
        "{pullRequestsPerHour: 9, windows: [{from: '09:00', to: '17:00'}], timeZone: Europe/Berlin}",
    )
    .await;
    estate.town.pass(Seconds::minutes(40)).await;
    assert_eq!(
        (open(&estate).len(), waiting(&estate)),
        (0, vec!["False/WaitsForWindow".to_owned()])
    );
    estate.town.pass(Seconds::minutes(60)).await;
    assert_eq!(open(&estate).len(), 4);
}

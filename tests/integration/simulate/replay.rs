//! Recorded histories, replayed.

use cronwright::{
    domain::{Conclusion, Seconds},
    simulate::Behaviour,
};

use super::{Site, app, nightly};

#[test]
fn recorded_runs_are_replayed_in_order() {
    let site = Site::new();
    let text = "repo,workflow,conclusion,duration_s\na/b,n,success,60\na/b,n,failure,7\n";
    let recorded = cronwright::simulate::read_runs(text)
        .unwrap()
        .remove("a/b n")
        .unwrap();
    let mut world = site.world.lock().unwrap();
    world.behave(&nightly(), Behaviour::replayed(recorded));
    world.advance(Seconds::days(3));
    let ends: Vec<_> = world
        .runs(&app())
        .unwrap()
        .iter()
        .map(|run| run.conclusion.unwrap())
        .collect();
    assert_eq!(
        ends,
        [
            Conclusion::Success,
            Conclusion::Failure,
            Conclusion::Success
        ]
    );
}

/// Recorded runs of public repositories, where they are at hand.
fn recorded_text() -> Option<String> {
    use std::io::Read as _;
    let folder = std::env::var("CRONWRIGHT_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
    let file = std::fs::File::open(std::path::Path::new(&folder).join("runs.csv.gz")).ok()?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .ok()?;
    Some(text)
}

#[test]
fn recorded_histories_of_real_repositories_can_be_replayed_where_they_are_at_hand() {
    let Some(text) = recorded_text() else { return };
    let histories = cronwright::simulate::read_runs(&text).unwrap();
    let long = histories
        .values()
        .filter(|history| history.len() >= 50)
        .count();
    assert!(long > 50, "{long}");
}

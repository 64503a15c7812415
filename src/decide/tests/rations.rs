//! The limits of a set: who may open a pull request, and who waits for what.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::{collection::vec, prelude::*};

use super::support::{now, object, seen};
use crate::{
    api::Mode,
    decide::{
        Object, decide,
        pull::PullStanding,
        ration::{Limits, Ration, Tally, Throttle, is_waiting},
    },
    domain::{Seconds, Timestamp, WorkflowId},
};

fn limits(text: &str) -> Limits {
    Limits::read(&serde_saphyr::from_str(text).unwrap()).unwrap()
}

fn id(repository: usize, file: usize) -> WorkflowId {
    WorkflowId {
        repository: format!("acme/r{repository}").parse().unwrap(),
        file: format!("w{file}.yml").parse().unwrap(),
    }
}

fn ration(text: &str, change: impl FnOnce(&mut Tally)) -> Ration {
    let mut tally = Tally::default();
    change(&mut tally);
    Ration {
        limits: Some(limits(text)),
        tally,
    }
}

fn ago(minutes: i64) -> Timestamp {
    now() - TimeDelta::minutes(minutes)
}

#[test]
fn without_anything_open_the_first_may_open_one() {
    assert_eq!(ration("{}", |_| ()).admits(&id(0, 0), now()), Ok(()));
}

#[test]
fn as_many_are_open_as_may_be() {
    let full = ration("{openPullRequests: 2}", |tally| {
        tally.open.insert(id(1, 0));
        tally.opened.push((ago(5), id(2, 0)));
    });
    let waits = Err(Throttle::WaitsForOpenPullRequests(2));
    assert_eq!(full.admits(&id(0, 0), now()), waits);
    assert_eq!(
        full.admits(&id(0, 0), now() + TimeDelta::minutes(5)),
        Ok(()),
        "closed since"
    );
}

#[test]
fn one_repository_has_one_at_a_time() {
    let one = ration("{}", |tally| {
        tally.open.insert(id(0, 1));
    });
    assert_eq!(
        one.admits(&id(0, 0), now()),
        Err(Throttle::WaitsForRepository(1))
    );
    assert_eq!(one.admits(&id(1, 0), now()), Ok(()));
}

#[test]
fn an_hour_has_so_many_and_tells_when_the_next_may_come() {
    let two = ration("{}", |tally| {
        tally.opened = vec![(ago(50), id(1, 0)), (ago(20), id(2, 0))];
    });
    let until = Some(ago(-10));
    assert_eq!(
        two.admits(&id(0, 0), now()),
        Err(Throttle::WaitsForHour(2, until))
    );
    assert_eq!(two.admits(&id(0, 0), ago(-10)), Ok(()));
    let none = ration("{pullRequestsPerHour: 0}", |_| ());
    assert_eq!(
        none.admits(&id(0, 0), now()),
        Err(Throttle::WaitsForHour(0, None))
    );
}

#[test]
fn a_window_is_waited_for_in_its_time_zone() {
    let text = "{timeZone: Europe/Berlin, windows: [{days: [Mon, Tue], from: '09:00', to: '11:00'}, {from: '22:00', to: '02:00'}]}";
    let windows = ration(text, |_| ());
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    // 2026-06-01 is a Monday; Berlin is two hours ahead.
    for open in [
        "2026-06-01T07:00:00Z",
        "2026-06-01T20:00:00Z",
        "2026-06-01T23:59:59Z",
    ] {
        assert_eq!(windows.admits(&id(0, 0), at(open)), Ok(()), "{open}");
    }
    for (closed, next) in [
        ("2026-06-01T09:00:00Z", "2026-06-01T20:00:00Z"),
        ("2026-06-02T00:00:00Z", "2026-06-02T07:00:00Z"),
        ("2026-06-03T07:00:00Z", "2026-06-03T20:00:00Z"),
    ] {
        let waits = Err(Throttle::WaitsForWindow(Some(at(next))));
        assert_eq!(windows.admits(&id(0, 0), at(closed)), waits, "{closed}");
    }
}

#[test]
fn who_has_waited_for_longer_comes_first() {
    let row = ration("{openPullRequests: 1}", |tally| {
        tally.waiting = BTreeSet::from([(ago(9), id(1, 0)), (ago(3), id(2, 0))]);
    });
    assert_eq!(row.admits(&id(1, 0), now()), Ok(()));
    assert_eq!(row.admits(&id(2, 0), now()), Err(Throttle::WaitsForTurn));
    assert_eq!(
        row.admits(&id(0, 0), now()),
        Err(Throttle::WaitsForTurn),
        "who comes last"
    );
}

#[test]
fn who_must_wait_for_a_repository_keeps_nobody_else_waiting() {
    let row = ration("{openPullRequests: 2}", |tally| {
        tally.open.insert(id(1, 0));
        tally.waiting = BTreeSet::from([(ago(9), id(1, 1)), (ago(3), id(2, 0))]);
    });
    assert_eq!(row.admits(&id(2, 0), now()), Ok(()));
}

#[test]
fn a_change_that_is_held_back_says_what_it_waits_for() {
    let mut object = object(Mode::PullRequest);
    object.ration = Some(ration("{openPullRequests: 0}", |_| ()));
    let decision = decide(&object, &seen(), now());
    assert_eq!(decision.effects, []);
    let waits = Throttle::WaitsForOpenPullRequests(0);
    assert_eq!(decision.pull, PullStanding::Throttled(waits));
    let end = crate::decide::conclude(&object, &seen(), &decision, &[], now());
    let told = crate::api::condition::find(&end.status.conditions, "InSync").unwrap();
    assert!(is_waiting(&told.reason), "{told:?}");
    assert!(told.message.contains("limits.openPullRequests"), "{told:?}");
}

#[test]
fn who_waits_for_an_instant_looks_again_just_after_it() {
    let mut object = object(Mode::PullRequest);
    let interval = object.wish.as_ref().unwrap().interval;
    let again = |object: &Object, now| {
        let decision = decide(object, &seen(), now);
        crate::decide::conclude(object, &seen(), &decision, &[], now).again
    };
    object.ration = Some(ration("{windows: [{from: '00:00', to: '00:01'}]}", |_| ()));
    let before_midnight = |minutes| now() + TimeDelta::days(1) - TimeDelta::minutes(minutes);
    assert_eq!(again(&object, before_midnight(2)), Seconds(121));
    assert_eq!(again(&object, before_midnight(600)), interval);
    object.ration = Some(ration("{pullRequestsPerHour: 1}", |tally| {
        tally.opened = vec![(ago(58), id(1, 0))];
    }));
    assert_eq!(again(&object, now()), Seconds(121));
}

#[test]
fn who_was_left_behind_by_its_set_opens_nothing_and_says_what_to_do() {
    let mut object = object(Mode::PullRequest);
    object.ration = Some(Ration::nothing());
    let decision = decide(&object, &seen(), now());
    assert_eq!(decision.effects, []);
    let end = crate::decide::conclude(&object, &seen(), &decision, &[], now());
    let told = crate::api::condition::find(&end.status.conditions, "InSync").unwrap();
    assert_eq!(told.reason, "WaitsForSet");
    assert!(is_waiting(&told.reason), "{told:?}");
    assert!(told.message.contains("remove that label"), "{told:?}");
}

proptest! {
    #[test]
    fn whoever_asks_with_one_tally_no_more_are_let_through_than_there_is_room_for(
        open in vec((0_usize..4, 0_usize..3), 0..6),
        opened in vec((0_i64..90, 0_usize..4, 0_usize..3), 0..4),
        waiting in vec((0_i64..60, 0_usize..4, 0_usize..3), 0..12),
        most in 0_usize..5, hourly in 0_usize..4, each in 0_usize..3,
    ) {
        let text = format!("{{openPullRequests: {most}, pullRequestsPerHour: {hourly}, perRepository: {each}}}");
        let ration = ration(&text, |tally| {
            tally.open = open.iter().map(|(r, f)| id(*r, *f)).collect();
            tally.opened = opened.iter().map(|(at, r, f)| (ago(*at), id(*r, *f))).collect();
            let mut met = BTreeSet::new();
            tally.waiting = waiting
                .iter()
                .map(|(at, r, f)| (ago(*at), id(*r, *f)))
                .filter(|(_, one)| !tally.open.contains(one) && met.insert(one.clone()))
                .collect();
        });
        let asks: BTreeSet<_> = ration.tally.waiting.iter().map(|(_, one)| one).collect();
        let through: Vec<_> = asks.into_iter().filter(|one| ration.admits(one, now()).is_ok()).collect();
        let lately = opened.iter().filter(|(at, ..)| *at < 60).count();
        let held: BTreeSet<_> = ration.tally.open.iter().cloned()
            .chain(opened.iter().filter(|(at, ..)| *at < 10).map(|(_, r, f)| id(*r, *f)))
            .collect();
        prop_assert!(through.is_empty() || held.len() + through.len() <= most);
        prop_assert!(through.is_empty() || lately + through.len() <= hourly);
        for one in &through {
            let there = |all: &mut dyn Iterator<Item = &WorkflowId>| all.filter(|other| other.repository == one.repository).count();
            let count = there(&mut held.iter()) + there(&mut through.iter().copied());
            prop_assert!(count <= each, "{:?}", one);
        }
    }
}

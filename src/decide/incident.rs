//! What a GitHubConnection tells of its workflows' anomalies: those that many share, once.
//!
//! # Invariants
//! - An incident that was told is told until none of the workflows that it names is concerned any more, even while they are fewer than make
//!   one: who comes and goes at the edge begins nothing anew, and a stranger that changes meanwhile keeps none alive.
//! - Each incident that is told goes on from one that was told before at the most, so that the second of two begins with an event.

use std::collections::BTreeSet;

use super::conclude::{Event, EventKind};
use crate::{
    anomaly::{Alarm, Kind},
    api::{GitHubConnectionStatus, IncidentStatus},
};

/// How far apart the beginnings of one incident may be told: it is dated more exactly as more workflows run.
const SAME_HOURS: i64 = 26;
/// How many are listed, the newest first: no outage has so many, and a status is read by people.
const MOST: usize = 40;
/// How many of its workflows an incident names: the whole list must stay far below what an object may weigh.
const NAMED: usize = 20;

/// Incidents as status lists them.
pub(super) fn status(before: &[IncidentStatus], alarms: &[Alarm]) -> Vec<IncidentStatus> {
    let shared = alarms.iter().filter(|alarm| alarm.is_shared());
    let mut incidents: Vec<IncidentStatus> = shared.map(told).collect();
    let fewer = unmatched(before, &incidents);
    let mut alone: Vec<&Alarm> = alarms.iter().filter(|alarm| !alarm.is_shared()).collect();
    incidents.extend(
        fewer
            .into_iter()
            .filter_map(|one| lingering(one, &mut alone)),
    );
    incidents.sort_by(|a, b| (b.since, a).cmp(&(a.since, b)));
    incidents.truncate(MOST);
    incidents
}

fn told(alarm: &Alarm) -> IncidentStatus {
    IncidentStatus {
        kind: <&str>::from(alarm.kind).to_owned(),
        owner: alarm.owner.clone(),
        since: alarm.since,
        workflows: i64::try_from(alarm.workflows.len()).unwrap_or(i64::MAX),
        names: names(alarm).take(NAMED).collect(),
        message: alarm.to_string(),
    }
}

fn names(alarm: &Alarm) -> impl Iterator<Item = String> {
    alarm.workflows.iter().map(ToString::to_string)
}

/// An incident that holds for fewer workflows than make one, which are taken from those that are alone; none where it holds for nobody.
fn lingering(incident: &IncidentStatus, alone: &mut Vec<&Alarm>) -> Option<IncidentStatus> {
    let is_of_it = |alarm: &mut &Alarm| {
        let mut names = names(alarm);
        let is_named = names.any(|name| incident.names.contains(&name));
        // A status of an earlier version names none.
        is_same(incident, &told(alarm)) && (is_named || incident.names.is_empty())
    };
    let of_it: Vec<&Alarm> = alone.extract_if(.., is_of_it).collect();
    let first = *of_it.first()?;
    Some(told(&Alarm {
        since: incident.since,
        workflows: of_it
            .iter()
            .flat_map(|alarm| &alarm.workflows)
            .cloned()
            .collect(),
        ..first.clone()
    }))
}

fn is_same(one: &IncidentStatus, other: &IncidentStatus) -> bool {
    let apart = (one.since - other.since).num_hours().abs();
    one.kind == other.kind && one.owner == other.owner && apart <= SAME_HOURS
}

/// Those of one list that are none of the other; each of the other stands for one at the most, the nearest pairs first.
fn unmatched<'a>(each: &'a [IncidentStatus], others: &[IncidentStatus]) -> Vec<&'a IncidentStatus> {
    let indexed = |list: &'a [IncidentStatus]| list.iter().enumerate();
    let mut pairs: Vec<_> = indexed(each)
        .flat_map(|(at, one)| {
            let same = others
                .iter()
                .enumerate()
                .filter(|(_, other)| is_same(one, other));
            same.map(move |(other_at, other)| ((one.since - other.since).abs(), at, other_at))
        })
        .collect();
    pairs.sort_unstable();
    let (mut matched, mut taken) = (BTreeSet::new(), BTreeSet::new());
    for (_, at, other_at) in pairs {
        if !matched.contains(&at) && taken.insert(other_at) {
            matched.insert(at);
        }
    }
    let alone = indexed(each).filter(|(at, _)| !matched.contains(at));
    alone.map(|(_, one)| one).collect()
}

/// An event for each incident that goes on from none that status listed before.
pub(super) fn events(before: &GitHubConnectionStatus, now: &[IncidentStatus]) -> Vec<Event> {
    let new = unmatched(now, &before.incidents);
    new.into_iter().map(event).collect()
}

fn event(incident: &IncidentStatus) -> Event {
    let faster: &str = Kind::Faster.into();
    Event {
        kind: if incident.kind == faster {
            EventKind::Normal
        } else {
            EventKind::Warning
        },
        reason: incident.kind.clone(),
        message: incident.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Located, Timestamp, WorkflowId};

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + chrono::TimeDelta::hours(hour)
    }

    /// Workflows of these numbers that became slower at an hour.
    fn slower(workflows: std::ops::Range<u32>, hour: i64) -> Alarm {
        let id = |number: u32| Located {
            host: crate::domain::Host::default(),
            id: WorkflowId {
                repository: format!("acme/r{number}").parse().unwrap(),
                file: "nightly.yml".parse().unwrap(),
            },
        };
        Alarm {
            kind: Kind::Slower,
            host: crate::domain::Host::default(),
            owner: "acme".to_owned(),
            since: at(hour),
            workflows: workflows.map(id).collect(),
        }
    }

    /// What is listed and how many events that makes, round by round.
    fn rounds(each: &[Vec<Alarm>]) -> Vec<(Vec<i64>, usize)> {
        let mut before = GitHubConnectionStatus::default();
        let round = |alarms: &Vec<Alarm>| {
            let now = status(&before.incidents, alarms);
            let events = events(&before, &now).len();
            before.incidents = now;
            let sizes = before.incidents.iter().map(|one| one.workflows);
            (sizes.collect(), events)
        };
        each.iter().map(round).collect()
    }

    #[test]
    fn who_comes_and_goes_at_the_edge_of_an_incident_begins_no_other() {
        let alone = |number| slower(number..number + 1, 10);
        let told = rounds(&[
            vec![slower(0..3, 10)],
            vec![alone(0), alone(1)],
            vec![slower(0..3, 11)],
            vec![alone(2)],
            vec![],
            vec![alone(0)],
        ]);
        let listed = [vec![3], vec![2], vec![3], vec![1], vec![], vec![]];
        let expected = listed.into_iter().zip([1, 0, 0, 0, 0, 0]);
        assert_eq!(told, expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_stranger_that_changes_meanwhile_keeps_no_incident_alive_and_swallows_none() {
        let stranger = slower(77..78, 20);
        let told = rounds(&[
            vec![slower(0..5, 10)],
            vec![slower(0..5, 10), stranger.clone()],
            vec![stranger.clone()],
            vec![slower(0..5, 30), stranger],
        ]);
        let listed = [vec![5], vec![5], vec![], vec![5]];
        assert_eq!(
            told,
            listed.into_iter().zip([1, 0, 0, 1]).collect::<Vec<_>>()
        );
    }

    #[test]
    fn an_incident_names_its_workflows_and_of_many_the_first_twenty() {
        let told = status(&[], &[slower(0..3, 10), slower(10..40, 90)]);
        let named = told.iter().map(|one| one.names.len());
        assert_eq!(named.collect::<Vec<_>>(), [NAMED, 3]);
        assert_eq!(told[1].names[2], "acme/r2/nightly.yml");
    }

    #[test]
    fn a_second_incident_of_a_kind_begins_with_an_event_of_its_own_however_soon_it_comes() {
        let first = slower(0..5, 10);
        let told = rounds(&[
            vec![first.clone()],
            vec![slower(5..9, 20), first.clone()],
            vec![slower(5..10, 21), slower(0..6, 11)],
            vec![slower(5..10, 21)],
        ]);
        assert_eq!(
            told,
            [(vec![5], 1), (vec![4, 5], 1), (vec![5, 6], 0), (vec![5], 0)]
        );
    }

    #[test]
    fn no_more_are_listed_than_people_read_and_the_newest_stay() {
        let many: Vec<Alarm> = (0..60).map(|day| slower(0..4, day * 100)).collect();
        let told = status(&[], &many);
        assert_eq!(told.len(), MOST);
        assert!(told.iter().all(|one| one.since >= at(2_000)));
    }
}

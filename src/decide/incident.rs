//! What a GitHubConnection tells of its workflows' anomalies: those that many share, once.

use super::conclude::{Event, EventKind};
use crate::{
    anomaly::{Alarm, Kind},
    api::{GitHubConnectionStatus, IncidentStatus},
};

/// How far apart the beginnings of one incident may be told: it is dated more exactly as more workflows run.
const SAME_HOURS: i64 = 26;

/// Incidents as status lists them.
pub(super) fn status(alarms: &[Alarm]) -> Vec<IncidentStatus> {
    let shared = alarms.iter().filter(|alarm| alarm.is_shared());
    let incident = |alarm: &Alarm| IncidentStatus {
        kind: <&str>::from(alarm.kind).to_owned(),
        owner: alarm.owner.clone(),
        since: alarm.since,
        workflows: i64::try_from(alarm.workflows.len()).unwrap_or(i64::MAX),
        message: alarm.to_string(),
    };
    shared.map(incident).collect()
}

/// An event for each incident that status did not list before.
pub(super) fn events(before: &GitHubConnectionStatus, now: &[IncidentStatus]) -> Vec<Event> {
    let is_same = |one: &IncidentStatus, other: &IncidentStatus| {
        let apart = (one.since - other.since).num_hours().abs();
        one.kind == other.kind && one.owner == other.owner && apart <= SAME_HOURS
    };
    let is_new = |one: &&IncidentStatus| !before.incidents.iter().any(|told| is_same(told, one));
    now.iter().filter(is_new).map(event).collect()
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

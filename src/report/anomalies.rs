//! What has become otherwise, for those who tell of a whole store: alarms first, then each workflow's anomalies.

use serde::Serialize;

use super::inventory::Inventory;
use crate::{
    anomaly::{Alarm, Anomaly, Kind, alarms},
    domain::{Located, Timestamp},
};

/// Everything that is told of anomalies.
#[derive(Debug, Serialize)]
pub(crate) struct Anomalies {
    /// What holds, with what is one incident told once; the newest first.
    pub(crate) alarms: Vec<Told>,
    /// What holds, workflow by workflow; the newest first.
    pub(crate) holding: Vec<Found>,
    /// What is over; the newest first.
    pub(crate) over: Vec<Found>,
}

/// One alarm.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    #[serde(flatten)]
    pub(crate) alarm: Alarm,
    /// Whether many workflows share it.
    pub(crate) incident: bool,
    /// In words.
    pub(crate) summary: String,
}

/// One workflow's anomaly.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    pub(crate) workflow: String,
    #[serde(flatten)]
    pub(crate) anomaly: Anomaly,
    /// From what to what, in words.
    pub(crate) change: String,
}

impl Anomalies {
    /// What a store's inventory comes to.
    pub(crate) fn of(inventory: &Inventory) -> Self {
        let each = || {
            let workflows = inventory.workflows.iter();
            workflows.flat_map(|(id, known)| known.anomalies.iter().map(move |one| (id, one)))
        };
        let watched = inventory.workflows.keys();
        let watched = watched.map(|one| (&one.host, &one.id));
        let mut found: Vec<Found> = each().map(|(id, one)| Found::of(id, one)).collect();
        found.sort_by(|a, b| {
            let newest = b.anomaly.since.cmp(&a.anomaly.since);
            newest.then_with(|| (a.anomaly.kind, &a.workflow).cmp(&(b.anomaly.kind, &b.workflow)))
        });
        let (holding, over) = found.into_iter().partition(|one| one.anomaly.holds());
        Self {
            alarms: alarms(each(), watched).into_iter().map(Told::of).collect(),
            holding,
            over,
        }
    }
}

impl Told {
    fn of(alarm: Alarm) -> Self {
        Self {
            incident: alarm.is_shared(),
            summary: alarm.to_string(),
            alarm,
        }
    }
}

impl Found {
    fn of(id: &Located, anomaly: &Anomaly) -> Self {
        Self {
            workflow: id.to_string(),
            change: anomaly.change(),
            anomaly: anomaly.clone(),
        }
    }

    /// What became of it, for a cell.
    pub(crate) fn outcome(&self) -> String {
        self.anomaly.end.map_or_else(
            || "holds".to_owned(),
            |end| format!("{}: {}", day(end.at), end.how.words()),
        )
    }
}

/// A kind as a cell shows it.
pub(crate) fn word(kind: Kind) -> String {
    kind.label().replace('_', " ")
}

/// An instant as a cell shows it.
pub(crate) fn day(at: Timestamp) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

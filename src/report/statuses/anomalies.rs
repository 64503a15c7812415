//! What has become otherwise in a cluster, from its statuses: incidents as their connections tell them, then each workflow's.

use serde::Serialize;
use strum::IntoEnumIterator as _;

use super::Statuses;
use crate::{
    anomaly::Kind,
    api::workflow_schedule::status::AnomalyStatus,
    domain::{Located, Timestamp},
};

/// Everything that statuses tell of anomalies. What is over, they do not tell.
#[derive(Debug, Serialize)]
pub(crate) struct AnomaliesOfStatuses {
    /// What many workflows share; the newest first.
    pub(crate) incidents: Vec<Incident>,
    /// What holds, workflow by workflow; the newest first.
    pub(crate) holding: Vec<Holding>,
}

/// What many workflows share.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Incident {
    /// `namespace/name` of the connection that tells it.
    pub(crate) connection: String,
    pub(crate) kind: String,
    pub(crate) owner: String,
    pub(crate) since: Timestamp,
    pub(crate) workflows: i64,
    /// In words.
    pub(crate) summary: String,
}

/// One workflow's anomaly.
#[derive(Debug, Serialize)]
pub(crate) struct Holding {
    pub(crate) workflow: String,
    pub(crate) kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<String>,
    pub(crate) since: Timestamp,
    pub(crate) run: Option<i64>,
    pub(crate) noticed_at: Timestamp,
    /// From what to what, in words.
    pub(crate) change: String,
}

impl Statuses {
    /// What has become otherwise.
    pub(crate) fn anomalies(&self) -> AnomaliesOfStatuses {
        let mut holding: Vec<Holding> = self
            .acting()
            .flat_map(|told| {
                let anomalies = told.status.anomalies.iter();
                anomalies.map(|one| Holding::of(&told.workflow, one))
            })
            .collect();
        holding.sort_by(|a, b| (b.since, &a.workflow).cmp(&(a.since, &b.workflow)));
        let mut incidents = self.incidents.clone();
        incidents.sort_by(|a, b| (b.since, &a.connection).cmp(&(a.since, &b.connection)));
        AnomaliesOfStatuses { incidents, holding }
    }
}

impl Holding {
    fn of(workflow: &Located, told: &AnomalyStatus) -> Self {
        let kind = Kind::iter().find(|kind| <&str>::from(*kind) == told.kind);
        let AnomalyStatus {
            event, from, to, ..
        } = told;
        Self {
            workflow: workflow.to_string(),
            kind: told.kind.clone(),
            event: event.clone(),
            since: told.since,
            run: told.run,
            noticed_at: told.noticed_at,
            // A kind of another version has no words here.
            change: kind.map_or_else(
                || format!("{}: {to} instead of {from}", told.kind),
                |kind| kind.change(event.as_deref(), from, to),
            ),
        }
    }
}

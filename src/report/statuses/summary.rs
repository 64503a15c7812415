//! A report from statuses: the same entries and groups as from a store, and what only a cluster knows.

use serde::Serialize;
use serde_json::Value;

use super::{Statuses, Told, parse, without};
use crate::{
    api::{
        condition::{self, ConditionStatus},
        workflow_schedule::status::AnomalyStatus,
    },
    domain::{Located, Seconds},
    plan::{Action, Conflict, Impact},
    report::summary::{Entry, Group, Report, average_confidence},
};

/// What a store's report holds and no status does.
const UNKNOWN: [&str; 4] = ["timetables", "saves", "pool", "alarms"];

/// A report with what is known in a cluster alone.
#[derive(Debug)]
pub(crate) struct ReportOfStatuses {
    pub(crate) report: Report,
    /// What has become otherwise, workflow by workflow.
    pub(crate) anomalies: Vec<Otherwise>,
    pub(crate) pull_requests: Vec<PullRequest>,
    /// Objects that nothing is done for, or that wait.
    pub(crate) not_ready: Vec<NotReady>,
}

/// Something that has become otherwise about a workflow.
#[derive(Debug, Serialize)]
pub(crate) struct Otherwise {
    pub(crate) workflow: String,
    #[serde(flatten)]
    pub(crate) anomaly: AnomalyStatus,
}

/// A pull request that is or was open.
#[derive(Debug, Serialize)]
pub(crate) struct PullRequest {
    pub(crate) workflow: String,
    /// Number and state.
    pub(crate) label: String,
    pub(crate) url: String,
}

/// An object that is not ready.
#[derive(Debug, Serialize)]
pub(crate) struct NotReady {
    /// `namespace/name`.
    pub(crate) object: String,
    pub(crate) reason: String,
    pub(crate) message: String,
}

impl Statuses {
    /// The report.
    pub(crate) fn report(&self) -> ReportOfStatuses {
        let entries: Vec<Entry> = self.acting().map(entry).collect();
        let confidence = average_confidence(entries.iter().filter_map(|entry| entry.confidence));
        ReportOfStatuses {
            report: Report::of_entries(entries.len(), confidence, entries, Vec::new()),
            anomalies: self.acting().flat_map(anomalies).collect(),
            pull_requests: self.acting().filter_map(pull_request).collect(),
            not_ready: self.told.iter().filter_map(not_ready).collect(),
        }
    }
}

impl ReportOfStatuses {
    /// The report as data, without what no status holds.
    pub(crate) fn data(&self) -> Value {
        let mut data = without(&self.report, &UNKNOWN);
        data["anomalies"] = without(&self.anomalies, &[]);
        data["pull_requests"] = without(&self.pull_requests, &[]);
        data["not_ready"] = without(&self.not_ready, &[]);
        data
    }
}

pub(super) fn entry(told: &Told) -> Entry {
    let (status, forecast) = (&told.status, told.forecast());
    let accuracy = status.accuracy.as_ref();
    let demotion = accuracy
        .and_then(|accuracy| parse::accuracy(accuracy, &status.conditions).demotion)
        .filter(|_| !told.is_pinned);
    let recommendation = status.recommendation.as_ref();
    let action = recommendation.map_or(Action::None, |one| parse::action(&one.action));
    let current = parse::schedules(&status.current);
    let proposed = recommendation.map_or(&[][..], |one| &one.schedule);
    Entry {
        id: told.workflow.clone(),
        workflow: told.workflow.to_string(),
        connection: Some(told.connection.clone()),
        group: Group::of(action, demotion.is_some(), forecast.is_some()),
        action,
        proposed: if proposed.is_empty() {
            current.clone()
        } else {
            parse::schedules(proposed)
        },
        current,
        confidence: forecast.as_ref().map(|forecast| forecast.confidence),
        duration: forecast.as_ref().map(|forecast| forecast.duration),
        success: forecast.as_ref().map(|forecast| forecast.success),
        impact: forecast
            .as_ref()
            .map(|forecast| Impact::of(forecast.duration.p50)),
        samples: forecast.map_or(0, |forecast| forecast.samples),
        reasons: recommendation.map_or_else(|| vec![unplanned(told)], |one| one.reasons.clone()),
        violations: recommendation.map_or_else(Vec::new, |one| one.violations.clone()),
        conflicts: conflicts(told),
        saves: Seconds::ZERO,
        demotion,
    }
}

/// Whom a workflow meets; a status does not tell on which runners.
pub(super) fn conflicts(told: &Told) -> Vec<Conflict> {
    let recommendation = told.status.recommendation.as_ref();
    let conflict = |one: &crate::api::workflow_schedule::status::ConflictStatus| {
        Some(Conflict {
            with: one.with.parse::<Located>().ok()?.id,
            overlap_seconds: one.overlap.parse().ok()?,
            pool: String::new(),
            beyond_capacity: one.beyond_capacity,
        })
    };
    recommendation
        .iter()
        .flat_map(|one| &one.conflicts)
        .filter_map(conflict)
        .collect()
}

/// Why nothing is recommended, as far as the object tells.
pub(super) fn unplanned(told: &Told) -> String {
    condition::find(&told.status.conditions, condition::IN_SYNC).map_or_else(
        || "no controller has looked at it yet".to_owned(),
        |in_sync| in_sync.message.clone(),
    )
}

fn anomalies(told: &Told) -> impl Iterator<Item = Otherwise> {
    told.status.anomalies.iter().map(|one| Otherwise {
        workflow: told.workflow.to_string(),
        anomaly: one.clone(),
    })
}

fn pull_request(told: &Told) -> Option<PullRequest> {
    let pull = told.status.pull_request.as_ref()?;
    Some(PullRequest {
        workflow: told.workflow.to_string(),
        label: pull.label.clone(),
        url: pull.url.clone(),
    })
}

fn not_ready(told: &Told) -> Option<NotReady> {
    let ready = condition::find(&told.status.conditions, condition::READY);
    let (reason, message) = match ready {
        Some(ready) if ready.status == ConditionStatus::True => return None,
        Some(ready) => (ready.reason.clone(), ready.message.clone()),
        None => (
            "NotYetSeen".to_owned(),
            "no controller has looked at it yet".to_owned(),
        ),
    };
    Some(NotReady {
        object: told.object.clone(),
        reason,
        message,
    })
}

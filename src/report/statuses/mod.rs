//! What the statuses of a cluster's objects come to, for those who tell it without a store.
//!
//! A status holds the newest forecast, the recommendation and sums of the accuracy, and neither single runs and comparisons nor the
//! timetable of all workflows together. What it does not hold is left out, and [`NOT_TOLD`] names it. Pure: objects in, values out.

mod anomalies;
mod costs;
mod explained;
mod health;
mod load;
mod parse;
mod summary;
mod worth;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{
    api::{
        GitHubConnection, WorkflowSchedule, WorkflowScheduleStatus,
        condition::{self, ConditionStatus},
    },
    domain::{Forecast, Host, Located, WorkflowId},
};

pub(crate) use anomalies::{AnomaliesOfStatuses, Holding, Incident};
pub(crate) use costs::{CostsOfStatuses, OfWorkflow as CostOfStatus};
pub(crate) use load::NOT_TOLD as NO_JOBS;
pub(crate) use summary::{NotReady, Otherwise, PullRequest, ReportOfStatuses};
pub(crate) use worth::WorthOfStatuses;

/// What no status holds, and who does.
pub(crate) const NOT_TOLD: &str = "A status does not hold single runs and comparisons, nor the timetable of all workflows together: \
    the dashboard shows them, and so does the same command on the controller's store (--store).";

/// The WorkflowSchedules of a cluster, by the workflow that each is about.
#[derive(Debug)]
pub(crate) struct Statuses {
    told: Vec<Told>,
    /// What the connections of these tell many workflows to share.
    incidents: Vec<Incident>,
}

/// One WorkflowSchedule.
#[derive(Debug)]
struct Told {
    /// `namespace/name`.
    object: String,
    /// `namespace/name` of its connection.
    connection: String,
    workflow: Located,
    /// Whether its owner pinned the cron, so that the move rests on no forecast.
    is_pinned: bool,
    status: WorkflowScheduleStatus,
}

impl Statuses {
    /// Takes the objects whose workflow is wanted. A connection that is not among `connections` is taken for one to github.com.
    pub(crate) fn of(
        schedules: Vec<WorkflowSchedule>,
        connections: &[GitHubConnection],
        wants: impl Fn(&Located) -> bool,
    ) -> Self {
        let hosts: BTreeMap<String, Host> = connections
            .iter()
            .map(|one| (connection(one), one.spec.host()))
            .collect();
        let mut told: Vec<Told> = schedules
            .into_iter()
            .filter_map(|object| told(object, &hosts))
            .filter(|told| wants(&told.workflow))
            .collect();
        told.sort_by(|a, b| (&a.workflow, &a.object).cmp(&(&b.workflow, &b.object)));
        let of_these = |one: &&Incident| told.iter().any(|told| told.connection == one.connection);
        let incidents: Vec<Incident> = connections.iter().flat_map(incidents).collect();
        Self {
            incidents: incidents.iter().filter(of_these).cloned().collect(),
            told,
        }
    }

    /// Whether there is none.
    pub(crate) const fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// The workflows that are told of.
    pub(crate) fn workflows(&self) -> impl Iterator<Item = &Located> {
        self.acting().map(|told| &told.workflow)
    }

    /// The newest forecast of every workflow that has one. When it was made, no status says.
    pub(crate) fn forecasts(&self) -> Vec<(String, Forecast)> {
        let forecast = |told: &Told| Some((told.workflow.to_string(), told.forecast()?));
        self.acting().filter_map(forecast).collect()
    }

    /// Those that act; of several for one workflow the others have nothing to tell.
    fn acting(&self) -> impl Iterator<Item = &Told> + Clone {
        self.told.iter().filter(|told| !told.is_duplicate())
    }
}

impl Told {
    fn is_duplicate(&self) -> bool {
        condition::find(&self.status.conditions, condition::STALLED).is_some_and(|stalled| {
            stalled.status == ConditionStatus::True && stalled.reason == "Duplicate"
        })
    }

    fn forecast(&self) -> Option<Forecast> {
        parse::forecast(self.status.prediction.as_ref()?)
    }
}

/// None where the names are none, which the API server does not let pass.
fn told(object: WorkflowSchedule, hosts: &BTreeMap<String, Host>) -> Option<Told> {
    let namespace = object.metadata.namespace.clone().unwrap_or_default();
    let connection = format!("{namespace}/{}", object.spec.connection_ref.name);
    let id = WorkflowId {
        repository: object.spec.repository.parse().ok()?,
        file: object.spec.workflow.parse().ok()?,
    };
    let timing = object.spec.timing.as_ref();
    Some(Told {
        object: identity(
            object.metadata.namespace.as_ref(),
            object.metadata.name.as_ref(),
        ),
        workflow: Located {
            host: hosts.get(&connection).cloned().unwrap_or_default(),
            id,
        },
        connection,
        is_pinned: timing.is_some_and(|timing| timing.cron.is_some()),
        status: object.status.unwrap_or_default(),
    })
}

fn identity(namespace: Option<&String>, name: Option<&String>) -> String {
    let part = |part: Option<&String>| part.cloned().unwrap_or_default();
    format!("{}/{}", part(namespace), part(name))
}

fn connection(one: &GitHubConnection) -> String {
    identity(one.metadata.namespace.as_ref(), one.metadata.name.as_ref())
}

fn incidents(of: &GitHubConnection) -> impl Iterator<Item = Incident> {
    let status = of.status.iter();
    status
        .flat_map(|status| &status.incidents)
        .map(|one| Incident {
            connection: connection(of),
            kind: one.kind.clone(),
            owner: one.owner.clone(),
            since: one.since,
            workflows: one.workflows,
            summary: one.message.clone(),
        })
}

/// Data without what no status holds, at any depth: nothing is better than a zero that is none.
pub(crate) fn without(data: &impl Serialize, unknown: &[&str]) -> Value {
    fn strip(value: &mut Value, unknown: &[&str]) {
        match value {
            Value::Object(fields) => {
                fields.retain(|name, _| !unknown.contains(&name.as_str()));
                fields.values_mut().for_each(|value| strip(value, unknown));
            }
            Value::Array(values) => values.iter_mut().for_each(|value| strip(value, unknown)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut value = serde_json::to_value(data).unwrap_or_default();
    strip(&mut value, unknown);
    value
}

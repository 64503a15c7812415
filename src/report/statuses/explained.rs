//! Why one workflow is recommended what it is, as far as its status tells.

use serde_json::Value;

use super::{NOT_TOLD, Statuses, Told, parse, summary, without};
use crate::{
    api::condition::{self, ConditionStatus},
    domain::{Forecast, Located, Percent, Schedule},
    plan::Action,
    report::{
        explained::{Explained, Step},
        steps::{self, MEETS_NOBODY},
    },
    track::Accuracy,
};

/// What an explanation from a store holds and no status does.
const UNKNOWN: [&str; 2] = ["line", "made_at"];

impl Statuses {
    /// Explains a workflow; none of which there is no object.
    pub(crate) fn explained(&self, workflow: &Located) -> Option<Explained> {
        let told = self.acting().find(|told| told.workflow == *workflow)?;
        let status = &told.status;
        let accuracy = status.accuracy.as_ref();
        let accuracy = accuracy.map(|one| parse::accuracy(one, &status.conditions));
        let forecast = told.forecast();
        Some(Explained {
            workflow: workflow.to_string(),
            connection: Some(told.connection.clone()),
            steps: steps(told, forecast.as_ref(), accuracy.as_ref()),
            would_change: would_change(told, forecast.as_ref(), accuracy.as_ref()),
            line: None,
            forecast,
            accuracy,
        })
    }
}

impl Explained {
    /// The explanation as data, without what no status holds.
    pub(crate) fn data_of_statuses(&self) -> Value {
        without(&without(self, &UNKNOWN), &parse::ACCURACY_UNKNOWN)
    }
}

fn steps(told: &Told, forecast: Option<&Forecast>, accuracy: Option<&Accuracy>) -> Vec<Step> {
    let recommendation = told.status.recommendation.as_ref();
    let current = parse::schedules(&told.status.current);
    let mut steps = Vec::new();
    let mut step = |title, says: Vec<String>| {
        if !says.is_empty() {
            steps.push(Step { title, says });
        }
    };
    step("What its file says", steps::told(&current));
    step("What is expected of a run", steps::expected(forecast));
    step(
        "What that rests on",
        forecast.map_or_else(Vec::new, |forecast| {
            steps::rests_on(forecast, None, accuracy)
        }),
    );
    match recommendation {
        Some(said) => {
            step("What it meets", meets(told));
            let proposed = parse::schedules(&said.schedule);
            let action = parse::action(&said.action);
            step(
                "What is recommended",
                recommended(&current, &proposed, action),
            );
            step("Why", said.reasons.clone());
            step("What cannot hold", said.violations.clone());
        }
        None => step("What is recommended", vec![summary::unplanned(told)]),
    }
    let pull = told.status.pull_request.as_ref();
    step(
        "Its pull request",
        pull.map(|pull| format!("{}: {}", pull.label, pull.url))
            .into_iter()
            .collect(),
    );
    step("What its conditions say", conditions(told));
    steps
}

fn meets(told: &Told) -> Vec<String> {
    let conflicts = summary::conflicts(told);
    if conflicts.is_empty() {
        return vec![MEETS_NOBODY.to_owned()];
    }
    let says = conflicts
        .iter()
        .map(|conflict| format!("{} for {} a week.", conflict.with, conflict.share()));
    says.collect()
}

fn recommended(current: &[Schedule], proposed: &[Schedule], action: Action) -> Vec<String> {
    let pairs = current.iter().zip(proposed);
    let moves = pairs.filter(|(from, to)| from != to);
    let moves = moves.map(|(from, to)| steps::becomes(from, to));
    moves.chain([steps::advice(action).to_owned()]).collect()
}

/// What the conditions say that do not hold.
fn conditions(told: &Told) -> Vec<String> {
    let kinds = [condition::READY, condition::ON_TIME, condition::IN_SYNC];
    let found = kinds
        .into_iter()
        .filter_map(|kind| condition::find(&told.status.conditions, kind));
    let broken = found.filter(|one| one.status == ConditionStatus::False);
    broken
        .map(|one| format!("{} ({}): {}", one.kind, one.reason, one.message))
        .collect()
}

fn would_change(
    told: &Told,
    forecast: Option<&Forecast>,
    accuracy: Option<&Accuracy>,
) -> Vec<String> {
    let confidence = forecast.map_or(Percent(0), |forecast| forecast.confidence);
    let samples = forecast.map_or(0, |forecast| forecast.samples);
    let recommendation = told.status.recommendation.as_ref();
    let action = recommendation.map_or(Action::None, |one| parse::action(&one.action));
    let stays = vec![NOT_TOLD.to_owned()];
    steps::changes(action, (confidence, samples), accuracy, stays)
}

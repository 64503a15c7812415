//! Why one workflow is recommended what it is, as values: the answer step by step, and what would change it.

use serde::Serialize;

use super::{inventory::Inventory, steps};
use crate::{
    domain::{Forecast, Located},
    plan::Line,
    track::{Accuracy, accuracy},
};

/// One workflow with everything its recommendation rests on.
#[derive(Serialize)]
pub(crate) struct Explained {
    pub(crate) workflow: String,
    /// Whose timetable has it.
    pub(crate) connection: Option<String>,
    pub(crate) line: Option<Line>,
    pub(crate) forecast: Option<Forecast>,
    pub(crate) accuracy: Option<Accuracy>,
    /// The answer in words, one step after the other.
    pub(crate) steps: Vec<Step>,
    /// What would lead to another answer.
    pub(crate) would_change: Vec<String>,
}

/// One step of the explanation.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Step {
    pub(crate) title: &'static str,
    pub(crate) says: Vec<String>,
}

impl Explained {
    /// Explains a workflow of the inventory.
    pub(crate) fn of(inventory: &Inventory, id: &Located) -> Self {
        let known = inventory.workflows.get(id);
        Self::with(
            inventory,
            id,
            known.and_then(|known| accuracy(&known.scores)),
        )
    }

    /// Explains a workflow whose scores are not in the inventory, but have been summed up.
    pub(crate) fn with(inventory: &Inventory, id: &Located, accuracy: Option<Accuracy>) -> Self {
        let planned = inventory
            .planned
            .iter()
            .find_map(|planned| Some((planned, planned.line(id)?.1)));
        let (planned, line) = planned.unzip();
        let known = inventory.workflows.get(id);
        let forecast = known.and_then(|known| known.forecast.as_ref());
        Self {
            workflow: id.to_string(),
            connection: planned.map(|planned| planned.connection.clone()),
            steps: steps::steps(planned, line, forecast, accuracy.as_ref()),
            would_change: steps::would_change(line, forecast, accuracy.as_ref()),
            line: line.cloned(),
            forecast: forecast.cloned(),
            accuracy,
        }
    }
}

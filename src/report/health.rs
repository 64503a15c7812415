//! Whether the forecasts can be lived by, as figures.

use serde::Serialize;

use super::inventory::{Inventory, Known};
use crate::{
    domain::{Percent, Score},
    track::{Accuracy, Demotion, Distrust, Health, accuracy},
};

/// From this confidence on a forecast counts as trusted.
pub(crate) const HIGH_CONFIDENCE: Percent = Percent(70);

/// How well the system does.
#[derive(Debug, Serialize)]
pub(crate) struct SystemHealth {
    /// How the accuracy is judged; none while nothing was compared.
    pub(crate) health: Option<Health>,
    /// Workflows that run by cron.
    pub(crate) schedulable: usize,
    /// How many of them have a forecast.
    pub(crate) forecast: usize,
    pub(crate) forecast_coverage: Percent,
    /// The share of forecasts within 25% of the actual.
    pub(crate) accuracy_score: Option<Percent>,
    /// The same with the digit that tells it from a bound.
    #[serde(skip)]
    pub(crate) close_share: Option<String>,
    pub(crate) comparisons: u32,
    /// The share of forecasts whose confidence is 70% or more.
    pub(crate) high_confidence: Percent,
    /// By how much the median error of the newer half lies below that of the older half, in percent.
    pub(crate) improvement: Option<i32>,
    /// By how much the errors lie below those of repeating the last value, in percent.
    pub(crate) skill: Option<i32>,
    /// The share of outcomes inside the 90% interval.
    pub(crate) interval_coverage: Option<Percent>,
    /// Runs whose times cannot be: from the future, backwards, of no duration, or longer than GitHub lets a run last.
    pub(crate) impossible_runs: Option<u64>,
    pub(crate) demoted: Vec<Demoted>,
}

/// A workflow whose forecasts are not acted on.
#[derive(Debug, Serialize)]
pub(crate) struct Demoted {
    pub(crate) workflow: String,
    #[serde(flatten)]
    pub(crate) demotion: Demotion,
}

impl SystemHealth {
    /// What an inventory comes to.
    pub(crate) fn of(inventory: &Inventory) -> Self {
        let schedulable = inventory
            .workflows
            .iter()
            .filter(|(id, known)| inventory.is_schedulable(id) || known.forecast.is_some());
        let schedulable: Vec<&Known> = schedulable.map(|(_, known)| known).collect();
        let forecasts: Vec<_> = schedulable
            .iter()
            .filter_map(|known| known.forecast.as_ref())
            .collect();
        let high = forecasts
            .iter()
            .filter(|forecast| forecast.confidence >= HIGH_CONFIDENCE);
        let scores: Vec<Score> = inventory
            .workflows
            .values()
            .flat_map(|known| known.scores.clone())
            .collect();
        let overall = accuracy(&scores);
        let overall = overall.as_ref();
        let demoted = inventory.workflows.iter().filter_map(|(id, known)| {
            Some(Demoted {
                workflow: id.to_string(),
                demotion: accuracy(&known.scores)?.demotion?,
            })
        });
        Self {
            health: overall.map(|overall| overall.health),
            schedulable: schedulable.len(),
            forecast: forecasts.len(),
            forecast_coverage: share(forecasts.len(), schedulable.len()),
            accuracy_score: overall.map(|overall| overall.score),
            close_share: overall.map(Accuracy::close_share),
            comparisons: overall.map_or(0, |overall| overall.comparisons),
            high_confidence: share(high.count(), forecasts.len()),
            improvement: overall.and_then(|overall| overall.improvement),
            skill: overall.and_then(|overall| overall.skill),
            interval_coverage: overall.map(|overall| overall.coverage),
            impossible_runs: Some(
                inventory
                    .workflows
                    .values()
                    .map(|known| known.impossible)
                    .sum(),
            ),
            demoted: demoted.collect(),
        }
    }

    /// Whether the forecasts cannot be lived by.
    pub(crate) fn is_critical(&self) -> bool {
        self.health == Some(Health::Critical)
    }
}

/// A share in whole percent; of nothing it is zero.
#[allow(clippy::cast_precision_loss)] // Counts far below 2^52.
pub(super) fn share(part: usize, whole: usize) -> Percent {
    Percent::from_share(part as f64 / whole.max(1) as f64)
}

/// Why forecasts are not acted on, in words.
pub(crate) const fn distrusted(distrust: Distrust) -> &'static str {
    match distrust {
        Distrust::NoSkill => "repeating the last value did better",
        Distrust::LowCoverage => "too many runs outside of their intervals",
    }
}

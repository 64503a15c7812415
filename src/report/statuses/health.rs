//! Whether the forecasts of a cluster can be lived by, from its statuses.

use serde_json::Value;

use super::{Statuses, Told, parse, without, worth::overall};
use crate::{
    report::health::{Demoted, HIGH_CONFIDENCE, SystemHealth, share},
    track::Accuracy,
};

/// What no status holds: figures that do not add up from those of the workflows.
const UNKNOWN: [&str; 3] = ["improvement", "skill", "impossible_runs"];

impl Statuses {
    /// How well the system does.
    pub(crate) fn health(&self) -> SystemHealth {
        let accuracy = |told: &Told| {
            let accuracy = told.status.accuracy.as_ref()?;
            Some(parse::accuracy(accuracy, &told.status.conditions))
        };
        let each: Vec<Accuracy> = self.acting().filter_map(accuracy).collect();
        let overall = overall(each.iter());
        let overall = overall.as_ref();
        let forecasts = self.forecasts();
        let high = forecasts
            .iter()
            .filter(|(_, forecast)| forecast.confidence >= HIGH_CONFIDENCE);
        let demoted = self.acting().filter_map(|told| {
            Some(Demoted {
                workflow: told.workflow.to_string(),
                demotion: accuracy(told)?.demotion?,
            })
        });
        let schedulable = self.acting().count();
        SystemHealth {
            health: overall.map(|overall| overall.health),
            schedulable,
            forecast: forecasts.len(),
            forecast_coverage: share(forecasts.len(), schedulable),
            accuracy_score: overall.map(|overall| overall.score),
            close_share: overall.map(Accuracy::close_share),
            comparisons: overall.map_or(0, |overall| overall.comparisons),
            high_confidence: share(high.count(), forecasts.len()),
            improvement: None,
            skill: None,
            interval_coverage: overall.map(|overall| overall.coverage),
            impossible_runs: None,
            demoted: demoted.collect(),
        }
    }
}

impl SystemHealth {
    /// The figures as data, without what no status holds.
    pub(crate) fn data_of_statuses(&self) -> Value {
        without(self, &UNKNOWN)
    }
}

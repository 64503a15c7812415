//! What forecasts were worth, from the sums that statuses hold.

use serde_json::Value;

use super::{
    Statuses,
    parse::{self, ACCURACY_UNKNOWN},
    without,
};
use crate::{
    domain::Percent,
    report::worth::WorthOf,
    track::{Accuracy, Distribution, Health},
};

/// The sums of all workflows, and of each.
#[derive(Debug)]
pub(crate) struct WorthOfStatuses {
    /// Only its counts, its shares and its mean error are sums of those of the workflows.
    overall: Accuracy,
    pub(crate) workflows: Vec<WorthOf>,
}

impl Statuses {
    /// What the forecasts were worth; none where none was compared yet.
    pub(crate) fn worth(&self) -> Option<WorthOfStatuses> {
        let workflows: Vec<WorthOf> = self
            .acting()
            .filter_map(|told| {
                let accuracy = told.status.accuracy.as_ref()?;
                Some(WorthOf {
                    workflow: told.workflow.to_string(),
                    accuracy: parse::accuracy(accuracy, &told.status.conditions),
                })
            })
            .collect();
        let overall = overall(workflows.iter().map(|one| &one.accuracy))?;
        Some(WorthOfStatuses { overall, workflows })
    }
}

impl WorthOfStatuses {
    /// How many forecasts were compared.
    pub(crate) const fn comparisons(&self) -> u32 {
        self.overall.comparisons
    }

    /// The figures that follow from those of the workflows.
    pub(crate) const fn overall(&self) -> &Accuracy {
        &self.overall
    }

    /// The same as data, without what no status holds.
    pub(crate) fn data(&self) -> Value {
        let overall = without(
            &self.overall,
            &["median_error", "skill", "improvement", "demotion"],
        );
        let data = serde_json::json!({ "overall": overall, "workflows": self.workflows });
        without(&data, &ACCURACY_UNKNOWN)
    }
}

/// Sums, and means that are weighed by the number of comparisons. Medians and skills do not add up: nobody may tell them.
pub(super) fn overall<'a>(each: impl Iterator<Item = &'a Accuracy> + Clone) -> Option<Accuracy> {
    let sum = |of: fn(&Accuracy) -> u32| each.clone().map(of).fold(0, u32::saturating_add);
    let comparisons = sum(|one| one.comparisons);
    if comparisons == 0 {
        return None;
    }
    let mean = |of: fn(&Accuracy) -> u32| {
        let weighed = each
            .clone()
            .map(|one| u64::from(of(one)) * u64::from(one.comparisons));
        let comparisons = u64::from(comparisons);
        u32::try_from((weighed.sum::<u64>() + comparisons / 2) / comparisons).unwrap_or(u32::MAX)
    };
    let distribution = Distribution {
        excellent: sum(|one| one.distribution.excellent),
        good: sum(|one| one.distribution.good),
        fair: sum(|one| one.distribution.fair),
        poor: sum(|one| one.distribution.poor),
    };
    let close = distribution.excellent.saturating_add(distribution.good);
    let share = f64::from(close) / f64::from(comparisons);
    let coverage = mean(|one| one.coverage.0.into()).min(100);
    Some(Accuracy {
        comparisons,
        mean_error: mean(|one| one.mean_error),
        median_error: 0,
        score: Percent::from_share(share),
        health: Health::of(close, comparisons),
        coverage: Percent(u8::try_from(coverage).unwrap_or(100)),
        skill: None,
        improvement: None,
        demotion: None,
        distribution,
        ..each.clone().next()?.clone()
    })
}

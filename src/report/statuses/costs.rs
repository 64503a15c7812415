//! What runs cost in a cluster, from its statuses: by workflow, with what is advised of each.

use serde::Serialize;

use super::{Statuses, Told};
use crate::{
    api::workflow_schedule::status::CostStatus,
    cost::{Estimate, WINDOW_DAYS},
    domain::{Money, Percent},
};

/// What the statuses of a cluster tell of costs. By runner label and by month, they tell nothing.
#[derive(Debug, Serialize)]
pub(crate) struct CostsOfStatuses {
    /// The days that costs are those of.
    pub(crate) days: i64,
    pub(crate) total: Sum,
    /// The dearest first.
    pub(crate) workflows: Vec<OfWorkflow>,
    /// Workflows of which no cost is told: none ran of late, or no job of theirs is known.
    pub(crate) untold_workflows: usize,
    /// What running less often would spare: for a person to judge.
    pub(crate) advice: Vec<Advised>,
}

/// A sum of costs.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Sum {
    pub(crate) billed_minutes: u64,
    /// Minutes on runners without a price: they are in no cost.
    pub(crate) unpriced_minutes: u64,
    pub(crate) cost: Estimate,
}

/// What the runs of a workflow cost.
#[derive(Debug, Serialize)]
pub(crate) struct OfWorkflow {
    pub(crate) workflow: String,
    #[serde(flatten)]
    pub(crate) sum: Sum,
    /// The share of runs whose jobs were measured.
    pub(crate) measured: Percent,
}

/// Advice about a workflow, in words.
#[derive(Debug, Serialize)]
pub(crate) struct Advised {
    pub(crate) workflow: String,
    pub(crate) says: String,
}

impl Statuses {
    /// What runs cost.
    pub(crate) fn costs(&self) -> CostsOfStatuses {
        let mut workflows: Vec<OfWorkflow> = self.acting().filter_map(OfWorkflow::of).collect();
        workflows
            .sort_by_key(|one| std::cmp::Reverse((one.sum.cost.likely, one.sum.billed_minutes)));
        let advice = self.acting().flat_map(|told| {
            let says = told.status.cost.iter().flat_map(|cost| &cost.advice);
            says.map(|says| Advised {
                workflow: told.workflow.to_string(),
                says: says.clone(),
            })
        });
        CostsOfStatuses {
            days: WINDOW_DAYS,
            total: workflows
                .iter()
                .fold(Sum::default(), |sum, one| sum.and(one.sum)),
            untold_workflows: self.acting().count() - workflows.len(),
            advice: advice.collect(),
            workflows,
        }
    }
}

impl OfWorkflow {
    /// None where no status tells it, or one of another version does.
    fn of(told: &Told) -> Option<Self> {
        let CostStatus {
            usd,
            low_usd,
            high_usd,
            billed_minutes,
            unpriced_minutes,
            measured,
            ..
        } = told.status.cost.as_ref()?;
        let money = |text: &String| text.parse::<Money>().ok();
        Some(Self {
            workflow: told.workflow.to_string(),
            sum: Sum {
                billed_minutes: u64::try_from(*billed_minutes).ok()?,
                unpriced_minutes: u64::try_from(*unpriced_minutes).ok()?,
                cost: Estimate {
                    low: money(low_usd)?,
                    likely: money(usd)?,
                    high: money(high_usd)?,
                },
            },
            measured: Percent(u8::try_from((*measured).clamp(0, 100)).ok()?),
        })
    }
}

impl Sum {
    fn and(self, other: Self) -> Self {
        Self {
            billed_minutes: self.billed_minutes.saturating_add(other.billed_minutes),
            unpriced_minutes: self.unpriced_minutes.saturating_add(other.unpriced_minutes),
            cost: self.cost + other.cost,
        }
    }

    /// Whether some of its cost can be told: not all of it ran on runners without a price.
    pub(crate) const fn is_told(&self) -> bool {
        self.unpriced_minutes == 0 || self.unpriced_minutes < self.billed_minutes
    }

    /// What it costs, in words.
    pub(crate) fn words(&self) -> String {
        match (self.is_told(), self.unpriced_minutes) {
            (false, _) => "unknown".to_owned(),
            (true, 0) => self.cost.words(),
            (true, _) => format!("{} and more", self.cost.words()),
        }
    }
}

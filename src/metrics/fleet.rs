//! What all objects together look like: gauges that are told whole, so that what is gone is gone from them.

use std::collections::BTreeMap;

use super::{
    book::{Book, By, Real},
    declared,
};
use crate::domain::Money;

/// All objects of a process, summed up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fleet {
    /// How many objects there are of a kind in a state.
    pub objects: BTreeMap<(&'static str, &'static str), u64>,
    /// How many rounds are due and have not begun.
    pub queue: u64,
    /// What is left of GitHub's hourly limit of the connection that has the least left; from 0 to 1.
    pub budget_left: Option<f64>,
    /// How many comparisons the accuracy rests on; without any, there is none.
    pub comparisons: u64,
    /// How many of them were within 25 %.
    pub within_a_quarter: u64,
    /// How many of them lay inside of their interval.
    pub covered: f64,
    /// The skill over so many comparisons; it needs a naive forecast to compare with.
    pub skill: Weighted,
    /// How many schedules are not acted on for their forecasts' sake.
    pub demoted: u64,
    /// Fires of the last 30 days by delivery.
    pub fires: BTreeMap<&'static str, u64>,
    /// Workflows about which something has become otherwise, by kind.
    pub anomalies: BTreeMap<&'static str, u64>,
    /// The same as alarms, by kind and scope.
    pub alarms: BTreeMap<(&'static str, &'static str), u64>,
    /// Schedules by the action recommended.
    pub recommendations: BTreeMap<&'static str, u64>,
    /// Pull requests by state.
    pub pull_requests: BTreeMap<&'static str, u64>,
    /// What 30 days of all schedules cost, by bound; nothing while nothing is known.
    pub cost: BTreeMap<&'static str, Money>,
    /// Billed minutes of these on labels without a price.
    pub unpriced_minutes: u64,
    /// Expected overlap in a week: as it is, and as planned; in seconds.
    pub overlap: Option<(u64, u64)>,
}

/// A mean whose parts weigh differently.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Weighted {
    sum: f64,
    weight: f64,
}

impl Weighted {
    /// Takes one more part.
    pub fn add(&mut self, value: f64, weight: f64) {
        self.sum += value * weight;
        self.weight += weight;
    }

    fn mean(self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.sum / self.weight)
    }
}

/// The gauges.
#[derive(Clone, Debug)]
pub(super) struct Gauges {
    objects: By<2, Real>,
    queue: By<0, Real>,
    budget_left: By<0, Real>,
    comparisons: By<0, Real>,
    accuracy_score: By<0, Real>,
    coverage: By<0, Real>,
    skill: By<0, Real>,
    demoted: By<0, Real>,
    fires: By<1, Real>,
    anomalies: By<1, Real>,
    alarms: By<2, Real>,
    recommendations: By<1, Real>,
    pull_requests: By<1, Real>,
    overlap: By<1, Real>,
    cost: By<1, Real>,
    unpriced: By<0, Real>,
}

impl Gauges {
    pub(super) fn register(book: &mut Book) -> Self {
        Self {
            objects: book.gauges(&declared::OBJECTS),
            queue: book.gauges(&declared::ROUND_QUEUE),
            budget_left: book.gauges(&declared::GITHUB_BUDGET_LEFT),
            comparisons: book.gauges(&declared::COMPARISONS),
            accuracy_score: book.gauges(&declared::ACCURACY_SCORE),
            coverage: book.gauges(&declared::COVERAGE),
            skill: book.gauges(&declared::SKILL),
            demoted: book.gauges(&declared::DEMOTED),
            fires: book.gauges(&declared::FIRES),
            anomalies: book.gauges(&declared::ANOMALIES),
            alarms: book.gauges(&declared::ALARMS),
            recommendations: book.gauges(&declared::RECOMMENDATIONS),
            pull_requests: book.gauges(&declared::PULL_REQUESTS),
            overlap: book.gauges(&declared::PLAN_OVERLAP),
            cost: book.gauges(&declared::COST),
            unpriced: book.gauges(&declared::UNPRICED),
        }
    }

    /// Tells a fleet, and nothing of the one before.
    pub(super) fn set(&self, fleet: &Fleet) {
        self.objects.clear();
        for ((kind, state), count) in &fleet.objects {
            self.objects.of([kind, state]).set(real(*count));
        }
        tell(&self.queue, Some(real(fleet.queue)));
        tell(&self.budget_left, fleet.budget_left);
        self.accuracy(fleet);
        tell(&self.demoted, Some(real(fleet.demoted)));
        tell_each(&self.fires, &fleet.fires);
        tell_each(&self.anomalies, &fleet.anomalies);
        self.alarms.clear();
        for ((kind, scope), count) in &fleet.alarms {
            self.alarms.of([kind, scope]).set(real(*count));
        }
        tell_each(&self.recommendations, &fleet.recommendations);
        tell_each(&self.pull_requests, &fleet.pull_requests);
        self.cost.clear();
        for (bound, money) in &fleet.cost {
            self.cost.of([bound]).set(money.dollars());
        }
        let is_told = !fleet.cost.is_empty();
        tell(
            &self.unpriced,
            is_told.then(|| real(fleet.unpriced_minutes * 60)),
        );
        let overlap = fleet
            .overlap
            .map(|(current, planned)| [("current", current), ("planned", planned)].into());
        tell_each(&self.overlap, &overlap.unwrap_or_default());
    }

    fn accuracy(&self, fleet: &Fleet) {
        let comparisons = real(fleet.comparisons);
        let share = |part: f64| (fleet.comparisons > 0).then(|| part / comparisons);
        tell(&self.comparisons, Some(comparisons));
        tell(&self.accuracy_score, share(real(fleet.within_a_quarter)));
        tell(&self.coverage, share(fleet.covered));
        tell(&self.skill, fleet.skill.mean());
    }
}

/// What is not known is not told: an empty series says so better than a zero.
fn tell(gauge: &By<0, Real>, value: Option<f64>) {
    gauge.clear();
    if let Some(value) = value {
        gauge.of([]).set(value);
    }
}

fn tell_each(gauge: &By<1, Real>, values: &BTreeMap<&'static str, u64>) {
    gauge.clear();
    for (label, value) in values {
        gauge.of([label]).set(real(*value));
    }
}

/// A count as Prometheus takes it; exact up to 2^53.
#[allow(
    clippy::cast_precision_loss,
    reason = "no count of ours comes near 2^53"
)]
fn real(count: u64) -> f64 {
    count as f64
}

//! Every metric there is: names, units, fixed labels. Nothing else makes a metric.
//!
//! Labels are enum names with few values, never names of objects: ten thousand schedules are not ten thousand series.

use std::sync::Arc;

use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

/// Handles to every metric, cheap to clone.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Registry>,
    rounds: Family<Round, Counter>,
    round_seconds: Histogram,
    requests: Family<Request, Counter>,
    effects: Family<EffectLabels, Counter>,
    forecasts: Counter,
    scores: Family<ScoreLabels, Counter>,
    objects: Family<Object, Gauge>,
    panics: Counter,
    leader: Gauge,
    leader_transitions: Counter,
    deliveries: Family<Delivery, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Round {
    kind: &'static str,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EffectLabels {
    effect: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Delivery {
    event: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ScoreLabels {
    error: &'static str,
    interval: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Object {
    kind: &'static str,
}

/// Twelve buckets from a millisecond to about four seconds, doubling: a round is requests plus a little arithmetic.
fn round_buckets() -> impl Iterator<Item = f64> {
    exponential_buckets(0.001, 2.0, 13)
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("cronwright");
        let round_seconds = Histogram::new(round_buckets());
        let metrics = Self {
            registry: Arc::default(),
            rounds: Family::default(),
            round_seconds: round_seconds.clone(),
            requests: Family::default(),
            effects: Family::default(),
            forecasts: Counter::default(),
            scores: Family::default(),
            objects: Family::default(),
            panics: Counter::default(),
            leader: Gauge::default(),
            leader_transitions: Counter::default(),
            deliveries: Family::default(),
        };
        registry.register(
            "rounds",
            "Rounds by kind of object and result",
            metrics.rounds.clone(),
        );
        registry.register_with_unit(
            "round_duration",
            "Time from look to status",
            Unit::Seconds,
            round_seconds,
        );
        registry.register(
            "github_requests",
            "Requests to GitHub by method and outcome",
            metrics.requests.clone(),
        );
        registry.register(
            "effects",
            "Effects performed on GitHub by kind and outcome",
            metrics.effects.clone(),
        );
        registry.register(
            "forecasts",
            "Forecasts stored before the run they are about",
            metrics.forecasts.clone(),
        );
        registry.register(
            "scores",
            "Forecasts compared with what happened, by the band of the duration's error and whether the 90% interval held it",
            metrics.scores.clone(),
        );
        registry.register("objects", "Objects known, by kind", metrics.objects.clone());
        registry.register(
            "round_panics",
            "Rounds that ended in a defect of the program",
            metrics.panics.clone(),
        );
        register_process(&mut registry, &metrics);
        Self {
            registry: Arc::new(registry),
            ..metrics
        }
    }
}

/// What concerns the process rather than its rounds.
fn register_process(registry: &mut Registry, metrics: &Metrics) {
    registry.register(
        "leader",
        "Whether this process holds the lease: 1 while it acts, 0 while it stands by",
        metrics.leader.clone(),
    );
    registry.register(
        "leader_transitions",
        "How often this process began or ceased to lead",
        metrics.leader_transitions.clone(),
    );
    registry.register(
        "webhook_deliveries",
        "Webhook deliveries by event and what became of them",
        metrics.deliveries.clone(),
    );
}

impl Metrics {
    /// Counts a round of a kind of object with its result, and how long it took.
    pub fn round(&self, kind: &'static str, result: &'static str, seconds: f64) {
        self.rounds.get_or_create(&Round { kind, result }).inc();
        self.round_seconds.observe(seconds);
    }

    /// Counts a round that ended in a defect of the program.
    pub fn panic(&self) {
        self.panics.inc();
    }

    /// Counts a request to GitHub.
    pub fn request(&self, method: &'static str, outcome: &'static str) {
        self.requests
            .get_or_create(&Request { method, outcome })
            .inc();
    }

    /// Counts an effect.
    pub fn effect(&self, effect: &'static str, outcome: &'static str) {
        self.effects
            .get_or_create(&EffectLabels { effect, outcome })
            .inc();
    }

    /// Counts a webhook delivery.
    pub fn delivery(&self, event: &'static str, outcome: &'static str) {
        self.deliveries
            .get_or_create(&Delivery { event, outcome })
            .inc();
    }

    /// Counts a forecast that was stored.
    pub fn forecast(&self) {
        self.forecasts.inc();
    }

    /// Counts a forecast that was compared with its run, by the band of its error and whether its interval held the outcome.
    pub fn scored(&self, error: &'static str, interval: &'static str) {
        self.scores
            .get_or_create(&ScoreLabels { error, interval })
            .inc();
    }

    /// Sets how many objects of a kind are known.
    pub fn objects(&self, kind: &'static str, count: usize) {
        self.objects
            .get_or_create(&Object { kind })
            .set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Sets whether this process leads.
    pub fn leads(&self, leads: bool) {
        if self.leader.set(i64::from(leads)) != i64::from(leads) {
            self.leader_transitions.inc();
        }
    }

    /// Every metric in the OpenMetrics text format.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_leaders_is_counted_and_a_repetition_is_not() {
        let metrics = Metrics::default();
        for leads in [true, true, false, true] {
            metrics.leads(leads);
        }
        let text = metrics.text();
        assert!(text.contains("\ncronwright_leader 1\n"), "{text}");
        assert!(
            text.contains("cronwright_leader_transitions_total 3\n"),
            "{text}"
        );
    }

    #[test]
    fn metrics_are_openmetrics_with_units_and_fixed_labels() {
        let metrics = Metrics::default();
        metrics.round("WorkflowSchedule", "ok", 0.02);
        metrics.request("GET", "not_modified");
        let text = metrics.text();
        assert!(
            text.contains("cronwright_rounds_total{kind=\"WorkflowSchedule\",result=\"ok\"} 1"),
            "{text}"
        );
        assert!(
            text.contains("# UNIT cronwright_round_duration_seconds seconds"),
            "{text}"
        );
        assert!(text.ends_with("# EOF\n"));
    }
}

//! Every metric there is: names, units, fixed labels. Nothing else makes a metric.
//!
//! Labels are enum names with few values, never names of objects: ten thousand schedules are not ten thousand series.
//! The table is [`TABLE`]; what concerns all objects together is a [`Fleet`], asked for when somebody scrapes.

mod book;
mod declared;
mod fleet;
mod reference;
mod source;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use prometheus_client::{
    encoding::text,
    metrics::{counter::Counter, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use book::{Book, By};
pub use declared::{Kind, Row, TABLE};
pub use fleet::{Fleet, Weighted};
pub use reference::reference;
use source::Source;
pub use source::Watched;

/// Handles to every metric, cheap to clone.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Registry>,
    handles: Arc<Handles>,
    source: Source,
    /// Held by whoever tells a fleet or writes the text, so that no scrape sees half of one fleet and half of another.
    telling: Arc<Mutex<()>>,
}

#[derive(Debug)]
struct Handles {
    leader: Gauge,
    leader_transitions: Counter,
    rounds: By<2, Counter>,
    round_seconds: By<1, Histogram>,
    round_delays: By<1, Histogram>,
    panics: Counter,
    requests: By<3, Counter>,
    request_seconds: By<1, Histogram>,
    cache: By<1, Counter>,
    deliveries: By<2, Counter>,
    forecasts: Counter,
    scores: By<2, Counter>,
    missed_fires: Counter,
    effects: By<2, Counter>,
    store_seconds: By<1, Histogram>,
    fleet: fleet::Gauges,
}

impl Handles {
    fn register(book: &mut Book) -> Self {
        book.gauges(&declared::BUILD)
            .of([env!("CARGO_PKG_VERSION")])
            .set(1.0);
        Self {
            leader: book.gauge(&declared::LEADER),
            leader_transitions: book.counter(&declared::LEADER_TRANSITIONS),
            rounds: book.counters(&declared::ROUNDS),
            round_seconds: book.histograms(&declared::ROUND_DURATION),
            round_delays: book.histograms(&declared::ROUND_DELAY),
            panics: book.counter(&declared::ROUND_PANICS),
            requests: book.counters(&declared::GITHUB_REQUESTS),
            request_seconds: book.histograms(&declared::GITHUB_REQUEST_DURATION),
            cache: book.counters(&declared::GITHUB_CACHE),
            deliveries: book.counters(&declared::WEBHOOK_DELIVERIES),
            forecasts: book.counter(&declared::FORECASTS),
            scores: book.counters(&declared::SCORES),
            missed_fires: book.counter(&declared::MISSED_FIRES),
            effects: book.counters(&declared::EFFECTS),
            store_seconds: book.histograms(&declared::STORE_CALL_DURATION),
            fleet: fleet::Gauges::register(book),
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut book = Book::new();
        let handles = Handles::register(&mut book);
        Self {
            registry: Arc::new(book.finish()),
            handles: Arc::new(handles),
            source: Source::default(),
            telling: Arc::default(),
        }
    }
}

impl Metrics {
    /// Counts a round of a kind of object with its result, and how long it took.
    pub fn round(&self, kind: &'static str, result: &'static str, took: Duration) {
        self.handles.rounds.of([kind, result]).inc();
        let seconds = took.as_secs_f64();
        self.handles.round_seconds.of([kind]).observe(seconds);
    }

    /// Tells how long after it was due a round began.
    pub fn delay(&self, kind: &'static str, delay: Duration) {
        let seconds = delay.as_secs_f64();
        self.handles.round_delays.of([kind]).observe(seconds);
    }

    /// Counts a round that ended in a defect of the program.
    pub fn panic(&self) {
        self.handles.panics.inc();
    }

    /// Counts a request to GitHub, and how long it took.
    pub fn request(
        &self,
        method: &'static str,
        route: &'static str,
        outcome: &'static str,
        took: Duration,
    ) {
        self.handles.requests.of([method, route, outcome]).inc();
        let seconds = took.as_secs_f64();
        self.handles.request_seconds.of([method]).observe(seconds);
    }

    /// Counts what the cache was worth to a read of GitHub.
    pub fn cache(&self, result: &'static str) {
        self.handles.cache.of([result]).inc();
    }

    /// Counts an effect.
    pub fn effect(&self, effect: &'static str, outcome: &'static str) {
        self.handles.effects.of([effect, outcome]).inc();
    }

    /// Counts a webhook delivery.
    pub fn delivery(&self, event: &'static str, outcome: &'static str) {
        self.handles.deliveries.of([event, outcome]).inc();
    }

    /// Counts a forecast that was stored.
    pub fn forecast(&self) {
        self.handles.forecasts.inc();
    }

    /// Counts a forecast that was compared with its run, by the band of its error and whether its interval held the outcome.
    pub fn scored(&self, error: &'static str, interval: &'static str) {
        self.handles.scores.of([error, interval]).inc();
    }

    /// Counts fires of which it became certain that no run serves them.
    pub fn missed(&self, fires: usize) {
        self.handles.missed_fires.inc_by(fires as u64);
    }

    /// Tells how long a call of the store took, and whether it failed.
    pub fn store(&self, took: Duration, ok: bool) {
        let result = if ok { "ok" } else { "failed" };
        let seconds = took.as_secs_f64();
        self.handles.store_seconds.of([result]).observe(seconds);
    }

    /// Sets whether this process leads.
    pub fn leads(&self, leads: bool) {
        if self.handles.leader.set(i64::from(leads)) != i64::from(leads) {
            self.handles.leader_transitions.inc();
        }
    }

    /// Sets what all objects together look like.
    pub fn fleet(&self, fleet: &Fleet) {
        let _alone = self.alone();
        self.handles.fleet.set(fleet);
    }

    /// Asks for what all objects together look like with every scrape, as long as the answer is kept.
    #[must_use = "nobody is asked any more once it is dropped"]
    pub fn watch(&self, ask: impl Fn() -> Fleet + Send + Sync + 'static) -> Watched {
        self.source.set(Some(Arc::new(ask)));
        Watched(self.clone())
    }

    /// Every metric in the OpenMetrics text format.
    #[must_use]
    pub fn text(&self) -> String {
        let fleet = self.source.ask();
        let _alone = self.alone();
        if let Some(fleet) = fleet {
            self.handles.fleet.set(&fleet);
        }
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }

    fn alone(&self) -> MutexGuard<'_, ()> {
        self.telling.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn scrapes_at_once_tell_one_fleet_each() {
        let metrics = Metrics::default();
        let asked = std::sync::atomic::AtomicU64::new(1);
        let _watched = metrics.watch(move || {
            let count = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let labels = ["on_time", "late", "coalesced", "missed"];
            Fleet {
                fires: labels.map(|label| (label, count)).into(),
                pull_requests: ["open", "merged"].map(|label| (label, count)).into(),
                ..Fleet::default()
            }
        });
        let told = |text: &str| {
            let of_fleet =
                |line: &&str| line.contains("_fires{") || line.contains("pull_requests{");
            let lines = text.lines().filter(of_fleet);
            let values = lines.filter_map(|line| line.rsplit(' ').next());
            values.map(str::to_owned).collect::<Vec<_>>()
        };
        let scrape = || {
            for _ in 0..200 {
                let values = told(&metrics.text());
                assert_eq!(values.len(), 6);
                assert!(values.iter().all(|value| *value == values[0]), "{values:?}");
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(scrape);
            }
        });
    }

    #[test]
    fn metrics_are_openmetrics_with_units_and_fixed_labels() {
        let metrics = Metrics::default();
        metrics.round("WorkflowSchedule", "ok", Duration::from_millis(20));
        metrics.request("GET", "/user", "unchanged", Duration::ZERO);
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

    #[test]
    fn a_fleet_is_asked_for_with_every_scrape_and_is_gone_with_who_knew_it() {
        let metrics = Metrics::default();
        let fleet = Fleet {
            objects: [(("WorkflowSchedule", "ready"), 7)].into(),
            comparisons: 8,
            within_a_quarter: 6,
            ..Fleet::default()
        };
        let watched = metrics.watch(move || fleet.clone());
        let ready = "cronwright_objects{kind=\"WorkflowSchedule\",state=\"ready\"} 7";
        let text = metrics.text();
        assert!(text.contains(ready), "{text}");
        assert!(text.contains("cronwright_accuracy_score_ratio"), "{text}");
        assert!(text.contains(" 0.75\n"), "{text}");
        drop(watched);
        let text = metrics.text();
        assert!(
            !text.contains(ready) && !text.contains("accuracy_score_ratio"),
            "{text}"
        );
    }
}

//! The table of all metrics: name, type, unit, labels and help of each, said once.
//!
//! Names carry neither the prefix nor the suffixes that the exposition adds (`cronwright_`, the unit, `_total`). Labels
//! are fixed, and their values are words of the program; an object's name is never one.

/// A metric as it is declared, with as many labels as its type says.
#[derive(Debug)]
pub(super) struct Declared<const N: usize> {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) unit: Option<&'static str>,
    pub(super) labels: [&'static str; N],
    pub(super) help: &'static str,
}

/// What a metric's value does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It sorts observations into buckets.
    Histogram,
}

/// A metric as the table lists it.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    name: &'static str,
    /// What its value does.
    pub kind: Kind,
    unit: Option<&'static str>,
    /// Its labels, in order.
    pub labels: &'static [&'static str],
    /// What it tells, in one sentence.
    pub help: &'static str,
}

impl Row {
    /// The family's name, as `# TYPE` tells it.
    #[must_use]
    pub fn family(&self) -> String {
        let unit = self.unit.map(|unit| format!("_{unit}")).unwrap_or_default();
        format!("{PREFIX}_{}{unit}", self.name)
    }

    /// The names of its series, as a query has to write them.
    #[must_use]
    pub fn series(&self) -> Vec<String> {
        let family = self.family();
        let suffixes: &[&str] = match self.kind {
            Kind::Counter => &["_total"],
            Kind::Gauge => &[""],
            Kind::Histogram => &["_bucket", "_sum", "_count"],
        };
        suffixes
            .iter()
            .map(|suffix| format!("{family}{suffix}"))
            .collect()
    }

    /// Its unit, where it has one.
    #[must_use]
    pub const fn unit(&self) -> Option<&'static str> {
        self.unit
    }
}

impl<const N: usize> Declared<N> {
    const fn row(&'static self) -> Row {
        Row {
            name: self.name,
            kind: self.kind,
            unit: self.unit,
            labels: &self.labels,
            help: self.help,
        }
    }
}

/// What every name begins with.
pub(super) const PREFIX: &str = "cronwright";

const SECONDS: Option<&str> = Some("seconds");
const RATIO: Option<&str> = Some("ratio");

const fn counter<const N: usize>(
    name: &'static str,
    labels: [&'static str; N],
    help: &'static str,
) -> Declared<N> {
    declared(name, Kind::Counter, None, labels, help)
}

const fn gauge<const N: usize>(
    name: &'static str,
    unit: Option<&'static str>,
    labels: [&'static str; N],
    help: &'static str,
) -> Declared<N> {
    declared(name, Kind::Gauge, unit, labels, help)
}

const fn seconds<const N: usize>(
    name: &'static str,
    labels: [&'static str; N],
    help: &'static str,
) -> Declared<N> {
    declared(name, Kind::Histogram, SECONDS, labels, help)
}

const fn declared<const N: usize>(
    name: &'static str,
    kind: Kind,
    unit: Option<&'static str>,
    labels: [&'static str; N],
    help: &'static str,
) -> Declared<N> {
    Declared {
        name,
        kind,
        unit,
        labels,
        help,
    }
}

/// Declares each metric and lists it in [`TABLE`].
macro_rules! table {
    ($($constant:ident: $labels:literal = $declared:expr;)*) => {
        $(pub(super) static $constant: Declared<$labels> = $declared;)*

        /// Every metric there is, in the order in which they are explained.
        pub static TABLE: &[Row] = &[$($constant.row()),*];
    };
}

table! {
    BUILD: 1 = gauge("build_info", None, ["version"], "1, with the version of the program");
    LEADER: 0 = gauge("leader", None, [], "Whether this process acts: 1 while it does, 0 while it stands by for a lease");
    LEADER_TRANSITIONS: 0 = counter("leader_transitions", [], "How often this process began or ceased to lead");

    ROUNDS: 2 = counter("rounds", ["kind", "result"], "Rounds by kind of object and result; ok is a round that was concluded, whatever it found");
    ROUND_DURATION: 1 = seconds("round_duration", ["kind"], "Time from look to status");
    ROUND_DELAY: 1 = seconds("round_delay", ["kind"], "How long after it was due by the clock a round began: its time in the queue");
    ROUND_QUEUE: 0 = gauge("round_queue", None, [], "Objects whose round is due by the clock and has not begun");
    ROUND_PANICS: 0 = counter("round_panics", [], "Rounds that ended in a defect of the program");
    OBJECTS: 2 = gauge("objects", None, ["kind", "state"], "Objects by kind and by what their conditions say: ready, reconciling, stalled, suspended, or unknown before the first round");

    GITHUB_REQUESTS: 3 = counter("github_requests", ["method", "route", "outcome"], "Requests to GitHub by method, route and outcome; those that our own budget held back count as rate_limited");
    GITHUB_REQUEST_DURATION: 1 = seconds("github_request_duration", ["method"], "Time from sending a request to GitHub to having read its answer");
    GITHUB_CACHE: 1 = counter("github_cache_lookups", ["result"], "Reads of GitHub by what the cache was worth: hit (confirmed by GitHub, free of charge), changed, or miss");
    GITHUB_BUDGET_LEFT: 0 = gauge("github_budget_left", RATIO, [], "What is left of GitHub's hourly limit, of the connection that has the least left");
    WEBHOOK_DELIVERIES: 2 = counter("webhook_deliveries", ["event", "outcome"], "Webhook deliveries by event and what became of them");

    FORECASTS: 0 = counter("forecasts", [], "Forecasts stored before the run they are about");
    SCORES: 2 = counter("scores", ["error", "interval"], "Forecasts compared with what happened, by the band of the duration's error and whether the 90% interval held it");
    COMPARISONS: 0 = gauge("comparisons", None, [], "Comparisons that the accuracy of all schedules rests on at present");
    ACCURACY_SCORE: 0 = gauge("accuracy_score", RATIO, [], "The share of compared durations that were forecast within 25%, over all schedules");
    COVERAGE: 0 = gauge("coverage", RATIO, [], "The share of compared durations inside their 90% interval, over all schedules");
    SKILL: 0 = gauge("skill", RATIO, [], "How much smaller the error is than that of repeating the last duration, on average over all comparisons; negative is worse");
    DEMOTED: 0 = gauge("demoted_schedules", None, [], "Schedules whose forecasts have not earned that a pull request rests on them");

    FIRES: 1 = gauge("fires", None, ["delivery"], "Fires of the last 30 days by how they were served, over all schedules: on_time, late, coalesced or missed");
    MISSED_FIRES: 0 = counter("missed_fires", [], "Fires that no run served, counted when it is certain; not those of the history that a first look finds");

    ANOMALIES: 1 = gauge("anomalous_workflows", None, ["kind"], "Workflows about which something has become otherwise and is not over, by kind");
    ALARMS: 2 = gauge("anomaly_alarms", None, ["kind", "scope"], "What has become otherwise, with workflows of one owner that changed within the same hours counted as one; by kind and scope: incident where three or more did, else workflow");

    RECOMMENDATIONS: 1 = gauge("recommendations", None, ["action"], "Schedules by what is recommended for them");
    PULL_REQUESTS: 1 = gauge("pull_requests", None, ["state"], "The last pull request of each schedule by its state: open, merged, declined or withdrawn");
    EFFECTS: 2 = counter("effects", ["effect", "outcome"], "Effects performed on GitHub by kind and outcome");
    PLAN_OVERLAP: 1 = gauge("plan_overlap", SECONDS, ["timetable"], "Expected overlap of runs in a week, as the files are now (current) and once all moves are made (planned); the difference is the plan's gap");
    COST: 1 = gauge("cost", Some("usd"), ["bound"], "What the runs of the last 30 days of all schedules cost, in US dollars: about as much (likely), no less (low) and no more (high); the bounds are apart where jobs were not measured");
    UNPRICED: 0 = gauge("unpriced", SECONDS, [], "Billed time of these on runner labels that have no price, and that is in no cost");
    STORE_CALL_DURATION: 1 = seconds("store_call_duration", ["result"], "Time of one call of the store, its wait for the write lock included, by result: ok or failed");
}

//! Which anomalies are one alarm: workflows of one owner that change in the same way within the same hours.
//!
//! A workflow that runs once a night tells only between which two runs it changed. So an anomaly stands for the span from the last
//! run that was as before to the first that was not, and an incident is an instant that lies in the spans of many. Invariants:
//! every anomaly that holds is in one alarm; the order in which they are told does not matter.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::Serialize;

use super::kind::{Anomaly, Kind};
use crate::domain::{Host, Located, Timestamp};

/// From how many workflows on it is one incident: two nightlies may well change in one night.
pub const SHARED: usize = 3;
/// The longest span that an anomaly stands for: one night to the next, and two hours.
const LONGEST_HOURS: i64 = 26;
/// How much earlier than the last run that was as before it may have begun: that run may have been over in time.
const SLACK_HOURS: i64 = 2;

/// One thing that has become otherwise, of one workflow or of many.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Alarm {
    /// What has become otherwise.
    pub kind: Kind,
    /// Which GitHub.
    #[serde(skip)]
    pub host: Host,
    /// Whose workflows.
    pub owner: String,
    /// Since when: the earliest run that was otherwise.
    pub since: Timestamp,
    /// Which workflows, by name.
    #[serde(serialize_with = "names")]
    pub workflows: BTreeSet<Located>,
}

fn names<S: serde::Serializer>(workflows: &BTreeSet<Located>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(workflows.iter().map(ToString::to_string))
}

/// When a workflow may have changed.
#[derive(Clone)]
struct Span {
    from: Timestamp,
    until: Timestamp,
    workflow: Located,
}

impl Alarm {
    /// Whether it is an incident of a platform rather than a workflow's own affair.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.workflows.len() >= SHARED
    }
}

/// Sums the anomalies of many workflows up to alarms, the newest first; what is over is in none.
#[must_use]
pub fn alarms<'a>(anomalies: impl IntoIterator<Item = (&'a Located, &'a Anomaly)>) -> Vec<Alarm> {
    let mut spans = BTreeMap::<(Kind, Host, String), BTreeMap<&Located, Span>>::new();
    for (workflow, anomaly) in anomalies.into_iter().filter(|(_, one)| one.holds()) {
        let owner = workflow.id.repository.owner().to_ascii_lowercase();
        let group = spans
            .entry((anomaly.kind, workflow.host.clone(), owner))
            .or_default();
        let span = span(workflow, anomaly);
        // Of two events of one workflow the one that tells more exactly counts.
        let width = |span: &Span| span.until - span.from;
        if group
            .get(workflow)
            .is_none_or(|own| width(own) > width(&span))
        {
            group.insert(workflow, span);
        }
    }
    let mut alarms = Vec::new();
    for ((kind, host, owner), group) in spans {
        for together in gathered(group.into_values().collect()) {
            let since = together.iter().map(|span| span.until).min();
            alarms.extend(since.map(|since| Alarm {
                kind,
                host: host.clone(),
                owner: owner.clone(),
                since,
                workflows: together.into_iter().map(|span| span.workflow).collect(),
            }));
        }
    }
    alarms.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.cmp(b)));
    alarms
}

fn span(workflow: &Located, anomaly: &Anomaly) -> Span {
    let earliest = anomaly.since - TimeDelta::hours(LONGEST_HOURS);
    Span {
        from: (anomaly.after - TimeDelta::hours(SLACK_HOURS)).max(earliest),
        until: anomaly.since,
        workflow: workflow.clone(),
    }
}

/// Takes out what lies around the fullest instant, again and again, as long as that is an incident; the rest is each its own.
fn gathered(mut spans: Vec<Span>) -> Vec<Vec<Span>> {
    let mut gathered = Vec::new();
    while let Some(instant) = fullest(&spans) {
        let (inside, outside): (Vec<_>, Vec<_>) = spans
            .into_iter()
            .partition(|span| (span.from..=span.until).contains(&instant));
        gathered.push(inside);
        spans = outside;
    }
    gathered.extend(spans.into_iter().map(|span| vec![span]));
    gathered
}

/// The earliest instant that lies in the most spans, where those are an incident.
fn fullest(spans: &[Span]) -> Option<Timestamp> {
    // A span that begins where another ends overlaps it: beginnings come first.
    let begins = spans.iter().map(|span| (span.from, false));
    let ends = spans.iter().map(|span| (span.until, true));
    let mut edges: Vec<(Timestamp, bool)> = begins.chain(ends).collect();
    edges.sort_unstable();
    let (mut inside, mut most, mut instant) = (0, SHARED - 1, None);
    for (at, ends) in edges {
        if ends {
            inside -= 1;
        } else {
            inside += 1;
            if inside > most {
                (most, instant) = (inside, Some(at));
            }
        }
    }
    instant
}

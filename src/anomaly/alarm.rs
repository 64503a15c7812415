//! Which anomalies are one alarm: workflows of one owner that change in the same way within the same hours.
//!
//! A workflow that runs once a night tells only between which two runs it changed. So an anomaly stands for the span from the last
//! run that was as before to the first that was not, and an incident is an instant that lies in the spans of many. Invariants:
//! every anomaly that holds is in one alarm; the order in which they are told does not matter.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::Serialize;

use super::kind::{Anomaly, Kind};
use crate::domain::{Host, Located, Timestamp, WorkflowId};

/// From how many workflows on it is one incident at the least: two nightlies may well change in one night.
const SHARED: usize = 3;
/// The longest span that an anomaly stands for: one night to the next, and two hours.
const LONGEST_HOURS: i64 = 26;
/// How often a run begins an anomaly of one kind that is its workflow's own affair: as recorded histories tell.
const OWN_RATE: f64 = 0.004;
/// How likely it must be that fewer workflows than an incident's change together by chance.
const SURE: f64 = 0.9999;

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

/// When a workflow may have changed: after the one instant, and at the other at the latest.
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
///
/// `watched` are all workflows that could have any: the more of an owner's there are, the more change in one night by chance.
#[must_use]
pub fn alarms<'a>(
    anomalies: impl IntoIterator<Item = (&'a Located, &'a Anomaly)>,
    watched: impl IntoIterator<Item = (&'a Host, &'a WorkflowId)>,
) -> Vec<Alarm> {
    let mut sizes = BTreeMap::<(Host, String), u32>::new();
    for (host, workflow) in watched {
        *sizes.entry((host.clone(), owner(workflow))).or_default() += 1;
    }
    let mut spans = BTreeMap::<(Kind, Host, String), BTreeMap<&Located, Span>>::new();
    for (workflow, anomaly) in anomalies.into_iter().filter(|(_, one)| one.holds()) {
        let group = spans
            .entry((anomaly.kind, workflow.host.clone(), owner(&workflow.id)))
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
        let size = sizes.get(&(host.clone(), owner.clone())).copied();
        let least = least(size.unwrap_or_default());
        for together in gathered(group.into_values().collect(), least) {
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

fn owner(workflow: &WorkflowId) -> String {
    workflow.repository.owner().to_ascii_lowercase()
}

/// How many of so many workflows must change together to be an incident: more than chance brings together.
///
/// An instant lies between two runs of each workflow, so that the number whose change lies there by chance is a Poisson
/// variable of the rate per run times the workflows, however often these run.
fn least(workflows: u32) -> usize {
    let mean = OWN_RATE * f64::from(workflows);
    // The logarithm of each term, since the first of a large fleet is less than a number can tell.
    let (mut term, mut below, mut count) = (-mean, (-mean).exp(), 0_u32);
    while below < SURE && count < workflows {
        count += 1;
        term += (mean / f64::from(count)).ln();
        below += term.exp();
    }
    SHARED.max(count as usize + 1)
}

fn span(workflow: &Located, anomaly: &Anomaly) -> Span {
    let earliest = anomaly.since - TimeDelta::hours(LONGEST_HOURS);
    Span {
        // Where runs overtook one another, there may be no time between.
        from: anomaly
            .after
            .clamp(earliest, anomaly.since - TimeDelta::seconds(1)),
        until: anomaly.since,
        workflow: workflow.clone(),
    }
}

/// Takes out what lies around the fullest instant, again and again, as long as that is an incident; the rest is each its own.
fn gathered(mut spans: Vec<Span>, least: usize) -> Vec<Vec<Span>> {
    let mut gathered = Vec::new();
    while let Some(instant) = fullest(&spans, least) {
        let (inside, outside): (Vec<_>, Vec<_>) = spans
            .into_iter()
            .partition(|span| (span.from..span.until).contains(&instant));
        gathered.push(inside);
        spans = outside;
    }
    gathered.extend(spans.into_iter().map(|span| vec![span]));
    gathered
}

/// The earliest instant after which most spans go on, where those are an incident.
fn fullest(spans: &[Span], least: usize) -> Option<Timestamp> {
    // The run that a span begins with was as before, so that one that ends there is another matter: ends come first.
    let begins = spans.iter().map(|span| (span.from, true));
    let ends = spans.iter().map(|span| (span.until, false));
    let mut edges: Vec<(Timestamp, bool)> = ends.chain(begins).collect();
    edges.sort_unstable();
    let (mut inside, mut most, mut instant) = (0_usize, least.saturating_sub(1), None);
    for (at, begins) in edges {
        if begins {
            inside += 1;
            if inside > most {
                (most, instant) = (inside, Some(at));
            }
        } else {
            inside = inside.saturating_sub(1);
        }
    }
    instant
}

//! Goldens of `cronwright anomalies`.

use super::*;
use crate::{
    anomaly::{Amount, Anomaly, End, Ended, Kind},
    domain::{RunId, Seconds, Timestamp},
    report::sample::{self, id},
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn slower(from: u64, to: u64) -> Anomaly {
    Anomaly {
        from: Amount::Time(Seconds::minutes(from)),
        to: Amount::Time(Seconds::minutes(to)),
        ..sample::slower("schedule")
    }
}

/// Three nightlies of acme that became slower in one night, one of which failed for a while before.
fn told() -> Anomalies {
    let mut inventory = sample::inventory();
    let names: Vec<_> = inventory.workflows.keys().take(3).cloned().collect();
    for (minutes, name) in (10..).zip(&names) {
        let known = inventory.workflows.get_mut(name).expect("a workflow");
        known.anomalies.push(slower(minutes, 2 * minutes));
    }
    let docs = inventory
        .workflows
        .get_mut(&id("acme/docs/links.yml").into());
    docs.expect("a workflow").anomalies.insert(
        0,
        Anomaly {
            kind: Kind::SuccessDropping,
            after: at("2026-07-31T06:00:00Z"),
            since: at("2026-08-01T06:00:00Z"),
            run: Some(RunId(4_600)),
            noticed_at: at("2026-08-04T06:10:00Z"),
            from: Amount::Share(crate::domain::Permille(980)),
            to: Amount::Share(crate::domain::Permille(250)),
            evidence: 4,
            end: Some(End {
                at: at("2026-08-14T06:10:00Z"),
                how: Ended::Returned,
            }),
            ..slower(10, 20)
        },
    );
    Anomalies::of(&inventory)
}

fn printed(told: &Anomalies, format: Format) -> String {
    let mut out = Vec::new();
    page::print(&mut out, format, told, || page(told)).expect("memory takes it");
    String::from_utf8(out).expect("text")
}

#[test]
fn one_incident_is_told_once_and_what_is_over_stands_below() {
    insta::assert_snapshot!(printed(&told(), Format::Text));
}

#[test]
fn the_same_as_data_and_for_a_job_summary() {
    insta::assert_snapshot!(printed(&told(), Format::Json));
    insta::assert_snapshot!(printed(&told(), Format::Markdown));
}

#[test]
fn without_anomalies_one_line_says_so() {
    let none = Anomalies::of(&sample::inventory());
    assert_eq!(printed(&none, Format::Text).trim_end(), "Anomalies: none");
}

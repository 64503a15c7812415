//! The condition `Anomalous`: what it says, when it is an event, and what it never touches.

use super::support::{now, object, round, settled, told};
use crate::{
    anomaly::{Amount, Anomaly, End, Ended, Kind},
    api::{
        Mode,
        condition::{self, ConditionStatus::*},
    },
    decide::{EventKind, Known, Learned, Object, Seen},
    domain::{
        Forecast, Interval, Percent, Permille, ProbabilityInterval, Quantiles, RunId, Seconds,
    },
};

fn slower() -> Anomaly {
    Anomaly {
        kind: Kind::Slower,
        event: Some("schedule".to_owned()),
        after: now() - chrono::TimeDelta::days(4),
        since: now() - chrono::TimeDelta::days(3),
        run: Some(RunId(41)),
        noticed_at: now() - chrono::TimeDelta::days(1),
        from: Amount::Time(Seconds::minutes(12)),
        to: Amount::Time(Seconds::minutes(21)),
        evidence: 3,
        end: None,
    }
}

fn failing() -> Anomaly {
    Anomaly {
        kind: Kind::SuccessDropping,
        from: Amount::Share(Permille(980)),
        to: Amount::Share(Permille(500)),
        ..slower()
    }
}

fn forecast() -> Forecast {
    Forecast {
        made_at: now(),
        model: "test/1".to_owned(),
        duration: Quantiles::default(),
        interval: Interval::default(),
        queue: Quantiles::default(),
        lateness: Quantiles::default(),
        success: Permille(900),
        success_interval: ProbabilityInterval::default(),
        confidence: Percent(80),
        samples: 40,
        drift_since: None,
    }
}

fn with(anomalies: Vec<Anomaly>) -> Seen {
    Seen {
        learned: Known::Known(Learned {
            anomalies,
            forecast: Some(forecast()),
            ..Learned::default()
        }),
        ..settled()
    }
}

fn reasons(object: &Object, seen: &Seen) -> Vec<(EventKind, String)> {
    let events = round(object, seen).events;
    events
        .into_iter()
        .map(|event| (event.kind, event.reason))
        .collect()
}

#[test]
fn what_holds_is_told_the_worst_first_and_an_observed_workflow_stays_ready() {
    let end = round(&object(Mode::PullRequest), &with(vec![slower(), failing()]));
    assert_eq!(
        told(&end, condition::ANOMALOUS),
        Some((True, "SuccessDropping"))
    );
    let found = condition::find(&end.status.conditions, condition::ANOMALOUS).unwrap();
    assert_eq!(
        found.message,
        "50% of runs by schedule succeed at their first attempt instead of 98% since 2024-10-01 00:00 UTC, from run 41 on; \
         runs by schedule take 21m instead of 12m since 2024-10-01 00:00 UTC, from run 41 on"
    );
    assert_eq!(told(&end, condition::READY), Some((True, "Observed")));
    assert_eq!(told(&end, condition::STALLED), None);
    let listed: Vec<_> = end
        .status
        .anomalies
        .iter()
        .map(|one| one.kind.as_str())
        .collect();
    assert_eq!(listed, ["Slower", "SuccessDropping"]);
}

#[test]
fn an_onset_is_an_event_once_and_the_next_onset_is_another() {
    let seen = with(vec![slower()]);
    let mut object = object(Mode::PullRequest);
    assert_eq!(
        reasons(&object, &seen),
        [(EventKind::Warning, "Slower".to_owned())]
    );
    object.before = round(&object, &seen).status;
    assert_eq!(reasons(&object, &seen), []);

    let later = Anomaly {
        since: now(),
        noticed_at: now(),
        ..slower()
    };
    let faster = Anomaly {
        kind: Kind::Faster,
        ..slower()
    };
    assert_eq!(
        reasons(&object, &with(vec![later, faster])),
        [
            (EventKind::Warning, "Slower".to_owned()),
            (EventKind::Normal, "Faster".to_owned())
        ]
    );
}

#[test]
fn what_is_over_is_told_with_how_it_ended_and_is_no_event() {
    for (how, reason) in [(Ended::Returned, "Returned"), (Ended::Adapted, "Adapted")] {
        let over = Anomaly {
            end: Some(End { at: now(), how }),
            ..slower()
        };
        let end = round(&object(Mode::PullRequest), &with(vec![over]));
        assert_eq!(told(&end, condition::ANOMALOUS), Some((False, reason)));
        assert_eq!((end.status.anomalies.len(), end.events.len()), (0, 0));
    }
}

#[test]
fn without_anomalies_it_is_usual_and_without_history_unknown() {
    let of = |seen: &Seen| round(&object(Mode::PullRequest), seen);
    assert_eq!(
        told(&of(&with(vec![])), condition::ANOMALOUS),
        Some((False, "Usual"))
    );
    assert_eq!(
        told(&of(&settled()), condition::ANOMALOUS),
        Some((Unknown, "NoHistory"))
    );
}

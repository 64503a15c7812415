//! The condition `Anomalous`, and what status and events tell of anomalies.
//!
//! Abnormal is true here, as with `Stalled`; readiness does not depend on it: an observed workflow that became slow is observed.

use super::{
    conclude::{Event, EventKind},
    facts::{Facts, Verdict, no, unknown, yes},
};
use crate::{
    anomaly::{Anomaly, Kind},
    api::workflow_schedule::status::AnomalyStatus,
};

/// Something about how the workflow behaves has become otherwise.
pub(super) fn anomalous(facts: &Facts<'_>) -> Verdict {
    let learned = match facts.seen.learned.as_result() {
        Err(why) => return unknown(why.cause.into(), why.message.clone()),
        Ok(learned) => learned,
    };
    let mut holding: Vec<&Anomaly> = learned.anomalies.iter().filter(|one| one.holds()).collect();
    holding.sort_by_key(|one| one.kind);
    if let Some(worst) = holding.first() {
        let told: Vec<String> = holding.iter().map(|one| one.sentence()).collect();
        return yes(worst.kind.into(), told.join("; "));
    }
    if learned.forecast.is_none() {
        return unknown("NoHistory", "no successful run has been seen yet");
    }
    let over = learned
        .anomalies
        .iter()
        .filter_map(|one| Some((one.end?, one)));
    over.max_by_key(|(end, one)| (end.at, one.since))
        .map_or_else(
            || no("Usual", "nothing has become otherwise"),
            |(end, one)| {
                let reason = match end.how {
                    crate::anomaly::Ended::Returned => "Returned",
                    crate::anomaly::Ended::Adapted => "Adapted",
                    crate::anomaly::Ended::Silent => "Silent",
                };
                no(reason, format!("{}; {}", one.sentence(), end.how.words()))
            },
        )
}

/// Those that hold, as status lists them.
pub(super) fn status(anomalies: &[Anomaly]) -> Vec<AnomalyStatus> {
    let holding = anomalies.iter().filter(|one| one.holds());
    holding.map(one).collect()
}

fn one(anomaly: &Anomaly) -> AnomalyStatus {
    AnomalyStatus {
        kind: <&str>::from(anomaly.kind).to_owned(),
        event: anomaly.event.clone(),
        since: anomaly.since,
        run: anomaly.run.and_then(|run| i64::try_from(run.0).ok()),
        noticed_at: anomaly.noticed_at,
        from: anomaly.from.to_string(),
        to: anomaly.to.to_string(),
    }
}

/// An event for each that status did not list before: once for an onset, however often it is looked at, and by whichever process.
pub(super) fn events(facts: &Facts<'_>) -> Vec<Event> {
    let Some(learned) = facts.seen.learned.known().filter(|_| !facts.at_rest()) else {
        return Vec::new();
    };
    let before = &facts.object.before.anomalies;
    let is_known = |one: &&Anomaly| {
        before.iter().any(|told| {
            told.kind == <&str>::from(one.kind)
                && told.event == one.event
                && one.since <= told.noticed_at
        })
    };
    let holding = learned.anomalies.iter().filter(|one| one.holds());
    holding
        .filter(|one| !is_known(one))
        .map(|one| Event {
            kind: if one.kind == Kind::Faster {
                EventKind::Normal
            } else {
                EventKind::Warning
            },
            reason: <&str>::from(one.kind).to_owned(),
            message: one.sentence(),
        })
        .collect()
}

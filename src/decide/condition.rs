//! The conditions of a WorkflowSchedule: an ordered list of pure checks over the facts of one round.

use super::{
    anomalous::anomalous,
    facts::{Facts, Verdict, no, unknown, yes},
    in_sync::{distrusted, in_sync},
    known::{Cause, Retry, Why},
    seen::{FileSeen, WorkflowState},
    standing::{Hold, Standing},
};
use crate::{
    api::condition::{self, Condition},
    domain::Timestamp,
    track::{Accuracy, Health},
};

/// A check of the facts.
type Check = fn(&Facts<'_>) -> Verdict;

/// The conditions that Kubernetes tools read; the latter two are present only while true, as kstatus has it.
const KSTATUS: [(&str, Check); 3] = [
    (condition::READY, ready),
    (condition::RECONCILING, reconciling),
    (condition::STALLED, stalled),
];

/// What is said of the workflow, in the order in which status lists it.
const DOMAIN: [(&str, Check); 5] = [
    (condition::FORECAST, forecast),
    (condition::IN_SYNC, in_sync),
    (condition::ON_TIME, on_time),
    (condition::ACCURATE, accurate),
    (condition::ANOMALOUS, anomalous),
];

/// Judges every condition and dates those that changed.
///
/// A round that did not look, because the spec is suspended or means nothing or the object is going, leaves what is
/// said of the workflow as it was.
#[must_use]
pub fn conditions(facts: &Facts<'_>, now: Timestamp) -> Vec<Condition> {
    let before = &facts.object.before.conditions;
    let judge = |(kind, check): &(&str, Check)| {
        let (status, reason, message) = check(facts)?;
        Some(Condition {
            kind: (*kind).to_owned(),
            status,
            reason: reason.to_owned(),
            message,
            last_transition_time: now,
            observed_generation: Some(facts.object.generation),
        })
    };
    let mut conditions: Vec<_> = KSTATUS.iter().filter_map(judge).collect();
    if facts.at_rest() {
        conditions.extend(
            DOMAIN
                .iter()
                .filter_map(|(kind, _)| condition::find(before, kind).cloned()),
        );
    } else {
        conditions.extend(DOMAIN.iter().filter_map(judge));
    }
    condition::dated(conditions, before, now)
}

/// A limit passes by itself and is no fault; everything else is one until the next round says otherwise.
fn failed(why: &Why) -> Verdict {
    match why.cause {
        Cause::RateLimited => unknown(why.cause.into(), why.message.clone()),
        Cause::ConnectionNotReady
        | Cause::CredentialsRefused
        | Cause::PermissionMissing
        | Cause::NotFound
        | Cause::GitHubUnavailable
        | Cause::RequestRefused
        | Cause::StoreUnavailable
        | Cause::NotYetSeen => no(why.cause.into(), why.message.clone()),
    }
}

/// Looked at, status is true, nothing in the way.
fn ready(facts: &Facts<'_>) -> Verdict {
    if let Some((reason, message)) = terminal(facts) {
        return no(reason, message);
    }
    if facts.object.deleting {
        let message = facts.failure.map_or_else(
            || "an open pull request is closed first".to_owned(),
            |why| why.message.clone(),
        );
        return no("Deleting", message);
    }
    if facts.suspended() {
        return no(
            "Suspended",
            "spec.suspend is true: nothing is read and nothing is changed",
        );
    }
    if let Some(why) = facts.failure {
        return failed(why);
    }
    match &facts.decision.standing {
        Standing::Unplanned => unknown(
            "Planning",
            "the repository was looked at; its place in the timetable is being planned",
        ),
        Standing::Unknown(why) => failed(why),
        Standing::Aligned | Standing::Held { .. } | Standing::Wanted(_) => yes(
            "Observed",
            "the workflow is observed and its status is true",
        ),
    }
}

/// Work is under way.
fn reconciling(facts: &Facts<'_>) -> Verdict {
    if facts.at_rest() || stalled(facts).is_some() {
        return None;
    }
    match (&facts.failure, &facts.decision.standing) {
        (Some(why), _) if why.cause == Cause::RateLimited => yes(
            "Waiting",
            "the next request may go when the limit allows it",
        ),
        (Some(_), _) => yes(
            "Retrying",
            "the last round failed; it is tried again after a wait that grows",
        ),
        (None, Standing::Unplanned) => {
            yes("Planning", "waiting for the timetable of the connection")
        }
        (
            None,
            Standing::Unknown(_) | Standing::Aligned | Standing::Held { .. } | Standing::Wanted(_),
        ) => None,
    }
}

/// Nothing can go on until a person changes something.
fn stalled(facts: &Facts<'_>) -> Verdict {
    if let Some((reason, message)) = terminal(facts) {
        return yes(reason, message);
    }
    let why = facts.failure.filter(|why| why.retry == Retry::Never)?;
    yes(why.cause.into(), why.message.clone())
}

/// There is a forecast.
fn forecast(facts: &Facts<'_>) -> Verdict {
    match facts.seen.learned.as_result() {
        Err(why) => unknown(why.cause.into(), why.message.clone()),
        Ok(learned) => match &learned.forecast {
            Some(forecast) => yes("Forecast", format!("made by {}", forecast.model)),
            None => no("NoHistory", "no successful run has been seen yet"),
        },
    }
}

/// Fires are served in time.
fn on_time(facts: &Facts<'_>) -> Verdict {
    if let Some(FileSeen::Found { state, .. }) = facts.seen.file.known() {
        match state {
            WorkflowState::DisabledInactivity => {
                return no(
                    "DisabledByInactivity",
                    "GitHub disabled the workflow after 60 days without activity; enable it on its Actions page",
                );
            }
            WorkflowState::Disabled => {
                return no(
                    "Disabled",
                    "the workflow is disabled; enable it on its Actions page",
                );
            }
            WorkflowState::Active => {}
        }
    }
    let delivery = facts
        .seen
        .learned
        .known()
        .and_then(|learned| learned.delivery.as_ref());
    let Some((delivery, share)) =
        delivery.and_then(|delivery| delivery.on_time_share.map(|share| (delivery, share)))
    else {
        return unknown("NoFires", "no fire of the last 30 days can be judged yet");
    };
    if delivery.missed > 0 {
        no(
            "Missed",
            "fires of the last 30 days were never served; see status.delivery",
        )
    } else if share.0 >= ON_TIME_PERCENT {
        yes("OnTime", "fires of the last 30 days were served in time")
    } else {
        no(
            "Late",
            "fires of the last 30 days were served late; see status.delivery",
        )
    }
}

/// The share of fires served in time from which a workflow counts as on time, as for a p90.
const ON_TIME_PERCENT: u8 = 90;

/// Past forecasts were good enough to act on.
fn accurate(facts: &Facts<'_>) -> Verdict {
    match facts
        .seen
        .learned
        .known()
        .and_then(|learned| learned.accuracy.as_ref())
    {
        None => unknown("NoComparisons", "no forecast has met its run yet"),
        Some(Accuracy {
            demotion: Some(demotion),
            ..
        }) => no(demotion.distrust.into(), distrusted(demotion.distrust)),
        Some(accuracy) => match accuracy.health {
            Health::Good => yes(
                "Good",
                "over 80% of forecasts were within 25% of the outcome",
            ),
            Health::Warning => no(
                "Warning",
                "60% to 80% of forecasts were within 25% of the outcome",
            ),
            Health::Critical => no(
                "Critical",
                "under 60% of forecasts were within 25% of the outcome",
            ),
        },
    }
}

/// What only a person can mend.
pub(super) fn terminal(facts: &Facts<'_>) -> Option<(&'static str, String)> {
    let wish = match &facts.object.wish {
        Ok(wish) => wish,
        Err(problem) => return Some(("InvalidSpec", problem.to_string())),
    };
    if let Some(elder) = &facts.object.elder {
        let message = format!(
            "{elder} is older and acts on {} already; delete one of the two: this one takes over when it is alone",
            wish.workflow
        );
        return Some(("Duplicate", message));
    }
    match &facts.decision.standing {
        Standing::Held {
            hold: hold @ Hold::Archived,
            ..
        } => Some((
            hold.into(),
            "the repository is archived: nothing runs and nothing can be changed".to_owned(),
        )),
        Standing::Held {
            hold: hold @ Hold::WorkflowMissing,
            ..
        } => Some((
            hold.into(),
            "the default branch has no such workflow file; correct spec.workflow or add the file"
                .to_owned(),
        )),
        Standing::Held {
            hold: hold @ Hold::NoSchedule,
            ..
        } => Some((
            hold.into(),
            "the workflow has no schedule; add on.schedule to the file or delete this object"
                .to_owned(),
        )),
        Standing::Held {
            hold: hold @ Hold::Unreadable(problem),
            ..
        } => Some((
            hold.into(),
            format!("the workflow file cannot be read: {problem}"),
        )),
        Standing::Held { .. }
        | Standing::Unknown(_)
        | Standing::Unplanned
        | Standing::Aligned
        | Standing::Wanted(_) => None,
    }
}

//! The conclusion about one GitHubConnection. It has no effects outside: it looks, plans the timetable, and tells.

use super::{
    backoff::backoff,
    conclude::Event,
    incident,
    known::{Known, Retry, Why},
};
use crate::{
    anomaly::Alarm,
    api::{
        GitHubConnectionStatus,
        condition::{self, Condition, ConditionStatus},
    },
    domain::{Digest, Seconds, Timestamp},
};

/// A GitHubConnection as a conclusion needs it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionObject {
    /// `namespace/name`.
    pub identity: String,
    /// The generation of its spec.
    pub generation: i64,
    /// The value of the requestedAt annotation.
    pub requested_at: Option<String>,
    /// Whether to leave everything alone.
    pub suspend: bool,
    /// How often to look.
    pub interval: Seconds,
    /// Its status before this round.
    pub before: GitHubConnectionStatus,
}

/// What a look at a connection found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionSeen {
    /// The account that GitHub takes us for.
    pub authenticated_as: Known<String>,
    /// Requests left of the hour's limit, and that limit, where GitHub has told.
    pub budget: Option<(u64, u64)>,
    /// Permissions that are needed for pull requests and not granted, as far as GitHub tells.
    pub missing_permissions: Vec<String>,
    /// How many WorkflowSchedules go through it.
    pub schedules: usize,
    /// The timetable that is in force.
    pub timetable: Known<Option<Digest>>,
    /// What has become otherwise about its workflows; none where that could not be read.
    pub alarms: Option<Vec<Alarm>>,
}

/// The end of a round.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionConclusion {
    /// The whole status.
    pub status: GitHubConnectionStatus,
    /// What happened, for people.
    pub events: Vec<Event>,
    /// When to look again, from now.
    pub again: Seconds,
}

/// Concludes a round of one connection.
#[must_use]
pub fn conclude(
    object: &ConnectionObject,
    seen: &ConnectionSeen,
    now: Timestamp,
) -> ConnectionConclusion {
    let failure = seen
        .authenticated_as
        .why()
        .or_else(|| seen.timetable.why())
        .filter(|_| !object.suspend);
    let mut status = object.before.clone();
    status.observed_generation = Some(object.generation);
    status
        .last_handled_reconcile_at
        .clone_from(&object.requested_at);
    status.failures = failure.map(|_| object.before.failures.unwrap_or(0).saturating_add(1));
    if !object.suspend {
        fill(&mut status, seen, now);
    }
    status.conditions = condition::dated(
        conditions(object, failure, now),
        &object.before.conditions,
        now,
    );
    let wait = backoff(status.failures.unwrap_or(0), &object.identity);
    let again = failure.map_or(object.interval, |why| match why.retry {
        Retry::Never => object.interval.max(wait),
        Retry::Backoff | Retry::At(_) => why.retry.wait(now, wait, object.interval),
    });
    let events = incident::events(&object.before, &status.incidents);
    ConnectionConclusion {
        status,
        events,
        again,
    }
}

fn fill(status: &mut GitHubConnectionStatus, seen: &ConnectionSeen, now: Timestamp) {
    if let Some(account) = seen.authenticated_as.known() {
        status.authenticated_as = Some(account.clone());
        status.last_contact = hour(now);
    }
    if let Some(timetable) = seen.timetable.known() {
        status.timetable = timetable.as_ref().map(|digest| digest.short().to_owned());
    }
    status.budget_left = seen
        .budget
        .map(|(left, limit)| budget(left, limit))
        .or(status.budget_left.take());
    status
        .missing_permissions
        .clone_from(&seen.missing_permissions);
    if let Some(alarms) = &seen.alarms {
        status.incidents = incident::status(&status.incidents, alarms);
    }
    status.schedules = i64::try_from(seen.schedules).unwrap_or(i64::MAX);
}

/// The hour an instant lies in, so that status does not change with every answer.
fn hour(now: Timestamp) -> Option<Timestamp> {
    chrono::DateTime::from_timestamp(now.timestamp() - now.timestamp().rem_euclid(3600), 0)
}

/// Steps of ten percent, rounded down: the last step before nothing is 0 %, and status changes ten times an hour at
/// most.
fn budget(left: u64, limit: u64) -> String {
    let tenths = left
        .saturating_mul(10)
        .checked_div(limit)
        .unwrap_or(0)
        .min(10);
    format!("{}% of {limit}", tenths * 10)
}

fn conditions(object: &ConnectionObject, failure: Option<&Why>, now: Timestamp) -> Vec<Condition> {
    let make = |kind: &str, status, reason: &str, message: &str| Condition {
        kind: kind.to_owned(),
        status,
        reason: reason.to_owned(),
        message: message.to_owned(),
        last_transition_time: now,
        observed_generation: Some(object.generation),
    };
    if object.suspend {
        let message = "spec.suspend is true: nothing goes through this connection";
        return vec![make(
            condition::READY,
            ConditionStatus::False,
            "Suspended",
            message,
        )];
    }
    let Some(why) = failure else {
        return vec![make(
            condition::READY,
            ConditionStatus::True,
            "Connected",
            "GitHub answers and knows us",
        )];
    };
    let reason: &str = why.cause.into();
    let progress = match why.retry {
        Retry::Never => make(
            condition::STALLED,
            ConditionStatus::True,
            reason,
            &why.message,
        ),
        Retry::Backoff | Retry::At(_) => make(
            condition::RECONCILING,
            ConditionStatus::True,
            "Retrying",
            &why.message,
        ),
    };
    vec![
        make(
            condition::READY,
            ConditionStatus::False,
            reason,
            &why.message,
        ),
        progress,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::Cause;

    fn object() -> ConnectionObject {
        ConnectionObject {
            identity: "ci/acme".to_owned(),
            generation: 2,
            requested_at: None,
            suspend: false,
            interval: Seconds::minutes(5),
            before: GitHubConnectionStatus::default(),
        }
    }

    fn seen(authenticated_as: Known<String>) -> ConnectionSeen {
        ConnectionSeen {
            authenticated_as,
            budget: Some((4_711, 5_000)),
            missing_permissions: Vec::new(),
            schedules: 3,
            timetable: Known::Known(None),
            alarms: None,
        }
    }

    #[test]
    fn a_connection_that_answers_is_ready_and_rests() {
        let now = Timestamp::UNIX_EPOCH;
        let first = conclude(&object(), &seen(Known::Known("bot".to_owned())), now);
        assert_eq!(first.status.budget_left.as_deref(), Some("90% of 5000"));
        let later = now + chrono::TimeDelta::minutes(5);
        let again = conclude(
            &ConnectionObject {
                before: first.status.clone(),
                ..object()
            },
            &seen(Known::Known("bot".to_owned())),
            later,
        );
        assert_eq!(again.status, first.status);
    }

    #[test]
    fn refused_credentials_stall_the_connection_and_do_not_erase_who_it_was() {
        let why = Why {
            cause: Cause::CredentialsRefused,
            message: "401".to_owned(),
            retry: Retry::Never,
        };
        let before = GitHubConnectionStatus {
            authenticated_as: Some("bot".to_owned()),
            ..Default::default()
        };
        let end = conclude(
            &ConnectionObject { before, ..object() },
            &seen(Known::Unknown(why)),
            Timestamp::UNIX_EPOCH,
        );
        assert_eq!(end.status.authenticated_as.as_deref(), Some("bot"));
        assert!(condition::find(&end.status.conditions, condition::STALLED).is_some());
        assert_eq!(end.again, Seconds::minutes(5));
    }
}

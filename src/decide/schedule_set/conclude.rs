//! From a set's decision and what came of it to status, events, and when to look again.

use super::{
    child::Wanted,
    decision::{Leaving, PROGRESSING, SetDecision, SetEffect},
    doubt::MANY_GONE,
    seen::{SetSeen, Survey},
    status,
    wish::SetObject,
};
use crate::{
    api::{
        WorkflowScheduleSetStatus,
        condition::{self, Condition, ConditionStatus},
    },
    decide::{
        backoff::backoff,
        conclude::{Event, EventKind},
        known::{Cause, Retry, Why},
    },
    domain::{Seconds, Timestamp},
};

/// The end of a round.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetConclusion {
    /// The whole status to be written, if it differs from the one before.
    pub status: WorkflowScheduleSetStatus,
    /// What happened in this round, for people.
    pub events: Vec<Event>,
    /// When to look again, from now.
    pub again: Seconds,
}

/// What came of the effects.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Done {
    /// How many WorkflowSchedules were made.
    pub(super) made: usize,
    /// Why the first effect failed that did.
    pub(super) failure: Option<Why>,
}

/// How soon to go on with what one round did not get to.
const WITH_MORE: Seconds = Seconds(1);
/// How soon to look at what was just done: the watch tells of it before.
const AFTER_A_DEED: Seconds = Seconds(2);
/// How many objects an event names.
const MOST_NAMED: usize = 8;

/// Concludes a round of one set, with an outcome for each effect that was tried, in order.
///
/// # Guarantees
/// Pure and total. Status tells deeds that were done, never intentions; while the owner is not known, its last word stays.
#[must_use]
pub fn conclude(
    object: &SetObject,
    seen: &SetSeen,
    decision: &SetDecision,
    outcomes: &[Result<(), Why>],
    now: Timestamp,
) -> SetConclusion {
    let asleep = object.wish.as_ref().map_or(true, |wish| wish.suspend) || object.deleting;
    let done = done(decision, outcomes);
    let failure = seen
        .survey
        .why()
        .or(done.failure.as_ref())
        .or_else(|| in_the_way(decision))
        .filter(|_| !asleep);
    let mut status = object.before.clone();
    status.observed_generation = Some(object.generation);
    status
        .last_handled_reconcile_at
        .clone_from(&object.requested_at);
    status.failures = failure.map(|_| object.before.failures.unwrap_or(0).saturating_add(1));
    let survey = seen.survey.known().filter(|_| !asleep);
    if let Some(survey) = survey.filter(|_| is_whole(decision)) {
        let repositories = survey.repositories.len();
        status::fill(&mut status, seen, decision, &done, repositories);
    }
    let mut told = conditions(object, seen, decision, failure, &status, now);
    if let Some(survey) = survey {
        told.extend(complete(object, survey, decision, now));
    }
    status.conditions = condition::dated(told, &object.before.conditions, now);
    SetConclusion {
        again: again(object, decision, outcomes, failure, status.failures, now),
        events: events(decision, outcomes, &status, &object.before),
        status,
    }
}

/// Why the set cannot go on, of what could not be read: one that cannot be read keeps nobody else from being managed.
fn in_the_way(decision: &SetDecision) -> Option<&Why> {
    let mut unread = decision.unread.iter().map(|(_, why)| why);
    let waits = unread.clone().find(|why| why.cause == Cause::RateLimited);
    waits.or_else(|| unread.next().filter(|_| decision.read == 0))
}

/// Whether all of the owner was looked through, as far as it can be: half of it would be told as a whole one.
fn is_whole(decision: &SetDecision) -> bool {
    let waits = |(_, why): &(String, Why)| why.cause == Cause::RateLimited;
    decision.unseen == 0 && !decision.unread.iter().any(waits)
}

fn done(decision: &SetDecision, outcomes: &[Result<(), Why>]) -> Done {
    let mut done = Done::default();
    for (effect, outcome) in decision.effects.iter().zip(outcomes) {
        match (effect, outcome) {
            (SetEffect::Apply(wanted), Ok(())) if wanted.uid.is_none() => done.made += 1,
            (SetEffect::Apply(_) | SetEffect::Delete { .. }, Ok(())) => {}
            (_, Err(why)) => done.failure = done.failure.take().or_else(|| Some(why.clone())),
        }
    }
    done
}

fn again(
    object: &SetObject,
    decision: &SetDecision,
    outcomes: &[Result<(), Why>],
    failure: Option<&Why>,
    failures: Option<u32>,
    now: Timestamp,
) -> Seconds {
    let interval = object
        .wish
        .as_ref()
        .map_or(Seconds::hours(1), |wish| wish.interval);
    let wait = backoff(failures.unwrap_or(0), &object.identity);
    match failure {
        Some(why) if why.retry == Retry::Never => interval.max(wait),
        Some(why) => why.retry.wait(now, wait, interval),
        None if decision.more || decision.unseen > 0 => WITH_MORE,
        None if !outcomes.is_empty() => AFTER_A_DEED.min(interval),
        None => interval,
    }
}

/// A condition without its date.
type Told = (&'static str, ConditionStatus, &'static str, String);

fn conditions(
    object: &SetObject,
    seen: &SetSeen,
    decision: &SetDecision,
    failure: Option<&Why>,
    status: &WorkflowScheduleSetStatus,
    now: Timestamp,
) -> Vec<Condition> {
    let told = told(object, seen, decision, failure, status);
    told.into_iter()
        .map(|(kind, status, reason, message)| Condition {
            kind: kind.to_owned(),
            status,
            reason: reason.to_owned(),
            message,
            last_transition_time: now,
            observed_generation: Some(object.generation),
        })
        .collect()
}

fn told(
    object: &SetObject,
    seen: &SetSeen,
    decision: &SetDecision,
    failure: Option<&Why>,
    status: &WorkflowScheduleSetStatus,
) -> Vec<Told> {
    use ConditionStatus::{False, True, Unknown};
    use condition::{READY, RECONCILING, STALLED};
    let stalled = |reason, message: String| {
        vec![
            (READY, False, reason, message.clone()),
            (STALLED, True, reason, message),
        ]
    };
    let wish = match &object.wish {
        Ok(wish) => wish,
        Err(problem) => return stalled("InvalidSpec", problem.to_string()),
    };
    if wish.suspend {
        let message = "spec.suspend is true: nothing is looked for, made or deleted";
        return vec![(READY, False, "Suspended", message.to_owned())];
    }
    if let Some(why) = failure {
        let message = why.message.clone();
        if why.retry == Retry::Never && seen.survey.why().is_some() {
            return stalled(why.cause.into(), message);
        }
        return failed(why, message);
    }
    if let Some((count, first)) = &decision.doubted {
        let message = format!(
            "what GitHub says would delete {count} WorkflowSchedules at once ({} and so on), more than half of all, so they \
             stay: if the credentials lost sight of something, give it back; if it is right, delete them by hand",
            first.words()
        );
        return stalled(MANY_GONE, message);
    }
    if decision.unseen > 0 {
        let message = format!("{} repositories are yet to be looked into", decision.unseen);
        return vec![
            (READY, Unknown, "Surveying", message.clone()),
            (RECONCILING, True, "Surveying", message),
        ];
    }
    let message = format!(
        "{} of {} scheduled workflows are managed",
        status.managed, status.found
    );
    if decision.more {
        let more = "there is more to make or delete than one round does".to_owned();
        return vec![
            (READY, Unknown, PROGRESSING, message),
            (RECONCILING, True, PROGRESSING, more),
        ];
    }
    vec![(READY, True, "Managed", message)]
}

/// A failure that passes by itself; a limit is none.
fn failed(why: &Why, message: String) -> Vec<Told> {
    let (status, progress) = if why.cause == Cause::RateLimited {
        (ConditionStatus::Unknown, "Waiting")
    } else {
        (ConditionStatus::False, "Retrying")
    };
    let again = "what could not be read or written is tried again".to_owned();
    vec![
        (condition::READY, status, why.cause.into(), message),
        (
            condition::RECONCILING,
            ConditionStatus::True,
            progress,
            again,
        ),
    ]
}

/// Whether everything that is taken could be read; while the owner is not looked through, the last word stays.
fn complete(
    object: &SetObject,
    survey: &Survey,
    decision: &SetDecision,
    now: Timestamp,
) -> Option<Condition> {
    if !is_whole(decision) {
        return condition::find(&object.before.conditions, condition::COMPLETE).cloned();
    }
    let (status, reason, message) = if decision.unread.is_empty() {
        let message = format!(
            "everything that is taken of {} repositories was read",
            survey.repositories.len()
        );
        (ConditionStatus::True, "AllRead", message)
    } else {
        let mut unread: Vec<_> = decision
            .unread
            .iter()
            .map(|(name, why)| format!("{name}: {}", why.message))
            .collect();
        unread.sort();
        let message = format!(
            "could not be read, and stays as it was: {}",
            listed(&unread)
        );
        (ConditionStatus::False, "PartlyUnread", message)
    };
    Some(Condition {
        kind: condition::COMPLETE.to_owned(),
        status,
        reason: reason.to_owned(),
        message,
        last_transition_time: now,
        observed_generation: Some(object.generation),
    })
}

fn events(
    decision: &SetDecision,
    outcomes: &[Result<(), Why>],
    status: &WorkflowScheduleSetStatus,
    before: &WorkflowScheduleSetStatus,
) -> Vec<Event> {
    let deeds = || decision.effects.iter().zip(outcomes);
    let done = deeds().filter(|(_, outcome)| outcome.is_ok());
    let (mut made, mut gone) = (Vec::new(), Vec::new());
    for (effect, _) in done {
        match effect {
            SetEffect::Apply(wanted) if wanted.uid.is_none() => made.push(describe(wanted)),
            SetEffect::Apply(_) => {}
            SetEffect::Delete { name, why, .. } => gone.push(format!("{name} ({})", why.words())),
        }
    }
    let mut events = Vec::new();
    let mut tell = |reason: &str, verb: &str, named: &[String]| {
        if !named.is_empty() {
            events.push(Event {
                kind: EventKind::Normal,
                reason: reason.to_owned(),
                message: format!("{verb} {}", listed(named)),
            });
        }
    };
    tell("WorkflowSchedulesMade", "made", &made);
    tell("WorkflowSchedulesDeleted", "deleted", &gone);
    events.extend(warning(status, before));
    events
}

fn describe(wanted: &Wanted) -> String {
    format!(
        "{} for {}/{}",
        wanted.name, wanted.spec.repository, wanted.spec.workflow
    )
}

/// The first names and how many more.
fn listed(names: &[String]) -> String {
    let first = names
        .iter()
        .take(MOST_NAMED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(MOST_NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// What turned out to need a person.
fn warning(
    status: &WorkflowScheduleSetStatus,
    before: &WorkflowScheduleSetStatus,
) -> Option<Event> {
    let find = |conditions: &[Condition]| condition::find(conditions, condition::STALLED).cloned();
    let stalled = find(&status.conditions)?;
    let is_new = find(&before.conditions).is_none_or(|old| old.reason != stalled.reason);
    is_new.then_some(Event {
        kind: EventKind::Warning,
        reason: stalled.reason,
        message: stalled.message,
    })
}

impl Leaving {
    /// Why, in words that follow the object's name.
    #[must_use]
    pub fn words(&self) -> String {
        use super::sort::Unmanaged;
        let detail = |detail: &Option<String>| detail.clone().unwrap_or_default();
        match self {
            Self::Unmanaged(Unmanaged::ByHand, by) => format!("{} was made by hand", detail(by)),
            Self::Unmanaged(Unmanaged::AnotherSet, by) => {
                format!("{} of another set is older", detail(by))
            }
            Self::Unmanaged(Unmanaged::DisabledForInactivity, _) => {
                "GitHub disabled the workflow after 60 days without activity".to_owned()
            }
            Self::Unmanaged(Unmanaged::Disabled, _) => "the workflow is switched off".to_owned(),
            Self::Unmanaged(Unmanaged::Unreadable, why) => {
                format!("the file cannot be read: {}", detail(why))
            }
            Self::Unmanaged(Unmanaged::Generated, _) => {
                "the file says that something else writes it".to_owned()
            }
            Self::Unmanaged(Unmanaged::Archived, _) => "the repository is archived".to_owned(),
            Self::Unmanaged(Unmanaged::Fork, _) => "the repository is a fork".to_owned(),
            Self::Unmanaged(Unmanaged::Excluded, _) => "the set leaves it out".to_owned(),
            Self::Unmanaged(Unmanaged::NoSchedule, _) => "the file has no schedule".to_owned(),
            Self::WorkflowGone => "the repository has no such workflow file any more".to_owned(),
            Self::Moved(to) => format!("the repository is called {to} now"),
            Self::RepositoryGone => {
                "the repository is gone, or the credentials do not see it any more".to_owned()
            }
            Self::Twice => "the set has an older one for the same workflow".to_owned(),
        }
    }
}

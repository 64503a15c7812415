//! From a decision and its outcomes to status, events, and when to look again.

use super::{
    anomalous,
    backoff::backoff,
    condition::conditions,
    effect::{CloseReason, Deed, Outcome},
    facts::Facts,
    known::{Cause, Retry, Why},
    pull::{PullStanding, passes},
    ration::Throttle,
    seen::Seen,
    standing::Standing,
    status,
    workflow_schedule::{Decision, Object, first_unknown},
};
use crate::{
    api::{
        WorkflowScheduleStatus,
        condition::{self as kind, ConditionStatus, find},
    },
    domain::{Seconds, Timestamp},
};

/// The end of a round.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conclusion {
    /// The whole status to be written, if it differs from the one before.
    pub status: WorkflowScheduleStatus,
    /// What happened in this round, for people.
    pub events: Vec<Event>,
    /// When to look again, from now.
    pub again: Seconds,
    /// Whether nothing is awaited but news: of the repository, the timetable or the spec.
    pub at_rest: bool,
    /// Whether the object must carry our finalizer from now on.
    pub finalizer: bool,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Event {
    /// Whether it needs attention.
    pub kind: EventKind,
    /// What happened, in one word.
    pub reason: String,
    /// What happened, for a person.
    pub message: String,
}

/// Whether an event needs attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// It does not.
    Normal,
    /// It does.
    Warning,
}

/// How soon to look again after a deed: GitHub's own answer to a write may trail it by a moment.
const AFTER_A_DEED: Seconds = Seconds(2);
/// How soon to look again while the timetable does not speak of the file; its news usually comes first.
const WHILE_UNPLANNED: Seconds = Seconds(15);

/// Concludes a round.
///
/// # Guarantees
/// Pure and total. Status tells deeds that were done, never intentions. The same facts give the same status to the
/// byte, so an object at rest is never written.
#[must_use]
pub fn conclude(
    object: &Object,
    seen: &Seen,
    decision: &Decision,
    outcomes: &[Outcome],
    now: Timestamp,
) -> Conclusion {
    let awake = object.wish.as_ref().is_ok_and(|wish| !wish.suspend);
    let looked = awake && !object.deleting && object.elder.is_none();
    // What keeps a deletion waiting is told, and tried again sooner than at the next interval.
    let waits = || {
        seen.pulls
            .why()
            .filter(|_| object.deleting && decision.finalizer)
    };
    let unseen = || if looked { first_unknown(seen) } else { waits() };
    let failure = failed(outcomes)
        .filter(|why| !is_turn(why, now))
        .or_else(unseen);
    let facts = Facts {
        object,
        seen,
        decision,
        failure,
    };
    let mut status = object.before.clone();
    if looked {
        fill(&mut status, &facts, outcomes);
    }
    status.observed_generation = Some(object.generation);
    status
        .last_handled_reconcile_at
        .clone_from(&object.requested_at);
    status.failures = failure.map(|_| object.before.failures.unwrap_or(0).saturating_add(1));
    status.conditions = conditions(&facts, now);
    let again = again(&facts, outcomes, status.failures, now);
    let at_rest = looked && failure.is_none() && outcomes.is_empty() && awaits_news(decision);
    let events = events(&facts, outcomes, &status);
    Conclusion {
        status,
        events,
        again,
        at_rest,
        finalizer: decision.finalizer && !(object.deleting && hopeless(outcomes)),
    }
}

/// Writes what is known into status; what is not known keeps its last value.
fn fill(status: &mut WorkflowScheduleStatus, facts: &Facts<'_>, outcomes: &[Outcome]) {
    let Facts { seen, decision, .. } = facts;
    if let Some(current) = status::current(seen) {
        status.current = status::schedules(current);
        status.current_cron = Some(status::one_line(current)).filter(|line| !line.is_empty());
    }
    if let Some(learned) = seen.learned.known() {
        status.prediction = learned.forecast.as_ref().map(status::prediction);
        status.accuracy = learned.accuracy.as_ref().map(status::accuracy);
        status.delivery = learned.delivery.as_ref().map(status::delivery);
        status.last_run = status::last_run(learned);
        status.anomalies = anomalous::status(&learned.anomalies);
        status.cost = learned.cost.as_ref().map(status::cost);
    }
    if let Some(line) = seen.line.known() {
        status.recommendation = line
            .as_ref()
            .and_then(|line| status::recommendation(&decision.standing, line));
    }
    if let Some(pull_request) = status::pull_request(decision, outcomes, seen) {
        status.pull_request = pull_request;
    }
}

fn failed(outcomes: &[Outcome]) -> Option<&Why> {
    outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Failed(why) => Some(why),
        Outcome::Done(_) | Outcome::Overtaken(_) => None,
    })
}

/// Whether a farewell failed in a way that does not pass by itself.
fn hopeless(outcomes: &[Outcome]) -> bool {
    failed(outcomes).is_some_and(|why| !passes(why.cause))
}

/// How long a write may have to wait for its turn before that counts as something in the way.
const LONGEST_TURN: Seconds = Seconds(60);

/// Whether a write only has to wait for its turn: writes of many objects are paced, and that is nothing to worry about.
fn is_turn(why: &Why, now: Timestamp) -> bool {
    let soon = |instant| Seconds::between(now, instant) <= LONGEST_TURN;
    why.cause == Cause::RateLimited && matches!(why.retry, Retry::At(instant) if soon(instant))
}

fn is_overtaken(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Overtaken(_))
}

fn again(
    facts: &Facts<'_>,
    outcomes: &[Outcome],
    failures: Option<u32>,
    now: Timestamp,
) -> Seconds {
    let interval = facts
        .object
        .wish
        .as_ref()
        .map_or(Seconds::hours(1), |wish| wish.interval);
    let wait = backoff(failures.unwrap_or(0), &facts.object.identity);
    let failure = facts.failure.or_else(|| failed(outcomes));
    match (failure, outcomes.is_empty(), &facts.decision.standing) {
        (Some(why), _, _) if why.retry == Retry::Never => interval.max(wait),
        (Some(why), _, _) => why.retry.wait(now, wait, interval),
        (None, false, _) if outcomes.iter().any(is_overtaken) => WHILE_UNPLANNED.min(interval),
        (None, false, _) => AFTER_A_DEED.min(interval),
        (None, true, Standing::Unplanned) => WHILE_UNPLANNED.min(interval),
        (None, true, _) => opening(&facts.decision.pull)
            .map_or(interval, |at| Retry::At(at).wait(now, wait, interval))
            .min(interval),
    }
}

/// Whether a decision stays the same until something new is known: nothing is under way, and nothing waits for its time.
const fn awaits_news(decision: &Decision) -> bool {
    match (&decision.standing, &decision.pull) {
        (_, PullStanding::Declined(_) | PullStanding::Reverted(_)) => true,
        (Standing::Aligned | Standing::Held { .. }, PullStanding::None) => true,
        (_, _) => false,
    }
}

/// When the limits of a set let the next pull request be opened, where they name an instant: whoever looks a whole interval
/// later misses a short window.
const fn opening(pull: &PullStanding) -> Option<Timestamp> {
    if let PullStanding::Throttled(Throttle::WaitsForHour(_, at) | Throttle::WaitsForWindow(at)) =
        pull
    {
        return *at;
    }
    None
}

fn events(facts: &Facts<'_>, outcomes: &[Outcome], status: &WorkflowScheduleStatus) -> Vec<Event> {
    let mut events: Vec<Event> = outcomes.iter().filter_map(deed).collect();
    let before = &facts.object.before.conditions;
    let turned = |kind: &str, to: ConditionStatus| {
        let is = |conditions: &[kind::Condition]| {
            find(conditions, kind).is_some_and(|found| found.status == to)
        };
        find(&status.conditions, kind).filter(|_| is(&status.conditions) && !is(before))
    };
    if let Some(stalled) = turned(kind::STALLED, ConditionStatus::True) {
        events.push(Event::warning(&stalled.reason, &stalled.message));
    } else if let Some(ready) =
        turned(kind::READY, ConditionStatus::False).filter(|_| !facts.suspended())
    {
        events.push(Event::warning(&ready.reason, &ready.message));
    }
    let was_out =
        find(before, kind::IN_SYNC).is_some_and(|before| before.status == ConditionStatus::False);
    if let Some(in_sync) = turned(kind::IN_SYNC, ConditionStatus::True).filter(|_| was_out) {
        events.push(Event::normal("InSync", &in_sync.message));
    }
    events.extend(anomalous::events(facts));
    events
}

fn deed(outcome: &Outcome) -> Option<Event> {
    match outcome {
        Outcome::Done(Deed::Opened {
            number,
            url,
            digest,
            shortfall,
            ..
        }) => {
            let kind = if shortfall.is_some() {
                EventKind::Warning
            } else {
                EventKind::Normal
            };
            let more = shortfall
                .as_ref()
                .map(|text| format!("; {text}"))
                .unwrap_or_default();
            let message = format!("opened #{number} with change {digest}: {url}{more}");
            Some(Event {
                kind,
                reason: "PullRequestOpened".to_owned(),
                message,
            })
        }
        Outcome::Done(Deed::Updated { number, digest }) => Some(Event::normal(
            "PullRequestUpdated",
            &format!("#{number} now carries change {digest}"),
        )),
        Outcome::Done(Deed::Closed { number, reason }) => {
            let why = match reason {
                CloseReason::Moot => "its change is no longer wished for",
                CloseReason::ObjectDeleted => "the WorkflowSchedule is being deleted",
                CloseReason::Duplicate => "an older pull request asks the same",
            };
            Some(Event::normal(
                "PullRequestClosed",
                &format!("closed #{number}: {why}"),
            ))
        }
        Outcome::Overtaken(_) | Outcome::Failed(_) => None,
    }
}

impl Event {
    fn normal(reason: &str, message: &str) -> Self {
        Self {
            kind: EventKind::Normal,
            reason: reason.to_owned(),
            message: message.to_owned(),
        }
    }

    fn warning(reason: &str, message: &str) -> Self {
        Self {
            kind: EventKind::Warning,
            reason: reason.to_owned(),
            message: message.to_owned(),
        }
    }
}

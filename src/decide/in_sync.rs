//! The condition `InSync`: whether the file holds the schedule that is wished for, and if not, whose turn it is.

use super::{
    facts::{Facts, Verdict, no, unknown, yes},
    pull::PullStanding,
    ration::Throttle,
    seen::PullSeen,
    standing::{Hold, Standing},
};
use crate::{api::SET, domain::Timestamp, track::Distrust};

/// The file holds the schedule that is wished for.
pub(super) fn in_sync(facts: &Facts<'_>) -> Verdict {
    let proposal = match &facts.decision.standing {
        Standing::Unknown(why) => return unknown(why.cause.into(), why.message.clone()),
        Standing::Unplanned => {
            return unknown("Planning", "the timetable does not speak of this file yet");
        }
        Standing::Aligned => {
            if let Some(violation) = unmet(facts) {
                return no("IntentNotMet", violation);
            }
            return yes(
                "AsWished",
                "the file on the default branch has the schedule that is wished for",
            );
        }
        Standing::Held { hold, .. } => return held(hold),
        Standing::Wanted(proposal) => proposal,
    };
    match &facts.decision.pull {
        PullStanding::Declined(pull) => no(
            "Declined",
            format!(
                "#{} was closed by a person; the same change is not proposed again",
                pull.number
            ),
        ),
        PullStanding::Reverted(pull) => no(
            "Reverted",
            format!(
                "#{} was merged and taken back; the same change is not proposed again",
                pull.number
            ),
        ),
        PullStanding::LeftAlone(pull) => no(
            "LeftAlone",
            format!("somebody pushed to #{}; it is theirs now", pull.number),
        ),
        PullStanding::AnotherObject(pull) => no("AnotherObject", anothers(pull)),
        PullStanding::Postponed(None) => no(
            "Postponed",
            "policy.maxChangesPerWeek allows no pull request",
        ),
        PullStanding::Postponed(Some(until)) => no(
            "Postponed",
            format!(
                "policy.maxChangesPerWeek is reached; the next pull request may be opened at {}",
                until.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
            ),
        ),
        PullStanding::Throttled(throttle) => no((*throttle).into(), waits(*throttle)),
        PullStanding::Unknown(why) => unknown(why.cause.into(), why.message.clone()),
        PullStanding::Open(pull) => no(
            "PullRequestOpen",
            format!("#{} waits for a person: {}", pull.number, pull.url),
        ),
        PullStanding::None | PullStanding::Opening => no(
            "Proposed",
            format!("change {} is being proposed", proposal.digest.short()),
        ),
    }
}

/// What the change waits for, and who says so.
fn waits(throttle: Throttle) -> String {
    let until = |instant: Option<Timestamp>| {
        instant.map_or(String::new(), |at| {
            let at = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            format!("; the next may be opened at {at}")
        })
    };
    match throttle {
        Throttle::WaitsForSet => format!(
            "no WorkflowScheduleSet owns it that could grant a pull request: make the set that the label {SET} names, which \
             adopts it, or remove that label and it acts on its own"
        ),
        Throttle::WaitsForOpenPullRequests(most) => format!(
            "the set's limits.openPullRequests ({most}) is reached: one must be merged or closed first"
        ),
        Throttle::WaitsForRepository(most) => format!(
            "the set's limits.perRepository ({most}) is reached: one of this repository must be merged or closed first"
        ),
        Throttle::WaitsForHour(most, next) => format!(
            "the set's limits.pullRequestsPerHour ({most}) is reached{}",
            until(next)
        ),
        Throttle::WaitsForWindow(next) => {
            format!("the set's limits.windows are closed{}", until(next))
        }
        Throttle::WaitsForTurn => {
            "other workflows of the set have waited for longer and come first".to_owned()
        }
    }
}

/// Whose the open pull request is, and what to do about it.
fn anothers(pull: &PullSeen) -> String {
    let opener = pull.object.as_deref().unwrap_or("another object");
    format!(
        "#{} is {opener}'s, in another namespace: it is left alone, and no second one is opened; keep one WorkflowSchedule for \
         this workflow",
        pull.number
    )
}

/// The part of the intent that cannot hold, though nothing is left to change.
fn unmet(facts: &Facts<'_>) -> Option<String> {
    let line = facts.seen.line.known()?.as_ref()?;
    line.violations.first().map(ToString::to_string)
}

/// Why forecasts are not acted on, in words.
pub(super) const fn distrusted(distrust: Distrust) -> &'static str {
    match distrust {
        Distrust::NoSkill => {
            "over the last 20 runs, repeating the last duration did better than the forecasts"
        }
        Distrust::LowCoverage => {
            "of the last 20 runs, six or more fell outside of their 90% interval"
        }
    }
}

fn held(hold: &Hold) -> Verdict {
    match hold {
        Hold::Observe => unknown(
            "Observing",
            "policy.mode is Observe: no schedule is proposed",
        ),
        Hold::Recommend => no(
            "Recommended",
            "policy.mode is Recommend: apply status.recommendation by hand, or set mode to PullRequest",
        ),
        Hold::Confidence(action) => no(
            (*action).into(),
            "the confidence is below policy.minConfidence; more runs raise it, or pin the cron",
        ),
        Hold::Demoted(distrust) => no(
            "Demoted",
            format!(
                "{}: nothing is proposed by pull request until that changes; apply status.recommendation by hand, or pin the cron",
                distrusted(*distrust)
            ),
        ),
        Hold::Refused(refusal) => no("EditRefused", refusal.to_string()),
        Hold::Impossible(violation) => no("IntentNotMet", violation.to_string()),
        Hold::NotMovable => no(
            hold.into(),
            "the planner leaves the schedule as it is; see status.recommendation.reasons",
        ),
        Hold::Archived | Hold::WorkflowMissing | Hold::Unreadable(_) | Hold::NoSchedule => {
            unknown(hold.into(), "there is no schedule that could be compared")
        }
    }
}

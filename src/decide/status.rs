//! From what was seen to what status tells, field by field.

use super::{
    effect::{CloseReason, Deed, Outcome, Proposal},
    pull::PullStanding,
    seen::{CostSeen, FileSeen, Learned, PullSeen, PullState, Seen},
    standing::{Hold, Standing},
    workflow_schedule::Decision,
};
use crate::{
    api::workflow_schedule::status::{
        AccuracyStatus, ConflictStatus, CostStatus, DeliveryStatus, ErrorDistribution,
        LastRunStatus, PredictionStatus, PullRequestStatus, RecommendationStatus, ScheduleStatus,
    },
    domain::{Forecast, Run, Schedule, TimeZone},
    plan::{Action, Line},
    track::{Accuracy, DeliverySummary, Health},
};

/// The file's schedule, where it was read.
#[must_use]
pub fn current(seen: &Seen) -> Option<&[Schedule]> {
    match seen.file.known()? {
        FileSeen::Found {
            schedules: Ok(schedules),
            ..
        } => Some(schedules),
        FileSeen::Found {
            schedules: Err(_), ..
        }
        | FileSeen::Missing => None,
    }
}

/// Schedules as status lists them.
#[must_use]
pub fn schedules(schedules: &[Schedule]) -> Vec<ScheduleStatus> {
    let status = |schedule: &Schedule| ScheduleStatus {
        cron: schedule.cron.to_string(),
        time_zone: (schedule.time_zone != TimeZone::UTC).then(|| schedule.time_zone.to_string()),
    };
    schedules.iter().map(status).collect()
}

/// Schedules in one line, for a column.
#[must_use]
pub fn one_line(schedules: &[Schedule]) -> String {
    schedules
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

/// The forecast.
#[must_use]
pub fn prediction(forecast: &Forecast) -> PredictionStatus {
    PredictionStatus {
        p50: forecast.duration.p50.to_string(),
        p90: forecast.duration.p90.to_string(),
        lower: forecast.interval.lower.to_string(),
        upper: forecast.interval.upper.to_string(),
        confidence: i32::from(forecast.confidence.0),
        success: forecast.success.to_string(),
        success_lower: forecast.success_interval.lower.to_string(),
        success_upper: forecast.success_interval.upper.to_string(),
        queue_p50: forecast.queue.p50.to_string(),
        queue_p90: forecast.queue.p90.to_string(),
        lateness_p50: forecast.lateness.p50.to_string(),
        lateness_p90: forecast.lateness.p90.to_string(),
        samples: i64::from(forecast.samples),
        model: forecast.model.clone(),
        drift_since: forecast.drift_since,
    }
}

/// The recommendation of the timetable's line; none in mode Observe.
#[must_use]
pub fn recommendation(standing: &Standing, line: &Line) -> Option<RecommendationStatus> {
    let proposal = match standing {
        Standing::Held {
            hold: Hold::Observe,
            ..
        }
        | Standing::Unknown(_)
        | Standing::Unplanned => return None,
        Standing::Held { proposal, .. } => proposal.as_deref(),
        Standing::Wanted(proposal) => Some(&**proposal),
        Standing::Aligned => None,
    };
    let action = proposal.map_or(Action::None, |proposal| proposal.line.action);
    let conflict = |conflict: &crate::plan::Conflict| ConflictStatus {
        with: conflict.with.to_string(),
        overlap: conflict.overlap_seconds.to_string(),
        beyond_capacity: conflict.beyond_capacity,
    };
    Some(RecommendationStatus {
        action: <&str>::from(action).to_owned(),
        cron: proposal.map(|proposal| one_line(&proposal.line.proposed)),
        schedule: proposal
            .map(|proposal| schedules(&proposal.line.proposed))
            .unwrap_or_default(),
        reasons: line.reasons.iter().map(ToString::to_string).collect(),
        violations: line.violations.iter().map(ToString::to_string).collect(),
        conflicts: line.conflicts.iter().map(conflict).collect(),
        digest: proposal.map(|proposal: &Proposal| proposal.digest.short().to_owned()),
    })
}

/// The accuracy of past forecasts.
#[must_use]
pub fn accuracy(accuracy: &Accuracy) -> AccuracyStatus {
    let health = match accuracy.health {
        Health::Good => "Good",
        Health::Warning => "Warning",
        Health::Critical => "Critical",
    };
    AccuracyStatus {
        comparisons: i64::from(accuracy.comparisons),
        mean_error: i64::from(accuracy.mean_error),
        median_error: i64::from(accuracy.median_error),
        distribution: ErrorDistribution {
            excellent: i64::from(accuracy.distribution.excellent),
            good: i64::from(accuracy.distribution.good),
            fair: i64::from(accuracy.distribution.fair),
            poor: i64::from(accuracy.distribution.poor),
        },
        score: i32::from(accuracy.score.0),
        health: health.to_owned(),
        coverage: i32::from(accuracy.coverage.0),
        skill: accuracy.skill,
        improvement: accuracy.improvement,
        demoted_since: accuracy.demotion.map(|demotion| demotion.since),
    }
}

/// The delivery of fires.
#[must_use]
pub fn delivery(delivery: &DeliverySummary) -> DeliveryStatus {
    let judged = [
        delivery.on_time,
        delivery.late,
        delivery.coalesced,
        delivery.missed,
    ];
    DeliveryStatus {
        fires: judged.into_iter().map(i64::from).sum(),
        on_time: i64::from(delivery.on_time),
        late: i64::from(delivery.late),
        coalesced: i64::from(delivery.coalesced),
        missed: i64::from(delivery.missed),
    }
}

/// What its runs cost.
#[must_use]
pub fn cost(cost: &CostSeen) -> CostStatus {
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    CostStatus {
        usd: cost.likely.plain(),
        low_usd: cost.low.plain(),
        high_usd: cost.high.plain(),
        billed_minutes: whole(cost.minutes),
        unpriced_minutes: whole(cost.unpriced_minutes),
        measured: i32::from(cost.measured.0),
        advice: cost.advice.clone(),
    }
}

/// The last completed run of what was learned.
#[must_use]
pub fn last_run(learned: &Learned) -> Option<LastRunStatus> {
    let run: &Run = learned.last_run.as_ref()?;
    Some(LastRunStatus {
        id: i64::try_from(run.id.0).unwrap_or(i64::MAX),
        conclusion: run.conclusion.map_or("none", <&str>::from).to_owned(),
        event: run.event.clone(),
        started_at: run.started_at,
        duration: run.duration_seconds().unwrap_or_default().to_string(),
    })
}

/// The pull request after the deeds of this round; `None` when nobody knows, so that the last word stays.
#[must_use]
pub fn pull_request(
    decision: &Decision,
    outcomes: &[Outcome],
    seen: &Seen,
) -> Option<Option<PullRequestStatus>> {
    let mut status = match &decision.pull {
        PullStanding::Unknown(_) => return None,
        PullStanding::Open(pull)
        | PullStanding::LeftAlone(pull)
        | PullStanding::AnotherObject(pull)
        | PullStanding::Declined(pull)
        | PullStanding::Reverted(pull) => Some(from_seen(pull)),
        PullStanding::None
        | PullStanding::Postponed(_)
        | PullStanding::Throttled(_)
        | PullStanding::Opening => newest(seen).map(from_seen),
    };
    for outcome in outcomes {
        if let Outcome::Done(deed) = outcome {
            apply(deed, &mut status);
        }
    }
    Some(status)
}

/// The newest pull request, whatever became of it.
fn newest(seen: &Seen) -> Option<&PullSeen> {
    seen.pulls.known()?.iter().max_by_key(|pull| pull.number)
}

fn from_seen(pull: &PullSeen) -> PullRequestStatus {
    entry(pull.number, &pull.url, pull.state, &pull.digest)
}

fn entry(number: u64, url: &str, state: PullState, digest: &str) -> PullRequestStatus {
    let state: &str = state.into();
    PullRequestStatus {
        number: i64::try_from(number).unwrap_or(i64::MAX),
        url: url.to_owned(),
        label: format!("#{number} {}", state.to_lowercase()),
        state: state.to_owned(),
        digest: digest.to_owned(),
    }
}

fn apply(deed: &Deed, status: &mut Option<PullRequestStatus>) {
    match deed {
        Deed::Opened {
            number,
            url,
            digest,
            ..
        } => *status = Some(entry(*number, url, PullState::Open, digest)),
        Deed::Updated { digest, .. } => {
            if let Some(status) = status {
                status.digest.clone_from(digest);
            }
        }
        // A closed duplicate leaves the one that was kept.
        Deed::Closed {
            reason: CloseReason::Duplicate,
            ..
        } => {}
        Deed::Closed { .. } => {
            if let Some(before) = status.take() {
                let number = u64::try_from(before.number).unwrap_or_default();
                *status = Some(entry(
                    number,
                    &before.url,
                    PullState::Withdrawn,
                    &before.digest,
                ));
            }
        }
    }
}

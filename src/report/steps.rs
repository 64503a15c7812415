//! The words of an explanation. Pure: from a line, a forecast and its accuracy to sentences.

use super::{explained::Step, health::distrusted, inventory::Planned};
use crate::{
    domain::{Forecast, Percent, Schedule, Seconds, TimeZone, Timestamp},
    plan::{Action, Line, MIN_GAIN, MIN_GAIN_SHARE, Reason},
    track::Accuracy,
};

/// From this confidence on a move may be applied, unless the object asks for another.
const APPLIES: Percent = Percent(70);
/// From this confidence on a person is asked.
const REVIEWS: Percent = Percent(50);

/// The steps from what is known to what is recommended.
pub(crate) fn steps(
    planned: Option<&Planned>,
    line: Option<&Line>,
    forecast: Option<&Forecast>,
    accuracy: Option<&Accuracy>,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut step = |title, says: Vec<String>| {
        if !says.is_empty() {
            steps.push(Step { title, says });
        }
    };
    step(
        "What its file says",
        line.map_or_else(undeclared, |line| told(&line.current)),
    );
    step("What is expected of a run", expected(forecast));
    step(
        "What that rests on",
        forecast.map_or_else(Vec::new, |forecast| {
            rests_on(forecast, Some(forecast.made_at), accuracy)
        }),
    );
    if let (Some(planned), Some(line)) = (planned, line) {
        step("What it meets", meets(line));
        step("What is recommended", recommended(line));
        step(
            "Why",
            line.reasons.iter().map(ToString::to_string).collect(),
        );
        step(
            "What cannot hold",
            line.violations.iter().map(ToString::to_string).collect(),
        );
        step("What all moves together do", together(planned, line));
    }
    steps
}

fn undeclared() -> Vec<String> {
    vec![
        "No timetable has it: no WorkflowSchedule declares it, or none was planned since it was declared.".to_owned(),
    ]
}

pub(super) fn told(schedules: &[Schedule]) -> Vec<String> {
    let words = |schedule: &Schedule| {
        let zone = if schedule.time_zone == TimeZone::UTC {
            "UTC".to_owned()
        } else {
            schedule.time_zone.to_string()
        };
        format!("{}: {} ({zone})", schedule.cron, schedule.cron.describe())
    };
    schedules.iter().map(words).collect()
}

pub(super) fn expected(forecast: Option<&Forecast>) -> Vec<String> {
    let Some(forecast) = forecast else {
        return vec![
            "Nothing yet: no run that succeeded is known, so there is no forecast.".to_owned(),
        ];
    };
    let mut says = vec![
        format!(
            "Half of its runs take up to {}, nine in ten up to {}.",
            forecast.duration.p50.rounded(),
            forecast.duration.p90.rounded()
        ),
        format!(
            "Nine in ten are expected between {} and {}.",
            forecast.interval.lower.rounded(),
            forecast.interval.upper.rounded()
        ),
        format!(
            "{} of them are expected to succeed; nine times in ten it is between {} and {}.",
            forecast.success, forecast.success_interval.lower, forecast.success_interval.upper
        ),
    ];
    if forecast.lateness.p90 > Seconds::ZERO {
        says.push(format!(
            "GitHub starts half of them up to {} late, and one in ten more than {}.",
            forecast.lateness.p50.rounded(),
            forecast.lateness.p90.rounded()
        ));
    }
    if forecast.queue.p90 > Seconds::ZERO {
        says.push(format!(
            "Nine in ten wait up to {} for a runner.",
            forecast.queue.p90.rounded()
        ));
    }
    says
}

/// What a forecast rests on, with the instant at which it was told where that is known.
pub(super) fn rests_on(
    forecast: &Forecast,
    told_at: Option<Timestamp>,
    accuracy: Option<&Accuracy>,
) -> Vec<String> {
    let told_at = told_at.map_or_else(String::new, |at| {
        format!(", told on {}", at.format("%Y-%m-%d %H:%M UTC"))
    });
    let mut says = vec![
        format!(
            "{} successful runs, by the model {}{told_at}.",
            forecast.samples, forecast.model
        ),
        format!(
            "Confidence {}: about that share of such forecasts lands within 25% of what happens.",
            forecast.confidence
        ),
    ];
    if let Some(since) = forecast.drift_since {
        says.push(format!(
            "How long it takes changed on {}: of these the runs since then count.",
            since.format("%Y-%m-%d")
        ));
    }
    says.push(match accuracy {
        None => "No forecast of it was compared with a run yet.".to_owned(),
        Some(accuracy) => format!(
            "Of {} forecasts that were compared, {} landed within 25%; the median error is {}%.",
            accuracy.comparisons, accuracy.score, accuracy.median_error
        ),
    });
    if let Some(demotion) = accuracy.and_then(|accuracy| accuracy.demotion) {
        let why = distrusted(demotion.distrust);
        says.push(format!(
            "Since {} nothing is done by these forecasts: {why}.",
            demotion.since.format("%Y-%m-%d")
        ));
    }
    says
}

/// Meeting nobody, in words.
pub(super) const MEETS_NOBODY: &str = "Nothing: it shares no crowded runner with another workflow.";

fn meets(line: &Line) -> Vec<String> {
    if line.conflicts.is_empty() {
        return vec![MEETS_NOBODY.to_owned()];
    }
    let conflicts = line.conflicts.iter();
    let mut says: Vec<String> = conflicts
        .map(|conflict| {
            format!(
                "{} for {} a week, on {}.",
                conflict.with,
                conflict.share(),
                conflict.pool
            )
        })
        .collect();
    let shared = line.conflicts.iter().filter(|one| one.beyond_capacity);
    if shared.count() > 1 {
        says.push(
            "Those on the same runners may share one excess, so that these need not add up."
                .to_owned(),
        );
    }
    says
}

/// A move, in words.
pub(super) fn becomes(from: &Schedule, to: &Schedule) -> String {
    format!("{from} becomes {to}: {}.", to.cron.describe())
}

/// What to do about it, in words.
pub(super) const fn advice(action: Action) -> &'static str {
    match action {
        Action::Apply => "Apply it: the forecast is trusted, or the owner asked for exactly this.",
        Action::Review => {
            "Let a person look first: the confidence lies below the minimum, and not below 50%."
        }
        Action::NeedsData => {
            "Wait for more runs: the confidence lies below 50%, or there is no forecast."
        }
        Action::None => "Leave it as it is.",
    }
}

fn recommended(line: &Line) -> Vec<String> {
    let mut says: Vec<String> = line
        .moves
        .iter()
        .map(|change| becomes(&change.from, &change.to))
        .collect();
    says.push(advice(line.action).to_owned());
    if line.improvement > Seconds::ZERO {
        says.push(format!(
            "The move saves {} of overlap a week.",
            line.improvement.rounded()
        ));
    }
    says
}

/// The load before and after, of the week and of the runners that this workflow shares.
fn together(planned: &Planned, line: &Line) -> Vec<String> {
    let (before, after) = (&planned.timetable.before, &planned.timetable.after);
    let mut says = vec![format!(
        "Overlap in a week of {}: {} now, {} after.",
        planned.connection,
        before.overlap_seconds.rounded(),
        after.overlap_seconds.rounded()
    )];
    let peaks = before.peaks.iter().zip(&after.peaks);
    let ours = peaks.filter(|(now, _)| {
        line.conflicts
            .iter()
            .any(|conflict| conflict.pool == now.pool)
    });
    says.extend(ours.map(|(now, after)| {
        format!(
            "Most jobs at once on {}: {} now, {} after.",
            now.pool, now.peak_jobs, after.peak_jobs
        )
    }));
    says
}

/// What would lead to another answer.
pub(crate) fn would_change(
    line: Option<&Line>,
    forecast: Option<&Forecast>,
    accuracy: Option<&Accuracy>,
) -> Vec<String> {
    let Some(line) = line else {
        return vec![
            "A WorkflowSchedule that declares it; then the next timetable has it.".to_owned(),
        ];
    };
    let stays = line.reasons.iter().map(stays).collect();
    let samples = forecast.map_or(0, |forecast| forecast.samples);
    changes(line.action, (line.confidence, samples), accuracy, stays)
}

/// What would change the answer of an action that rests on a confidence from so many samples; `stays` says what would move
/// a workflow that stays.
pub(super) fn changes(
    action: Action,
    (confidence, samples): (Percent, u32),
    accuracy: Option<&Accuracy>,
    stays: Vec<String>,
) -> Vec<String> {
    let mut says: Vec<String> = match action {
        Action::Apply => vec![
            "A closed pull request: a no is final for this change.".to_owned(),
            format!(
                "Less confidence than spec.policy.minConfidence ({APPLIES} unless it says otherwise)."
            ),
        ],
        Action::Review => vec![format!(
            "More confidence, {} now: from spec.policy.minConfidence on ({APPLIES} unless it says otherwise) it may be applied.",
            confidence
        )],
        Action::NeedsData => vec![format!(
            "More runs: {samples} are known, and the confidence of {confidence} must reach {REVIEWS}."
        )],
        Action::None => stays,
    };
    if accuracy.is_some_and(|accuracy| accuracy.demotion.is_some()) {
        says.push(
            "Forecasts that do better again over twenty runs: until then it is only recommended."
                .to_owned(),
        );
    }
    if action != Action::None {
        says.push(
            "A cron in spec.timing.cron: it is the owner's word, whatever is forecast.".to_owned(),
        );
    }
    says
}

/// What would move a line that stays for this reason.
fn stays(reason: &Reason) -> String {
    match reason {
        Reason::AsPinned => "Another cron in spec.timing.cron, or none.".to_owned(),
        Reason::NoConflict => {
            "Another workflow that wants the same runners at the same time, or windows, a deadline or an order in spec.timing that it does not keep.".to_owned()
        }
        Reason::GainTooSmall { saved } => format!(
            "A time that saves more than {}: a move must save {MIN_GAIN} a week and {MIN_GAIN_SHARE} of its own overlap.",
            saved.rounded()
        ),
        Reason::NothingBetter | Reason::Refuted => {
            "Wider windows, a later deadline or another order in spec.timing.".to_owned()
        }
        Reason::NotMovable => {
            "spec.policy.mode Recommend or higher, spec.suspend false, and a file that can be edited safely.".to_owned()
        }
        Reason::NoForecast => "A first run that succeeds: then there is a forecast.".to_owned(),
        Reason::NoSchedule => "A schedule in its file.".to_owned(),
        Reason::Pinned
        | Reason::CadenceChanged { .. }
        | Reason::OutsideWindow
        | Reason::MissesDeadline { .. }
        | Reason::AfterDependency { .. }
        | Reason::MakesWay { .. }
        | Reason::OthersMove
        | Reason::Conflicts { .. } => "Another place in the week: none was found.".to_owned(),
    }
}

//! From the texts of a status back to the values that it was made from. What another version wrote otherwise is unknown.

use crate::{
    api::{
        condition::{self, Condition},
        workflow_schedule::status::{AccuracyStatus, PredictionStatus, ScheduleStatus},
    },
    domain::{
        Forecast, Interval, Percent, Permille, ProbabilityInterval, Quantiles, Schedule, Seconds,
        Timestamp,
    },
    plan::Action,
    track::{Accuracy, Demotion, Distribution, Distrust, Health},
};

/// The parts of an [`Accuracy`] that no status holds; [`accuracy`] leaves them at zero, and nobody may tell them.
pub(crate) const ACCURACY_UNKNOWN: [&str; 5] = [
    "min_error",
    "max_error",
    "standard_deviation",
    "calibrated",
    "brier",
];

/// A forecast, whose instant no status tells: it is the beginning of time, and nobody may tell it.
pub(super) fn forecast(told: &PredictionStatus) -> Option<Forecast> {
    let seconds = |text: &str| text.parse::<Seconds>().ok();
    let quantiles = |p50: &str, p90: &str| {
        Some(Quantiles {
            p50: seconds(p50)?,
            p90: seconds(p90)?,
        })
    };
    let success_interval = || {
        Some(ProbabilityInterval {
            lower: permille(&told.success_lower)?,
            upper: permille(&told.success_upper)?,
        })
    };
    Some(Forecast {
        made_at: Timestamp::UNIX_EPOCH,
        model: told.model.clone(),
        duration: quantiles(&told.p50, &told.p90)?,
        interval: Interval {
            lower: seconds(&told.lower)?,
            upper: seconds(&told.upper)?,
        },
        queue: quantiles(&told.queue_p50, &told.queue_p90)?,
        lateness: quantiles(&told.lateness_p50, &told.lateness_p90)?,
        success: permille(&told.success)?,
        // Statuses of earlier versions do not have it.
        success_interval: success_interval().unwrap_or_default(),
        confidence: percent(told.confidence),
        samples: u32::try_from(told.samples).ok()?,
        drift_since: told.drift_since,
    })
}

/// A probability as it prints: `97.3%`.
fn permille(text: &str) -> Option<Permille> {
    let (whole, tenth) = text.strip_suffix('%')?.split_once('.')?;
    let (whole, tenth): (u16, u16) = (whole.parse().ok()?, tenth.parse().ok()?);
    let permille = whole.checked_mul(10)?.checked_add(tenth)?;
    (tenth < 10 && permille <= 1_000).then_some(Permille(permille))
}

fn percent(value: i32) -> Percent {
    Percent(u8::try_from(value.clamp(0, 100)).unwrap_or_default())
}

/// Schedules; those that are none any more are left out.
pub(super) fn schedules(told: &[ScheduleStatus]) -> Vec<Schedule> {
    let schedule = |one: &ScheduleStatus| {
        let zone = one.time_zone.as_deref().map(str::parse).transpose().ok()?;
        Some(Schedule {
            cron: one.cron.parse().ok()?,
            time_zone: zone.unwrap_or_default(),
        })
    };
    told.iter().filter_map(schedule).collect()
}

/// What is to be done.
pub(super) fn action(told: &str) -> Action {
    let all = [Action::Apply, Action::Review, Action::NeedsData];
    let named = |action: &Action| <&str>::from(*action) == told;
    all.into_iter().find(named).unwrap_or(Action::None)
}

/// The accuracy, without what [`ACCURACY_UNKNOWN`] names. Why it cost the trust stands in a condition.
pub(super) fn accuracy(told: &AccuracyStatus, conditions: &[Condition]) -> Accuracy {
    let count = |number: i64| u32::try_from(number).unwrap_or_default();
    let distribution = Distribution {
        excellent: count(told.distribution.excellent),
        good: count(told.distribution.good),
        fair: count(told.distribution.fair),
        poor: count(told.distribution.poor),
    };
    let comparisons = count(told.comparisons);
    let reason = condition::find(conditions, condition::ACCURATE).map(|one| one.reason.as_str());
    let distrust = if reason == Some(Distrust::LowCoverage.into()) {
        Distrust::LowCoverage
    } else {
        Distrust::NoSkill
    };
    Accuracy {
        comparisons,
        mean_error: count(told.mean_error),
        median_error: count(told.median_error),
        min_error: 0,
        max_error: 0,
        standard_deviation: 0,
        health: Health::of(
            distribution.excellent.saturating_add(distribution.good),
            comparisons,
        ),
        distribution,
        score: percent(told.score),
        coverage: percent(told.coverage),
        calibrated: false,
        skill: told.skill,
        brier: Permille::default(),
        improvement: told.improvement,
        demotion: told.demoted_since.map(|since| Demotion { distrust, since }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_read_as_they_print_and_nothing_else_is() {
        for value in [0, 5, 973, 1_000] {
            assert_eq!(
                permille(&Permille(value).to_string()),
                Some(Permille(value))
            );
        }
        for text in ["", "97%", "97.3", "97.33%", "100.1%", "-1.0%", "a.b%"] {
            assert_eq!(permille(text), None, "{text}");
        }
    }

    #[test]
    fn actions_are_read_as_they_print_and_what_is_none_stays() {
        for one in [
            Action::Apply,
            Action::Review,
            Action::NeedsData,
            Action::None,
        ] {
            assert_eq!(action(one.into()), one);
        }
        assert_eq!(action("Explode"), Action::None);
    }
}

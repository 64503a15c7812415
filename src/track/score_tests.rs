//! Sentences about single scores.

use super::*;
use crate::domain::{Interval, Permille, Quantiles, RunId};

fn at(text: &str) -> Timestamp {
    format!("2026-03-01T{text}Z").parse().unwrap()
}

fn run(seconds: i64, conclusion: Conclusion) -> Run {
    Run {
        id: RunId(7),
        attempt: 1,
        workflow: "nightly.yml".parse().unwrap(),
        event: "schedule".into(),
        status: RunStatus::Completed,
        conclusion: Some(conclusion),
        created_at: at("02:00:00"),
        started_at: at("02:30:00"),
        updated_at: at("02:30:00") + chrono::TimeDelta::seconds(seconds),
        head_branch: None,
        head_sha: String::new(),
    }
}

fn forecast(made_at: Timestamp, p50: u64) -> Forecast {
    Forecast {
        made_at,
        model: "test/1".into(),
        duration: Quantiles {
            p50: Seconds(p50),
            p90: Seconds(p50 * 2),
        },
        interval: Interval {
            lower: Seconds(p50 / 2),
            upper: Seconds(p50 * 2),
        },
        queue: Quantiles::default(),
        lateness: Quantiles::default(),
        success: Permille(900),
        success_interval: crate::domain::ProbabilityInterval::default(),
        confidence: crate::domain::Percent(80),
        samples: 9,
        drift_since: None,
    }
}

fn scored(p50: u64, run: &Run) -> Option<Score> {
    score(&forecast(at("01:59:59"), p50), None, run)
}

#[test]
fn a_forecast_of_60_s_for_600_s_errs_by_90_percent_of_the_actual_not_by_900_of_the_forecast() {
    let duration = scored(60, &run(600, Conclusion::Success))
        .unwrap()
        .duration
        .unwrap();
    assert_eq!(
        (duration.error_permille, duration.actual, duration.covered),
        (900, Seconds(600), false)
    );
}

#[test]
fn an_error_can_exceed_all_of_the_actual() {
    let duration = scored(600, &run(60, Conclusion::Success))
        .unwrap()
        .duration
        .unwrap();
    assert_eq!(duration.error_permille, 9_000);
    assert_eq!(error_permille(Seconds(u64::MAX), Seconds(1)), u32::MAX);
}

#[test]
fn a_forecast_made_at_or_after_the_creation_of_its_run_is_not_scored() {
    let run = run(600, Conclusion::Success);
    let made = |text| score(&forecast(at(text), 600), None, &run).is_some();
    assert_eq!(
        (made("01:59:59"), made("02:00:00"), made("02:50:00")),
        (true, false, false)
    );
}

#[test]
fn a_failed_run_is_scored_for_its_outcome_and_not_for_its_duration() {
    let score = scored(600, &run(30, Conclusion::Failure)).unwrap();
    assert_eq!(
        (score.duration, score.succeeded, score.success),
        (None, false, Permille(900))
    );
}

#[test]
fn what_is_no_verdict_or_no_first_attempt_is_not_scored() {
    let success = run(600, Conclusion::Success);
    let running = Run {
        status: RunStatus::InProgress,
        conclusion: None,
        ..success.clone()
    };
    for run in [
        run(600, Conclusion::Cancelled),
        Run {
            attempt: 2,
            ..success
        },
        running,
    ] {
        assert_eq!(scored(600, &run), None, "{run:?}");
    }
}

#[test]
fn the_naive_forecast_is_the_last_duration_known_by_then() {
    let later = Run {
        id: RunId(8),
        updated_at: at("05:00:00"),
        ..run(0, Conclusion::Success)
    };
    let runs = [
        later,
        run(600, Conclusion::Success),
        run(900, Conclusion::Failure),
    ];
    assert_eq!(naive(&runs, "schedule", at("04:00:00")), Some(Seconds(600)));
    assert_eq!(
        naive(&runs, "schedule", at("05:00:00")),
        Some(Seconds(9_000))
    );
    assert_eq!(naive(&runs, "schedule", at("02:00:00")), None);
}

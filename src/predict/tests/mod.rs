//! Sentences about whole forecasts.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::domain::{
    Conclusion, Percent, Permille, Quantiles, Run, RunId, RunStatus, Seconds, Verdicts,
};

mod learning;

const DAY: i64 = 86_400;

fn epoch() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    epoch() + TimeDelta::seconds(seconds)
}

/// The run of a day, which took so long and ended so.
fn run(day: usize, seconds: u64, conclusion: Conclusion) -> Run {
    let started_at = after(day as i64 * DAY);
    Run {
        id: RunId(day as u64),
        attempt: 1,
        workflow: "nightly.yml".parse().unwrap(),
        event: "schedule".into(),
        status: RunStatus::Completed,
        conclusion: Some(conclusion),
        created_at: started_at,
        started_at,
        updated_at: started_at + TimeDelta::seconds(seconds.cast_signed()),
        head_branch: None,
        head_sha: String::new(),
    }
}

fn successes(seconds: &[u64]) -> Vec<Run> {
    let number = |(day, seconds): (usize, &u64)| run(day, *seconds, Conclusion::Success);
    seconds.iter().enumerate().map(number).collect()
}

/// The forecast long after the last of the runs.
fn of(runs: &[Run]) -> Option<Forecast> {
    forecast(
        &Evidence {
            runs,
            ..Evidence::default()
        },
        after(10_000 * DAY),
    )
}

fn of_durations(seconds: &[u64]) -> Forecast {
    of(&successes(seconds)).expect("there are durations")
}

/// Durations near a centre, in a pattern that repeats only after many runs.
fn near(centre: u64, count: usize) -> Vec<u64> {
    (0..count as u64)
        .map(|i| centre * (95 + (i * 7) % 11) / 100)
        .collect()
}

fn is_close(forecast: Seconds, actual: u64) -> bool {
    forecast.0.abs_diff(actual) * 4 <= actual
}

#[test]
fn three_runs_after_a_slowdown_from_300_s_to_1200_s_the_forecast_is_close_where_a_mean_says_390_after_ten()
 {
    for before in [5, 10, 60] {
        let mut durations = near(300, before);
        durations.extend([1_180, 1_230, 1_200]);

        let forecast = of_durations(&durations);

        assert!(
            is_close(forecast.duration.p50, 1_200),
            "{before}: {:?}",
            forecast.duration
        );
        assert_eq!(
            forecast.drift_since,
            Some(after(before as i64 * DAY + 1_180))
        );
    }
}

#[test]
fn a_speedup_is_followed_as_soon_as_a_slowdown() {
    let forecast = of_durations(&[near(1_200, 30), vec![300, 310, 290]].concat());
    assert!(
        is_close(forecast.duration.p50, 300),
        "{:?}",
        forecast.duration
    );
}

#[test]
fn a_single_outlier_moves_the_forecast_by_less_than_two_percent() {
    let steady = near(300, 20);
    let before = of_durations(&steady).duration.p50.0;

    for outlier in [1, 30, 1_200, 100_000] {
        let after = of_durations(&[steady.clone(), vec![outlier]].concat());
        assert!(
            after.duration.p50.0.abs_diff(before) * 50 < before,
            "{outlier}: {:?}",
            after.duration
        );
        assert_eq!(after.drift_since, None);
    }
}

#[test]
fn confidence_is_low_after_one_run_and_on_45_wildly_bimodal_ones_and_high_on_45_steady_ones() {
    let bimodal: Vec<u64> = (0..45_u64)
        .map(|i| if (i * i + i / 3) % 5 < 2 { 60 } else { 1_500 })
        .collect();

    let confidence = |durations: &[u64]| of_durations(durations).confidence;

    assert!(confidence(&[300]) < Percent(50), "{}", confidence(&[300]));
    // The larger mode holds three fifths of the runs, and nobody can know which comes next.
    assert!(
        confidence(&bimodal) < Percent(60),
        "{}",
        confidence(&bimodal)
    );
    assert!(
        confidence(&near(300, 45)) >= Percent(85),
        "{}",
        confidence(&near(300, 45))
    );
}

#[test]
fn confidence_rises_with_samples_and_falls_with_drift() {
    let confidence = |durations: &[u64]| of_durations(durations).confidence.0;
    let steady = confidence(&near(300, 30));

    let growing = [1, 2, 3, 5, 8, 13, 21].map(|count| confidence(&near(300, count)));
    let drifted = confidence(&[near(300, 30), near(1_200, 3)].concat());
    let settled = confidence(&[near(300, 30), near(1_200, 20)].concat());

    assert!(growing.is_sorted(), "{growing:?}");
    assert!(
        drifted < 70 && drifted < settled && settled <= steady,
        "{drifted} {settled} {steady}"
    );
}

#[test]
fn intervals_are_wide_on_few_runs_and_narrow_on_many_steady_ones() {
    let relative_width = |count| {
        let forecast = of_durations(&near(300, count));
        (forecast.interval.upper.0 - forecast.interval.lower.0) * 100 / forecast.duration.p50.0
    };
    assert!(
        relative_width(1) > 100 && relative_width(3) > 50,
        "{} {}",
        relative_width(1),
        relative_width(3)
    );
    assert!(relative_width(60) < 20, "{}", relative_width(60));
}

#[test]
fn three_successes_of_three_never_beat_ninety_nine_of_a_hundred() {
    let few = of_durations(&[300; 3]).success;

    for failed in 0..100 {
        let outcome = |day| {
            if day == failed {
                Conclusion::Failure
            } else {
                Conclusion::Success
            }
        };
        let many: Vec<Run> = (0..100).map(|day| run(day, 300, outcome(day))).collect();
        assert!(
            of(&many).unwrap().success > few,
            "the failure on day {failed}"
        );
    }
}

#[test]
fn siblings_that_fail_lower_the_expectation_of_a_new_workflow() {
    let runs = successes(&[300]);
    let success = |prior| {
        let evidence = Evidence {
            runs: &runs,
            prior,
            ..Evidence::default()
        };
        forecast(&evidence, after(10_000 * DAY)).unwrap().success
    };

    let of = |successes, total| Verdicts { successes, total };
    let fared = |repository, owner| success(Some(Prior { repository, owner }));
    let none = Verdicts::default();

    assert!(fared(of(10, 100), none) < success(None) && success(None) < fared(of(100, 100), none));
    assert!(fared(none, of(10, 100)) < success(None) && success(None) < fared(none, of(100, 100)));
    // Whom it is nearer to says more.
    assert!(fared(of(10, 100), of(100, 100)) < fared(of(100, 100), of(10, 100)));
    assert!(fared(of(u32::MAX, 0), of(u32::MAX, 1)) <= Permille(1000));
}

#[test]
fn failures_reruns_skipped_runs_and_time_in_the_queue_are_no_evidence_of_duration() {
    let mut runs = successes(&near(300, 20));
    let clean = of(&runs).unwrap();
    let rerun = Run {
        attempt: 2,
        ..run(3, 9_000, Conclusion::Success)
    };
    let running = Run {
        status: RunStatus::InProgress,
        conclusion: None,
        ..run(21, 9_000, Conclusion::Success)
    };
    runs.extend([
        run(20, 9_000, Conclusion::Skipped),
        run(22, 5, Conclusion::Cancelled),
        rerun,
        running,
    ]);
    runs.iter_mut()
        .for_each(|run| run.created_at -= TimeDelta::hours(2));
    assert_eq!(of(&runs), Some(clean.clone()));

    runs.push(run(23, 9_000, Conclusion::Failure));
    let failed = of(&runs).unwrap();
    assert_eq!(
        (failed.duration, failed.interval, failed.samples),
        (clean.duration, clean.interval, 20)
    );
    assert!(failed.success < clean.success);
}

#[test]
fn all_of_1750_runs_count_as_samples_though_only_the_recent_ones_shape_the_forecast() {
    assert_eq!(of_durations(&near(300, 1_750)).samples, 1_750);
}

#[test]
fn nothing_is_forecast_without_an_evident_duration() {
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[run(0, 300, Conclusion::Failure)]), None);
    assert_eq!(of(&[run(0, 0, Conclusion::Success)]), None);
    assert_eq!(of(&[run(0, 36 * 86_400, Conclusion::Success)]), None);
}

#[test]
fn what_ended_after_the_instant_of_the_forecast_is_not_known() {
    let runs = successes(&[300, 300, 300, 9_000]);
    let evidence = Evidence {
        runs: &runs,
        ..Evidence::default()
    };

    let before = forecast(&evidence, after(3 * DAY + 8_999)).unwrap();

    assert_eq!((before.samples, before.duration.p50), (3, Seconds(300)));
    assert_eq!(
        forecast(&evidence, after(3 * DAY + 9_000)).unwrap().samples,
        4
    );
    assert_eq!(forecast(&evidence, after(-1)), None);
}

#[test]
fn waits_are_zero_without_evidence_and_follow_a_new_regime() {
    let runs = successes(&[300]);
    let waits = |minutes: &[u64]| {
        let known =
            |(day, minutes): (usize, &u64)| (after(day as i64 * DAY), Seconds::minutes(*minutes));
        let lateness: Vec<_> = minutes.iter().enumerate().map(known).collect();
        let evidence = Evidence {
            runs: &runs,
            lateness: &lateness,
            ..Evidence::default()
        };
        let forecast = forecast(&evidence, after(100 * DAY)).unwrap();
        assert_eq!(forecast.queue, Quantiles::default());
        forecast.lateness
    };

    assert_eq!(waits(&[]), Quantiles::default());
    assert_eq!(
        waits(&[56]),
        Quantiles {
            p50: Seconds::minutes(56),
            p90: Seconds::minutes(112)
        }
    );
    assert_eq!(waits(&[0; 9]), Quantiles::default());
    assert_eq!(
        waits(&[vec![56; 60], vec![264; 8]].concat()).p50,
        Seconds::minutes(264)
    );
}

fn any_run() -> impl Strategy<Value = Run> {
    let conclusion = prop_oneof![
        4 => Just(Some(Conclusion::Success)),
        1 => Just(Some(Conclusion::Failure)),
        1 => Just(Some(Conclusion::Cancelled)),
        1 => Just(None),
    ];
    let seconds = prop_oneof![8 => 250..350_i64, 1 => -400..400_i64, 1 => 0..i64::from(u32::MAX)];
    (0..40_u64, 1..3_u32, conclusion, 0..400 * DAY, seconds).prop_map(
        |(id, attempt, conclusion, start, seconds)| Run {
            id: RunId(id),
            attempt,
            conclusion,
            started_at: after(start),
            updated_at: after(start + seconds),
            ..run(0, 0, Conclusion::Success)
        },
    )
}

proptest! {
    #[test]
    fn no_evidence_panics_and_quantiles_never_cross(
        runs in prop::collection::vec(any_run(), 0..60), now in -DAY..500 * DAY, waits in prop::collection::vec((any::<i32>(), any::<u64>()), 0..20),
    ) {
        let waits: Vec<_> = waits.into_iter().map(|(at, wait)| (after(at.into()), Seconds(wait))).collect();
        let evidence = Evidence { runs: &runs, queue: &waits, lateness: &waits, ..Evidence::default() };
        if let Some(Forecast { duration, interval, queue, lateness, success, .. }) = forecast(&evidence, after(now)) {
            prop_assert!(interval.lower <= duration.p50 && duration.p50 <= duration.p90 && duration.p90 <= interval.upper);
            prop_assert!(queue.p50 <= queue.p90 && lateness.p50 <= lateness.p90 && success <= Permille(1000));
        }
    }

    #[test]
    fn the_order_and_the_repetition_of_the_evidence_do_not_matter(
        runs in prop::collection::vec(any_run(), 1..40).prop_shuffle(), copies in 0..40_usize,
    ) {
        let mut other: Vec<Run> = runs.iter().rev().cloned().collect();
        other.extend(runs.iter().take(copies).cloned());
        prop_assert_eq!(of(&runs), of(&other));
    }

    #[test]
    fn the_forecast_scales_with_the_durations(factor in 2..9_u64, durations in prop::collection::vec(1_000..9_000_u64, 1..50)) {
        let once = of_durations(&durations).duration.p50.0;
        let scaled = of_durations(&durations.iter().map(|duration| duration * factor).collect::<Vec<_>>()).duration.p50.0;
        prop_assert!(scaled.abs_diff(once * factor) <= factor, "{} {}", scaled, once * factor);
    }

    #[test]
    fn a_learner_that_is_carried_on_says_what_one_that_starts_anew_says(
        runs in prop::collection::vec(any_run(), 1..60), days in 1..400_i64,
    ) {
        let evidence = Evidence { runs: &runs, ..Evidence::default() };
        let (learner, _) = carry_on(Learner::default(), &evidence, after(days * DAY));

        let carried = carry_on(learner, &evidence, after(1_000 * DAY));

        prop_assert_eq!(carried, carry_on(Learner::default(), &evidence, after(1_000 * DAY)));
    }
}

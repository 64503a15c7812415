//! Sentences about sums of scores.

use proptest::prelude::*;

use super::*;
use crate::domain::{RunId, Seconds, Timestamp};

fn score(p50: u64, actual: u64, naive: Option<u64>, covered: bool) -> Score {
    let instant: Timestamp = "2026-03-01T02:00:00Z".parse().unwrap();
    let error_permille = u32::try_from(p50.abs_diff(actual) * 1000 / actual).unwrap();
    Score {
        run: RunId(1),
        finished_at: instant,
        forecast_made_at: instant,
        model: "test/1".into(),
        duration: Some(DurationScore {
            p50: Seconds(p50),
            p90: Seconds(p50 * 2),
            naive: naive.map(Seconds),
            actual: Seconds(actual),
            error_permille,
            covered,
        }),
        success: Permille(900),
        succeeded: true,
    }
}

/// Scores whose errors are these percents of the actual.
fn errors(percents: &[u64]) -> Vec<Score> {
    percents
        .iter()
        .map(|percent| score(1_000 + percent * 10, 1_000, None, true))
        .collect()
}

fn failure(score: Score) -> Score {
    Score {
        duration: None,
        succeeded: false,
        ..score
    }
}

#[test]
fn the_moments_of_the_errors_are_those_of_a_textbook() {
    let accuracy = accuracy(&errors(&[2, 4, 4, 4, 5, 5, 7, 9])).unwrap();
    assert_eq!(
        (
            accuracy.comparisons,
            accuracy.mean_error,
            accuracy.standard_deviation
        ),
        (8, 5, 2)
    );
    assert_eq!(
        (
            accuracy.min_error,
            accuracy.median_error,
            accuracy.max_error
        ),
        (2, 5, 9)
    );
}

#[test]
fn bands_end_at_10_25_and_50_percent_inclusive() {
    let distribution = accuracy(&errors(&[0, 10, 11, 25, 26, 50, 51, 900]))
        .unwrap()
        .distribution;
    assert_eq!(
        distribution,
        Distribution {
            excellent: 2,
            good: 2,
            fair: 2,
            poor: 2
        }
    );
}

#[test]
fn health_is_good_above_80_percent_warning_from_60_and_critical_below() {
    let of = |good: usize, poor: usize| {
        accuracy(&errors(&[vec![1; good], vec![90; poor]].concat()))
            .unwrap()
            .health
    };
    assert_eq!(
        [of(81, 19), of(80, 20), of(60, 40), of(59, 41)],
        [
            Health::Good,
            Health::Warning,
            Health::Warning,
            Health::Critical
        ]
    );
}

#[test]
fn skill_is_the_share_of_the_naive_error_that_is_saved_and_below_zero_when_none_is() {
    let of = |p50, naive| {
        accuracy(&[score(p50, 1_000, Some(naive), true)])
            .unwrap()
            .skill
    };
    assert_eq!(
        (of(1_010, 1_040), of(1_030, 1_010), of(1_000, 1_000)),
        (Some(75), Some(-200), None)
    );
    assert_eq!(accuracy(&errors(&[1])).unwrap().skill, None);
}

#[test]
fn the_brier_score_is_the_mean_squared_error_of_the_probability() {
    let hit = score(1_000, 1_000, None, true);
    let scores = [hit.clone(), failure(hit)];
    assert_eq!(accuracy(&scores).unwrap().brier, Permille(410));
}

#[test]
fn coverage_is_calibrated_when_its_number_cannot_tell_it_from_nine_in_ten() {
    let of = |hits: usize, misses: usize| {
        let covered = |covered| score(1_000, 1_000, None, covered);
        let scores = [vec![covered(true); hits], vec![covered(false); misses]].concat();
        accuracy(&scores).unwrap().calibrated
    };
    assert_eq!([of(5, 0), of(8, 2), of(3, 2)], [true, true, false]);
    assert_eq!(
        [of(850, 150), of(849, 151), of(950, 50), of(951, 49)],
        [true, false, true, false]
    );
}

#[test]
fn all_of_1750_comparisons_count_and_none_is_forgotten() {
    assert_eq!(accuracy(&errors(&[5; 1_750])).unwrap().comparisons, 1_750);
}

#[test]
fn nothing_is_said_when_no_duration_was_compared() {
    assert_eq!(accuracy(&[]), None);
    assert_eq!(accuracy(&[failure(score(1, 1, None, true))]), None);
}

#[test]
fn improvement_is_how_far_the_median_error_of_the_newer_half_fell() {
    let halves = |older: u64, newer: u64, each: usize| {
        let mut scores = errors(&[vec![older; each], vec![newer; each]].concat());
        for (day, score) in (0..).zip(&mut scores) {
            score.finished_at += chrono::TimeDelta::days(day);
        }
        accuracy(&scores).unwrap().improvement
    };
    assert_eq!(halves(20, 5, 10), Some(75));
    assert_eq!(halves(10, 20, 10), Some(-100));
    assert_eq!((halves(20, 5, 9), halves(0, 5, 10)), (None, None));
}

#[test]
fn a_score_in_two_words_is_its_band_and_its_side_of_the_interval() {
    let words = |percent| band(&errors(&[percent])[0]);
    assert_eq!(
        [words(10), words(25), words(50), words(51)].map(|(error, _)| error),
        ["excellent", "good", "fair", "poor"]
    );
    assert_eq!(band(&score(1_000, 1_000, None, false)).1, "outside");
    assert_eq!(band(&failure(score(1, 1, None, true))), ("none", "none"));
}

proptest! {
    #[test]
    fn the_order_of_the_scores_does_not_matter(
        (ordered, shuffled) in prop::collection::vec((1..5_000_u64, 1..5_000_u64, any::<Option<u16>>(), any::<bool>()), 1..60)
            .prop_flat_map(|scores| (Just(scores.clone()), Just(scores).prop_shuffle())),
    ) {
        let of = |scores: Vec<(u64, u64, Option<u16>, bool)>| {
            let score = |(p50, actual, naive, covered): (_, _, Option<u16>, _)| score(p50, actual, naive.map(u64::from), covered);
            accuracy(&scores.into_iter().map(score).collect::<Vec<_>>())
        };
        prop_assert_eq!(of(ordered), of(shuffled));
    }
}

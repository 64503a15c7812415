//! How much of the runners a run takes, in three words.

use serde::{Deserialize, Serialize};

use crate::domain::Seconds;

/// Job time above which a run's impact is high: ten minutes.
const HIGH: Seconds = Seconds(600);
/// Job time above which it is medium: three minutes.
const MEDIUM: Seconds = Seconds(180);

/// How much of the runners a run takes.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Impact {
    /// Up to three minutes of job time.
    Low,
    /// Up to ten minutes.
    Medium,
    /// More than that.
    High,
}

/// Judges a run by its expected duration and how many jobs it keeps busy meanwhile; no jobs known counts as one.
#[must_use]
pub fn impact(duration: Seconds, jobs: u32) -> Impact {
    match Seconds(duration.0.saturating_mul(u64::from(jobs.max(1)))) {
        time if time > HIGH => Impact::High,
        time if time > MEDIUM => Impact::Medium,
        _ => Impact::Low,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impact_is_high_above_ten_minutes_medium_above_three_and_else_low() {
        let of = |seconds| impact(Seconds(seconds), 1);
        assert_eq!(
            [of(0), of(180), of(181), of(600), of(601)],
            [
                Impact::Low,
                Impact::Low,
                Impact::Medium,
                Impact::Medium,
                Impact::High
            ]
        );
    }

    #[test]
    fn impact_grows_with_the_jobs_of_a_run_and_survives_enormous_ones() {
        assert_eq!(impact(Seconds(100), 7), Impact::High);
        assert_eq!(impact(Seconds(100), 0), Impact::Low);
        assert_eq!(impact(Seconds(u64::MAX), u32::MAX), Impact::High);
    }
}

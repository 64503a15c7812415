//! Families of run durations, fitted to real histories.
//!
//! Owns the parameters and one draw. They were obtained from 242 series (repository, workflow, run or job) of at
//! least 50 rows and 30 first-attempt successes, out of 74,647 recorded runs of 186 public repositories: each series
//! was reduced to the logarithm's spread (half of the 16th to 84th percentile, over all and within blocks of 15 runs),
//! tail, share of failures, Sarle's bimodality coefficient and jumps between block medians; the class rule stands
//! with each family, in order of application; its numbers are the medians (shares: means) of its members.

use super::draw::Draw;

/// When GitHub ends a job, which fails then (the usual `timeout-minutes`, 360).
const LONGEST_SECONDS: f64 = 6.0 * 3_600.0;

/// How the durations of one kind of workflow scatter, and how its runs end.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// Its name, such as `steady-build`.
    pub name: &'static str,
    /// Standard deviation of the logarithm of a duration around its level.
    pub log_sd: f64,
    /// Share of runs that belong to the heavy tail.
    pub tail_share: f64,
    /// Median of the logarithm by which a tail run is longer.
    pub tail_log: f64,
    /// Share of runs in the slow mode, such as a missed cache.
    pub slow_share: f64,
    /// Logarithm by which the slow mode is longer.
    pub slow_log: f64,
    /// Probability, at each run, that the level moves for good.
    pub shift_share: f64,
    /// Typical size of such a move, as a logarithm; up twice as often as down.
    pub shift_log: f64,
    /// Share of runs that fail.
    pub failure_share: f64,
    /// Share of failures that end early.
    pub early_share: f64,
    /// Median share of the full duration after which an early failure ends.
    pub early_fraction: f64,
    /// Share of runs that are skipped.
    pub skip_share: f64,
}

/// What one draw of a family says about a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Outcome {
    /// How long the run works, in seconds.
    pub(super) duration_seconds: f64,
    /// Whether it fails.
    pub(super) failed: bool,
}

impl Family {
    /// 107 series: spread below 0.12.
    pub const STEADY_BUILD: Self = Self {
        name: "steady-build",
        log_sd: 0.062,
        tail_share: 0.010,
        tail_log: 0.477,
        slow_share: 0.0,
        slow_log: 0.0,
        shift_share: 0.001,
        shift_log: 0.418,
        failure_share: 0.035,
        early_share: 0.376,
        early_fraction: 0.310,
        skip_share: 0.011,
    };

    /// 53 series: spread below 0.35, no class of its own.
    pub const ORDINARY_TESTS: Self = Self {
        name: "ordinary-tests",
        log_sd: 0.193,
        tail_share: 0.005,
        tail_log: 0.919,
        slow_share: 0.0,
        slow_log: 0.0,
        shift_share: 0.001,
        shift_log: 0.388,
        failure_share: 0.055,
        early_share: 0.250,
        early_fraction: 0.248,
        skip_share: 0.038,
    };

    /// 12 series: wide, with one mode.
    pub const NOISY_TESTS: Self = Self {
        name: "noisy-tests",
        log_sd: 0.399,
        tail_share: 0.005,
        tail_log: 1.493,
        slow_share: 0.0,
        slow_log: 0.0,
        shift_share: 0.001,
        shift_log: 0.792,
        failure_share: 0.012,
        early_share: 0.757,
        early_fraction: 0.366,
        skip_share: 0.009,
    };

    /// 23 series: the 99th percentile lies more than four spreads above the median.
    pub const HEAVY_TAIL: Self = Self {
        name: "heavy-tail",
        log_sd: 0.142,
        tail_share: 0.032,
        tail_log: 0.935,
        slow_share: 0.0,
        slow_log: 0.0,
        shift_share: 0.001,
        shift_log: 0.372,
        failure_share: 0.035,
        early_share: 0.569,
        early_fraction: 0.341,
        skip_share: 0.038,
    };

    /// 12 series: bimodality coefficient above 0.62 and spread above 0.35.
    pub const BIMODAL_CACHE: Self = Self {
        name: "bimodal-cache",
        log_sd: 0.292,
        tail_share: 0.0,
        tail_log: 0.0,
        slow_share: 0.483,
        slow_log: 1.461,
        shift_share: 0.001,
        shift_log: 0.422,
        failure_share: 0.049,
        early_share: 0.259,
        early_fraction: 0.280,
        skip_share: 0.126,
    };

    /// 7 series: the spread is 1.8 times that within a block, and more than 8 % of the block medians jump.
    pub const DRIFTING: Self = Self {
        name: "drifting",
        log_sd: 0.117,
        tail_share: 0.0,
        tail_log: 0.0,
        slow_share: 0.0,
        slow_log: 0.0,
        shift_share: 0.019,
        shift_log: 0.422,
        failure_share: 0.084,
        early_share: 0.286,
        early_fraction: 0.510,
        skip_share: 0.0,
    };

    /// 28 series: more than a quarter of the runs fail.
    pub const FLAKY: Self = Self {
        name: "flaky",
        log_sd: 0.126,
        tail_share: 0.005,
        tail_log: 1.038,
        slow_share: 0.0,
        slow_log: 0.0,
        shift_share: 0.001,
        shift_log: 0.422,
        failure_share: 0.489,
        early_share: 0.172,
        early_fraction: 0.532,
        skip_share: 0.039,
    };

    /// Every family with the number of series it was fitted to, for fleets that mix them as they were found.
    pub const ALL: [(Self, u32); 7] = [
        (Self::STEADY_BUILD, 107),
        (Self::ORDINARY_TESTS, 53),
        (Self::FLAKY, 28),
        (Self::HEAVY_TAIL, 23),
        (Self::NOISY_TESTS, 12),
        (Self::BIMODAL_CACHE, 12),
        (Self::DRIFTING, 7),
    ];

    /// Draws the factor by which the level moves before this run, one where it stays.
    pub(super) fn shift(&self, draw: &mut Draw) -> f64 {
        if !draw.chance(self.shift_share) {
            return 1.0;
        }
        let size = self.shift_log * draw.between(0.5, 1.5);
        // Durations of a living repository grow more often than they shrink; two to one is an assumption.
        if draw.chance(2.0 / 3.0) {
            size.exp()
        } else {
            (-size).exp()
        }
    }

    /// Draws one run around a level in seconds.
    pub(super) fn outcome(&self, level_seconds: f64, draw: &mut Draw) -> Outcome {
        let mut log = draw.normal(self.log_sd);
        if draw.chance(self.slow_share) {
            log += self.slow_log;
        }
        if draw.chance(self.tail_share) {
            // An exponential excess in the logarithm is a Pareto tail; its median is ln 2 of its mean.
            log += self.tail_log * -(1.0 - draw.unit()).ln() / std::f64::consts::LN_2;
        }
        let failed = draw.chance(self.failure_share);
        let early = failed && draw.chance(self.early_share);
        let share = if early {
            self.early_fraction * draw.between(0.4, 1.6)
        } else {
            1.0
        };
        let duration_seconds = (level_seconds * log.exp() * share).max(1.0);
        Outcome {
            duration_seconds: duration_seconds.min(LONGEST_SECONDS),
            failed: failed || duration_seconds > LONGEST_SECONDS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn medians(family: &Family) -> (f64, f64) {
        let mut seconds: Vec<f64> = Vec::new();
        let mut failures = 0.0;
        for index in 0..2_000_u32 {
            let outcome =
                family.outcome(600.0, &mut Draw::of(1, &[family.name, &index.to_string()]));
            if outcome.failed {
                failures += 1.0;
            } else {
                seconds.push(outcome.duration_seconds);
            }
        }
        seconds.sort_by(f64::total_cmp);
        (seconds[seconds.len() / 2], failures / 2_000.0)
    }

    #[test]
    fn a_familys_draws_have_the_median_and_the_failures_it_was_fitted_to() {
        let (median, failures) = medians(&Family::STEADY_BUILD);
        assert!((590.0..610.0).contains(&median), "{median}");
        assert!((failures - 0.035).abs() < 0.015, "{failures}");
        let (_, failures) = medians(&Family::FLAKY);
        assert!((failures - 0.489).abs() < 0.04, "{failures}");
    }

    #[test]
    fn a_bimodal_family_has_few_runs_near_its_mean() {
        let family = Family::BIMODAL_CACHE;
        let near = (0..1_000_u32)
            .map(|index| family.outcome(100.0, &mut Draw::of(2, &[&index.to_string()])))
            .filter(|o| !o.failed && (180.0..230.0).contains(&o.duration_seconds))
            .count();
        assert!(near < 120, "{near}");
    }

    /// The durations of many runs of a family around ten minutes, failed or not, in order.
    fn sorted(family: &Family, failed: bool) -> Vec<f64> {
        let outcomes = (0..4_000_u32).map(|index| {
            family.outcome(600.0, &mut Draw::of(3, &[family.name, &index.to_string()]))
        });
        let kind = outcomes.filter(|outcome| outcome.failed == failed);
        let mut seconds: Vec<f64> = kind.map(|outcome| outcome.duration_seconds).collect();
        seconds.sort_by(f64::total_cmp);
        seconds
    }

    #[test]
    fn a_heavy_tail_lies_far_beyond_four_spreads_and_a_steady_build_has_next_to_none() {
        let tail = |family: &Family| {
            let seconds = sorted(family, false);
            let far = 600.0 * (4.0 * family.log_sd).exp();
            let beyond = seconds.iter().filter(|seconds| **seconds > far).count();
            beyond * 1_000 / seconds.len()
        };
        let (heavy, steady) = (tail(&Family::HEAVY_TAIL), tail(&Family::STEADY_BUILD));
        assert!(heavy > 15, "{heavy} in a thousand");
        assert!(steady < heavy / 2, "{steady} in a thousand");
    }

    #[test]
    fn a_part_of_the_failures_ends_early_and_the_rest_runs_to_its_end() {
        let failed = sorted(&Family::FLAKY, true);
        let early = failed.iter().filter(|seconds| **seconds < 420.0).count();
        let share = early as f64 / failed.len() as f64;
        assert!((0.08..0.25).contains(&share), "{share}");
        let succeeded = sorted(&Family::FLAKY, false);
        let early = succeeded.iter().filter(|seconds| **seconds < 360.0).count();
        assert_eq!(early, 0);
    }
}

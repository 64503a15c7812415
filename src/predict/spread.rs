//! How far the next run may fall from what is expected: by how the very same forecasts have erred.
//!
//! The errors are honest because each was out of sample (conformal prediction on a stream; Vovk, Gammerman and Shafer,
//! "Algorithmic Learning in a Random World", 2005; weighted by age as in Barber et al., "Conformal prediction beyond
//! exchangeability", 2023). No family of distributions is assumed, and the two sides need not be alike. The share left
//! outside is steered by the misses themselves (adaptive conformal inference; Gibbs and Candès, "Adaptive conformal
//! inference under distribution shift", 2021), so that coverage holds after a drift, and workflow by workflow.

use serde::{Deserialize, Serialize};

use super::quantile::{Weighted, decayed, quantile};

/// How many errors are remembered: the oldest weighs a tenth of the newest.
const DEPTH: usize = 100;
/// Half of the errors' weight is forgotten every so many runs.
const HALF_LIFE_RUNS: f64 = 30.0;
/// Two imagined errors by a factor of e^0.8 = 2.2 either way, worth 0.15 of a run each: wide alone after one run, outside
/// of the 90 % interval after about twenty.
const IMAGINED: (f64, f64) = (0.8, 0.15);
/// How far beyond everything seen at the level a band reaches at most: e^0.1, a tenth, and e^0.6 = 1.8 more over the root of
/// how many were seen. Errors are factors, and one made between two far modes must not be added to the upper of them: the
/// p90 loses 1.43 of its relative pinball loss of 1.64 by this bound, and the coverage nothing.
const BEYOND: (f64, f64) = (0.1, 0.6);
/// The share of outcomes that an interval is to miss.
const MISSES: f64 = 0.1;
/// How far one miss moves the share that the next interval leaves outside. Between 0.03 and 0.1, coverage stays at 90 % and
/// 86 to 92 % of the series lie between 85 and 95 %; larger steps make intervals wider.
const STEP: f64 = 0.06;
/// The largest share that is left outside after a long time without a miss.
const MOST_OUTSIDE: f64 = 0.3;
/// An error that counts as close: 25 % of the actual, the bound of "good" in the accuracy report.
const CLOSE: f64 = 0.25;

/// The errors of past forecasts (actual less expected, in logarithms), the newest last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Spread {
    errors: Vec<f32>,
    outside: f32,
}

impl Default for Spread {
    fn default() -> Self {
        #[allow(clippy::cast_possible_truncation)] // A tenth.
        let outside = MISSES as f32;
        Self {
            errors: Vec::new(),
            outside,
        }
    }
}

/// How far outcomes may fall from the level: all as logarithms relative to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Band {
    /// One in twenty outcomes falls below it; never above zero.
    pub(super) lower: f64,
    /// Nine in ten outcomes fall below it; never below zero.
    pub(super) p90: f64,
    /// One in twenty outcomes falls above it; never below the p90.
    pub(super) upper: f64,
}

/// What was seen at the level that now holds, as logarithms relative to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Seen {
    /// The smallest.
    pub(super) lowest: f64,
    /// The largest.
    pub(super) highest: f64,
    /// How many.
    pub(super) runs: usize,
}

impl Seen {
    /// The values relative to a level.
    pub(super) fn of(level: f64, values: impl Iterator<Item = f64>) -> Self {
        let none = Self {
            lowest: 0.0,
            highest: 0.0,
            runs: 0,
        };
        values.fold(none, |seen, value| Self {
            lowest: seen.lowest.min(value - level),
            highest: seen.highest.max(value - level),
            runs: seen.runs + 1,
        })
    }

    /// The farthest that a band may reach on either side.
    fn reach(&self) -> (f64, f64) {
        #[allow(clippy::cast_precision_loss)] // Some eighty runs.
        let beyond = BEYOND.0 + BEYOND.1 / (self.runs.max(1) as f64).sqrt();
        (self.lowest - beyond, self.highest + beyond)
    }
}

impl Spread {
    /// The band around a level at which this was seen.
    pub(super) fn band(&self, seen: &Seen) -> Band {
        let (errors, (least, most)) = (self.weighted(), seen.reach());
        let at = |share: f64| quantile(&errors, share).unwrap_or(0.0).clamp(least, most);
        let half = f64::from(self.outside) / 2.0;
        let p90 = at(0.9).max(0.0);
        Band {
            lower: at(half).min(0.0),
            p90,
            upper: at(1.0 - half).max(p90),
        }
    }

    /// The errors of two stretches of one history. What the misses moved adds up.
    pub(super) fn then(mut self, later: &Self) -> Self {
        self.errors.extend_from_slice(&later.errors);
        self.errors.drain(..self.errors.len().saturating_sub(DEPTH));
        let outside = f64::from(self.outside) + f64::from(later.outside) - MISSES;
        #[allow(clippy::cast_possible_truncation)] // A share.
        let outside = outside.clamp(0.0, MOST_OUTSIDE) as f32;
        self.outside = outside;
        self
    }

    /// Takes note of an error, and of whether the band that was told for it held it.
    pub(super) fn learn(&mut self, error: f64, told: &Band) {
        let missed = !(told.lower..=told.upper).contains(&error);
        let outside = f64::from(self.outside) + STEP * (MISSES - f64::from(u8::from(missed)));
        #[allow(clippy::cast_possible_truncation)] // A share, and an error of a few digits.
        let (outside, error) = (outside.clamp(0.0, MOST_OUTSIDE) as f32, error as f32);
        self.outside = outside;
        if self.errors.len() == DEPTH {
            self.errors.remove(0);
        }
        self.errors.push(error);
    }

    /// The decayed share of close errors, shrunk to a share that is imagined to be worth so many runs.
    pub(super) fn close_share(&self, prior_share: f64, prior_runs: f64) -> f64 {
        let (mut close, mut total) = (prior_share * prior_runs, prior_runs);
        for error in self.decayed_errors() {
            total += error.weight;
            if is_close(error.value) {
                close += error.weight;
            }
        }
        close / total
    }

    fn decayed_errors(&self) -> Vec<Weighted> {
        let errors: Vec<f64> = self.errors.iter().map(|error| f64::from(*error)).collect();
        decayed(&errors, HALF_LIFE_RUNS)
    }

    fn weighted(&self) -> Vec<Weighted> {
        let (reach, weight) = IMAGINED;
        let imagined = [-reach, reach].map(|value| Weighted { value, weight });
        let mut errors = self.decayed_errors();
        errors.extend(imagined);
        errors
    }
}

/// Whether a forecast that missed by the factor `exp(error)` was close, relative to the actual.
fn is_close(error: f64) -> bool {
    ((-error).exp() - 1.0).abs() <= CLOSE
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAR: Seen = Seen {
        lowest: -9.0,
        highest: 9.0,
        runs: 50,
    };

    fn after(errors: impl IntoIterator<Item = f64>) -> Spread {
        let mut spread = Spread::default();
        for error in errors {
            spread.learn(error, &spread.band(&FAR));
        }
        spread
    }

    #[test]
    fn without_errors_the_band_is_as_wide_as_imagination() {
        let band = Spread::default().band(&FAR);
        assert!(band.lower <= -0.7 && band.upper >= 0.7, "{band:?}");
    }

    #[test]
    fn the_sides_of_a_band_need_not_be_alike() {
        let errors = (0..100).map(|i| if i % 8 == 0 { 0.5 } else { 0.01 });
        let band = after(errors).band(&FAR);
        assert!(band.upper > 0.3 && band.lower > -0.3, "{band:?}");
    }

    #[test]
    fn a_band_reaches_a_little_beyond_what_was_seen_and_no_farther() {
        let spread = after((0..100).map(|i| if i % 2 == 0 { 4.0 } else { -4.0 }));
        let seen = |runs| Seen {
            lowest: -4.0,
            highest: 0.0,
            runs,
        };
        let upper = |runs| spread.band(&seen(runs)).upper;
        assert!((upper(100) - 0.16).abs() < 1e-9, "{}", upper(100));
        assert!((upper(1) - 0.7).abs() < 1e-9, "{}", upper(1));
        assert!(spread.band(&seen(100)).lower < -3.9);
    }

    #[test]
    fn after_a_change_of_spread_nine_in_ten_are_covered_again_within_twenty_runs() {
        let mut spread = after((0..100).map(|i| 0.02 * f64::from(i % 5 - 2)));
        let mut covered = 0;
        for i in 0..120 {
            let error = 0.2 * f64::from(i * 7 % 11 - 5) / 5.0;
            let band = spread.band(&FAR);
            covered += i32::from(i >= 20 && (band.lower..=band.upper).contains(&error));
            spread.learn(error, &band);
        }
        assert!((85..=96).contains(&covered), "{covered} of 100");
    }

    #[test]
    fn close_is_within_a_quarter_of_the_actual_on_either_side() {
        let error = |factor: f64| -factor.ln();
        assert_eq!(
            [0.74, 0.76, 1.24, 1.26].map(|factor| is_close(error(factor))),
            [false, true, true, false]
        );
    }
}

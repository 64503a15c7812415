//! Which expert to believe: by how each fared lately on this very workflow.
//!
//! Weights fall exponentially with the decayed loss of each expert (the exponentially weighted forecaster; Cesa-Bianchi and
//! Lugosi, "Prediction, Learning, and Games", 2006, chapter 2). The opinions are not averaged but sharpened: experts who see
//! two levels must not be met in the void between them. That, and a loss that is bounded instead of convex, give the bound of
//! the book away; on recorded histories the blend does better than any of its experts alone (docs/forecasting.md).

use serde::{Deserialize, Serialize};

use super::{expert::COUNT, level::centre, quantile::Weighted};

/// How sharply weight follows loss. From 2 to 6 the figures stay within a tenth of a point.
const LEARNING_RATE: f64 = 4.0;
/// What a loss keeps of its weight with every run: half after 23 runs.
const MEMORY: f64 = 0.97;
/// The error, as a logarithm, that costs half of the largest loss: 25 %, the bound of a good forecast. The loss is bounded,
/// so that one outlier does not decide for the next twenty runs.
const HALF_LOSS: f64 = 0.25;
/// The distance at which an expert's opinion counts half in the sharpened mean.
const BANDWIDTH: f64 = 0.15;

/// The decayed losses of the experts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Mixture {
    losses: [f32; COUNT],
}

impl Mixture {
    /// The losses of two stretches of one history, where the later one has so many judged runs.
    pub(super) fn then(mut self, later: &Self, runs: u64) -> Self {
        let keep = MEMORY.powf(count(runs));
        for (loss, now) in self.losses.iter_mut().zip(later.losses) {
            #[allow(clippy::cast_possible_truncation)] // Losses lie between 0 and 34.
            let sum = (f64::from(*loss) * keep + f64::from(now)) as f32;
            *loss = sum;
        }
        self
    }

    /// One opinion from all.
    pub(super) fn blend(&self, opinions: &[f64; COUNT]) -> f64 {
        let least = self.losses.iter().copied().fold(f32::INFINITY, f32::min);
        let weigh = |(loss, value): (&f32, &f64)| Weighted {
            value: *value,
            weight: (-LEARNING_RATE * f64::from(loss - least)).exp(),
        };
        let mut weighted: Vec<Weighted> = self.losses.iter().zip(opinions).map(weigh).collect();
        weighted.sort_by(|a, b| a.value.total_cmp(&b.value));
        centre(&weighted, BANDWIDTH).unwrap_or(opinions[0])
    }

    /// Takes note of what came of the opinions.
    pub(super) fn learn(&mut self, opinions: &[f64; COUNT], actual: f64) {
        for (loss, opinion) in self.losses.iter_mut().zip(opinions) {
            let square = (opinion - actual).powi(2);
            let now = square / (square + HALF_LOSS * HALF_LOSS);
            #[allow(clippy::cast_possible_truncation)] // Losses lie between 0 and 34.
            let decayed = (f64::from(*loss) * MEMORY + now) as f32;
            *loss = decayed;
        }
    }
}

#[allow(clippy::cast_precision_loss)] // Counts of runs, far below 2^52.
const fn count(runs: u64) -> f64 {
    runs as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opinions(first: f64, others: f64) -> [f64; COUNT] {
        let mut opinions = [others; COUNT];
        opinions[0] = first;
        opinions
    }

    #[test]
    fn the_one_who_is_right_against_all_others_is_believed_after_a_few_runs() {
        let mut mixture = Mixture::default();
        assert!((mixture.blend(&opinions(5.0, 6.0)) - 6.0).abs() < 0.01);

        for _ in 0..3 {
            mixture.learn(&opinions(5.0, 6.0), 5.0);
        }

        assert!((mixture.blend(&opinions(5.0, 6.0)) - 5.0).abs() < 0.01);
    }

    #[test]
    fn two_camps_are_never_met_in_the_middle() {
        let mut camps = [5.0; COUNT];
        camps[7..].fill(7.0);
        let blended = Mixture::default().blend(&camps);
        assert!((blended - 5.0).abs() < 0.05, "{blended}");
    }

    #[test]
    fn an_outlier_of_any_size_costs_no_more_than_one() {
        let mut mixture = Mixture::default();
        mixture.learn(&opinions(5.0, 5.0), 1e6);
        assert!(mixture.losses.iter().all(|loss| *loss <= 1.0));
    }
}

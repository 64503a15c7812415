//! Seeded draws: every random fact of the world has a name, and the same name draws the same value.
//!
//! Owns how names become streams of numbers. Invariant: a draw depends on the seed and on its name only, never on what
//! was drawn before it, so that moving one cron leaves the durations of every other workflow as they were.

use chrono::TimeDelta;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::domain::Digest;

/// A stream of numbers that belongs to one named fact.
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    /// Opens the stream of a fact named by `parts` in the world of a seed.
    pub(super) fn of(seed: u64, parts: &[&str]) -> Self {
        let seed_text = seed.to_string();
        let named = std::iter::once(seed_text.as_bytes()).chain(parts.iter().map(|p| p.as_bytes()));
        let digest = Digest::of(named);
        let mut bytes = [0_u8; 32];
        bytes.copy_from_slice(&digest.as_str().as_bytes()[..32]);
        Self(ChaCha8Rng::from_seed(bytes))
    }

    /// Draws from the unit interval, one excluded.
    pub(super) fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// Whether something of this probability happens.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Draws evenly between two numbers.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Draws from the normal distribution of mean zero and the given standard deviation.
    pub(super) fn normal(&mut self, deviation: f64) -> f64 {
        let standard: f64 = StandardNormal.sample(&mut self.0);
        standard * deviation
    }
}

/// Rounds seconds to a span of whole ones; negative and non-finite numbers become none.
pub(super) fn seconds(seconds: f64) -> TimeDelta {
    crate::domain::Seconds::from_f64(seconds).to_delta()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_draws_the_same_number_and_another_name_another() {
        let first = Draw::of(7, &["duration", "a"]).unit().to_bits();
        assert_eq!(first, Draw::of(7, &["duration", "a"]).unit().to_bits());
        assert_ne!(first, Draw::of(7, &["duration", "b"]).unit().to_bits());
        assert_ne!(first, Draw::of(8, &["duration", "a"]).unit().to_bits());
    }
}

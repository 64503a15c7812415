//! Shares as whole percent and whole permille, so that values that cross modules compare exactly.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A share in whole percent, 0 to 100.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Percent(pub u8);

/// A share in whole permille, 0 to 1000: a probability with the resolution that scoring needs.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Permille(pub u16);

impl Percent {
    /// Rounds a share between 0 and 1; what lies outside is brought to the nearer end, `NaN` to zero.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn from_share(share: f64) -> Self {
        Self((share.clamp(0.0, 1.0) * 100.0).round() as u8)
    }

    /// The share between 0 and 1.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl Permille {
    /// Rounds a share between 0 and 1; what lies outside is brought to the nearer end, `NaN` to zero.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn from_share(share: f64) -> Self {
        Self((share.clamp(0.0, 1.0) * 1000.0).round() as u16)
    }

    /// The share between 0 and 1.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// The share in whole percent, rounded.
    #[must_use]
    pub fn to_percent(self) -> Percent {
        Percent::from_share(self.share())
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}%", self.0))
    }
}

impl fmt::Display for Permille {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}%", self.0 / 10, self.0 % 10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_outside_zero_to_one_are_brought_to_the_nearer_end() {
        assert_eq!(Percent::from_share(1.7), Percent(100));
        assert_eq!(Permille::from_share(-0.2), Permille(0));
        assert_eq!(Permille::from_share(f64::NAN), Permille(0));
        assert_eq!(Permille::from_share(0.9734), Permille(973));
    }

    #[test]
    fn shares_print_with_their_sign() {
        assert_eq!(Permille(973).to_string(), "97.3%");
        assert_eq!(Permille(973).to_percent().to_string(), "97%");
    }
}

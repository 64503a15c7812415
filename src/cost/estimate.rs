//! An amount of which one knows more or less.

use std::{iter::Sum, ops::Add};

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::domain::Money;

/// What something costs: no less than `low`, no more than `high`, and about `likely`.
///
/// Bounds add up with what they are of, so that those of a sum are farther apart than chance alone would have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Estimate {
    /// The least.
    pub low: Money,
    /// What it is taken for.
    pub likely: Money,
    /// The most.
    pub high: Money,
}

impl Estimate {
    /// Nothing.
    pub const ZERO: Self = Self {
        low: Money::ZERO,
        likely: Money::ZERO,
        high: Money::ZERO,
    };

    /// So many times as much.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self {
            low: self.low.times(factor),
            likely: self.likely.times(factor),
            high: self.high.times(factor),
        }
    }

    /// Whether it is known to the cent.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self.low.plain() == self.high.plain()
    }

    /// In words: `$12.30`, or `about $12.30 ($11.00 to $14.10)`.
    #[must_use]
    pub fn words(self) -> String {
        if self.is_exact() {
            return self.likely.to_string();
        }
        format!("about {} ({} to {})", self.likely, self.low, self.high)
    }

    /// The bounds alone: `$11.00 to $14.10`, or the one amount.
    #[must_use]
    pub fn bounds(self) -> String {
        if self.is_exact() {
            return self.likely.to_string();
        }
        format!("{} to {}", self.low, self.high)
    }
}

impl Add for Estimate {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            low: self.low + other.low,
            likely: self.likely + other.likely,
            high: self.high + other.high,
        }
    }
}

impl Sum for Estimate {
    fn sum<I: Iterator<Item = Self>>(estimates: I) -> Self {
        estimates.fold(Self::ZERO, Add::add)
    }
}

/// In dollars, as numbers.
impl Serialize for Estimate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut fields = to.serialize_struct("Estimate", 3)?;
        fields.serialize_field("low_usd", &self.low.dollars())?;
        fields.serialize_field("likely_usd", &self.likely.dollars())?;
        fields.serialize_field("high_usd", &self.high.dollars())?;
        fields.end()
    }
}

//! A sum of what runs cost, and how much of it was measured.

use std::{iter::Sum, ops::AddAssign};

use serde::Serialize;

use super::Estimate;
use crate::domain::{Money, Percent};

/// What some runs come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount {
    /// Attempts that ended and may have cost something.
    pub runs: u64,
    /// Of how many the jobs are known.
    pub measured_runs: u64,
    /// Of how many nothing can be told, since no job of their workflow is known. They are in no sum.
    pub unknown_runs: u64,
    /// Billed minutes, in thousandths.
    pub minutes_milli: u64,
    /// Minutes on runners that have no price, in thousandths. They are among the minutes, and in no cost.
    pub unpriced_milli: u64,
    /// What the rest cost.
    pub cost: Estimate,
    /// How much of the likely cost was measured.
    pub measured: Money,
}

impl Amount {
    /// Billed minutes, to the nearest.
    #[must_use]
    pub const fn minutes(&self) -> u64 {
        nearest(self.minutes_milli)
    }

    /// Billed minutes without a price, to the nearest.
    #[must_use]
    pub const fn unpriced_minutes(&self) -> u64 {
        nearest(self.unpriced_milli)
    }

    /// Whether some of its cost can be told: something ran of which jobs are known, on runners that have a price.
    #[must_use]
    pub const fn is_told(&self) -> bool {
        let ran_unpriced = self.unpriced_milli > 0 && self.unpriced_milli == self.minutes_milli;
        self.runs > self.unknown_runs && !ran_unpriced
    }

    /// What it costs in words; what ran on runners without a price, or nobody knows where, is told to come on top.
    #[must_use]
    pub fn words(&self) -> String {
        if !self.is_told() {
            return "unknown".to_owned();
        }
        format!("{}{}", self.cost.words(), self.on_top())
    }

    /// About what it costs, in words.
    #[must_use]
    pub fn likely(&self) -> String {
        if !self.is_told() {
            return "unknown".to_owned();
        }
        format!("{}{}", self.cost.likely, self.on_top())
    }

    /// Between what it lies, in words.
    #[must_use]
    pub fn bounds(&self) -> String {
        if !self.is_told() {
            return "unknown".to_owned();
        }
        self.cost.bounds()
    }

    const fn on_top(&self) -> &'static str {
        if self.unpriced_milli > 0 || self.unknown_runs > 0 {
            " and more"
        } else {
            ""
        }
    }

    /// The share of runs whose jobs are known; none where nothing ran.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // Counts far below 2^52.
    pub fn measured_share(&self) -> Option<Percent> {
        let of = |runs: u64| Percent::from_share(self.measured_runs as f64 / runs as f64);
        Some(self.runs).filter(|runs| *runs > 0).map(of)
    }
}

const fn nearest(milli: u64) -> u64 {
    milli.saturating_add(500) / 1_000
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        let Self {
            runs,
            measured_runs,
            unknown_runs,
            minutes_milli,
            unpriced_milli,
            cost,
            measured,
        } = other;
        self.runs += runs;
        self.measured_runs += measured_runs;
        self.unknown_runs += unknown_runs;
        self.minutes_milli += minutes_milli;
        self.unpriced_milli += unpriced_milli;
        self.cost = self.cost + cost;
        self.measured = self.measured + measured;
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), |mut sum, one| {
            sum += one;
            sum
        })
    }
}

/// With minutes to the nearest, and dollars as numbers.
impl Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told {
            runs: u64,
            measured_runs: u64,
            estimated_runs: u64,
            unknown_runs: u64,
            billed_minutes: u64,
            unpriced_minutes: u64,
            cost: Estimate,
            measured_usd: f64,
        }
        let told = Told {
            runs: self.runs,
            measured_runs: self.measured_runs,
            estimated_runs: self.runs - self.measured_runs - self.unknown_runs,
            unknown_runs: self.unknown_runs,
            billed_minutes: self.minutes(),
            unpriced_minutes: self.unpriced_minutes(),
            cost: self.cost,
            measured_usd: self.measured.dollars(),
        };
        told.serialize(to)
    }
}

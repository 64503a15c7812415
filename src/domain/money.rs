//! Amounts of money: whole millionths of a US dollar, so that sums are exact and compare exactly.

use std::{fmt, iter::Sum, ops::Add, str::FromStr};

use serde::{Deserialize, Serialize};

/// An amount of US dollars, in millionths.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Money(pub u64);

/// How many millionths a dollar has, and a cent.
const DOLLAR: u64 = 1_000_000;
const CENT: u64 = 10_000;
/// How many digits stand behind the point at most.
const DIGITS: usize = 6;

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many cents.
    #[must_use]
    pub const fn cents(cents: u64) -> Self {
        Self(cents * CENT)
    }

    /// So many times as much, rounded to a millionth; what is no number or below zero is nothing.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )] // Sums of ours stay far below 2^52; the cast saturates.
    pub fn times(self, factor: f64) -> Self {
        Self((self.0 as f64 * factor).round() as u64)
    }

    /// The amount in dollars, for programs that read it.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // As above.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / DOLLAR as f64
    }

    /// The difference; nothing where the other is more.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The amount with all of its digits and without trailing zeros beyond the cents, as prices are written: `0.006`.
    #[must_use]
    pub fn exact(self) -> String {
        let text = format!("{}.{:06}", self.0 / DOLLAR, self.0 % DOLLAR);
        let shortest = text.len() - 4;
        let kept = text.trim_end_matches('0').len().max(shortest);
        text[..kept].to_owned()
    }

    /// The amount in dollars and cents without a sign, rounded to the nearest cent: `12.30`.
    #[must_use]
    pub fn plain(self) -> String {
        let cents = (self.0.saturating_add(CENT / 2)) / CENT;
        format!("{}.{:02}", cents / 100, cents % 100)
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// Dollars and cents: `$12.30`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("${}", self.plain()))
    }
}

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no amount of US dollars: write digits with at most six behind the point, such as 0.006"
)]
pub struct MoneyError(pub String);

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || MoneyError(text.to_owned());
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let is_number =
            |digits: &str| !digits.is_empty() && digits.bytes().all(|one| one.is_ascii_digit());
        if !is_number(whole) || !is_number(part) || part.len() > DIGITS {
            return Err(error());
        }
        let whole: u64 = whole.parse().map_err(|_| error())?;
        let part: u64 = format!("{part:0<DIGITS$}").parse().map_err(|_| error())?;
        whole
            .checked_mul(DOLLAR)
            .and_then(|whole| whole.checked_add(part))
            .map(Self)
            .ok_or_else(error)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_exact_amount_reads_back_as_itself(millionths in 0..u64::MAX / 2) {
            prop_assert_eq!(Money(millionths).exact().parse::<Money>(), Ok(Money(millionths)));
        }

        #[test]
        fn no_text_makes_reading_panic(text in "\\PC{0,12}") {
            let _ = text.parse::<Money>();
        }
    }

    #[test]
    fn sums_are_told_in_cents_and_prices_with_all_of_their_digits() {
        let told = |text: &str| {
            let money: Money = text.parse().unwrap();
            (money.to_string(), money.exact())
        };
        assert_eq!(told("0.006"), ("$0.01".to_owned(), "0.006".to_owned()));
        assert_eq!(told("12.3"), ("$12.30".to_owned(), "12.30".to_owned()));
        assert_eq!(
            told("0.004999"),
            ("$0.00".to_owned(), "0.004999".to_owned())
        );
        assert_eq!(told("7"), ("$7.00".to_owned(), "7.00".to_owned()));
    }

    #[test]
    fn what_is_no_amount_is_refused_with_an_example() {
        for text in [
            "",
            ".5",
            "5.",
            "-1",
            "1e3",
            "1.0000001",
            "1,5",
            "$1",
            "99999999999999999999",
        ] {
            let error = text.parse::<Money>().unwrap_err().to_string();
            assert!(error.contains("such as 0.006"), "{text}: {error}");
        }
    }
}

//! Durations in whole seconds, printed and read the way Kubernetes manifests write them (`1h30m`).
//!
//! Invariant: printing and reading back gives the same value.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A span of time in whole seconds, never negative.
///
/// Text form: `1d2h3m4s`, parts that are zero left out, `0s` for none. Reading takes the units `d`, `h`, `m` and
/// `s`, each at most once, largest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(pub u64);

/// Unit letters with their length in seconds, largest first.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Seconds {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// Makes a span of whole minutes.
    #[must_use]
    pub const fn minutes(minutes: u64) -> Self {
        Self(minutes * 60)
    }

    /// Makes a span of whole hours.
    #[must_use]
    pub const fn hours(hours: u64) -> Self {
        Self(hours * 3_600)
    }

    /// Makes a span of whole days of 24 hours.
    #[must_use]
    pub const fn days(days: u64) -> Self {
        Self(days * 86_400)
    }

    /// The time from `start` to `end`, zero when `end` comes first.
    #[must_use]
    pub fn between(start: super::Timestamp, end: super::Timestamp) -> Self {
        Self(u64::try_from((end - start).num_seconds()).unwrap_or(0))
    }

    /// Rounds a number of seconds to a whole one; negative and non-finite numbers become zero.
    #[must_use]
    pub fn from_f64(seconds: f64) -> Self {
        // The cast saturates and maps NaN to zero, which is the guarantee above.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Self(seconds.round() as u64)
    }

    /// The span as a number of seconds, for arithmetic inside one module.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }

    /// The span for adding to a [`super::Timestamp`]; spans beyond chrono's range become its largest.
    #[must_use]
    pub fn to_delta(self) -> chrono::TimeDelta {
        i64::try_from(self.0)
            .ok()
            .and_then(chrono::TimeDelta::try_seconds)
            .unwrap_or(chrono::TimeDelta::MAX)
    }

    /// The sum, stopping at the largest span.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Seconds {
    /// The span as people say it: whole minutes from two minutes on, since nobody plans by the second.
    #[must_use]
    pub const fn rounded(self) -> Self {
        if self.0 < 120 {
            return self;
        }
        Self(self.0.saturating_add(30) / 60 * 60)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.pad("0s");
        }
        let mut rest = self.0;
        let mut text = String::new();
        for (letter, length) in UNITS {
            if rest >= length {
                text.push_str(&(rest / length).to_string());
                text.push(letter);
                rest %= length;
            }
        }
        f.pad(&text)
    }
}

/// Why a text is not a span of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a duration: write whole numbers with the units d, h, m, s, largest first, such as 1h30m"
)]
pub struct SecondsError(pub String);

impl FromStr for Seconds {
    type Err = SecondsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || SecondsError(text.to_owned());
        let mut units = UNITS.iter();
        let (mut total, mut digits, mut parts) = (0_u64, String::new(), 0);
        for letter in text.chars() {
            if letter.is_ascii_digit() {
                digits.push(letter);
                continue;
            }
            // Consuming the iterator keeps the units in order and each at most once.
            let (_, length) = units
                .by_ref()
                .find(|(unit, _)| *unit == letter)
                .ok_or_else(error)?;
            let count: u64 = digits.parse().map_err(|_| error())?;
            total = count
                .checked_mul(*length)
                .and_then(|part| total.checked_add(part))
                .ok_or_else(error)?;
            digits.clear();
            parts += 1;
        }
        if parts == 0 || !digits.is_empty() {
            Err(error())
        } else {
            Ok(Self(total))
        }
    }
}

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_printed_span_reads_back_as_itself(seconds in 0..10_000_000_u64) {
            prop_assert_eq!(Seconds(seconds).to_string().parse::<Seconds>(), Ok(Seconds(seconds)));
        }

        #[test]
        fn no_text_makes_reading_panic(text in "\\PC{0,12}") {
            let _ = text.parse::<Seconds>();
        }
    }

    #[test]
    fn spans_print_as_a_manifest_writes_them() {
        assert_eq!(Seconds(93_784).to_string(), "1d2h3m4s");
        assert_eq!(Seconds(0).to_string(), "0s");
        assert_eq!(Seconds::minutes(5).to_string(), "5m");
    }

    #[test]
    fn a_span_is_rounded_to_minutes_from_two_minutes_on() {
        let rounded = |seconds| Seconds(seconds).rounded().to_string();
        assert_eq!(
            [119, 120, 149, 150, 17_554].map(rounded),
            ["1m59s", "2m", "2m", "3m", "4h53m"]
        );
    }

    #[test]
    fn units_out_of_order_repeated_or_missing_are_refused() {
        for text in [
            "",
            "5",
            "m",
            "5m1h",
            "1h1h",
            "1.5h",
            "-5m",
            "99999999999999999999s",
            "5 m",
        ] {
            assert!(text.parse::<Seconds>().is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_that_are_no_span_become_zero() {
        assert_eq!(Seconds::from_f64(f64::NAN), Seconds::ZERO);
        assert_eq!(Seconds::from_f64(-3.0), Seconds::ZERO);
        assert_eq!(Seconds::from_f64(2.6), Seconds(3));
    }
}

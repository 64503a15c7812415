//! How long to wait after failures: a pure function of their number.

use crate::domain::{Digest, Seconds};

/// The first wait.
const FIRST_SECONDS: u64 = 5;
/// The longest wait, so that recovery from a long outage is noticed within a quarter of an hour.
const LONGEST_SECONDS: u64 = 900;

/// The wait after `failures` failures in a row: doubling from five seconds up to fifteen minutes.
///
/// A jitter of up to a quarter is drawn from `identity`, so that objects that failed together do not return together,
/// and the same object always gets the same wait.
#[must_use]
pub fn backoff(failures: u32, identity: &str) -> Seconds {
    let doubled = FIRST_SECONDS
        .saturating_mul(1 << failures.saturating_sub(1).min(16))
        .min(LONGEST_SECONDS);
    let digest = Digest::of([identity.as_bytes(), &failures.to_be_bytes()]);
    let draw = u64::from_str_radix(digest.short(), 16).unwrap_or(0) % 256;
    Seconds(doubled + doubled * draw / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_quarter_of_an_hour_and_a_jitter() {
        assert!((5..=6).contains(&backoff(1, "a").0));
        assert!((10..=12).contains(&backoff(2, "a").0));
        assert!((900..=1125).contains(&backoff(40, "a").0));
        assert!((900..=1125).contains(&backoff(u32::MAX, "a").0));
    }

    #[test]
    fn objects_that_failed_together_return_apart() {
        let waits: std::collections::BTreeSet<_> = (0..50)
            .map(|n| backoff(9, &format!("object-{n}")))
            .collect();
        assert!(waits.len() > 25, "{} different waits", waits.len());
    }
}

//! When the next look is due: at its place in the interval, so that a fleet's looks come evenly and not in bursts.
//!
//! Objects that were declared, or woken by a start, together would otherwise look together for ever, and a thousand
//! repositories that ask within one minute pass what GitHub grants for it.

use crate::{
    domain::{Digest, Seconds, Timestamp},
    observe::Rest,
};

/// Waits from which on rounds are spread; shorter ones are kept to the second.
const SPREAD_FROM: Seconds = Seconds(60);

/// How long to rest when nothing is to do: until the next of those instants, an interval apart, that belong to `place`.
///
/// Equal places look together, whatever came in between: a repository's objects share its one listing while it is new. The
/// same place looks at the same instants after a restart, too. Never longer than the interval.
pub(super) fn rest(interval: Seconds, place: &str, now: Timestamp) -> Seconds {
    if interval < SPREAD_FROM {
        return interval;
    }
    let length = i64::try_from(interval.0).unwrap_or(i64::MAX);
    // The place divides the interval as evenly as its digest is drawn.
    let phase =
        i64::try_from((u128::from(draw(place)) * u128::from(interval.0)) >> 32).unwrap_or(0);
    let passed = now.timestamp().saturating_sub(phase).rem_euclid(length);
    Seconds(u64::try_from(length - passed).unwrap_or(interval.0))
}

/// How long to rest for several intervals, at an instant of the object's own; no longer than until the place's first instant after
/// `holds_until`, so that fires of a whole fleet at midnight do not wake all of it at midnight.
pub(super) fn long_rest(
    interval: Seconds,
    rested: Rest,
    (place, identity): (&str, &str),
    now: Timestamp,
) -> Seconds {
    let length = Seconds(interval.0.saturating_mul(u64::from(rested.intervals)));
    let wait = rest(length, identity, now);
    let Some(until) = rested.holds_until else {
        return wait;
    };
    let then = rest(interval, place, until.max(now));
    wait.min(Seconds::between(now, until).saturating_add(then))
}

/// A long wait with up to a tenth on top, always the same for the same object: what must not come back earlier than it was
/// told.
pub(super) fn spread(wait: Seconds, key: &str) -> Seconds {
    if wait < SPREAD_FROM {
        return wait;
    }
    let share = (u128::from(wait.0 / 10) * u128::from(draw(key))) >> 32;
    wait.saturating_add(Seconds(u64::try_from(share).unwrap_or(0)))
}

/// A number that is always the same for the same text, and evenly drawn.
fn draw(text: &str) -> u32 {
    let digest = Digest::of([text.as_bytes()]);
    let bits = digest.as_str().get(..8).unwrap_or_default();
    u32::from_str_radix(bits, 16).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const INTERVAL: Seconds = Seconds(300);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + chrono::TimeDelta::seconds(seconds)
    }

    #[test]
    fn long_waits_are_spread_by_a_tenth_and_short_ones_are_kept() {
        let waits: std::collections::BTreeSet<_> = (0..50)
            .map(|n| spread(INTERVAL, &format!("object-{n}")))
            .collect();
        assert!(waits.len() > 15, "{waits:?}");
        assert!(
            waits.iter().all(|wait| (300..=330).contains(&wait.0)),
            "{waits:?}"
        );
        assert_eq!(spread(Seconds(5), "a"), Seconds(5));
        assert!(spread(Seconds(u64::MAX), "a") >= Seconds(u64::MAX / 2));
    }

    #[test]
    fn a_place_looks_an_interval_apart_and_equal_places_look_together() {
        let next = |now: i64| now + i64::try_from(rest(INTERVAL, "acme/app", at(now)).0).unwrap();
        let first = next(10_000);
        assert!((10_001..=10_300).contains(&first));
        assert_eq!(next(first), first + 300);
        assert_eq!(next(first - 1), first);
        assert_eq!(
            next(first + 7),
            first + 300,
            "a late look is not late for ever"
        );
    }

    #[test]
    fn a_thousand_repositories_that_begin_together_look_evenly_from_then_on() {
        let mut minutes: BTreeMap<u64, u32> = BTreeMap::new();
        for n in 0..1_000 {
            let wait = rest(INTERVAL, &format!("acme/r{n}"), at(1_000_000));
            *minutes.entry(wait.0.div_ceil(60)).or_default() += 1;
        }
        assert_eq!(minutes.len(), 5, "{minutes:?}");
        assert!(minutes.values().all(|looks| *looks < 260), "{minutes:?}");
    }

    #[test]
    fn a_long_rest_is_at_an_instant_of_ones_own_and_ends_with_what_is_known() {
        let now = at(10_000);
        let rests = |holds_until| {
            let rested = Rest {
                intervals: 6,
                holds_until,
            };
            let wait = |n: u64| {
                let names = ("acme/app", format!("object-{n}"));
                long_rest(INTERVAL, rested, (names.0, &names.1), now).0
            };
            (0..50).map(wait).collect::<std::collections::BTreeSet<_>>()
        };
        let alone = rests(None);
        assert!(
            alone.len() > 40 && alone.iter().all(|wait| *wait <= 1_800),
            "{alone:?}"
        );
        assert!(alone.iter().any(|wait| *wait > 1_200), "{alone:?}");

        let until = at(10_450);
        let first_after = 450 + rest(INTERVAL, "acme/app", until).0;
        let limited = rests(Some(until));
        assert_eq!(limited.last(), Some(&first_after));
        let past = rests(Some(at(9_000)));
        assert!(past.iter().all(|wait| *wait <= 300), "{past:?}");
    }

    #[test]
    fn an_interval_of_any_length_is_a_rest() {
        assert_eq!(rest(Seconds(1), "a", at(5)), Seconds(1));
        let long = rest(Seconds(u64::MAX), "a", at(5));
        assert!(long > Seconds::days(1));
    }
}

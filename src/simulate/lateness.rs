//! How late GitHub creates the run of a fire: regimes that begin and end.
//!
//! Owns the parameters of lateness. Measured on 142 real scheduled fires of one owner, 2026-05 to 2026-09, whose
//! behaviour changed on 2026-08-27: the hour medians and weekday factors are a two-way median polish of the logarithm.

use chrono::{Datelike, TimeDelta, Timelike};

use super::draw::{Draw, seconds};
use crate::domain::Timestamp;

/// One way in which GitHub serves scheduled fires.
#[derive(Clone, Debug, PartialEq)]
pub struct Regime {
    /// Median lateness in minutes at some hours (UTC), ascending; other hours are interpolated around the clock.
    pub minutes_by_hour: Vec<(u32, f64)>,
    /// Factor by weekday, Monday first.
    pub by_weekday: [f64; 7],
    /// Standard deviation of the logarithm of what is left.
    pub log_sd: f64,
    /// Share of fires that are never served.
    pub dropped_share: f64,
}

impl Regime {
    /// Every fire is served about ten seconds later.
    #[must_use]
    pub fn prompt() -> Self {
        Self::flat(10.0 / 60.0, 0.3)
    }

    /// Every hour alike: a median in minutes and the logarithm's standard deviation.
    #[must_use]
    pub fn flat(minutes: f64, log_sd: f64) -> Self {
        Self {
            minutes_by_hour: vec![(0, minutes)],
            by_weekday: [1.0; 7],
            log_sd,
            dropped_share: 0.0,
        }
    }

    /// As measured before 2026-08-27 (62 fires): median 56.3 min, quartiles 47.1 and 64.5.
    #[must_use]
    pub fn moderate() -> Self {
        Self::flat(56.3, 0.233)
    }

    /// As measured from 2026-08-27 on (80 fires): median 264 min, hour and weekday dominate, residual 0.173.
    #[must_use]
    pub fn congested() -> Self {
        let hours = [
            (3, 332.0),
            (6, 317.0),
            (9, 286.0),
            (13, 253.0),
            (14, 184.0),
            (22, 120.0),
            (23, 103.0),
        ];
        Self {
            minutes_by_hour: hours.to_vec(),
            by_weekday: [1.28, 0.96, 1.03, 1.03, 0.90, 0.83, 1.03],
            log_sd: 0.173,
            dropped_share: 0.0,
        }
    }

    /// The same regime, dropping a share of the fires.
    #[must_use]
    pub fn dropping(self, dropped_share: f64) -> Self {
        Self {
            dropped_share,
            ..self
        }
    }

    /// The median lateness in minutes of a fire at this instant.
    #[must_use]
    pub fn median_minutes(&self, fire: Timestamp) -> f64 {
        let weekday = self.by_weekday[fire.weekday().num_days_from_monday() as usize];
        weekday * self.at_hour(f64::from(fire.hour()) + f64::from(fire.minute()) / 60.0)
    }

    /// Interpolates the hour medians linearly around the clock.
    fn at_hour(&self, hour: f64) -> f64 {
        let after = self
            .minutes_by_hour
            .iter()
            .find(|(at, _)| f64::from(*at) >= hour);
        let before = self
            .minutes_by_hour
            .iter()
            .rev()
            .find(|(at, _)| f64::from(*at) <= hour);
        let wrap = |at: u32, days: f64| f64::from(at) + 24.0 * days;
        let first = self.minutes_by_hour.first();
        let last = self.minutes_by_hour.last();
        let low = before
            .map(|(at, m)| (wrap(*at, 0.0), *m))
            .or(last.map(|(at, m)| (wrap(*at, -1.0), *m)));
        let high = after
            .map(|(at, m)| (wrap(*at, 0.0), *m))
            .or(first.map(|(at, m)| (wrap(*at, 1.0), *m)));
        match (low, high) {
            (Some((x0, y0)), Some((x1, y1))) if x1 > x0 => y0 + (y1 - y0) * (hour - x0) / (x1 - x0),
            (Some((_, y)), _) | (None, Some((_, y))) => y,
            (None, None) => 0.0,
        }
    }

    /// Draws the lateness of a fire; none where it is dropped.
    pub(super) fn lateness(&self, fire: Timestamp, draw: &mut Draw) -> Option<TimeDelta> {
        let dropped = draw.chance(self.dropped_share);
        let log = draw.normal(self.log_sd);
        (!dropped).then(|| seconds(60.0 * self.median_minutes(fire) * log.exp()))
    }
}

/// The regimes of a world over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Lateness {
    first: Regime,
    later: Vec<(Timestamp, Regime)>,
}

impl Lateness {
    /// One regime for ever.
    #[must_use]
    pub fn always(regime: Regime) -> Self {
        Self {
            first: regime,
            later: Vec::new(),
        }
    }

    /// The two measured regimes, the second from an instant on.
    #[must_use]
    pub fn measured(change: Timestamp) -> Self {
        Self::always(Regime::moderate()).then(change, Regime::congested())
    }

    /// Adds a regime that rules the fires from an instant on, until a later one's begins.
    #[must_use]
    pub fn then(mut self, from: Timestamp, regime: Regime) -> Self {
        self.later.push((from, regime));
        self.later.sort_by_key(|(from, _)| *from);
        self
    }

    /// The regime that rules fires at this instant.
    #[must_use]
    pub fn at(&self, fire: Timestamp) -> &Regime {
        self.later
            .iter()
            .rev()
            .find(|(from, _)| *from <= fire)
            .map_or(&self.first, |(_, regime)| regime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_regime_rules_from_its_first_instant() {
        let lateness = Lateness::measured(at("2026-08-27T00:00:00Z"));
        assert_eq!(lateness.at(at("2026-08-26T23:59:59Z")), &Regime::moderate());
        assert_eq!(
            lateness.at(at("2026-08-27T00:00:00Z")),
            &Regime::congested()
        );
    }

    #[test]
    fn hours_without_a_measurement_are_interpolated_around_midnight() {
        let regime = Regime::congested();
        let tuesday_one = regime.median_minutes(at("2026-09-01T01:00:00Z"));
        assert!(
            (0.96 * 103.0..0.96 * 332.0).contains(&tuesday_one),
            "{tuesday_one}"
        );
    }

    #[test]
    fn a_regime_that_drops_everything_serves_nothing() {
        let regime = Regime::prompt().dropping(1.0);
        assert_eq!(
            regime.lateness(at("2026-09-01T01:00:00Z"), &mut Draw::of(1, &["x"])),
            None
        );
    }
}

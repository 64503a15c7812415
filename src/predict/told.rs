//! When a forecast that rests on the same runs is no news: time alone moves it by less than anybody reads out of it.
//!
//! Old runs weigh a little less every hour, so that a forecast made anew differs by a second now and then without any run in
//! between. Each difference would be a row in the store and a write of a status. Invariant: what is told again is compared with
//! what is found now, so that small steps never add up to more than one of them.

use crate::domain::{Forecast, Percent, Permille, Quantiles, Seconds};

/// By what share of the larger one two spans may differ and still say the same: a tenth of what a forecast is off by in the
/// median (`docs/forecasting.md`), and a second where that is more, since spans are told in whole seconds.
const SAME_WITHIN: Percent = Percent(1);
const SAME_WITHIN_SECONDS: Seconds = Seconds(1);
/// By how much two probabilities of success may differ and still say the same: half of the percent that is told.
const SAME_WITHIN_PERMILLE: u16 = 5;
/// By how much two confidences may differ.
const SAME_WITHIN_PERCENT: u8 = 1;

/// Whether a forecast says no more than another that rests on the same runs, whenever they were made.
#[must_use]
pub fn says_the_same(one: &Forecast, other: &Forecast) -> bool {
    let rest = |forecast: &Forecast| {
        (
            forecast.model.clone(),
            forecast.samples,
            forecast.drift_since.map(|at| at.timestamp()),
        )
    };
    let success = |forecast: &Forecast| {
        let interval = forecast.success_interval;
        [forecast.success, interval.lower, interval.upper]
    };
    let near = |(a, b): (Permille, Permille)| a.0.abs_diff(b.0) <= SAME_WITHIN_PERMILLE;
    rest(one) == rest(other)
        && one.confidence.0.abs_diff(other.confidence.0) <= SAME_WITHIN_PERCENT
        && success(one).into_iter().zip(success(other)).all(near)
        && spans(one).into_iter().zip(spans(other)).all(is_near)
}

fn spans(forecast: &Forecast) -> [Seconds; 8] {
    let Quantiles { p50, p90 } = forecast.duration;
    let (queue, lateness) = (forecast.queue, forecast.lateness);
    let interval = forecast.interval;
    [
        p50,
        p90,
        interval.lower,
        interval.upper,
        queue.p50,
        queue.p90,
        lateness.p50,
        lateness.p90,
    ]
}

fn is_near((a, b): (Seconds, Seconds)) -> bool {
    let (apart, larger) = (a.0.abs_diff(b.0), a.0.max(b.0));
    apart <= SAME_WITHIN_SECONDS.0
        || u128::from(apart) * 100 <= u128::from(larger) * u128::from(SAME_WITHIN.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Interval, ProbabilityInterval, Timestamp};

    fn forecast() -> Forecast {
        let quantiles = |p50, p90| Quantiles {
            p50: Seconds(p50),
            p90: Seconds(p90),
        };
        Forecast {
            made_at: Timestamp::UNIX_EPOCH,
            model: "mixture/1".to_owned(),
            duration: quantiles(600, 700),
            interval: Interval {
                lower: Seconds(500),
                upper: Seconds(800),
            },
            queue: quantiles(5, 20),
            lateness: quantiles(60, 900),
            success: Permille(900),
            success_interval: ProbabilityInterval {
                lower: Permille(800),
                upper: Permille(950),
            },
            confidence: Percent(80),
            samples: 40,
            drift_since: None,
        }
    }

    #[test]
    fn a_second_a_percent_and_when_it_was_made_are_no_news() {
        let changes: [fn(&mut Forecast); 6] = [
            |new| new.made_at = Timestamp::UNIX_EPOCH + chrono::TimeDelta::days(1),
            |new| new.duration.p50 = Seconds(606),
            |new| new.queue.p50 = Seconds(6),
            |new| new.success = Permille(905),
            |new| new.confidence = Percent(79),
            |new| new.interval.upper = Seconds(793),
        ];
        for change in changes {
            let mut new = forecast();
            change(&mut new);
            assert!(says_the_same(&new, &forecast()), "{new:?}");
        }
    }

    #[test]
    fn anything_more_is_news() {
        let changes: [fn(&mut Forecast); 9] = [
            |new| new.duration.p50 = Seconds(607),
            |new| new.duration.p90 = Seconds(692),
            |new| new.interval.lower = Seconds(510),
            |new| new.queue.p90 = Seconds(22),
            |new| new.success_interval.lower = Permille(806),
            |new| new.confidence = Percent(82),
            |new| new.samples = 41,
            |new| new.model = "mixture/2".to_owned(),
            |new| new.drift_since = Some(Timestamp::UNIX_EPOCH),
        ];
        for change in changes {
            let mut new = forecast();
            change(&mut new);
            assert!(!says_the_same(&new, &forecast()), "{new:?}");
        }
    }
}

//! What a ledger adds up to: how many fires were delivered, how late, and when one was last missed.

use serde::{Deserialize, Serialize};

use crate::domain::{Delivery, Fire, Percent, Quantiles, Seconds, Timestamp};

/// How far back a summary looks.
const WINDOW: Seconds = Seconds::days(30);

/// How a workflow's fires of the last 30 days were delivered.
///
/// Pending fires are counted and have no part in the share.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeliverySummary {
    /// Fires served within the tolerance.
    pub on_time: u32,
    /// Fires served later than that.
    pub late: u32,
    /// Fires for which another fire's run stands.
    pub coalesced: u32,
    /// Fires that nothing served.
    pub missed: u32,
    /// Fires that may still be served.
    pub pending: u32,
    /// The share of decided fires that were served on time; `None` before the first is decided.
    pub on_time_share: Option<Percent>,
    /// The lateness of the fires that were served, on time or late; `None` before the first is served.
    pub lateness: Option<Quantiles>,
    /// The latest missed fire.
    pub last_missed: Option<Timestamp>,
}

/// Sums up the entries of the 30 days before `now`, in any order.
#[must_use]
pub fn delivery_summary(ledger: &[(Fire, Delivery)], now: Timestamp) -> DeliverySummary {
    let recent = |at: Timestamp| at <= now && Seconds::between(at, now) <= WINDOW;
    let mut summary = DeliverySummary::default();
    let mut waits = Vec::new();
    for (fire, delivery) in ledger.iter().filter(|(fire, _)| recent(fire.at)) {
        count(&mut summary, fire.at, delivery);
        waits.extend(own_lateness(delivery));
    }
    let decided = summary.on_time + summary.late + summary.coalesced + summary.missed;
    summary.on_time_share =
        (decided > 0).then(|| Percent::from_share(f64::from(summary.on_time) / f64::from(decided)));
    summary.lateness = quantiles(&mut waits);
    summary
}

/// Lists the lateness of each fire that a run of its own served, with the instant at which it was known: the creation of
/// that run. The shape in which forecasts take it.
#[must_use]
pub fn lateness(ledger: &[(Fire, Delivery)]) -> Vec<(Timestamp, Seconds)> {
    let known = |(fire, delivery): &(Fire, Delivery)| {
        let late = own_lateness(delivery)?;
        Some((fire.at.checked_add_signed(late.to_delta())?, late))
    };
    ledger.iter().filter_map(known).collect()
}

fn count(summary: &mut DeliverySummary, at: Timestamp, delivery: &Delivery) {
    match delivery {
        Delivery::OnTime { .. } => summary.on_time += 1,
        Delivery::Late { .. } => summary.late += 1,
        Delivery::Coalesced { .. } => summary.coalesced += 1,
        Delivery::Pending => summary.pending += 1,
        Delivery::Missed => {
            summary.missed += 1;
            summary.last_missed = summary.last_missed.max(Some(at));
        }
    }
}

fn own_lateness(delivery: &Delivery) -> Option<Seconds> {
    match delivery {
        Delivery::OnTime { lateness, .. } | Delivery::Late { lateness, .. } => Some(*lateness),
        Delivery::Coalesced { .. } | Delivery::Missed | Delivery::Pending => None,
    }
}

/// The smallest values that at least half, and nine in ten, do not exceed.
fn quantiles(waits: &mut [Seconds]) -> Option<Quantiles> {
    waits.sort_unstable();
    let rank = |tenths: usize| {
        waits
            .get((waits.len() * tenths).div_ceil(10).checked_sub(1)?)
            .copied()
    };
    Some(Quantiles {
        p50: rank(5)?,
        p90: rank(9)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RunId;

    fn day(day: u32) -> Timestamp {
        format!("2026-03-{day:02}T02:00:00Z").parse().unwrap()
    }

    fn late(minutes: u64) -> Delivery {
        Delivery::Late {
            run: RunId(minutes),
            lateness: Seconds::minutes(minutes),
        }
    }

    #[test]
    fn a_summary_counts_each_delivery_and_names_the_last_missed_fire() {
        let on_time = Delivery::OnTime {
            run: RunId(1),
            lateness: Seconds(40),
        };
        let ledger: Vec<_> = [
            (day(1), on_time),
            (day(2), Delivery::Missed),
            (day(3), late(60)),
            (day(4), Delivery::Missed),
            (day(5), Delivery::Coalesced { run: RunId(60) }),
            (day(6), Delivery::Pending),
        ]
        .map(|(at, delivery)| (Fire { at }, delivery))
        .to_vec();

        let summary = delivery_summary(&ledger, day(6));

        assert_eq!(
            (
                summary.on_time,
                summary.late,
                summary.coalesced,
                summary.missed,
                summary.pending
            ),
            (1, 1, 1, 2, 1)
        );
        assert_eq!(summary.on_time_share, Some(Percent(20)));
        assert_eq!(summary.last_missed, Some(day(4)));
        assert_eq!(
            summary.lateness,
            Some(Quantiles {
                p50: Seconds(40),
                p90: Seconds(3600)
            })
        );
    }

    #[test]
    fn fires_older_than_thirty_days_are_left_out() {
        let ledger = [(Fire { at: day(1) }, Delivery::Missed)];
        let later = day(1) + Seconds::days(30).to_delta();

        assert_eq!(delivery_summary(&ledger, later).missed, 1);
        assert_eq!(
            delivery_summary(&ledger, later + Seconds(1).to_delta()),
            DeliverySummary::default()
        );
    }

    #[test]
    fn lateness_is_known_when_the_run_is_created() {
        let ledger = [
            (Fire { at: day(1) }, late(60)),
            (Fire { at: day(2) }, Delivery::Missed),
        ];
        assert_eq!(
            lateness(&ledger),
            [("2026-03-01T03:00:00Z".parse().unwrap(), Seconds(3600))]
        );
    }
}

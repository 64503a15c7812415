//! What holds for every history.

use proptest::prelude::*;

use super::super::{Anomaly, History, find};
use super::{night, run, waited};
use crate::domain::{Conclusion, Run, Seconds};

/// Histories of any shape: levels that jump, failures, re-runs, several events.
fn histories() -> impl Strategy<Value = Vec<Run>> {
    let one = (1..20_000_i64, 0..10_u8, 0..4_u8, 1..3_u32);
    prop::collection::vec(one, 0..150).prop_map(|each| {
        let run = |(number, (seconds, verdict, event, attempt)): (u32, (i64, u8, u8, u32))| Run {
            attempt,
            event: if event == 0 { "push" } else { "schedule" }.to_owned(),
            conclusion: Some(match verdict {
                0 => Conclusion::Cancelled,
                1..4 => Conclusion::Failure,
                _ => Conclusion::Success,
            }),
            ..run(number, seconds)
        };
        (0..).zip(each).map(run).collect()
    })
}

fn found(runs: &[Run]) -> Vec<Anomaly> {
    let waits: Vec<_> = (0..)
        .zip(runs)
        .map(|(number, run)| {
            waited(
                number,
                run.duration_seconds().unwrap_or(Seconds::ZERO).0 % 3_000,
            )
        })
        .collect();
    find(&History {
        runs,
        spans: runs,
        waits: &waits,
    })
}

proptest! {
    #[test]
    fn the_order_in_which_runs_are_told_does_not_matter(runs in histories(), turn in 0..150_usize) {
        let before = super::found(&runs);
        let mut turned = runs;
        let length = turned.len().max(1);
        turned.rotate_left(turn % length);
        prop_assert_eq!(super::found(&turned), before);
    }

    #[test]
    fn what_was_told_stays_told_as_it_was(runs in histories(), known in 0..150_usize) {
        let known = &runs[..known.min(runs.len())];
        // Costs wait for the end of a day, and the newest twenty are told: neither is cut here.
        let whole = found(&runs);
        for one in found(known) {
            let told = Anomaly { end: None, ..one.clone() };
            let kept = |other: &&Anomaly| Anomaly { end: None, ..(*other).clone() } == told;
            let later = whole.iter().find(kept);
            prop_assert!(later.is_some() || whole.len() == 20, "{told:?}");
            if let (Some(end), Some(later)) = (one.end, later) {
                prop_assert_eq!(later.end, Some(end));
            }
        }
    }

    #[test]
    fn an_anomaly_begins_after_what_was_as_before_and_is_noticed_before_it_ends(runs in histories()) {
        for one in found(&runs) {
            prop_assert!(one.after <= one.since && one.since <= one.noticed_at, "{one:?}");
            prop_assert!(one.end.is_none_or(|end| end.at >= one.since), "{one:?}");
            prop_assert!(one.since >= night(0));
        }
    }

    #[test]
    fn a_history_in_which_nothing_changes_is_silent(seed in 0..1_000_u32, level in 60..20_000_i64) {
        let runs: Vec<Run> = (0..200)
            .map(|number| run(number, level + level * i64::from((number * 7_919 + seed) % 201) / 1_000))
            .collect();
        prop_assert_eq!(found(&runs).iter().filter(|one| one.run.is_some()).count(), 0);
    }
}

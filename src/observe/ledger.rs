//! The ledger of expected fires, carried on from look to look.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::{
    domain::{Delivery, Fire, Run, Schedule, Timestamp, WorkflowId},
    store::{Store, StoreError},
    track,
};

/// How far back fires are kept in view.
pub(super) const DAYS: i64 = 30;

/// The fires of the last 30 days with their verdicts.
pub(super) struct Ledger {
    pub(super) fires: Vec<(Fire, Delivery)>,
    /// How many of them turned out to be missed since the last look; a first look finds history, which is no news.
    pub(super) newly_missed: usize,
}

/// Expands the crons into fires, matches them to runs, stores the verdicts, and returns those of the last 30 days.
///
/// Fires that were judged before stay judged by the schedule of their time: only those that the present schedule has, too,
/// and that are young enough to change, are judged again. `since` is the instant from which the schedules are known to be in force, where they changed under our eyes.
pub(super) async fn carry_on(
    store: &Store,
    workflow: &WorkflowId,
    schedules: &[Schedule],
    since: Option<Timestamp>,
    runs: &[Run],
    now: Timestamp,
) -> Result<Ledger, StoreError> {
    let known = store.fires(workflow, now - TimeDelta::days(DAYS)).await?;
    let oldest_run = runs.iter().map(|run| run.created_at).min();
    let first = oldest_run.unwrap_or(now).max(now - TimeDelta::days(DAYS));
    let agreed = agreed_since(schedules, &known);
    let from = [Some(first), agreed, since].into_iter().flatten().max();
    let from = from.unwrap_or(first);
    let judged = track::ledger(schedules, from, runs, now);
    // A store that is told what it knows still has to take its write lock; at a start that is once for every workflow.
    let before: BTreeMap<_, _> = known
        .iter()
        .map(|(fire, verdict)| (fire.at, *verdict))
        .collect();
    let is_news = |(fire, verdict): &&(Fire, Delivery)| before.get(&fire.at) != Some(verdict);
    let news: Vec<_> = judged.iter().filter(is_news).copied().collect();
    let is_missed = |(_, verdict): &&(Fire, Delivery)| *verdict == Delivery::Missed;
    let newly_missed = if known.is_empty() {
        0
    } else {
        news.iter().filter(is_missed).count()
    };
    if !news.is_empty() {
        store.record_fires(workflow, &news).await?;
    }
    let mut fires: Vec<_> = known
        .into_iter()
        .filter(|(fire, _)| fire.at <= from)
        .collect();
    fires.extend(judged);
    Ok(Ledger {
        fires,
        newly_missed,
    })
}

/// From when on the ledger may be written anew: since the verdicts may still change, and since the fires that it has are
/// those of the present schedules. None before the first fire.
///
/// A cron that was edited, even while nobody looked, leaves fires that the present one never had; what lies before the last
/// such difference is history.
fn agreed_since(schedules: &[Schedule], known: &[(Fire, Delivery)]) -> Option<Timestamp> {
    let last = known.iter().map(|(fire, _)| fire.at).max()?;
    let undecided = last - track::HORIZON.to_delta() * 2;
    let kept: BTreeSet<_> = known
        .iter()
        .map(|(fire, _)| fire.at)
        .filter(|at| *at > undecided)
        .collect();
    let present = |schedule: &Schedule| {
        let fires = schedule.fires(undecided).take_while(|at| *at <= last);
        fires.collect::<Vec<_>>()
    };
    let present: BTreeSet<_> = schedules.iter().flat_map(present).collect();
    let differs = kept.symmetric_difference(&present).max().copied();
    Some(differs.unwrap_or(undecided))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn fires(of: &[&str]) -> Vec<(Fire, Delivery)> {
        of.iter()
            .map(|text| (Fire { at: at(text) }, Delivery::Missed))
            .collect()
    }

    fn daily(cron: &str) -> Vec<Schedule> {
        vec![Schedule {
            cron: cron.parse().unwrap(),
            time_zone: crate::domain::TimeZone::UTC,
        }]
    }

    #[test]
    fn fires_of_an_edited_cron_are_not_judged_by_the_one_that_replaced_it() {
        let known = fires(&[
            "2026-06-01T03:00:00Z",
            "2026-06-02T03:00:00Z",
            "2026-06-02T05:00:00Z",
        ]);
        assert_eq!(
            agreed_since(&daily("0 5 * * *"), &known),
            Some(at("2026-06-02T03:00:00Z"))
        );
    }

    #[test]
    fn an_unchanged_cron_is_judged_again_as_far_back_as_a_verdict_may_change() {
        let known = fires(&["2026-06-01T03:00:00Z", "2026-06-02T03:00:00Z"]);
        assert_eq!(
            agreed_since(&daily("0 3 * * *"), &known),
            Some(at("2026-06-01T03:00:00Z"))
        );
        assert_eq!(agreed_since(&daily("0 3 * * *"), &[]), None);
    }
}

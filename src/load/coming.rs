//! The runs that crons will start: when each is there, in one of the ways in which a day may go.

use chrono::TimeDelta;

use super::{
    draw::{seed, share, span},
    workload::{Coming, Past, Workload},
};
use crate::domain::{Seconds, Timestamp};

/// How many of the newest scheduled runs tell how long the next ones take.
const NEWEST: usize = 20;

/// How long before a day a fire may lie whose run is still looked for there.
const FARTHEST: Seconds = Seconds::days(3);

/// The fires of one workflow's crons in the days to come, and how its runs go.
pub(super) struct Fires<'a> {
    seed: u64,
    coming: &'a Coming,
    /// When it fires, in order and each instant once.
    at: Vec<Timestamp>,
    /// How long its scheduled runs took lately, newest first.
    durations: Vec<Seconds>,
    /// From a fire to the latest end of its run.
    reach: Seconds,
}

impl<'a> Fires<'a> {
    /// The fires of a workflow that can be felt between two instants; none where its crons are not known.
    pub(super) fn of(
        workload: &'a Workload,
        now: Timestamp,
        from: Timestamp,
        until: Timestamp,
    ) -> Option<Self> {
        let coming = workload.coming.as_ref()?;
        let durations = durations(&workload.past, now);
        let longest = durations.iter().max().copied();
        let longest = longest.unwrap_or_else(|| span(coming.duration, 1.0));
        let reach = span(coming.lateness, 1.0)
            .saturating_add(longest)
            .min(FARTHEST);
        let after = from - reach.to_delta() - TimeDelta::seconds(1);
        let fires = |schedule| {
            let fires = crate::domain::Schedule::fires(schedule, after);
            fires.take_while(move |fire| *fire < until)
        };
        let mut at: Vec<Timestamp> = coming.schedules.iter().flat_map(fires).collect();
        at.sort_unstable();
        at.dedup();
        Some(Self {
            seed: seed(&workload.name),
            coming,
            at,
            durations,
            reach,
        })
    }

    /// The runs that are there on a day in one of the ways it may go: from which second to which.
    pub(super) fn runs(
        &self,
        day: Timestamp,
        way: u64,
    ) -> impl Iterator<Item = (i64, i64)> + use<'_, 'a> {
        let from = day - self.reach.to_delta();
        let first = self.at.partition_point(|fire| *fire < from);
        let end = day + TimeDelta::days(1);
        let fires = self.at[first..].iter().take_while(move |fire| **fire < end);
        fires.filter_map(move |fire| self.run(*fire, way))
    }

    fn run(&self, fire: Timestamp, way: u64) -> Option<(i64, i64)> {
        let at = fire.timestamp().cast_unsigned();
        let drawn = |what| share(self.seed, [at, way, what]);
        if drawn(0) >= self.coming.delivered.share() {
            return None;
        }
        let late = span(self.coming.lateness, drawn(1));
        let takes = self.duration(drawn(2));
        let start = fire.timestamp() + late.0.cast_signed();
        Some((start, start + takes.0.cast_signed()))
    }

    fn duration(&self, share: f64) -> Seconds {
        if self.durations.is_empty() {
            return span(self.coming.duration, share);
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss
        )] // Twenty at most.
        let at = (share * self.durations.len() as f64) as usize;
        self.durations[at.min(self.durations.len() - 1)]
    }
}

/// How long the newest scheduled runs took that had ended.
fn durations(past: &[Past], now: Timestamp) -> Vec<Seconds> {
    let ended = |run: &&Past| run.is_scheduled && run.end <= now;
    let mut scheduled: Vec<&Past> = past.iter().filter(ended).collect();
    scheduled.sort_unstable_by_key(|run| std::cmp::Reverse(**run));
    let takes = |run: &Past| Seconds::between(run.start, run.end).min(FARTHEST);
    scheduled.into_iter().take(NEWEST).map(takes).collect()
}

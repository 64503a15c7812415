//! What some runners see: a coming day is lived for every day that is like it, and what comes of it is told.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{
    band::{Band, Day, Hour, PoolLoad, Weighted},
    coming::Fires,
    days::{DAYS_BACK, Like, like, midnight},
    forecast::Horizon,
    presence::{DAY, Lived, Presence, hours},
    workload::{JobShape, Past, Workload},
};
use crate::domain::Timestamp;

/// How often a like day is lived, where crons start something: each time it is drawn anew how late and how long that is.
/// Once gives an error of .780 on drawn nightlies, four times .741, eight times .742 (of that of the same hour last week).
const LIVES: u64 = 4;
/// Of so many workflows that crons start, one life says enough: what is drawn for each evens out.
const MANY: usize = 500;

/// What some runners see.
pub(super) struct Pool<'a> {
    /// The past without what crons explain, minute by minute.
    past: Vec<i32>,
    past_from: Timestamp,
    /// What crons will start, with the jobs of a run that want these runners.
    coming: Vec<(&'a Fires<'a>, Jobs)>,
}

/// From which to which permille of a run how many jobs are there.
type Jobs = BTreeMap<(u16, u16), i32>;

/// A way in which a coming day may go.
struct Way {
    weight: f64,
    hours: Vec<Lived>,
}

impl<'a> Pool<'a> {
    /// What the runners of a name see, or all of them.
    pub(super) fn of(
        workloads: &[Workload],
        fires: &'a [Option<Fires<'a>>],
        name: Option<&str>,
        horizon: &Horizon,
    ) -> Self {
        let past_from = midnight(horizon.now) - TimeDelta::days(DAYS_BACK);
        let days = usize::try_from(DAYS_BACK).unwrap_or(0) + 1;
        let mut past = Presence::new(past_from, days * DAY);
        let mut coming = Vec::new();
        for (workload, fires) in workloads.iter().zip(fires) {
            let jobs = jobs_on(&workload.jobs, name);
            if jobs.is_empty() {
                continue;
            }
            let is_explained = |run: &Past| fires.is_some() && run.is_scheduled;
            let known = |run: &&Past| run.end <= horizon.now && !is_explained(run);
            for run in workload.past.iter().filter(known) {
                let run = (run.start.timestamp(), run.end.timestamp());
                add(&mut past, run, &jobs);
            }
            coming.extend(fires.as_ref().map(|fires| (fires, jobs)));
        }
        Self {
            past: past.levels(),
            past_from,
            coming,
        }
    }

    /// What comes to them.
    pub(super) fn load(&self, pool: String, horizon: &Horizon) -> PoolLoad {
        let told = horizon.begins()..horizon.ends();
        let (mut told_hours, mut told_days) = (Vec::new(), Vec::new());
        for day in 0..horizon.days() {
            let day = midnight(horizon.now) + TimeDelta::days(day);
            let like = like(day, horizon.now, horizon.since);
            let known = |one: &&Like| day - TimeDelta::days(one.back) >= horizon.since;
            let like_days = like.iter().filter(known).count();
            let ways = self.ways(day, &like);
            let hour = |at: usize| day + TimeDelta::hours(i64::try_from(at).unwrap_or(0));
            let wanted: Vec<usize> = (0..24).filter(|at| told.contains(&hour(*at))).collect();
            told_hours.extend(wanted.iter().map(|at| told_hour(hour(*at), *at, &ways)));
            let most = |way: &Way| wanted.iter().map(|at| way.hours[*at].most).max();
            told_days.push(Day {
                begins: day,
                jobs: band(&ways, |way| most(way).unwrap_or(0)),
                like_days: u32::try_from(like_days).unwrap_or(0),
            });
        }
        PoolLoad {
            pool,
            hours: told_hours,
            days: told_days,
        }
    }

    /// The ways in which a coming day may go, by the days that are like it.
    fn ways(&self, day: Timestamp, like: &[Like]) -> Vec<Way> {
        let lives = match self.coming.len() {
            // What was does not change by being lived again.
            0 | MANY.. => 1,
            _ => LIVES,
        };
        let each = |one: &Like| {
            let one = *one;
            (0..lives).map(move |life| Way {
                weight: one.weight,
                hours: self.live(day, one.back, life),
            })
        };
        like.iter().flat_map(each).collect()
    }

    /// A coming day as it would be if it went like the one so many days before.
    fn live(&self, day: Timestamp, back: i64, life: u64) -> Vec<Lived> {
        let mut coming = Presence::new(day, DAY);
        for (fires, jobs) in &self.coming {
            for run in fires.runs(day, back.cast_unsigned() * LIVES + life) {
                add(&mut coming, run, jobs);
            }
        }
        let past = day - TimeDelta::days(back) - self.past_from;
        let at = usize::try_from(past.num_minutes()).unwrap_or(usize::MAX);
        let end = at.saturating_add(DAY);
        let past = self.past.get(at..end).unwrap_or(&[0; DAY]);
        hours(past, &coming.levels())
    }
}

/// The jobs of a run that want some runners, or any.
fn jobs_on(jobs: &[JobShape], name: Option<&str>) -> Jobs {
    let mut by_part = Jobs::new();
    let wanted = |job: &&JobShape| name.is_none_or(|name| job.pool == name);
    for job in jobs.iter().filter(wanted) {
        *by_part.entry((job.from.0, job.to.0)).or_default() += 1;
    }
    by_part
}

fn add(presence: &mut Presence, (start, end): (i64, i64), jobs: &Jobs) {
    let takes = end - start;
    for ((from, to), jobs) in jobs {
        let at = |permille: u16| start + takes * i64::from(permille) / 1_000;
        presence.add(at(*from), at(*to), *jobs);
    }
}

fn told_hour(begins: Timestamp, at: usize, ways: &[Way]) -> Hour {
    let total: f64 = ways.iter().map(|way| way.weight).sum();
    let minutes = |way: &Way| f64::from(way.hours[at].job_minutes) * way.weight;
    let sum: f64 = ways.iter().map(minutes).sum();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // A mean of such numbers.
    let expected_job_minutes = (sum / total).round() as u32;
    Hour {
        begins,
        jobs: band(ways, |way| way.hours[at].most),
        expected_job_minutes,
    }
}

fn band(ways: &[Way], of: impl Fn(&Way) -> u32) -> Band {
    let mut values: Vec<Weighted> = ways.iter().map(|way| (of(way), way.weight)).collect();
    Band::of(&mut values)
}

//! The load to come on every kind of runner, as values: now, and after every proposed move.

use std::{collections::BTreeMap, sync::Arc};

use chrono::TimeDelta;
use serde::Serialize;

use super::{
    inventory::Inventory,
    week::{UNSEEN, pool_of},
};
use crate::{
    domain::{Forecast, Located, Permille, Quantiles, Schedule, Seconds, Timestamp},
    load::{
        Band, Coming, DAYS_BACK, Day, Horizon, JobShape, LoadForecast, LoadWorth, Past, PoolLoad,
        Workload, forecast, worth,
    },
    plan::PoolPeak,
    store::{JobOf, Served, Store, StoreError},
};

/// How many days are held out to tell what such forecasts were worth: what then remains is still enough
/// to make them.
const HELD_OUT_DAYS: u32 = 14;

/// When runners were wanted, as far as a forecast of load asks.
#[derive(Default)]
pub(crate) struct History {
    past: BTreeMap<Located, Arc<[Past]>>,
    jobs: Vec<JobOf>,
    served: Vec<Served>,
}

/// The load to come.
#[derive(Debug, Serialize)]
pub(crate) struct LoadAhead {
    /// The first hour.
    pub(crate) from: Timestamp,
    pub(crate) hours: u32,
    /// The oldest run that it rests on; none where it rests on crons alone.
    pub(crate) known_since: Option<Timestamp>,
    pub(crate) workflows: Sources,
    /// What such forecasts were worth a day ahead; none before there are four weeks to make and compare them, or where
    /// nobody asked.
    pub(crate) worth: Option<LoadWorth>,
    /// All runners together, then those of each kind by name.
    pub(crate) pools: Vec<PoolAhead>,
}

/// What the load of how many workflows is told by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Sources {
    /// Their crons and how their runs go.
    pub(crate) by_cron: usize,
    /// Their past runs alone.
    pub(crate) by_past_runs: usize,
    /// Nothing: no run of theirs is known, so that they are missing here.
    pub(crate) unknown: usize,
}

/// The load to come on some runners.
#[derive(Debug, Serialize)]
pub(crate) struct PoolAhead {
    /// The labels that jobs ask for them by, or those of the pool that serves them.
    pub(crate) pool: String,
    /// How many jobs they run at once; none where no pool is declared.
    pub(crate) capacity: Option<u32>,
    pub(crate) hours: Vec<HourAhead>,
    pub(crate) days: Vec<Day>,
    pub(crate) days_after: Vec<Day>,
}

/// An hour to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct HourAhead {
    pub(crate) begins: Timestamp,
    /// The most jobs at once.
    pub(crate) jobs: Band,
    /// The minutes of all its jobs together that are expected.
    pub(crate) expected_job_minutes: u32,
    /// The most jobs at once after every proposed move.
    pub(crate) jobs_after: Band,
    /// Whether nine in ten is more than the runners can do.
    pub(crate) is_full: bool,
    /// The same after every proposed move.
    pub(crate) is_full_after: bool,
}

impl History {
    /// Reads when the workflows of an inventory wanted runners, as far back as a forecast goes.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub(crate) async fn read(
        store: &Store,
        inventory: &Inventory,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        // A day more, since the first one is seldom whole.
        let since = now - TimeDelta::days(DAYS_BACK + 1);
        let mut past = BTreeMap::new();
        for id in inventory.workflows.keys() {
            let runs = store.of(&id.host).occupied_since(&id.id, since).await?;
            let runs = runs.into_iter().map(|run| Past {
                start: run.start,
                end: run.end,
                is_scheduled: run.is_scheduled,
            });
            past.insert(id.clone(), runs.collect());
        }
        Ok(Self {
            past,
            jobs: store.newest_jobs().await?,
            served: store.served_since(now - TimeDelta::days(30)).await?,
        })
    }
}

impl History {
    /// When the oldest of its runs began.
    fn known_since(&self) -> Option<Timestamp> {
        let runs = self.past.values().flat_map(|runs| runs.iter());
        runs.map(|run| run.start).min()
    }
}

impl LoadAhead {
    /// The load of so many hours from an instant on, of the workflows of an inventory.
    pub(crate) fn of(
        inventory: &Inventory,
        history: &History,
        now: Timestamp,
        hours: u32,
        tells_worth: bool,
    ) -> Self {
        let fleet = Fleet::of(inventory, history);
        let known_since = history.known_since();
        let since = known_since.unwrap_or(now);
        let horizon = Horizon { since, now, hours };
        let [before, after] = [false, true].map(|moved| fleet.workloads(inventory, moved));
        let told = tells_worth.then(|| worth(&before, since, now, HELD_OUT_DAYS, 1));
        let pools = both(&before, &after, &horizon, &fleet.peaks);
        Self {
            from: horizon.begins(),
            hours,
            known_since,
            workflows: sources(&before, inventory.workflows.len()),
            worth: told.flatten(),
            pools,
        }
    }

    /// The load of what crons will start, where no past run is known: as they are now, and after every proposed move.
    pub(crate) fn by_cron(
        before: &[Workload],
        after: &[Workload],
        workflows: Sources,
        now: Timestamp,
        hours: u32,
    ) -> Self {
        let horizon = Horizon {
            since: now,
            now,
            hours,
        };
        Self {
            from: horizon.begins(),
            hours,
            known_since: None,
            workflows,
            worth: None,
            pools: both(before, after, &horizon, &[]),
        }
    }
}

/// The load now and after every proposed move.
fn both(
    before: &[Workload],
    after: &[Workload],
    horizon: &Horizon,
    peaks: &[PoolPeak],
) -> Vec<PoolAhead> {
    let now = forecast(before, horizon);
    let after = if before == after {
        now.clone()
    } else {
        forecast(after, horizon)
    };
    pools(now, after, peaks)
}

/// What a history tells of each workflow.
struct Fleet<'a> {
    past: &'a BTreeMap<Located, Arc<[Past]>>,
    jobs: BTreeMap<&'a Located, Vec<JobShape>>,
    delivered: BTreeMap<&'a Located, Permille>,
    peaks: Vec<PoolPeak>,
}

impl<'a> Fleet<'a> {
    fn of(inventory: &Inventory, history: &'a History) -> Self {
        let planned = inventory.planned.iter();
        let peaks: Vec<PoolPeak> = planned
            .flat_map(|planned| planned.timetable.before.peaks.clone())
            .collect();
        let mut jobs = BTreeMap::<_, Vec<_>>::new();
        for job in &history.jobs {
            let shape = shape(job, &peaks);
            jobs.entry(&job.workflow).or_default().push(shape);
        }
        let served = history.served.iter();
        let delivered = |one: &Served| {
            let own = one.on_time + one.late;
            delivered(own.into(), (own + one.coalesced + one.missed).into())
        };
        let delivered = served.map(|one| (&one.workflow, delivered(one))).collect();
        Self {
            past: &history.past,
            jobs,
            delivered,
            peaks,
        }
    }

    /// The workloads of an inventory, with the crons that it has or those that are proposed.
    fn workloads(&self, inventory: &Inventory, moved: bool) -> Vec<Workload> {
        let known = inventory.workflows.iter();
        let workload = |(id, known): (&Located, &super::inventory::Known)| {
            let mut planned = inventory.planned.iter();
            let line = planned.find_map(|planned| Some(planned.line(id)?.1));
            let past = self.past.get(id).cloned().unwrap_or_default();
            let schedules = line.map(|line| if moved { &line.proposed } else { &line.current });
            let schedules = schedules.filter(|schedules| !schedules.is_empty());
            let can_be_told = known.forecast.is_some() || past.iter().any(|run| run.is_scheduled);
            let coming = schedules.filter(|_| can_be_told);
            let unseen = || vec![JobShape::whole(UNSEEN)];
            Workload {
                // Without its host: what is drawn for it is the same whichever address its server has.
                name: id.id.to_string(),
                jobs: self.jobs.get(id).cloned().unwrap_or_else(unseen),
                coming: coming.map(|schedules| self.coming(id, schedules, known.forecast.as_ref())),
                past,
            }
        };
        // Who is nothing but a name has no load, and no runners either.
        let is_told = |one: &Workload| one.coming.is_some() || !one.past.is_empty();
        known.map(workload).filter(is_told).collect()
    }

    fn coming(&self, id: &Located, schedules: &[Schedule], forecast: Option<&Forecast>) -> Coming {
        let of =
            |quantiles: fn(&Forecast) -> Quantiles| forecast.map(quantiles).unwrap_or_default();
        Coming {
            schedules: schedules.to_vec(),
            lateness: of(|forecast| forecast.lateness),
            duration: of(|forecast| forecast.duration),
            delivered: self.delivered.get(id).copied().unwrap_or(Permille(1000)),
        }
    }
}

/// The part of its run that a job was there, waiting or at work.
fn shape(job: &JobOf, peaks: &[PoolPeak]) -> JobShape {
    let takes = Seconds::between(job.run_start, job.run_end)
        .as_f64()
        .max(1.0);
    let part =
        |at: Timestamp| Permille::from_share(Seconds::between(job.run_start, at).as_f64() / takes);
    JobShape {
        pool: pool_of(&job.labels, peaks),
        from: part(job.queued),
        to: part(job.end),
    }
}

/// The share of fires that are served by a run of their own; all, where there was none yet.
#[allow(clippy::cast_precision_loss)] // Counts far below 2^52.
pub(super) fn delivered(own: i64, fires: i64) -> Permille {
    if fires == 0 {
        return Permille(1000);
    }
    Permille::from_share(own as f64 / fires as f64)
}

fn sources(workloads: &[Workload], number: usize) -> Sources {
    let by_cron = workloads.iter().filter(|one| one.coming.is_some()).count();
    let by_past_runs = workloads
        .iter()
        .filter(|one| one.coming.is_none() && !one.past.is_empty())
        .count();
    Sources {
        by_cron,
        by_past_runs,
        unknown: number - by_cron - by_past_runs,
    }
}

fn pools(now: LoadForecast, after: LoadForecast, peaks: &[PoolPeak]) -> Vec<PoolAhead> {
    let capacity = |pool: &str| {
        let peak = peaks.iter().find(|peak| peak.pool == pool);
        peak.and_then(|peak| peak.capacity)
    };
    let both = |(now, after): (PoolLoad, PoolLoad)| {
        let capacity = capacity(&now.pool);
        let hours = now.hours.iter().zip(&after.hours);
        let is_full = |jobs: Band| capacity.is_some_and(|capacity| jobs.p90 > capacity);
        let hour = |(now, after): (&crate::load::Hour, &crate::load::Hour)| HourAhead {
            begins: now.begins,
            jobs: now.jobs,
            expected_job_minutes: now.expected_job_minutes,
            jobs_after: after.jobs,
            is_full: is_full(now.jobs),
            is_full_after: is_full(after.jobs),
        };
        PoolAhead {
            capacity,
            hours: hours.map(hour).collect(),
            days: now.days,
            days_after: after.days,
            pool: now.pool,
        }
    };
    let all = (now.all, after.all);
    std::iter::once(all)
        .chain(now.pools.into_iter().zip(after.pools))
        .map(both)
        .collect()
}

//! The week as it would be if every run began and lasted as usual: how many jobs run at once in each hour, on which runners.
//!
//! A picture for people. What a plan weighs is finer: it knows how sure each forecast is.

use std::collections::BTreeMap;

use super::summary::Report;
use crate::{
    domain::{Forecast, Located, Schedule, Seconds, Timestamp},
    plan::PoolPeak,
    store::Demand,
};

/// An hour of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hour {
    /// The most jobs at once.
    pub(crate) jobs: u32,
    /// Whether that is more than some runners can do.
    pub(crate) is_full: bool,
}

/// The hours of each day, Monday first, in UTC.
pub(crate) type Hours = [[Hour; 24]; 7];

/// How fine the picture is: as fine as the plan's.
const SLOT: Seconds = Seconds::minutes(5);
const SLOTS: usize = 7 * 24 * 12;

/// What all runners together are called.
const ALL: &str = "all runners";
/// What jobs ask for that nobody has seen.
pub(super) const UNSEEN: &str = "runners not seen yet";

/// A week of all runners.
#[derive(Debug)]
pub(crate) struct Week {
    /// Its Monday.
    pub(crate) begins: Timestamp,
    /// All runners together, then those of each kind by name.
    pub(crate) pools: Vec<PoolWeek>,
}

/// The week of some runners.
#[derive(Debug)]
pub(crate) struct PoolWeek {
    /// The labels that jobs ask for them by, or those of the pool that serves them.
    pub(crate) pool: String,
    /// How many jobs they run at once; none where no pool is declared.
    pub(crate) capacity: Option<u32>,
    pub(crate) now: Hours,
    /// Once every move has been made.
    pub(crate) after: Hours,
}

/// How a run usually goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usual {
    /// From its fire to its start.
    pub(crate) late: Seconds,
    /// How long half of them take at most.
    pub(crate) p50: Seconds,
    /// How long nine in ten take at most.
    pub(crate) p90: Seconds,
}

impl Usual {
    /// How a forecast expects it.
    pub(crate) const fn of(forecast: &Forecast) -> Self {
        Self {
            late: forecast.lateness.p50,
            p50: forecast.duration.p50,
            p90: forecast.duration.p90,
        }
    }
}

/// The labels of a workflow's jobs as one name, of each kind of runner that it wants, with the number of jobs.
pub(crate) fn runners(demands: Option<&Vec<Demand>>, peaks: &[PoolPeak]) -> Vec<(String, u32)> {
    let Some(demands) = demands.filter(|demands| !demands.is_empty()) else {
        return vec![(UNSEEN.to_owned(), 1)];
    };
    let named = demands
        .iter()
        .map(|demand| (pool_of(&demand.labels, peaks), demand.jobs));
    let mut sums: BTreeMap<String, u32> = BTreeMap::new();
    for (pool, jobs) in named {
        *sums.entry(pool).or_default() += jobs;
    }
    sums.into_iter().collect()
}

/// The declared pool that has all of these labels, or the labels themselves.
pub(super) fn pool_of(labels: &[String], peaks: &[PoolPeak]) -> String {
    let serves = |peak: &&PoolPeak| {
        let of_pool: Vec<&str> = peak.pool.split(',').collect();
        let has = |label: &String| of_pool.iter().any(|one| one.eq_ignore_ascii_case(label));
        peak.capacity.is_some() && labels.iter().all(has)
    };
    let declared = peaks.iter().find(serves);
    declared.map_or_else(|| labels.join(","), |peak| peak.pool.clone())
}

impl Week {
    /// The week that begins on a Monday, by the workflows' usual runs and the jobs of each.
    pub(crate) fn of(
        report: &Report,
        usual: impl Fn(&Located) -> Option<Usual>,
        demands: &BTreeMap<Located, Vec<Demand>>,
        begins: Timestamp,
    ) -> Self {
        let peaks: Vec<PoolPeak> = report
            .timetables
            .iter()
            .flat_map(|source| source.now.peaks.clone())
            .collect();
        let mut pools: BTreeMap<String, [Slots; 2]> = BTreeMap::new();
        let mut all = [Slots::default(), Slots::default()];
        for entry in &report.workflows {
            let Some(usual) = usual(&entry.id) else {
                continue;
            };
            let runs = [&entry.current, &entry.proposed];
            let runs = runs.map(|schedules| busy(schedules, usual, begins));
            for (pool, jobs) in runners(demands.get(&entry.id), &peaks) {
                let ours = pools.entry(pool).or_default();
                for (at, runs) in runs.iter().enumerate() {
                    ours[at].add(runs, jobs);
                    all[at].add(runs, jobs);
                }
            }
        }
        let capacity = |pool: &str| {
            let peak = peaks.iter().find(|peak| peak.pool == pool);
            peak.and_then(|peak| peak.capacity)
        };
        let week = |(pool, [now, after]): (String, [Slots; 2])| {
            let capacity = capacity(&pool);
            PoolWeek {
                capacity,
                pool,
                now: now.hours(capacity),
                after: after.hours(capacity),
            }
        };
        let mut all = week((ALL.to_owned(), all));
        let each: Vec<PoolWeek> = pools.into_iter().map(week).collect();
        for pool in &each {
            fill(&mut all.now, &pool.now);
            fill(&mut all.after, &pool.after);
        }
        Self {
            begins,
            pools: std::iter::once(all).chain(each).collect(),
        }
    }
}

/// Whoever is full is full among all.
fn fill(all: &mut Hours, ours: &Hours) {
    for (hour, ours) in all.iter_mut().flatten().zip(ours.iter().flatten()) {
        hour.is_full |= ours.is_full;
    }
}

/// From which slot to which a run is at work, in a week that returns to its beginning.
fn busy(schedules: &[Schedule], usual: Usual, begins: Timestamp) -> Vec<(usize, usize)> {
    let slot = |seconds: u64| usize::try_from(seconds / SLOT.0).unwrap_or(usize::MAX);
    let before = begins - chrono::TimeDelta::seconds(1);
    let ends = begins + Seconds::days(7).to_delta();
    let fires = schedules
        .iter()
        .flat_map(|schedule| schedule.fires(before).take_while(|fire| *fire < ends));
    let span = |fire: Timestamp| {
        let start = Seconds::between(begins, fire).0 + usual.late.0;
        let end = start + usual.p50.0.max(1);
        // What begins beyond the week begins it anew.
        let (start, end) = (slot(start), slot(end + SLOT.0 - 1));
        (start, end.min(start + SLOTS))
    };
    fires.map(span).collect()
}

/// By how much the number of jobs changes at the beginning of each slot.
#[derive(Clone)]
struct Slots {
    changes: Vec<i64>,
    at_first: i64,
}

impl Default for Slots {
    fn default() -> Self {
        Self {
            changes: vec![0; SLOTS],
            at_first: 0,
        }
    }
}

impl Slots {
    fn add(&mut self, runs: &[(usize, usize)], jobs: u32) {
        let jobs = i64::from(jobs);
        for (start, end) in runs {
            self.changes[start % SLOTS] += jobs;
            self.changes[end % SLOTS] -= jobs;
            // What is under way when the week returns to its beginning.
            let turns = end / SLOTS - start / SLOTS;
            self.at_first += jobs * i64::try_from(turns).unwrap_or(0);
        }
    }

    fn hours(&self, capacity: Option<u32>) -> Hours {
        let mut hours = Hours::default();
        let mut jobs = self.at_first;
        for (slot, change) in self.changes.iter().enumerate() {
            jobs += change;
            let hour = slot / 12;
            let most = &mut hours[hour / 24][hour % 24];
            most.jobs = most.jobs.max(u32::try_from(jobs).unwrap_or(0));
            most.is_full = capacity.is_some_and(|capacity| most.jobs > capacity);
        }
        hours
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn hours(cron: &str, late: u64, lasts: u64) -> Hours {
        let schedule = Schedule {
            cron: cron.parse().expect("a cron"),
            time_zone: crate::domain::TimeZone::UTC,
        };
        let usual = Usual {
            late: Seconds(late),
            p50: Seconds(lasts),
            p90: Seconds(lasts),
        };
        let monday = "2026-09-14T00:00:00Z".parse().expect("an instant");
        let mut slots = Slots::default();
        slots.add(&busy(&[schedule], usual, monday), 2);
        slots.hours(Some(1))
    }

    #[test]
    fn a_run_is_at_work_from_its_usual_start_for_as_long_as_usual() {
        let hours = hours("0 2 * * 2", 1_800, 3_600);
        let expected = |day: usize, hour: usize| 2 * u32::from(day == 1 && (2..=3).contains(&hour));
        for (day, row) in hours.iter().enumerate() {
            for (hour, jobs) in row.iter().enumerate() {
                assert_eq!(jobs.jobs, expected(day, hour), "day {day} hour {hour}");
                assert_eq!(jobs.is_full, jobs.jobs > 1);
            }
        }
    }

    #[test]
    fn a_run_of_sunday_night_reaches_into_monday() {
        let hours = hours("30 23 * * 0", 0, 3_600);
        let jobs =
            [(6, 23), (0, 0), (0, 1)].map(|(day, hour): (usize, usize)| hours[day][hour].jobs);
        assert_eq!(jobs, [2, 2, 0]);
    }

    #[test]
    fn runs_that_begin_together_add_up_and_spread_after_the_moves() {
        let inventory = sample::inventory();
        let report = Report::of(&inventory);
        let usual = |id: &Located| {
            let known = inventory.workflows.get(id)?;
            known.forecast.as_ref().map(Usual::of)
        };
        let week = Week::of(&report, usual, &BTreeMap::new(), sample::now());
        let most = |hours: &Hours| hours.iter().flatten().map(|hour| hour.jobs).max();
        let all = &week.pools[0];
        assert_eq!((all.pool.as_str(), week.pools.len()), (ALL, 2));
        assert_eq!(most(&all.now), Some(4));
        assert!(most(&all.after) < most(&all.now), "{all:?}");
    }

    #[test]
    fn jobs_are_counted_by_the_pool_that_serves_their_labels() {
        let peak = PoolPeak {
            pool: "linux,x64,self-hosted".into(),
            capacity: Some(3),
            peak_jobs: 0,
        };
        let demand = |labels: &[&str], jobs| Demand {
            workflow: sample::id("acme/app/a.yml").into(),
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            jobs,
        };
        let demands = vec![
            demand(&["self-hosted", "Linux"], 2),
            demand(&["self-hosted"], 1),
            demand(&["ubuntu-latest"], 4),
        ];
        assert_eq!(
            runners(Some(&demands), &[peak]),
            [
                ("linux,x64,self-hosted".to_owned(), 3),
                ("ubuntu-latest".to_owned(), 4)
            ]
        );
    }
}

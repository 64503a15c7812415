//! The load of every pool in every slot of the reference week, and what one more workflow would cost.
//!
//! Owns the price of an overlap. Sums are whole numbers: the same workflows give the same board in any order.

use super::item::{JobDemand, Pool};
use super::occupancy::FULL;
use super::timetable::{Load, PoolPeak};
use super::week::{SLOT_SECONDS, SLOTS};
use crate::domain::Seconds;

/// Costs are counted in thirty-thousandths of a second, in which both prices below are whole numbers.
const PER_SECOND: u64 = UNPOOLED_SHARE * FULL * FULL / SLOT_SECONDS;

/// The price of one unit (see [`FULL`]) beyond a pool's capacity: the seconds it stands for.
const PER_UNIT_OVER: u64 = PER_SECOND * SLOT_SECONDS / FULL;

/// Without a pool nobody is known to wait, so running together costs a quarter of the seconds that it lasts.
///
/// A choice: enough to spread what can be spread for nothing, too little to outweigh a pool that is full.
const UNPOOLED_SHARE: u64 = 4;

/// The most jobs of one run that are counted; GitHub starts 256 a matrix.
const MOST_JOBS: u64 = 100_000;

/// What one item asks of one pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Demand {
    /// The pool's place on the board.
    pub(super) pool: usize,
    /// How many jobs a run has there at once.
    jobs: u64,
}

/// Units of presence by slot, each slot once.
pub(super) type Footprint = Vec<(usize, u64)>;

/// What a footprint costs where it lies; ordered by what matters first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Price {
    /// Units above the highest peak of today, or of what intents made of it.
    pub(super) above_peak: u64,
    /// The overlap, in [`PER_SECOND`] parts.
    pub(super) overlap: u64,
}

/// All pools.
#[derive(Clone, Debug)]
pub(super) struct Board {
    groups: Vec<Group>,
}

/// One pool, or the label set of jobs that no pool serves.
#[derive(Clone, Debug)]
struct Group {
    labels: Vec<String>,
    capacity: Option<u64>,
    /// Units times jobs.
    load: Vec<u64>,
    /// Units, where no pool is declared: workflows, not jobs.
    presence: Vec<u64>,
    /// The sum of the squares of each workflow's units, to tell pairs from selves.
    squares: Vec<u64>,
    peak_allowed: u64,
}

impl Board {
    /// The empty board of these pools.
    pub(super) fn of(pools: &[Pool]) -> Self {
        let mut groups: Vec<Group> = pools
            .iter()
            .map(|pool| Group::of(normal(&pool.labels), Some(u64::from(pool.capacity) * FULL)))
            .collect();
        // The narrowest pool that serves a job takes it.
        groups.sort_by(|a, b| {
            (a.labels.len(), &a.labels, b.capacity).cmp(&(b.labels.len(), &b.labels, a.capacity))
        });
        groups.dedup_by(|later, first| later.labels == first.labels);
        Self { groups }
    }

    /// The demands of one item's jobs, one for each pool; opens a group for labels that no pool serves.
    pub(super) fn demands(&mut self, jobs: &[JobDemand]) -> Vec<Demand> {
        let mut demands: Vec<Demand> = Vec::new();
        for job in jobs.iter().filter(|job| job.count > 0) {
            let pool = self.group_for(&normal(&job.labels));
            let count = u64::from(job.count).min(MOST_JOBS);
            match demands.iter_mut().find(|demand| demand.pool == pool) {
                Some(demand) => demand.jobs = (demand.jobs + count).min(MOST_JOBS),
                None => demands.push(Demand { pool, jobs: count }),
            }
        }
        demands
    }

    fn group_for(&mut self, labels: &[String]) -> usize {
        let serves = |group: &Group| match group.capacity {
            Some(_) => labels.iter().all(|label| group.labels.contains(label)),
            None => group.labels == labels,
        };
        self.groups.iter().position(serves).unwrap_or_else(|| {
            self.groups.push(Group::of(labels.to_vec(), None));
            self.groups.len() - 1
        })
    }

    /// Lays a footprint down.
    pub(super) fn add(&mut self, demands: &[Demand], footprint: &Footprint) {
        for demand in demands {
            let group = &mut self.groups[demand.pool];
            for &(slot, units) in footprint {
                group.load[slot] += units * demand.jobs;
                group.presence[slot] += units;
                group.squares[slot] += units * units;
            }
        }
    }

    /// Takes up a footprint that was laid down.
    pub(super) fn remove(&mut self, demands: &[Demand], footprint: &Footprint) {
        for demand in demands {
            let group = &mut self.groups[demand.pool];
            for &(slot, units) in footprint {
                group.load[slot] -= units * demand.jobs;
                group.presence[slot] -= units;
                group.squares[slot] -= units * units;
            }
        }
    }

    /// From now on, what rises above the present peaks is told by [`Price::above_peak`].
    pub(super) fn hold_peaks(&mut self) {
        for group in &mut self.groups {
            group.peak_allowed = group.load.iter().copied().max().unwrap_or(0);
        }
    }

    /// Raises what is held to the present peaks, where those are higher; says whether any was.
    pub(super) fn accept_peaks(&mut self) -> bool {
        let mut raised = false;
        for group in &mut self.groups {
            let peak = group.load.iter().copied().max().unwrap_or(0);
            raised |= peak > group.peak_allowed;
            group.peak_allowed = group.peak_allowed.max(peak);
        }
        raised
    }

    /// What runs that are not on the board would add to its cost; stops counting once that is above a bound.
    ///
    /// A run is the slot it starts in and its units in the slots from there, around the end of the week.
    pub(super) fn price<'a>(
        &self,
        demands: &[Demand],
        runs: impl Iterator<Item = (usize, &'a [(usize, u64)])> + Clone,
        bound: Price,
    ) -> Price {
        let mut price = Price::default();
        for demand in demands {
            let group = &self.groups[demand.pool];
            for (start, held) in runs.clone() {
                for &(after, units) in held {
                    let slot = start + after;
                    let slot = if slot < SLOTS { slot } else { slot - SLOTS };
                    group.add_price(&mut price, slot, units, units * demand.jobs);
                }
                if price > bound {
                    return price;
                }
            }
        }
        price
    }

    /// The overlap of two workflows in one slot of a pool, in cost parts, from the units of each.
    ///
    /// In a pool: the job-seconds beyond capacity, no more than either brings. Without one: all seconds in which
    /// both run, not the quarter that they are priced at.
    pub(super) fn shared(&self, pool: usize, slot: usize, a: u64, b: u64) -> u64 {
        let group = &self.groups[pool];
        match group.capacity {
            Some(capacity) => {
                group.load[slot].saturating_sub(capacity).min(a).min(b) * PER_UNIT_OVER
            }
            None => a.min(FULL) * b.min(FULL) * UNPOOLED_SHARE,
        }
    }

    /// Whether it is known how many jobs a pool runs at once.
    pub(super) fn has_capacity(&self, pool: usize) -> bool {
        self.groups[pool].capacity.is_some()
    }

    /// Whether overlap in this slot of a pool costs anything.
    pub(super) fn is_contended(&self, pool: usize, slot: usize) -> bool {
        let group = &self.groups[pool];
        group
            .capacity
            .is_none_or(|capacity| group.load[slot] > capacity)
    }

    /// What a demand weighs in [`Board::shared`]: jobs in a pool, the workflow itself without one.
    pub(super) fn weight(&self, demand: Demand) -> u64 {
        if self.groups[demand.pool].capacity.is_some() {
            demand.jobs
        } else {
            1
        }
    }

    /// How many pools and label sets there are.
    pub(super) fn pools(&self) -> usize {
        self.groups.len()
    }

    /// A pool's name: its labels.
    pub(super) fn name(&self, pool: usize) -> String {
        self.groups[pool].labels.join(",")
    }

    /// What all that lies on the board costs.
    pub(super) fn overlap(&self) -> u64 {
        self.groups.iter().map(Group::overlap).sum()
    }

    /// The board in whole seconds and jobs.
    pub(super) fn load(&self, starts_per_hour: [u32; 24]) -> Load {
        let mut peaks: Vec<PoolPeak> = self.groups.iter().map(Group::peak).collect();
        peaks.sort();
        Load {
            starts_per_hour,
            peaks,
            overlap_seconds: to_seconds(self.overlap()),
        }
    }
}

impl Group {
    /// Adds what units in a slot cost, given that they stand for so many units of jobs.
    fn add_price(&self, price: &mut Price, slot: usize, units: u64, jobs: u64) {
        let load = self.load[slot];
        price.above_peak += (load + jobs).saturating_sub(self.peak_allowed).min(jobs);
        price.overlap += match self.capacity {
            Some(capacity) => {
                ((load + jobs).saturating_sub(capacity) - load.saturating_sub(capacity))
                    * PER_UNIT_OVER
            }
            None => pair(units, self.presence[slot]),
        };
    }

    fn of(labels: Vec<String>, capacity: Option<u64>) -> Self {
        let empty = || vec![0; SLOTS];
        Self {
            labels,
            capacity,
            load: empty(),
            presence: empty(),
            squares: empty(),
            peak_allowed: u64::MAX,
        }
    }

    fn peak(&self) -> PoolPeak {
        let jobs = |units: u64| u32::try_from(units.div_ceil(FULL)).unwrap_or(u32::MAX);
        PoolPeak {
            pool: self.labels.join(","),
            capacity: self.capacity.map(jobs),
            peak_jobs: jobs(self.load.iter().copied().max().unwrap_or(0)),
        }
    }

    fn overlap(&self) -> u64 {
        match self.capacity {
            Some(capacity) => self
                .load
                .iter()
                .map(|load| load.saturating_sub(capacity) * PER_UNIT_OVER)
                .sum(),
            None => self
                .presence
                .iter()
                .zip(&self.squares)
                .map(|(all, own)| (all * all - own) / 2)
                .sum(),
        }
    }
}

/// Rounds cost parts down to whole seconds.
pub(super) fn to_seconds(parts: u64) -> Seconds {
    Seconds(parts / PER_SECOND)
}

/// Seconds as cost parts.
pub(super) const fn to_parts(seconds: Seconds) -> u64 {
    seconds.0.saturating_mul(PER_SECOND)
}

/// Two workflows without a pool in one slot: the product of their presences, a quarter of a slot when both are full.
const fn pair(a: u64, b: u64) -> u64 {
    a * b
}

/// Labels in the one form in which they compare: lower case, ascending, each once.
fn normal(labels: &[String]) -> Vec<String> {
    let mut labels: Vec<String> = labels.iter().map(|label| label.to_lowercase()).collect();
    labels.sort();
    labels.dedup();
    labels
}

//! Where every schedule stands while a plan is made.
//!
//! Owns the entries (one for each schedule of each workflow), the board they lie on, and moving one of them.
//! Invariant: the board holds exactly the footprints of all entries that load it.

use std::collections::BTreeSet;

use super::allowed::Allowed;
use super::board::{Board, Demand, Footprint, Price};
use super::check::holds_all_year;
use super::item::{Item, Pool};
use super::occupancy::{Presence, p90_end};
use super::order::{Edge, Order};
use super::shift::{Shape, between, shifted};
use super::timetable::Load;
use super::week::{
    SLOT_MINUTES, SLOTS, WEEK, fire_minutes, fires, local_minute, weeks_of_the_year,
};
use crate::domain::{Digest, Schedule, Seconds, Timestamp};

/// Everything that planning changes.
#[derive(Clone, Debug)]
pub(super) struct State<'a> {
    /// The items, sorted by id, each id once.
    pub(super) items: &'a [Item],
    /// Who waits for whom.
    pub(super) order: Order,
    /// The reference week's start.
    pub(super) monday: Timestamp,
    /// The loads.
    pub(super) board: Board,
    /// One for each schedule, in the order of items and of their files.
    pub(super) entries: Vec<Entry>,
    /// Per item, its entries' range.
    pub(super) ranges: Vec<std::ops::Range<usize>>,
    pub(super) demands: Vec<Vec<Demand>>,
    presences: Vec<Option<Presence>>,
    /// Per item, the minutes at which it may fire.
    pub(super) allowed: Vec<Allowed>,
}

/// One schedule of one workflow.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The item's place.
    pub(super) item: usize,
    /// The schedule that shifts start from: the file's, or what the intent put in its place.
    pub(super) base: Schedule,
    /// How far it stands from its base, in minutes.
    pub(super) by: i32,
    /// The shift that the timetable in force proposes; absent where it proposes none or one that is none any more.
    pub(super) asked: Option<i32>,
    /// Whether it was brought back to its base because its move had not earned itself.
    pub(super) came_back: bool,
    /// Whether it must stay where it is.
    pub(super) fixed: bool,
    /// Shifts that the year's check refused.
    pub(super) refused: BTreeSet<i32>,
    /// What its move saves where it ends, and what the best move that was not worth it would have saved, in cost
    /// parts.
    pub(super) saved: u64,
    /// See [`Entry::saved`].
    pub(super) forgone: u64,
    /// Whether its move lowers an overlap or a peak where it ends.
    pub(super) eases: bool,
    /// The phase of its five-minute grid: by id, so that not everybody sits on the same minute.
    pub(super) phase: u32,
    /// What decides its legal shifts.
    pub(super) shape: Shape,
    fires: Vec<u32>,
    local_minutes: Vec<u32>,
    rare: bool,
    runs_apart: bool,
}

impl<'a> State<'a> {
    /// The world as the files are.
    pub(super) fn today(items: &'a [Item], pools: &[Pool], monday: Timestamp) -> Self {
        let mut board = Board::of(pools);
        let mut state = Self {
            items,
            order: Order::of(items),
            monday,
            demands: items.iter().map(|item| board.demands(&item.jobs)).collect(),
            board,
            entries: Vec::new(),
            ranges: Vec::new(),
            presences: items
                .iter()
                .map(|item| item.forecast.as_ref().map(Presence::of))
                .collect(),
            allowed: items
                .iter()
                .map(|item| Allowed::of(&item.intent, needs(item)))
                .collect(),
        };
        for (place, item) in items.iter().enumerate() {
            let from = state.entries.len();
            for (index, schedule) in item.schedules.iter().enumerate() {
                let entry = state.entry(place, index, schedule.clone());
                state.entries.push(entry);
            }
            state.ranges.push(from..state.entries.len());
        }
        for at in 0..state.entries.len() {
            let footprint = state.footprint(at, 0);
            state
                .board
                .add(&state.demands[state.entries[at].item], &footprint);
        }
        state
    }

    fn entry(&self, place: usize, index: usize, base: Schedule) -> Entry {
        let item = &self.items[place];
        let asked = item
            .asked
            .get(index)
            .filter(|asked| asked.time_zone == base.time_zone);
        let fires = fire_minutes(&base, self.monday);
        Entry {
            item: place,
            by: 0,
            asked: asked
                .and_then(|asked| between(&base.cron, &asked.cron))
                .filter(|by| *by != 0),
            came_back: false,
            fixed: !item.movable,
            refused: BTreeSet::new(),
            saved: 0,
            eases: false,
            forgone: 0,
            phase: phase(item),
            shape: Shape::of(&base.cron),
            runs_apart: runs_apart(&fires, self.presences[place].as_ref()),
            fires,
            local_minutes: self.local_minutes(place, &base),
            rare: base.cron.cadence() > Seconds::days(7),
            base,
        }
    }

    /// The minutes of the intent's week at which a schedule fires at some time of the year.
    fn local_minutes(&self, place: usize, base: &Schedule) -> Vec<u32> {
        if self.allowed[place].is_everything() {
            return Vec::new();
        }
        let zone = self.items[place].intent.time_zone.unwrap_or_default();
        let zones = BTreeSet::from([zone, base.time_zone]);
        let weeks = weeks_of_the_year(&zones, self.monday, false);
        let minutes: BTreeSet<u32> = weeks
            .into_iter()
            .flat_map(|week| fires(base, week))
            .map(|at| local_minute(at, zone))
            .collect();
        minutes.into_iter().collect()
    }

    /// Puts another schedule in an entry's place, to move on from there or to stay.
    pub(super) fn replace(&mut self, at: usize, base: Schedule, fixed: bool) {
        let place = self.entries[at].item;
        let old = self.footprint(at, self.entries[at].by);
        self.board.remove(&self.demands[place], &old);
        self.entries[at] = Entry {
            fixed,
            ..self.entry(place, at - self.ranges[place].start, base)
        };
        let new = self.footprint(at, 0);
        self.board.add(&self.demands[place], &new);
    }

    /// Moves an entry to another shift of its base.
    pub(super) fn shift(&mut self, at: usize, by: i32) {
        let place = self.entries[at].item;
        let (old, new) = (
            self.footprint(at, self.entries[at].by),
            self.footprint(at, by),
        );
        self.board.remove(&self.demands[place], &old);
        self.board.add(&self.demands[place], &new);
        self.entries[at].by = by;
    }

    /// Takes an entry's load off the board, for pricing what else it could do; [`State::put_back`] undoes it.
    pub(super) fn lift(&mut self, at: usize) -> Footprint {
        let footprint = self.footprint(at, self.entries[at].by);
        self.board
            .remove(&self.demands[self.entries[at].item], &footprint);
        footprint
    }

    /// Puts a lifted load back.
    pub(super) fn put_back(&mut self, at: usize, footprint: &Footprint) {
        self.board
            .add(&self.demands[self.entries[at].item], footprint);
    }

    /// The slots that an entry holds at a shift.
    ///
    /// Nothing without a forecast, and nothing for what fires less than weekly: that is no pattern of the week.
    pub(super) fn footprint(&self, at: usize, by: i32) -> Footprint {
        let entry = &self.entries[at];
        let Some(presence) = self.presences[entry.item].as_ref().filter(|_| !entry.rare) else {
            return Vec::new();
        };
        let held = entry.fires_at(by).flat_map(|minute| {
            let start = (minute / SLOT_MINUTES) as usize;
            presence
                .after(minute)
                .iter()
                .map(move |&(slot, units)| ((start + slot) % SLOTS, units))
        });
        if entry.runs_apart {
            held.collect()
        } else {
            merged(held)
        }
    }

    /// What a lifted entry would cost at a shift; stops counting above a bound.
    pub(super) fn price(&self, at: usize, by: i32, bound: Price) -> Price {
        let entry = &self.entries[at];
        let demands = &self.demands[entry.item];
        match self.presences[entry.item]
            .as_ref()
            .filter(|_| entry.runs_apart && !entry.rare)
        {
            Some(presence) => {
                let start = |minute: u32| (minute / SLOT_MINUTES) as usize;
                let runs = entry
                    .fires_at(by)
                    .map(|minute| (start(minute), presence.after(minute)));
                self.board.price(demands, runs, bound)
            }
            None => {
                let footprint = self.footprint(at, by);
                self.board
                    .price(demands, std::iter::once((0, footprint.as_slice())), bound)
            }
        }
    }

    /// How many parts of its own intent an entry breaks at a shift: windows, deadline.
    pub(super) fn own_broken(&self, at: usize, by: i32) -> usize {
        let entry = &self.entries[at];
        let allowed = &self.allowed[entry.item];
        let minutes = || {
            entry
                .local_minutes
                .iter()
                .map(|minute| (minute.cast_signed() + by).rem_euclid(WEEK.cast_signed()))
        };
        let window = minutes().all(|minute| allowed.in_window(minute.cast_unsigned()));
        let deadline = minutes().all(|minute| allowed.in_time(minute.cast_unsigned()));
        usize::from(!window) + usize::from(!deadline)
    }

    /// How many waits that its workflow is part of break when an entry stands at a shift.
    pub(super) fn order_broken(&self, at: usize, by: i32) -> usize {
        let edges = self.order.touching(self.entries[at].item);
        edges.filter(|edge| !self.holds(edge, at, by)).count()
    }

    /// Whether an entry's workflow does not wait for one that it should wait for.
    pub(super) fn starts_too_early(&self, at: usize) -> bool {
        let place = self.entries[at].item;
        let mut own = self
            .order
            .touching(place)
            .filter(|edge| edge.waits == place);
        own.any(|edge| !self.holds(edge, at, self.entries[at].by))
    }

    /// Whether a workflow waits for another one.
    pub(super) fn waits(&self, place: usize) -> bool {
        self.order.touching(place).any(|edge| edge.waits == place)
    }

    /// Whether a wait holds when one entry stands at a shift.
    fn holds(&self, edge: &Edge, at: usize, by: i32) -> bool {
        let fires = |of: usize| {
            self.ranges[of].clone().flat_map(move |other| {
                let entry = &self.entries[other];
                entry.fires_at(if other == at { by } else { entry.by })
            })
        };
        edge.holds_on_grid(self.monday, fires(edge.waits), fires(edge.first))
    }

    /// Whether the schedule at a shift keeps windows and deadline on every day of the year.
    pub(super) fn holds_all_year(&self, at: usize, by: i32) -> bool {
        let entry = &self.entries[at];
        entry.schedule_at(by).is_some_and(|schedule| {
            holds_all_year(
                &self.items[entry.item],
                &self.allowed[entry.item],
                &schedule,
                self.monday,
            )
        })
    }

    /// The load as it stands.
    pub(super) fn load(&self) -> Load {
        let mut starts = [0_u32; 24];
        for entry in &self.entries {
            for minute in entry.fires_at(entry.by) {
                starts[(minute / 60 % 24) as usize] += 1;
            }
        }
        self.board.load(starts)
    }
}

impl Entry {
    /// The fires of the reference week at a shift, as minutes after its start.
    pub(super) fn fires_at(&self, by: i32) -> impl Iterator<Item = u32> + Clone + '_ {
        self.fires.iter().map(move |minute| {
            (minute.cast_signed() + by)
                .rem_euclid(WEEK.cast_signed())
                .cast_unsigned()
        })
    }

    /// The schedule at a shift.
    pub(super) fn schedule_at(&self, by: i32) -> Option<Schedule> {
        shifted(&self.base.cron, by).map(|cron| Schedule {
            cron,
            time_zone: self.base.time_zone,
        })
    }
}

/// From the fire to the p90 end; zero where nothing is known.
pub(super) fn needs(item: &Item) -> Seconds {
    item.forecast.as_ref().map_or(Seconds::ZERO, p90_end)
}

fn phase(item: &Item) -> u32 {
    let digest = Digest::of([
        item.id.repository.key().as_bytes(),
        item.id.file.as_str().as_bytes(),
    ]);
    digest
        .as_str()
        .bytes()
        .fold(0, |sum, byte| (sum * 31 + u32::from(byte)) % SLOT_MINUTES)
}

/// Each slot once, with the sum of its units.
fn merged(held: impl Iterator<Item = (usize, u64)>) -> Footprint {
    let mut week = vec![0; SLOTS];
    held.for_each(|(slot, units)| week[slot] += units);
    week.into_iter()
        .enumerate()
        .filter(|(_, units)| *units > 0)
        .collect()
}

/// Whether no two of these fires can hold the same slot; true for every shift alike.
fn runs_apart(fires: &[u32], presence: Option<&Presence>) -> bool {
    let span = presence.map_or(0, Presence::slots);
    let next = fires
        .iter()
        .skip(1)
        .copied()
        .chain(fires.first().map(|first| first + WEEK));
    fires
        .iter()
        .zip(next)
        .all(|(this, next)| ((next - this) / SLOT_MINUTES) as usize > span)
}

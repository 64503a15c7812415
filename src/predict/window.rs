//! The durations that are remembered, and which of them the next run is like.
//!
//! A *level* is what holds since the last shift. Of it, a run of some event is held against the runs of that event and of
//! those events whose runs take about as long: a nightly build must not be lost among twenty pushes a day, and three quick
//! runs by hand say nothing of it. Invariants: the window is in order of the ends and bounded; whoever asks for an instant is
//! told nothing that was known only later.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    sample::{Sample, Tags},
    shift::{self, LEVEL_RUNS, deviation, median},
};

/// How many evident durations are remembered: of those of one event, the oldest counts a sixth of the newest to the longest
/// memory, and a sixteenth of a twentieth to the next one.
const WINDOW: usize = 80;
/// How many durations of a level that was left are kept: for runs that were created before that was known.
const LEFT: usize = 20;
/// How many events' shifts are told apart; the one that shifted longest ago makes room.
const SHIFTS: usize = 8;

/// How far the medians of two events may lie apart, as logarithms, for their runs to be alike however steady they are: a
/// factor of 1.22, short of the error at which a forecast stops being good.
const NEAR: f64 = 0.2;
/// How far at most, however much they scatter: a factor of 1.65.
const FAR: f64 = 0.5;
/// Between the two they are alike when they lie within so many standard deviations: the customary three. On 42 public series
/// with several events, this costs nothing against holding none apart; a bound of 1.25 for all costs half a point.
const DEVIATIONS: f64 = 3.0;
/// How many runs of an event tell how long it takes.
const MEDIAN_RUNS: usize = 15;

/// Evident durations, in order of their ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Window {
    samples: Vec<Sample>,
    /// When the level of an event last shifted: the end of its first run at the new level.
    shifts: Vec<(u32, i64)>,
}

/// What a run is like: samples in order of their ends, and since when they are as they are.
pub(super) struct Like {
    pub(super) samples: Vec<Sample>,
    pub(super) drift_since: Option<i64>,
}

impl Window {
    /// Takes the next duration, and begins a new level where the newest ones make one.
    pub(super) fn push(&mut self, sample: Sample) {
        if self.samples.len() >= WINDOW {
            let least = self.least_needed();
            self.samples.remove(least);
        }
        self.samples.push(sample);
        self.note_shift(sample);
    }

    /// The samples of both, each once, and the shifts that they show together.
    pub(super) fn merge(&self, later: &Self) -> Self {
        let mut samples = [self.samples.as_slice(), &later.samples].concat();
        samples.sort_by(|a, b| {
            let order =
                |sample: &Sample| (sample.ended_at, sample.tags.at, sample.left_at.is_none());
            order(a)
                .cmp(&order(b))
                .then(a.log_duration.total_cmp(&b.log_duration))
        });
        let identity = |sample: &Sample| Sample {
            left_at: None,
            ..*sample
        };
        samples.dedup_by(|a, b| identity(a) == identity(b));
        let mut merged = Self::default();
        let shifts = self.shifts.iter().chain(&later.shifts);
        shifts.for_each(|(event, since)| merged.shifted(*event, *since));
        samples.into_iter().for_each(|sample| merged.push(sample));
        merged
    }

    /// What a run with these tags is like, as far as that was known at an instant.
    pub(super) fn like(&self, tags: Tags, until: i64) -> Like {
        let ended = || {
            self.samples
                .iter()
                .filter(|sample| sample.ended_at <= until)
        };
        let mut level: Vec<Sample> = ended()
            .filter(|sample| sample.left_at.is_none_or(|at| until < at))
            .copied()
            .collect();
        if level.is_empty() {
            level = ended().copied().collect();
        }
        let events = alike(&level, tags.event);
        level.retain(|sample| events.contains(&sample.tags.event));
        let shifts = self.shifts.iter();
        Like {
            drift_since: shifts
                .filter(|(event, _)| events.contains(event))
                .map(|(_, since)| *since)
                .max(),
            samples: level,
        }
    }

    /// Leaves the level of what the newest sample is like, where it makes a new one with those before it.
    fn note_shift(&mut self, newest: Sample) {
        let like = self.like(newest.tags, i64::MAX).samples;
        let own = like
            .iter()
            .filter(|sample| sample.tags.event == newest.tags.event);
        // An event that is new here has no level to leave, and cannot make another one leave its own.
        if own.count() < LEVEL_RUNS {
            return;
        }
        let logs: Vec<f64> = like.iter().map(Sample::log).collect();
        let Some(begin) = shift::newest(&logs) else {
            return;
        };
        let left = &like[..begin];
        for sample in &mut self.samples {
            if left.contains(sample) {
                sample.left_at = Some(newest.ended_at);
            }
        }
        let events = alike(&like, newest.tags.event);
        for event in events {
            self.shifted(event, like[begin].ended_at);
        }
        self.forget_left();
    }

    fn shifted(&mut self, event: u32, since: i64) {
        let before = self.shifts.iter().position(|(own, _)| *own == event);
        let before = before.map(|at| self.shifts.remove(at).1);
        self.shifts
            .push((event, before.map_or(since, |before| before.max(since))));
        self.shifts.sort_by_key(|(event, since)| (*since, *event));
        self.shifts
            .drain(..self.shifts.len().saturating_sub(SHIFTS));
    }

    /// Keeps the newest of those whose level was left.
    fn forget_left(&mut self) {
        let left = self
            .samples
            .iter()
            .filter(|sample| sample.left_at.is_some());
        let mut surplus = left.count().saturating_sub(LEFT);
        self.samples.retain(|sample| {
            let goes = sample.left_at.is_some() && surplus > 0;
            surplus -= usize::from(goes);
            !goes
        });
    }

    /// The oldest whose level was left; else the oldest of the event that has most.
    fn least_needed(&self) -> usize {
        let first = |wanted: &dyn Fn(&Sample) -> bool| self.samples.iter().position(wanted);
        if let Some(left) = first(&|sample| sample.left_at.is_some()) {
            return left;
        }
        let mut counts = BTreeMap::<u32, usize>::new();
        for sample in &self.samples {
            *counts.entry(sample.tags.event).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        most.and_then(|(event, _)| first(&|sample| sample.tags.event == event))
            .unwrap_or(0)
    }
}

/// The events of a level whose runs take about as long as those of one of them: all of them, where that one has too few runs
/// to tell.
fn alike(level: &[Sample], event: u32) -> BTreeSet<u32> {
    let mut logs = BTreeMap::<u32, Vec<f64>>::new();
    for sample in level {
        logs.entry(sample.tags.event)
            .or_default()
            .push(sample.log());
    }
    let centres = logs.into_iter().map(|(event, logs)| {
        let newest = &logs[logs.len().saturating_sub(MEDIAN_RUNS)..];
        (event, (logs.len(), median(newest), deviation(newest)))
    });
    let centres: BTreeMap<u32, (usize, f64, f64)> = centres.collect();
    let own = centres.get(&event).filter(|own| own.0 >= LEVEL_RUNS);
    let is_alike = |(_, centre, deviation): &(usize, f64, f64)| {
        own.is_none_or(|(_, own, scatter)| {
            let most = DEVIATIONS * scatter.max(*deviation);
            (centre - own).abs() <= most.clamp(NEAR, FAR)
        })
    };
    let alike = centres.iter().filter(|(_, centre)| is_alike(centre));
    alike.map(|(event, _)| *event).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUSH: u32 = 1;
    const SCHEDULE: u32 = 2;

    fn sample(at: usize, event: u32, seconds: f32) -> Sample {
        let at = 600 * i64::try_from(at).unwrap();
        Sample {
            tags: Tags {
                event,
                branch: 0,
                at,
            },
            ended_at: at + 60,
            log_duration: seconds.ln(),
            left_at: None,
        }
    }

    fn window(runs: &[(u32, f32)]) -> Window {
        let mut window = Window::default();
        for (at, (event, seconds)) in runs.iter().enumerate() {
            window.push(sample(at, *event, *seconds));
        }
        window
    }

    fn like(window: &Window, event: u32) -> Vec<f64> {
        let tags = sample(1_000, event, 1.0).tags;
        let samples = window.like(tags, i64::MAX).samples;
        samples
            .iter()
            .map(|sample| sample.log().exp().round())
            .collect()
    }

    #[test]
    fn an_event_that_takes_another_time_is_held_apart_and_one_that_takes_the_same_is_not() {
        let mixed = |push| {
            let runs: Vec<_> = (0..20)
                .map(|at| {
                    if at % 4 == 0 {
                        (SCHEDULE, 900.0)
                    } else {
                        (PUSH, push)
                    }
                })
                .collect();
            like(&window(&runs), SCHEDULE).len()
        };
        assert_eq!((mixed(300.0), mixed(850.0)), (5, 20));
    }

    #[test]
    fn however_many_runs_another_event_has_some_of_each_are_remembered() {
        let runs: Vec<_> = (0..2_000)
            .map(|at| {
                if at % 100 == 0 {
                    (SCHEDULE, 900.0)
                } else {
                    (PUSH, 300.0)
                }
            })
            .collect();
        assert_eq!(like(&window(&runs), SCHEDULE), [900.0; 20]);
    }

    #[test]
    fn three_runs_of_an_event_that_is_new_here_leave_no_level() {
        let mut runs = vec![(SCHEDULE, 900.0); 40];
        runs.extend([(PUSH, 200.0); 3]);
        let window = window(&runs);
        assert_eq!(like(&window, SCHEDULE), [900.0; 40]);
        assert_eq!(window.shifts, []);
    }

    #[test]
    fn a_shift_of_one_event_leaves_the_level_of_all_that_were_like_it() {
        let mut runs: Vec<_> = (0..20)
            .map(|at| (if at % 2 == 0 { SCHEDULE } else { PUSH }, 300.0))
            .collect();
        runs.extend([(PUSH, 900.0); 3]);
        let window = window(&runs);
        assert_eq!(like(&window, SCHEDULE), [900.0; 3]);
        assert_eq!(like(&window, PUSH), [900.0; 3]);
    }

    #[test]
    fn a_shift_is_not_known_before_the_run_that_made_it_ended() {
        let mut runs = vec![(PUSH, 300.0); 10];
        runs.extend([(PUSH, 900.0); 3]);
        let window = window(&runs);
        let known = |until| window.like(sample(99, PUSH, 1.0).tags, until).samples.len();
        let third = sample(12, PUSH, 900.0).ended_at;
        assert_eq!((known(third - 1), known(third)), (12, 3));
    }

    #[test]
    fn two_windows_show_the_shift_that_lies_across_their_seam() {
        let runs: Vec<_> = (0..44)
            .map(|at| (PUSH, if at < 40 { 300.0 } else { 700.0 }))
            .collect();
        let whole = window(&runs);
        for cut in 38..44 {
            let mut later = Window::default();
            for (at, (event, seconds)) in runs.iter().enumerate().skip(cut) {
                later.push(sample(at, *event, *seconds));
            }
            let merged = window(&runs[..cut]).merge(&later);
            assert_eq!(like(&merged, PUSH), like(&whole, PUSH), "cut at {cut}");
            assert_eq!(merged.shifts, whole.shifts, "cut at {cut}");
        }
    }
}

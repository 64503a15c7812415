//! What the network sees of a history: the last runs one by one, and the moment that is forecast.
//!
//! Everything is relative to the running median and in units of the running spread, so that what is learned on one
//! repository speaks of another.

use std::f64::consts::TAU;

use chrono::{DateTime, Datelike, Timelike, Utc};

use crate::history::{Run, Task};

/// How many runs it sees one by one.
pub const STEPS: usize = 20;

/// Numbers for each run: in spreads, as a logarithm, gap, same event, nearness of the hour, whether there is a run.
pub const STEP_WIDTH: usize = 6;

/// Events that it can tell from each other.
const EVENTS: [&str; 5] = [
    "schedule",
    "push",
    "pull_request",
    "workflow_dispatch",
    "workflow_run",
];

/// Numbers for the moment: events, hour, weekday, age, spread, level, count.
pub const MOMENT_WIDTH: usize = EVENTS.len() + 8;

/// The median that everything is relative to.
const BASE_RUNS: usize = 10;

/// A spread below two hundredths is mostly rounding to seconds.
const LEAST_SPREAD: f64 = 0.02;

/// One row of training or forecasting.
pub struct Example {
    pub steps: [f32; STEPS * STEP_WIDTH],
    pub moment: [f32; MOMENT_WIDTH],
    /// The running median's logarithm.
    pub base: f64,
    /// Logarithms to one unit of the network's answer.
    pub spread: f32,
    /// What came, as a logarithm relative to the base.
    pub target: f32,
    /// Keeps a long series from drowning the others.
    pub weight: f32,
}

impl Example {
    /// The row of a task, whose history must not be empty.
    pub fn new(task: &Task) -> Self {
        let recent = &task.known[task.known.len().saturating_sub(STEPS)..];
        let logs: Vec<_> = recent.iter().map(|run| run.seconds.ln()).collect();
        let base = quantile(&logs[logs.len().saturating_sub(BASE_RUNS)..], 0.5);
        let spread = ((quantile(&logs, 0.75) - quantile(&logs, 0.25)) / 2.0).max(LEAST_SPREAD);
        Self {
            steps: steps(task, recent, base, spread),
            moment: moment(task, base, spread),
            base,
            spread: spread as f32,
            target: (task.run.seconds.ln() - base) as f32,
            weight: (task.series.ended.len() as f32).powf(-0.5),
        }
    }
}

/// The last runs, the latest last; what is missing in front stays zero.
fn steps(task: &Task, recent: &[Run], base: f64, spread: f64) -> [f32; STEPS * STEP_WIDTH] {
    let mut steps = [0.0; STEPS * STEP_WIDTH];
    let empty = STEPS - recent.len();
    for (at, run) in recent.iter().enumerate() {
        let relative = run.seconds.ln() - base;
        let before = if at == 0 {
            run.end()
        } else {
            recent[at - 1].end()
        };
        let values = [
            (relative / spread).clamp(-5.0, 5.0),
            relative.clamp(-2.0, 2.0),
            hours(run.end() - before) / 4.0,
            f64::from(run.event == task.run.event),
            (clock(run.start) - clock(task.run.start)).cos(),
            1.0,
        ];
        let row = &mut steps[(empty + at) * STEP_WIDTH..][..STEP_WIDTH];
        row.copy_from_slice(&values.map(|value| value as f32));
    }
    steps
}

fn moment(task: &Task, base: f64, spread: f64) -> [f32; MOMENT_WIDTH] {
    let start = task.run.start;
    let weekday = f64::from(start.weekday().num_days_from_monday()) / 7.0 * TAU;
    let age = task
        .known
        .last()
        .map_or(0.0, |run| hours(start.timestamp() as f64 - run.end()));
    let numbers = [
        clock(start).sin(),
        clock(start).cos(),
        weekday.sin(),
        weekday.cos(),
        age / 4.0,
        spread.ln() / 2.0 + 1.0,
        base / 4.0 - 1.5,
        (task.known.len() as f64).ln() / 4.0 - 1.0,
    ];
    let mut moment = [0.0; MOMENT_WIDTH];
    for (slot, event) in moment.iter_mut().zip(EVENTS) {
        *slot = f32::from(event == task.run.event);
    }
    for (slot, number) in moment[EVENTS.len()..].iter_mut().zip(numbers) {
        *slot = number as f32;
    }
    moment
}

/// The hour of the day as an angle.
fn clock(time: DateTime<Utc>) -> f64 {
    f64::from(time.num_seconds_from_midnight()) / 86_400.0 * TAU
}

/// Hours on a scale on which a minute and a month both still say something.
fn hours(seconds: f64) -> f64 {
    (seconds.max(0.0) / 3_600.0).ln_1p()
}

/// The quantile of values, of which there is at least one, between neighbours by weight.
fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = share * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    low + (high - low) * at.fract()
}

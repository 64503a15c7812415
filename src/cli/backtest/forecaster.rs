//! The product's own model as a backtest asks it, with the time it takes.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use crate::{
    domain::{Circumstances, Forecast, Run, Timestamp},
    predict::Learner,
    track::Forecaster,
};

/// A learner under a stopwatch.
#[derive(Default)]
pub(super) struct Timed {
    learner: Learner,
    learning: Stopwatch,
    forecasting: Stopwatch,
}

/// How often something was done, and how long that took together.
#[derive(Clone, Default)]
pub(super) struct Stopwatch {
    times: Cell<u64>,
    spent: Cell<Duration>,
}

impl Stopwatch {
    /// Adds what another one counted.
    pub(super) fn add(&self, other: &Self) {
        self.times.set(self.times.get() + other.times.get());
        self.spent.set(self.spent.get() + other.spent.get());
    }

    /// The mean of one, in microseconds.
    #[allow(clippy::cast_precision_loss)] // Counts far below 2^52.
    pub(super) fn microseconds(&self) -> f64 {
        self.spent.get().as_secs_f64() * 1e6 / self.times.get().max(1) as f64
    }

    #[allow(clippy::disallowed_methods, reason = "a stopwatch, in the shell")]
    fn time<T>(&self, what: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let answer = what();
        self.spent.set(self.spent.get() + start.elapsed());
        self.times.set(self.times.get() + 1);
        answer
    }
}

impl Timed {
    /// What learning took.
    pub(super) fn learning(&self) -> &Stopwatch {
        &self.learning
    }

    /// What forecasting took.
    pub(super) fn forecasting(&self) -> &Stopwatch {
        &self.forecasting
    }
}

impl Forecaster for Timed {
    fn learn(&mut self, run: &Run) {
        self.learning.time(|| self.learner.learn(run));
    }

    fn forecast(&self, next: &Circumstances<'_>, made_at: Timestamp) -> Option<Forecast> {
        self.forecasting
            .time(|| self.learner.forecast(next, None, made_at))
    }
}

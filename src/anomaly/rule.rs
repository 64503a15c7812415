//! What counts as a change of what: a score, a limit and a bar for each kind of alarm.
//!
//! Durations, waits and costs are judged by *ranks* among the runs before: a score that knows only how many of them lie below is
//! the same on steady and on ragged workflows, and no outlier weighs more than the next one. Verdicts are judged by a likelihood
//! ratio. Every limit was set on recorded runs that were shuffled, where nothing changes: `docs/anomalies.md` has the figures.

/// How one kind of series is watched.
#[derive(Debug)]
pub(super) struct Rule {
    /// The directions that are watched at once; one alarm ends the others.
    pub(super) sides: &'static [Side],
    /// How many of the newest values of the level are compared with.
    pub(super) reference: usize,
    /// How many there must be.
    pub(super) least: usize,
    /// How many values of another level make it the level.
    pub(super) adapts: usize,
    /// How many values in a row tell that the old level is back.
    pub(super) back: usize,
    /// What values are like, in one.
    pub(super) centre: fn(&[f64]) -> f64,
}

/// One direction.
#[derive(Debug)]
pub(super) struct Side {
    /// What a value adds to the sum, given the values before it.
    pub(super) score: fn(&[f64], f64) -> f64,
    /// The sum above which it is an alarm.
    pub(super) limit: f64,
    /// Whether a change is large enough that somebody would act on it.
    pub(super) matters: fn(f64, f64) -> bool,
}

/// What every rank score is lowered by, so that it falls while nothing changes: the customary half of a shift of one deviation.
const SLACK: f64 = 0.5;
/// A run must be longer than another by a tenth to count as longer, and shorter alike: smaller changes are nobody's concern.
const MARGIN: f64 = 0.1;

/// Durations, as logarithms.
pub(super) const DURATION: Rule = Rule {
    sides: &[
        Side {
            score: |before, value| above(before, value - MARGIN),
            limit: 3.2,
            matters: longer,
        },
        Side {
            score: |before, value| below(before, value + MARGIN),
            limit: 3.2,
            matters: |from, to| longer(to, from),
        },
    ],
    reference: 50,
    least: 20,
    adapts: 20,
    back: 5,
    centre: median,
};

/// From one duration to the next, as logarithms, without a sign: a shift of the level is one such step, and more spread is many.
pub(super) const SPREAD: Rule = Rule {
    sides: &[Side {
        score: |before, value| above(before, value / 1.5 - 0.02),
        limit: 3.6,
        matters: |from, to| to > 0.15 && to > 2.0 * from,
    }],
    reference: 50,
    least: 20,
    adapts: 30,
    back: 10,
    centre: median,
};

/// Waits for a runner, as logarithms of half a minute and more.
pub(super) const QUEUE: Rule = Rule {
    sides: &[Side {
        score: |before, value| above(before, value - 0.4),
        limit: 4.2,
        matters: |from, to| to.exp() - from.exp() >= 60.0,
    }],
    reference: 50,
    least: 20,
    adapts: 20,
    back: 5,
    centre: median,
};

/// What a day takes of runners, as logarithms of minutes.
pub(super) const COST: Rule = Rule {
    sides: &[Side {
        score: |before, value| above(before, value - 0.4),
        limit: 2.3,
        matters: |from, to| to - from > 0.4 && to.exp() - from.exp() >= 30.0,
    }],
    reference: 28,
    least: 14,
    adapts: 14,
    back: 3,
    centre: median,
};

/// Verdicts of first attempts: 1 is a failure.
pub(super) const SUCCESS: Rule = Rule {
    sides: &[Side {
        score: more_often,
        limit: 5.0,
        matters: |from, to| to - from >= 0.2,
    }],
    reference: 60,
    least: 20,
    adapts: 30,
    back: 8,
    centre: mean,
};

/// Runs that a re-run turned green: 1 is one.
pub(super) const FLAKY: Rule = Rule {
    sides: &[Side {
        score: more_often,
        limit: 5.4,
        matters: |from, to| to - from >= 0.1,
    }],
    reference: 60,
    least: 20,
    adapts: 30,
    back: 15,
    centre: mean,
};

fn longer(from: f64, to: f64) -> bool {
    to - from >= 0.14 && to.exp() - from.exp() >= 10.0
}

/// The normal score of a value's rank from below, less the slack.
fn above(before: &[f64], value: f64) -> f64 {
    rank(before.iter().map(|other| *other - value))
}

/// The normal score of a value's rank from above, less the slack.
fn below(before: &[f64], value: f64) -> f64 {
    rank(before.iter().map(|other| value - *other))
}

#[allow(clippy::cast_precision_loss)] // A few dozen.
fn rank(distances: impl ExactSizeIterator<Item = f64>) -> f64 {
    let all = distances.len() as f64;
    let passed = distances.map(|distance| match distance.total_cmp(&0.0) {
        std::cmp::Ordering::Less => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Greater => 0.0,
    });
    normal_score((passed.sum::<f64>() + 0.5) / (all + 1.0)) - SLACK
}

/// Below which share a standard normal variable stays with a probability; by Hastings' approximation, to half a thousandth.
fn normal_score(probability: f64) -> f64 {
    let tail = probability.min(1.0 - probability).max(1e-6);
    let t = (-2.0 * tail.ln()).sqrt();
    let over = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let under = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let score = t - over / under;
    if probability < 0.5 { -score } else { score }
}

/// The logarithm of how much likelier an outcome is if it has become clearly more frequent than it was.
fn more_often(before: &[f64], value: f64) -> f64 {
    let was = mean(before).clamp(0.03, 0.6);
    let is = (2.0 * was).max(was + 0.25).min(0.95);
    if value > 0.5 {
        (is / was).ln()
    } else {
        ((1.0 - is) / (1.0 - was)).ln()
    }
}

/// The middle value.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle).copied().unwrap_or(0.0);
    if sorted.len() % 2 == 1 || middle == 0 {
        upper
    } else {
        f64::midpoint(sorted[middle - 1], upper)
    }
}

/// The arithmetic mean.
#[allow(clippy::cast_precision_loss)] // A few dozen.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

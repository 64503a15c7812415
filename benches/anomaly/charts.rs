//! What is usual elsewhere: three sigma and EWMA, on logarithms, with as many runs to compare with as ours.

/// How many of the newest values are compared with, and how many there must be.
const REFERENCE: usize = 50;
const LEAST: usize = 20;
/// Within so many runs an alarm in the same direction is the same alarm.
const SAME: usize = 20;
/// No series is steadier than this: seconds are whole.
const STEADIEST: f64 = 0.05;
/// The weight of the newest value, and the limit in deviations: the customary ones.
const WEIGHT: f64 = 0.2;
const LIMIT: f64 = 3.0;
/// Limits at which the two alarm about as seldom as ours on recorded durations that were shuffled.
const RARE_SIGMA: f64 = 12.2;
const RARE_EWMA: f64 = 7.1;

pub(super) fn three_sigma(values: &[f64]) -> Vec<(usize, bool)> {
    sigma(values, LIMIT)
}

pub(super) fn rare_sigma(values: &[f64]) -> Vec<(usize, bool)> {
    sigma(values, RARE_SIGMA)
}

fn sigma(values: &[f64], limit: f64) -> Vec<(usize, bool)> {
    judged(values, limit, |_, value, mean, deviation| {
        (value - mean) / deviation
    })
}

pub(super) fn ewma(values: &[f64]) -> Vec<(usize, bool)> {
    smoothed(values, LIMIT)
}

pub(super) fn rare_ewma(values: &[f64]) -> Vec<(usize, bool)> {
    smoothed(values, RARE_EWMA)
}

fn smoothed(values: &[f64], limit: f64) -> Vec<(usize, bool)> {
    let narrower = (WEIGHT / (2.0 - WEIGHT)).sqrt();
    judged(values, limit, |smooth, value, mean, deviation| {
        let before = smooth.unwrap_or(mean);
        let now = WEIGHT * value + (1.0 - WEIGHT) * before;
        *smooth = Some(now);
        (now - mean) / (deviation * narrower)
    })
}

fn judged(
    values: &[f64],
    limit: f64,
    mut score: impl FnMut(&mut Option<f64>, f64, f64, f64) -> f64,
) -> Vec<(usize, bool)> {
    let (mut state, mut alarms) = (None, Vec::new());
    let mut last = [None, None];
    for at in LEAST..values.len() {
        let before = &values[at.saturating_sub(REFERENCE)..at];
        let count = before.len() as f64;
        let mean = before.iter().sum::<f64>() / count;
        let squares: f64 = before.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = (squares / (count - 1.0)).sqrt().max(STEADIEST);
        let score = score(&mut state, values[at], mean, deviation);
        if score.abs() <= limit {
            continue;
        }
        let upwards = score > 0.0;
        let last = &mut last[usize::from(upwards)];
        if last.is_none_or(|last| at > last + SAME) {
            alarms.push((at, upwards));
        }
        *last = Some(at);
    }
    alarms
}

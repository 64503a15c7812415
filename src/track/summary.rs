//! From replays to figures. Pure arithmetic on numbers; the order of the forecasts does not matter.

use super::{
    Distribution, Replayed,
    figures::{Calibration, ColdStart, Figures},
    judged::{Judged, Outcome},
};

/// The errors up to which a forecast is excellent, good and fair.
const BOUNDS: [f64; 3] = [0.10, 0.25, 0.50];
/// The coverage that is asked of a single workflow, in percent.
const BAND: std::ops::RangeInclusive<f64> = 85.0..=95.0;
/// How many runs a young history has at most.
const COLD: usize = 9;

/// The figures of one workflow, or of several together.
#[must_use]
pub fn figures<'a>(series: impl IntoIterator<Item = &'a Replayed>) -> Figures {
    let (mut judged, mut outcomes, mut cold, mut each) = (vec![], vec![], vec![], vec![]);
    for replayed in series {
        let own: Vec<Judged> = replayed.scored.iter().filter_map(Judged::of).collect();
        if !own.is_empty() {
            each.push(of_series(&own));
            outcomes.extend(replayed.scored.iter().map(Outcome::of));
            cold.extend(replayed.cold.iter().filter_map(Judged::of));
            judged.extend(own);
        }
    }
    let errors = errors(&judged);
    let in_band = each
        .iter()
        .filter(|series| BAND.contains(&series.coverage_percent));
    let brier = mean(
        outcomes
            .iter()
            .map(|outcome| outcome.square(outcome.probability)),
    );
    let naive = mean(
        outcomes
            .iter()
            .map(|outcome| outcome.square(outcome.running_rate)),
    );
    Figures {
        series: each.len(),
        forecasts: judged.len(),
        within_25_percent: within(&errors),
        mean_error_percent: 100.0 * mean(errors.iter().copied()),
        median_error_percent: 100.0 * median(errors.clone()),
        distribution: distribution(&errors),
        mae_to_last_value: geometric_mean(
            each.iter().filter_map(|series| series.mae_to_last_value),
        ),
        pinball_50_percent: 100.0 * mean(judged.iter().map(|one| one.pinball(one.p50, 0.5))),
        pinball_90_percent: 100.0 * mean(judged.iter().map(|one| one.pinball(one.p90, 0.9))),
        coverage_percent: covered(&judged),
        series_in_band_percent: percent(in_band.count(), each.len()),
        median_relative_width: median(judged.iter().map(|one| one.width / one.p50).collect()),
        outcomes: outcomes.len(),
        brier,
        brier_skill: (naive > 0.0).then(|| 1.0 - brier / naive),
        calibration: calibration(&judged),
        cold_start: (1..=COLD)
            .filter_map(|history| cold_start(&cold, history))
            .collect(),
    }
}

/// What is asked of each workflow by itself.
struct Series {
    mae_to_last_value: Option<f64>,
    coverage_percent: f64,
}

fn of_series(judged: &[Judged]) -> Series {
    let absolute = |forecast: fn(&Judged) -> f64| {
        mean(judged.iter().map(|one| (forecast(one) - one.actual).abs()))
    };
    let (ours, last) = (absolute(|one| one.p50), absolute(|one| one.last));
    Series {
        mae_to_last_value: (ours > 0.0 && last > 0.0).then(|| ours / last),
        coverage_percent: covered(judged),
    }
}

fn calibration(judged: &[Judged]) -> Vec<Calibration> {
    let tenth = |tenth: u8| {
        let those: Vec<Judged> = judged
            .iter()
            .filter(|one| (one.confidence / 10).min(9) == tenth)
            .copied()
            .collect();
        (!those.is_empty()).then(|| Calibration {
            from_percent: tenth * 10,
            forecasts: those.len(),
            confidence_percent: mean(those.iter().map(|one| f64::from(one.confidence))),
            within_25_percent: within(&errors(&those)),
        })
    };
    (0..10).filter_map(tenth).collect()
}

fn cold_start(cold: &[Judged], history: usize) -> Option<ColdStart> {
    let those: Vec<&Judged> = cold.iter().filter(|one| one.history == history).collect();
    let naive = || {
        those
            .iter()
            .map(|one| one.error_of(one.running_median))
            .collect::<Vec<_>>()
    };
    let ours = || those.iter().map(|one| one.error()).collect::<Vec<_>>();
    (!those.is_empty()).then(|| ColdStart {
        history,
        forecasts: those.len(),
        within_25_percent: within(&ours()),
        running_median_within_25_percent: within(&naive()),
        median_error_percent: 100.0 * median(ours()),
        running_median_median_error_percent: 100.0 * median(naive()),
    })
}

fn errors(judged: &[Judged]) -> Vec<f64> {
    judged.iter().map(Judged::error).collect()
}

fn distribution(errors: &[f64]) -> Distribution {
    let within = |bound: f64| count(errors.iter().filter(|error| **error <= bound).count());
    let [excellent, good, fair] = BOUNDS.map(within);
    Distribution {
        excellent,
        good: good - excellent,
        fair: fair - good,
        poor: count(errors.len()) - fair,
    }
}

fn within(errors: &[f64]) -> f64 {
    percent(
        errors.iter().filter(|error| **error <= BOUNDS[1]).count(),
        errors.len(),
    )
}

fn covered(judged: &[Judged]) -> f64 {
    percent(
        judged.iter().filter(|one| one.covered).count(),
        judged.len(),
    )
}

#[allow(clippy::cast_precision_loss)] // Counts far below 2^52.
fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

#[allow(clippy::cast_precision_loss)]
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, number) = values.fold((0.0, 0_usize), |(sum, number), value| {
        (sum + value, number + 1)
    });
    sum / number.max(1) as f64
}

/// The middle value, or the mean of the middle two; zero of none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let number = values.len();
    if number == 0 {
        return 0.0;
    }
    f64::midpoint(values[(number - 1) / 2], values[number / 2])
}

fn geometric_mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let logs: Vec<f64> = values.map(f64::ln).collect();
    (!logs.is_empty()).then(|| mean(logs.into_iter()).exp())
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

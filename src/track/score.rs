//! One forecast against the run it was about.

use crate::domain::{
    Conclusion, DurationScore, Forecast, Run, RunStatus, Score, Seconds, Timestamp,
};

/// Compares a forecast with the run it was about.
///
/// `naive` is what the last value would have forecast (see [`fn@naive`]). The duration is compared where the run is evidence
/// of one; success where the run ended by itself.
///
/// `None` when the run is no verdict (not over, cancelled, skipped), is a later attempt, or was created no later than the
/// forecast was made: a forecast is made before its run, or it is not scored.
#[must_use]
pub fn score(forecast: &Forecast, naive: Option<Seconds>, run: &Run) -> Option<Score> {
    let verdict = run
        .conclusion
        .filter(|conclusion| conclusion.is_verdict())?;
    let scored =
        run.status == RunStatus::Completed && run.attempt == 1 && forecast.made_at < run.created_at;
    scored.then(|| Score {
        run: run.id,
        finished_at: run.updated_at,
        forecast_made_at: forecast.made_at,
        model: forecast.model.clone(),
        duration: run
            .evident_duration()
            .map(|actual| compare(forecast, naive, actual)),
        success: forecast.success,
        succeeded: verdict == Conclusion::Success,
    })
}

/// Finds the naive forecast of a run of an event at an instant: the latest evident duration of that event's runs that were
/// over by then. To repeat a push where a nightly is forecast would be no rival.
#[must_use]
pub fn naive(runs: &[Run], event: &str, now: Timestamp) -> Option<Seconds> {
    let known = runs
        .iter()
        .filter(|run| run.event == event && run.updated_at <= now);
    let durations = known.filter_map(|run| Some((run.updated_at, run.id, run.evident_duration()?)));
    durations.max().map(|(_, _, duration)| duration)
}

fn compare(forecast: &Forecast, naive: Option<Seconds>, actual: Seconds) -> DurationScore {
    let p50 = forecast.duration.p50;
    DurationScore {
        p50,
        p90: forecast.duration.p90,
        naive,
        actual,
        error_permille: error_permille(p50, actual),
        covered: forecast.interval.contains(actual),
    }
}

/// The absolute error relative to the actual, which is above zero; rounded down, stopping at the largest number.
fn error_permille(forecast: Seconds, actual: Seconds) -> u32 {
    let relative = u128::from(forecast.0.abs_diff(actual.0)) * 1000 / u128::from(actual.0.max(1));
    u32::try_from(relative).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "score_tests.rs"]
mod tests;

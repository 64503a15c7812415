//! The forecaster judged by replay, on simulated histories and, where they are at hand, on recorded ones.

use std::{path::PathBuf, process::Command};

use chrono::TimeDelta;
use cronwright::{
    domain::{Circumstances, Conclusion, Forecast, Run, RunId, RunStatus, Seconds, Timestamp},
    predict::Learner,
    track::{Figures, Forecaster, Replay, Replayed, Settings, backtest, figures},
};

/// The product's model, as a backtest asks it.
#[derive(Default)]
struct Model(Learner);

impl Forecaster for Model {
    fn learn(&mut self, run: &Run) {
        self.0.learn(run);
    }

    fn forecast(&self, next: &Circumstances<'_>, made_at: Timestamp) -> Option<Forecast> {
        self.0.forecast(next, None, made_at)
    }
}

fn replay(runs: &[Run], settings: Settings) -> Replayed {
    backtest(runs, settings, &mut Model::default())
}

fn run(id: u64, created_at: Timestamp, seconds: f64, conclusion: Conclusion) -> Run {
    Run {
        id: RunId(id),
        attempt: 1,
        workflow: "nightly.yml".parse().expect("a workflow file's name"),
        event: "schedule".into(),
        status: RunStatus::Completed,
        conclusion: Some(conclusion),
        created_at,
        started_at: created_at,
        updated_at: created_at + Seconds::from_f64(seconds).to_delta(),
        head_branch: None,
        head_sha: String::new(),
    }
}

mod simulated {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, LogNormal};

    use super::*;

    /// A nightly of 120 runs: log-normal noise, one run in twenty twice as slow, every fortieth a new level.
    fn series(seed: u64) -> Vec<Run> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let noise =
            LogNormal::new(0.0, random.random_range(0.02..0.2)).expect("a spread above zero");
        let mut level = random.random_range(60.0..3_000.0_f64);
        (0..120)
            .map(|day| {
                if day % 40 == 39 {
                    level *= [0.4, 0.7, 1.6, 3.0][random.random_range(0..4)];
                }
                let tail = if random.random_bool(0.05) { 2.0 } else { 1.0 };
                let failed = random.random_bool(0.1);
                let conclusion = if failed {
                    Conclusion::Failure
                } else {
                    Conclusion::Success
                };
                let created_at: Timestamp = "2026-01-01T02:00:00Z".parse().expect("an instant");
                let seconds =
                    level * tail * noise.sample(&mut random) * if failed { 0.3 } else { 1.0 };
                run(
                    day,
                    created_at + TimeDelta::days(day.cast_signed()),
                    seconds,
                    conclusion,
                )
            })
            .collect()
    }

    #[test]
    fn forecasts_of_simulated_nightlies_beat_the_naive_ones_and_know_their_error() {
        let replayed: Vec<_> = (0..60)
            .map(|seed| replay(&series(seed), Settings::default()))
            .collect();

        let Figures {
            mae_to_last_value,
            coverage_percent,
            within_25_percent,
            brier_skill,
            calibration,
            cold_start,
            ..
        } = figures(&replayed);

        assert!(mae_to_last_value < Some(0.9), "{mae_to_last_value:?}");
        assert!(
            (88.0..=92.0).contains(&coverage_percent),
            "{coverage_percent}"
        );
        assert!(brier_skill > Some(-0.05), "{brier_skill:?}");
        let claimed = calibration
            .iter()
            .map(|row| row.confidence_percent * row.forecasts as f64)
            .sum::<f64>()
            / calibration
                .iter()
                .map(|row| row.forecasts as f64)
                .sum::<f64>();
        assert!(
            (claimed - within_25_percent).abs() < 5.0,
            "{claimed} {within_25_percent}"
        );
        let cold =
            |of: fn(&cronwright::track::ColdStart) -> f64| cold_start.iter().map(of).sum::<f64>();
        assert!(
            cold(|row| row.within_25_percent)
                >= cold(|row| row.running_median_within_25_percent) - 9.0,
            "{cold_start:?}"
        );
    }

    #[test]
    fn a_forecast_never_uses_a_run_that_had_not_ended_before() {
        let mut runs = series(7);
        // Runs of three days overlap their successors, which must not see them end.
        runs.iter_mut()
            .step_by(3)
            .for_each(|run| run.updated_at += TimeDelta::days(3));

        let settings = Settings {
            min_history: 1,
            last: 100,
        };
        let Replayed { scored, .. } = replay(&runs, settings);

        assert!(!scored.is_empty());
        for Replay {
            forecast,
            score,
            history,
            ..
        } in &scored
        {
            let run = runs
                .iter()
                .find(|run| run.id == score.run)
                .expect("a run of the series");
            let known = runs
                .iter()
                .filter(|other| {
                    other.evident_duration().is_some() && other.updated_at < run.created_at
                })
                .count();
            assert!(forecast.made_at < run.created_at);
            assert_eq!((forecast.samples as usize, *history), (known, known));
        }
    }

    #[test]
    fn what_ends_later_changes_no_forecast_that_was_made_before() {
        let runs = series(7);
        let mut otherwise = runs.clone();
        for run in &mut otherwise[70..] {
            run.updated_at += TimeDelta::hours(5);
            run.conclusion = Some(Conclusion::Success);
        }
        let forecasts = |runs: &[Run]| -> Vec<Forecast> {
            let settings = Settings {
                min_history: 1,
                last: 1_000,
            };
            let scored = replay(runs, settings).scored.into_iter();
            scored
                .map(|replay| replay.forecast)
                .filter(|forecast| forecast.made_at < runs[70].created_at)
                .collect()
        };
        let before = forecasts(&runs);
        assert!(before.len() > 40);
        assert_eq!(before, forecasts(&otherwise));
    }

    #[test]
    fn runs_with_less_history_than_asked_are_cold_and_not_scored() {
        let settings = Settings {
            min_history: 10,
            last: 1_000,
        };
        let runs: Vec<Run> = series(3)
            .into_iter()
            .filter(|run| run.conclusion == Some(Conclusion::Success))
            .collect();
        let Replayed { scored, cold } = replay(&runs, settings);
        // Nothing can be said of the very first run.
        assert_eq!((scored.len(), cold.len()), (runs.len() - 10, 9));
    }
}

mod recorded {
    use super::*;

    /// The recorded runs, where they are at hand.
    fn history() -> Option<PathBuf> {
        let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
        let folder = std::env::var_os("CRONWRIGHT_DATA").map_or(beside, PathBuf::from);
        Some(folder.join("runs.csv.gz")).filter(|file| file.is_file())
    }

    #[test]
    fn forecasts_of_recorded_histories_beat_every_peer_and_know_their_error() {
        let Some(history) = history() else {
            println!("no recorded histories at hand: set CRONWRIGHT_DATA to check against them");
            return;
        };
        let output = Command::new(env!("CARGO_BIN_EXE_cronwright"))
            .args(["backtest", "--format", "json", "--runs"])
            .arg(history)
            .output()
            .expect("the command runs");
        assert!(output.status.success(), "{output:?}");
        let report: serde_json::Value =
            serde_json::from_slice(&output.stdout).expect("one JSON document");
        let overall = &report["overall"];
        let figure = |name: &str| overall[name].as_f64().expect("a number");
        println!("{overall:#}");

        // The best of the peers in each column, measured on the same runs by benches/peers.
        assert!(figure("within_25_percent") > 85.9);
        assert!(figure("median_error_percent") < 7.0);
        assert!(figure("mae_to_last_value") < 0.80);
        assert!((88.0..=92.0).contains(&figure("coverage_percent")));
        assert!(figure("series_in_band_percent") >= 90.0);
        assert!(figure("median_relative_width") < 0.468);
        assert!(figure("brier_skill") > 0.2);
        let young = overall["cold_start"].as_array().expect("rows");
        let sum = |name: &str| {
            young
                .iter()
                .filter_map(|row| row[name].as_f64())
                .sum::<f64>()
        };
        assert!(sum("within_25_percent") > sum("running_median_within_25_percent"));
        assert!(sum("median_error_percent") < sum("running_median_median_error_percent"));
        for row in overall["calibration"].as_array().expect("rows") {
            let number = |name: &str| row[name].as_f64().expect("a number");
            let apart = number("confidence_percent") - number("within_25_percent");
            assert!(number("forecasts") < 150.0 || apart.abs() <= 5.0, "{row}");
        }
    }
}

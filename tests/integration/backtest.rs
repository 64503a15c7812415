//! The forecaster judged by replay, on simulated histories and, where they are at hand, on recorded ones.

use std::{collections::BTreeMap, io::Read, path::PathBuf};

use chrono::TimeDelta;
use cronwright::{
    domain::{
        Conclusion, Forecast, Interval, Percent, Permille, Quantiles, Run, RunId, RunStatus,
        Seconds, Timestamp,
    },
    predict::{Evidence, forecast},
    track::{Accuracy, Replay, Settings, accuracy, backtest},
};

fn model(runs: &[Run], now: Timestamp) -> Option<Forecast> {
    forecast(
        &Evidence {
            runs,
            ..Evidence::default()
        },
        now,
    )
}

/// The peer: the median of the last five durations, with no opinion on anything else.
fn median_of_five(runs: &[Run], now: Timestamp) -> Option<Forecast> {
    let mut last: Vec<Seconds> = runs
        .iter()
        .rev()
        .filter_map(Run::evident_duration)
        .take(5)
        .collect();
    last.sort_unstable();
    let p50 = *last.get(last.len() / 2)?;
    Some(Forecast {
        made_at: now,
        model: "median-of-five".into(),
        duration: Quantiles { p50, p90: p50 },
        interval: Interval::default(),
        queue: Quantiles::default(),
        lateness: Quantiles::default(),
        success: Permille(500),
        confidence: Percent(0),
        samples: 5,
        drift_since: None,
    })
}

fn judge(replays: &[Vec<Replay>]) -> Accuracy {
    let scores: Vec<_> = replays
        .iter()
        .flatten()
        .map(|replay| replay.score.clone())
        .collect();
    accuracy(&scores).expect("durations were compared")
}

/// The share of forecasts within 25 %, which the whole percent of an [`Accuracy`] would round.
fn share_within_quarter(accuracy: &Accuracy) -> f64 {
    let within = accuracy.distribution.excellent + accuracy.distribution.good;
    f64::from(within) * 100.0 / f64::from(accuracy.comparisons)
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
    fn forecasts_of_simulated_nightlies_beat_the_naive_one_and_know_their_error() {
        let replays: Vec<_> = (0..60)
            .map(|seed| backtest(&series(seed), Settings::default(), model))
            .collect();

        let accuracy = judge(&replays);
        let confidences = replays
            .iter()
            .flatten()
            .map(|replay| f64::from(replay.forecast.confidence.0));
        let mean_confidence = confidences.sum::<f64>() / f64::from(accuracy.comparisons);

        println!("{accuracy:?}, mean confidence {mean_confidence:.1}");
        assert!(accuracy.skill > Some(10), "{accuracy:?}");
        assert!((86..=94).contains(&accuracy.coverage.0), "{accuracy:?}");
        assert!(
            (mean_confidence - share_within_quarter(&accuracy)).abs() < 5.0,
            "{mean_confidence} {accuracy:?}"
        );
    }

    #[test]
    fn a_forecast_never_uses_a_run_that_had_not_ended_before() {
        let mut runs = series(7);
        // Runs of three days overlap their successors, which must not see them end.
        runs.iter_mut()
            .step_by(3)
            .for_each(|run| run.updated_at += TimeDelta::days(3));

        let replays = backtest(
            &runs,
            Settings {
                min_history: 1,
                last: 100,
            },
            |known, now| {
                assert!(known.iter().all(|run| run.updated_at <= now));
                model(known, now)
            },
        );

        assert!(!replays.is_empty());
        for Replay { forecast, score } in &replays {
            let run = runs.iter().find(|run| run.id == score.run).unwrap();
            let known = runs.iter().filter(|other| {
                other.evident_duration().is_some() && other.updated_at < run.created_at
            });
            assert!(forecast.made_at < run.created_at);
            assert_eq!(forecast.samples as usize, known.count());
        }
    }

    #[test]
    fn runs_with_less_history_than_asked_are_not_forecast() {
        let settings = Settings {
            min_history: 10,
            last: 1_000,
        };
        let runs: Vec<Run> = series(3)
            .into_iter()
            .filter(|run| run.conclusion == Some(Conclusion::Success))
            .collect();
        assert_eq!(backtest(&runs, settings, model).len(), runs.len() - 10);
    }
}

mod recorded {
    use super::*;

    /// The rows of `runs.csv.gz`, one history for each repository, workflow and level; `None` where the file is not at hand.
    fn histories() -> Option<Vec<Vec<Run>>> {
        let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
        let folder = std::env::var_os("CRONWRIGHT_DATA").map_or(beside, PathBuf::from);
        let file = std::fs::File::open(folder.join("runs.csv.gz")).ok()?;
        let mut text = String::new();
        flate2::read::GzDecoder::new(file)
            .read_to_string(&mut text)
            .expect("the recorded runs are gzip");
        let mut series: BTreeMap<[&str; 3], Vec<Run>> = BTreeMap::new();
        for (number, line) in text.lines().enumerate().skip(1) {
            let fields = fields(line);
            let key = [fields[1], fields[2], fields[12]];
            series
                .entry(key)
                .or_default()
                .extend(read(number as u64, &fields));
        }
        Some(series.into_values().collect())
    }

    /// The fields of a row; those that hold a comma are quoted, and none holds a quote.
    fn fields(line: &str) -> Vec<&str> {
        let mut quoted = false;
        let parts = line.split(move |letter| {
            quoted ^= letter == '"';
            letter == ',' && !quoted
        });
        parts.map(|field| field.trim_matches('"')).collect()
    }

    /// A row as a run; `None` without a start or a duration. The line's number is its id: sources number runs differently.
    fn read(number: u64, fields: &[&str]) -> Option<Run> {
        let start = if fields[9].is_empty() {
            fields[8]
        } else {
            fields[9]
        };
        let conclusion = match fields[7] {
            "" => Conclusion::Success,
            word => word.parse().unwrap_or(Conclusion::Unknown),
        };
        let seconds: f64 = fields[11].parse().ok()?;
        let attempt = fields[6].parse().unwrap_or(1);
        Some(Run {
            attempt,
            ..run(number, start.parse().ok()?, seconds, conclusion)
        })
    }

    #[test]
    fn forecasts_of_recorded_histories_beat_the_median_of_five() {
        let Some(histories) = histories() else {
            println!("no recorded histories at hand: set CRONWRIGHT_DATA to check against them");
            return;
        };
        let evident = |runs: &Vec<Run>| {
            runs.iter()
                .filter(|run| run.evident_duration().is_some())
                .count()
                >= 50
        };
        let histories: Vec<_> = histories.into_iter().filter(evident).collect();
        let replay = |forecaster: fn(&[Run], Timestamp) -> Option<Forecast>| -> Vec<_> {
            histories
                .iter()
                .map(|runs| backtest(runs, Settings::default(), forecaster))
                .collect()
        };

        let replays = replay(model);
        let (ours, peer) = (judge(&replays), judge(&replay(median_of_five)));

        println!(
            "ours {:.2} % within 25 %: {ours:?}",
            share_within_quarter(&ours)
        );
        println!(
            "median of five {:.2} % within 25 %: {peer:?}",
            share_within_quarter(&peer)
        );
        println!("{}", reliability(&replays));
        assert!(share_within_quarter(&ours) >= share_within_quarter(&peer));
        assert!((88..=92).contains(&ours.coverage.0), "{ours:?}");
    }

    /// Tells, for each tenth of confidence, how often such forecasts landed within 25 %.
    fn reliability(replays: &[Vec<Replay>]) -> String {
        let mut bins: BTreeMap<u8, (u32, u32)> = BTreeMap::new();
        for Replay { forecast, score } in replays.iter().flatten() {
            let bin = bins.entry(forecast.confidence.0 / 10).or_default();
            bin.0 += 1;
            bin.1 += u32::from(
                score
                    .duration
                    .is_some_and(|duration| duration.error_permille <= 250),
            );
        }
        let line = |(bin, (forecasts, close)): (u8, (u32, u32))| {
            format!(
                "confidence {bin}0-{bin}9 %: {forecasts} forecasts, {} % close\n",
                close * 100 / forecasts
            )
        };
        bins.into_iter().map(line).collect()
    }
}

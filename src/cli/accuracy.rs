//! `cronwright accuracy`: how forecasts that were stored before their runs compared with what happened.

use std::{io::Write, process::ExitCode};

use clap::Args;
use serde::Serialize;

use super::{
    page::{self, Content, Format, Page},
    recorded::{self, Recorded, StoreArgs},
};
use crate::{
    domain::Score,
    track::{Accuracy, accuracy},
};

/// How many of the newest comparisons are listed.
const LATEST: usize = 10;
/// How many of the best and of the worst workflows are named.
const EXTREMES: usize = 5;

/// Arguments of `cronwright accuracy`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright accuracy --store sqlite://history.db\n  cronwright accuracy acme/payments --format markdown >> \"$GITHUB_STEP_SUMMARY\""
)]
pub struct AccuracyArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

/// All figures, as data.
#[derive(Serialize)]
struct Told {
    overall: Accuracy,
    workflows: Vec<Workflow>,
    latest: Vec<Latest>,
}

#[derive(Serialize)]
struct Workflow {
    workflow: String,
    #[serde(flatten)]
    accuracy: Accuracy,
}

/// One comparison.
#[derive(Serialize)]
struct Latest {
    workflow: String,
    #[serde(flatten)]
    score: Score,
}

/// Prints what the forecasts in a store were worth.
///
/// # Errors
/// When the store cannot be read or nothing was compared yet.
pub async fn run(args: &AccuracyArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let recorded = recorded::read(&args.store).await?;
    let Some(told) = told(&recorded) else {
        anyhow::bail!(
            "no forecast was compared yet; that happens when a run ends that was forecast before it began"
        );
    };
    page::print(out, args.format, &told, || page(&told))?;
    Ok(ExitCode::SUCCESS)
}

fn told(recorded: &[Recorded]) -> Option<Told> {
    let all: Vec<Score> = recorded.iter().flat_map(|one| one.scores.clone()).collect();
    let workflow = |one: &Recorded| {
        Some(Workflow {
            workflow: one.workflow.to_string(),
            accuracy: accuracy(&one.scores)?,
        })
    };
    let compared = |one: &Recorded| -> Vec<Latest> {
        let durations = one.scores.iter().filter(|score| score.duration.is_some());
        let latest = |score: &Score| Latest {
            workflow: one.workflow.to_string(),
            score: score.clone(),
        };
        durations.map(latest).collect()
    };
    let mut latest: Vec<Latest> = recorded.iter().flat_map(compared).collect();
    latest.sort_by(|a, b| {
        (b.score.finished_at, &b.workflow).cmp(&(a.score.finished_at, &a.workflow))
    });
    latest.truncate(LATEST);
    Some(Told {
        overall: accuracy(&all)?,
        workflows: recorded.iter().filter_map(workflow).collect(),
        latest,
    })
}

fn page(told: &Told) -> Page {
    let mut ranked: Vec<&Workflow> = told.workflows.iter().collect();
    ranked.sort_by(|a, b| {
        (b.accuracy.score, a.accuracy.median_error, &a.workflow).cmp(&(
            a.accuracy.score,
            b.accuracy.median_error,
            &b.workflow,
        ))
    });
    let count = told.overall.comparisons;
    let forecasts = if count == 1 { "forecast" } else { "forecasts" };
    let page = Page::new(format!(
        "{count} {forecasts} of {} workflows, each stored before its run",
        told.workflows.len()
    ))
    .with("", Content::Facts(overall(&told.overall)))
    .with(
        "Workflows",
        workflows(&told.workflows.iter().collect::<Vec<_>>()),
    );
    let page = if ranked.len() > EXTREMES {
        let worst: Vec<&Workflow> = ranked.iter().rev().take(EXTREMES).copied().collect();
        page.with("Best", workflows(&ranked[..EXTREMES]))
            .with("Worst", workflows(&worst))
    } else {
        page
    };
    page.with("Latest comparisons", latest(&told.latest))
}

fn overall(all: &Accuracy) -> Vec<(String, String)> {
    let health: &str = all.health.into();
    let bands = &all.distribution;
    let facts = [
        (
            "health",
            format!("{health} (Good above 80%, Warning from 60%, Critical below)"),
        ),
        ("within 25% of the actual", all.close_share()),
        (
            "within 10 / 25 / 50% / beyond",
            format!(
                "{} / {} / {} / {}",
                bands.excellent, bands.good, bands.fair, bands.poor
            ),
        ),
        ("median error", format!("{}%", all.median_error)),
        (
            "mean error",
            format!("{}% ± {}%", all.mean_error, all.standard_deviation),
        ),
        (
            "smallest to largest",
            format!("{}% to {}%", all.min_error, all.max_error),
        ),
        ("inside the 90% interval", all.coverage.to_string()),
        ("better than the last value by", percent(all.skill)),
        ("median error fell by", percent(all.improvement)),
        (
            "Brier score of success",
            format!("{:.3}", all.brier.share()),
        ),
    ];
    facts.map(|(name, value)| (name.to_owned(), value)).into()
}

fn workflows(workflows: &[&Workflow]) -> Content {
    let row = |one: &&Workflow| {
        let health: &str = one.accuracy.health.into();
        vec![
            one.workflow.clone(),
            one.accuracy.comparisons.to_string(),
            one.accuracy.close_share(),
            format!("{}%", one.accuracy.median_error),
            one.accuracy.coverage.to_string(),
            percent(one.accuracy.skill),
            percent(one.accuracy.improvement),
            health.to_owned(),
        ]
    };
    Content::Table {
        header: vec![
            "workflow",
            ">compared",
            ">within 25%",
            ">median error",
            ">covered",
            ">skill",
            ">improved",
            "health",
        ],
        rows: workflows.iter().map(row).collect(),
    }
}

fn latest(latest: &[Latest]) -> Content {
    let row = |one: &Latest| {
        let duration = one.score.duration?;
        Some(vec![
            one.score.finished_at.format("%Y-%m-%d %H:%M").to_string(),
            one.workflow.clone(),
            duration.p50.to_string(),
            duration.actual.to_string(),
            format!(
                "{}.{}%",
                duration.error_permille / 10,
                duration.error_permille % 10
            ),
            if duration.covered {
                "inside"
            } else {
                "outside"
            }
            .to_owned(),
        ])
    };
    Content::Table {
        header: vec![
            "ended (UTC)",
            "workflow",
            ">forecast",
            ">actual",
            ">error",
            "interval",
        ],
        rows: latest.iter().filter_map(row).collect(),
    }
}

fn percent(value: Option<i32>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value}%"))
}

//! `cronwright accuracy`: how forecasts that were stored before their runs compared with what happened.

use std::{io::Write, process::ExitCode};

use clap::Args;

use super::{
    page::{self, Content, Format, Page},
    recorded::{self, Recorded, StoreArgs},
};
use crate::report::{
    Compared, Worth, WorthOf,
    words::{error, figures, percent},
};

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

fn told(recorded: &[Recorded]) -> Option<Worth> {
    Worth::of(recorded.iter().map(|one| (&one.workflow, &*one.scores)))
}

fn page(told: &Worth) -> Page {
    let ranked = told.ranked();
    let count = told.overall.comparisons;
    let forecasts = if count == 1 { "forecast" } else { "forecasts" };
    let page = Page::new(format!(
        "{count} {forecasts} of {} workflows, each stored before its run",
        told.workflows.len()
    ))
    .with("", Content::Facts(figures(&told.overall)))
    .with(
        "Workflows",
        workflows(&told.workflows.iter().collect::<Vec<_>>()),
    );
    let page = if ranked.len() > EXTREMES {
        let worst: Vec<&WorthOf> = ranked.iter().rev().take(EXTREMES).copied().collect();
        page.with("Best", workflows(&ranked[..EXTREMES]))
            .with("Worst", workflows(&worst))
    } else {
        page
    };
    page.with("Latest comparisons", latest(&told.latest))
}

fn workflows(workflows: &[&WorthOf]) -> Content {
    let row = |one: &&WorthOf| {
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

fn latest(latest: &[Compared]) -> Content {
    let row = |one: &Compared| {
        let duration = one.score.duration?;
        Some(vec![
            one.score.finished_at.format("%Y-%m-%d %H:%M").to_string(),
            one.workflow.clone(),
            duration.p50.to_string(),
            duration.actual.to_string(),
            error(duration.error_permille),
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

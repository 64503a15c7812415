//! `cronwright accuracy`: how forecasts that were stored before their runs compared with what happened.

use std::{io::Write, process::ExitCode};

use anyhow::Context as _;
use clap::Args;

use super::{
    page::{self, Content, Format, Page},
    recorded::{self, Recorded, StoreArgs},
    source::{Source, SourceArgs},
};
use crate::report::{
    Compared, NOT_TOLD, Worth, WorthOf, WorthOfStatuses,
    words::{error, figures, percent, summed},
};

/// How many of the best and of the worst workflows are named.
const EXTREMES: usize = 5;

/// When there is nothing to tell.
const NOT_YET: &str =
    "no forecast was compared yet; that happens when a run ends that was forecast before it began";

/// Arguments of `cronwright accuracy`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright accuracy --store sqlite://history.db\n  cronwright accuracy --context production -A\n  cronwright accuracy acme/payments --format markdown >> \"$GITHUB_STEP_SUMMARY\""
)]
pub struct AccuracyArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

/// Prints what the forecasts in a store were worth.
///
/// # Errors
/// When the store cannot be read or nothing was compared yet.
pub async fn run(args: &AccuracyArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    match args.source.open(&args.store).await? {
        Source::Store(store) => {
            let recorded = recorded::read(&store).await?;
            let told = told(&recorded).context(NOT_YET)?;
            page::print(out, args.format, &told, || page(&told))?;
        }
        Source::Statuses(statuses) => {
            let told = statuses.worth().context(NOT_YET)?;
            let page = || page_of_statuses(&told);
            page::print(out, args.format, &told.data(), page)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn told(recorded: &[Recorded]) -> Option<Worth> {
    Worth::of(recorded.iter().map(|one| (&one.workflow, &*one.scores)))
}

fn title(comparisons: u32, workflows: usize) -> String {
    let forecasts = if comparisons == 1 {
        "forecast"
    } else {
        "forecasts"
    };
    format!("{comparisons} {forecasts} of {workflows} workflows, each stored before its run")
}

/// The figures that statuses hold, in the same words.
fn page_of_statuses(told: &WorthOfStatuses) -> Page {
    let workflows: Vec<&WorthOf> = told.workflows.iter().collect();
    Page::new(title(told.comparisons(), workflows.len()))
        .with("", Content::Facts(summed(told.overall())))
        .with("Workflows", self::workflows(&workflows))
        .with("Not told", Content::Lines(vec![NOT_TOLD.to_owned()]))
}

fn page(told: &Worth) -> Page {
    let ranked = told.ranked();
    let title = title(told.overall.comparisons, told.workflows.len());
    let page = Page::new(title)
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

//! `cronwright report`: every workflow, what is expected of it, and what is recommended. `cronwright export` is the same
//! as one JSON document.
//!
//! The newest timetable of each connection says what is recommended; forecasts and runs say the rest.

mod cluster;
mod gantt;
mod load;
pub(super) mod page;
#[cfg(test)]
mod tests;

use std::{io::Write, process::ExitCode};

use clap::Args;

use super::{
    inventory,
    page::{Format, print},
    recorded::StoreArgs,
    source::{Source, SourceArgs},
};
use crate::report::{LoadAhead, Report};

/// Arguments of `cronwright report`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright report --store sqlite://history.db\n  cronwright report acme/payments\n  GITHUB_TOKEN=... cronwright report --checkout .\n  cronwright report --context production -A\n  cronwright report --format markdown >> \"$GITHUB_STEP_SUMMARY\"\n  cronwright report --format json | jq -r '.groups.ready_to_apply[]'"
)]
pub struct ReportArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// How the report is printed.
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

/// Arguments of `cronwright export`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright export > report.json\n  cronwright export --checkout . > report.json\n  cronwright export | jq '.workflows[] | select(.action == \"Apply\") | .workflow'"
)]
pub struct ExportArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

/// Prints the report.
///
/// # Errors
/// When the store cannot be read or knows no workflow.
pub async fn run(args: &ReportArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    match args.source.open(&args.store).await? {
        Source::Store(store) => of_store(&store, args.format, out).await?,
        Source::Statuses(statuses) => {
            let report = statuses.report();
            print(out, args.format, &report.data(), || cluster::page(&report))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn of_store(store: &StoreArgs, format: Format, out: &mut dyn Write) -> anyhow::Result<()> {
    let (inventory, (spent, history)) = inventory::with(store, async |store, inventory| {
        let spent = inventory::spent(store, inventory).await?;
        let begins = load::begins(inventory);
        Ok((spent, inventory::history(store, inventory, begins).await?))
    })
    .await?;
    let report = Report::of(&inventory).with_costs(spent);
    let ahead =
        history.map(|(from, history)| LoadAhead::of(&inventory, &history, from, load::WEEK, false));
    let told = load::Told {
        report: &report,
        load: ahead.as_ref().map(load::fullest).unwrap_or_default(),
    };
    print(out, format, &told, || {
        let page = page::page(&report);
        if told.load.is_empty() {
            return page;
        }
        page.with(
            "Load of the week that follows, late starts and other events included (UTC)",
            load::table(&told.load),
        )
    })
}

/// Prints the report as one JSON document.
///
/// # Errors
/// See [`run`].
pub async fn export(args: &ExportArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let args = ReportArgs {
        store: args.store.clone(),
        source: args.source.clone(),
        format: Format::Json,
    };
    run(&args, out).await
}

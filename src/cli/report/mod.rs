//! `cronwright report`: every workflow, what is expected of it, and what is recommended. `cronwright export` is the same
//! as one JSON document.
//!
//! The newest timetable of each connection says what is recommended; forecasts and runs say the rest.

mod gantt;
pub(super) mod page;
#[cfg(test)]
mod tests;

use std::{io::Write, process::ExitCode};

use clap::Args;

use super::{
    inventory,
    page::{Format, print},
    recorded::StoreArgs,
};
use crate::report::Report;

/// Arguments of `cronwright report`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright report --store sqlite://history.db\n  cronwright report acme/payments\n  cronwright report --format markdown >> \"$GITHUB_STEP_SUMMARY\"\n  cronwright report --format json | jq -r '.groups.ready_to_apply[]'"
)]
pub struct ReportArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// How the report is printed.
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

/// Arguments of `cronwright export`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright export > report.json\n  cronwright export | jq '.workflows[] | select(.action == \"Apply\") | .workflow'"
)]
pub struct ExportArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
}

/// Prints the report.
///
/// # Errors
/// When the store cannot be read or knows no workflow.
pub async fn run(args: &ReportArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let (inventory, spent) = inventory::with_costs(&args.store).await?;
    let report = Report::of(&inventory).with_costs(spent);
    print(out, args.format, &report, || page::page(&report))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the report as one JSON document.
///
/// # Errors
/// See [`run`].
pub async fn export(args: &ExportArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let args = ReportArgs {
        store: args.store.clone(),
        format: Format::Json,
    };
    run(&args, out).await
}

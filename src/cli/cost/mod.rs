//! `cronwright cost`: what runs cost, on which runners, and what would spare some of it.
//!
//! It tells and advises. Nothing is done by what it says.

mod cluster;
pub(super) mod page;
#[cfg(test)]
pub(super) mod tests;

use std::{io::Write, process::ExitCode};

use clap::Args;

use super::{
    inventory,
    page::{Format, print},
    recorded::StoreArgs,
    source::{Source, SourceArgs},
};

/// Arguments of `cronwright cost`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright cost --store sqlite://history.db\n  cronwright cost acme/payments\n  cronwright cost --checkout .\n  cronwright cost --context production -A\n  cronwright cost --format markdown >> \"$GITHUB_STEP_SUMMARY\"\n  cronwright cost --format json | jq '.total.cost.likely_usd'\n  cronwright cost --format json | jq -r '.advice[] | \"\\(.workflow): \\(.says)\"'"
)]
pub struct CostArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// How the costs are printed.
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

/// Prints what runs cost.
///
/// # Errors
/// When the source cannot be read or knows no workflow.
pub async fn run(args: &CostArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    match args.source.open(&args.store).await? {
        Source::Store(store) => {
            let (_, spent) = inventory::with(&store, inventory::spent).await?;
            print(out, args.format, &spent, || page::page(&spent))?;
        }
        Source::Statuses(statuses) => {
            let costs = statuses.costs();
            print(out, args.format, &costs, || cluster::page(&costs))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

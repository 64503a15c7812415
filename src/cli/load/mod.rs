//! `cronwright load`: how many jobs will want a runner at once, hour by hour, on every kind of runner.

mod page;
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
use crate::{domain::Timestamp, report::LoadAhead};

/// Hours of a day and of a week.
const DAY: u32 = 24;
const WEEK: u32 = 168;

/// Why a cluster cannot be asked.
const NOT_IN_STATUSES: &str = "a load to come is added up from the runs and the timetable of all workflows together, and no status \
    holds these: read the controller's store (--store), or open its dashboard at /load";

/// Arguments of `cronwright load`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright load --store sqlite://history.db\n  cronwright load --week\n  cronwright load --checkout . --week\n  cronwright load --week --format json | jq '.pools[] | {pool, capacity, most: ([.hours[].jobs.p90] | max)}'\n  cronwright load --format markdown >> \"$GITHUB_STEP_SUMMARY\"\n\nHalf of the hours come to at most p50 jobs at once, nine in ten to at most p90. docs/load.md tells how that is found."
)]
pub struct LoadArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// The next 24 hours, hour by hour: what is told without --week.
    #[arg(long, conflicts_with = "week")]
    pub(super) day: bool,
    /// The next seven days.
    #[arg(long)]
    pub(super) week: bool,
    /// How the load is printed.
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

/// Prints the load to come.
///
/// # Errors
/// When the source cannot be read or knows no workflow, and of a cluster, whose statuses do not hold it.
pub async fn run(args: &LoadArgs, now: Timestamp, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let hours = if args.week { WEEK } else { DAY };
    anyhow::ensure!(!args.source.cluster.is_asked_for(), NOT_IN_STATUSES);
    let Source::Store(store) = args.source.open(&args.store).await? else {
        anyhow::bail!(NOT_IN_STATUSES);
    };
    let (inventory, history) = inventory::with(&store, async |store, inventory| {
        inventory::history(store, inventory, Some(now)).await
    })
    .await?;
    let history = history.map(|(_, history)| history).unwrap_or_default();
    let load = LoadAhead::of(&inventory, &history, now, hours, true);
    print(out, args.format, &load, || page::page(&load))?;
    Ok(ExitCode::SUCCESS)
}

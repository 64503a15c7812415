//! `cronwright load`: how many jobs will want a runner at once, hour by hour, on every kind of runner.

mod page;
#[cfg(test)]
mod tests;

use std::{io::Write, process::ExitCode};

use anyhow::Context as _;
use clap::Args;

use super::{
    inventory,
    page::{Format, print},
    recorded::StoreArgs,
    source::{Source, SourceArgs},
};
use crate::{
    domain::Timestamp,
    report::{LoadAhead, without},
};

/// Hours of a day and of a week.
const DAY: u32 = 24;
const WEEK: u32 = 168;

/// What no status holds.
const UNKNOWN: [&str; 4] = ["known_since", "worth", "capacity", "by_past_runs"];

/// Arguments of `cronwright load`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright load --store sqlite://history.db\n  cronwright load --week\n  GITHUB_TOKEN=... cronwright load --checkout .\n  cronwright load --context production -A\n  cronwright load --week --format json | jq '.pools[] | {pool, capacity, most: ([.hours[].jobs.p90] | max)}'\n  cronwright load --format markdown >> \"$GITHUB_STEP_SUMMARY\"\n\nHalf of the hours come to at most p50 jobs at once, nine in ten to at most p90. docs/load.md tells how that is found."
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
/// When the source cannot be read or knows no workflow.
pub async fn run(args: &LoadArgs, now: Timestamp, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let hours = if args.week { WEEK } else { DAY };
    match args.source.open(&args.store).await? {
        Source::Store(store) => {
            let (inventory, history) = inventory::with(&store, async |store, inventory| {
                inventory::history(store, inventory, Some(now)).await
            })
            .await?;
            let history = history.map(|(_, history)| history).unwrap_or_default();
            let load = LoadAhead::of(&inventory, &history, now, hours, true);
            print(out, args.format, &load, || page::page(&load))?;
        }
        Source::Statuses(statuses) => {
            let load = statuses.load(now, hours).context(
                "no status holds a schedule with a forecast yet; there is one once runs of its workflow were observed",
            )?;
            let data = without(&load, &UNKNOWN);
            print(out, args.format, &data, || page::of_statuses(&load))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

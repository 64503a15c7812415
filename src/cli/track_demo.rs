//! `cronwright track-demo`: a simulated history, its forecasts, one more run, the accuracy and the report, in a row.
//!
//! In a temporary store that vanishes at the end; the same seed prints the same.

use std::{io::Write, process::ExitCode};

use anyhow::Context as _;
use chrono::TimeDelta;
use clap::Args;

use super::{
    accuracy,
    folder::Folder,
    forecast, health,
    page::Format,
    recorded::StoreArgs,
    report,
    simulate::{self, cast},
    source::SourceArgs,
    track,
};
use crate::domain::Timestamp;

/// When the simulated history ends: a Monday morning.
const UNTIL: &str = "2026-09-14T06:00:00Z";

/// Arguments of `cronwright track-demo`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright track-demo\n  cronwright track-demo --seed 3 --days 90\n  cronwright track-demo --markdown >> \"$GITHUB_STEP_SUMMARY\""
)]
pub struct TrackDemoArgs {
    /// The seed of the simulated history.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How many days the history has.
    #[arg(long, value_name = "DAYS", default_value_t = 45, value_parser = clap::value_parser!(u32).range(1..=400))]
    days: u32,
    /// Prints Markdown for a job summary.
    #[arg(long)]
    markdown: bool,
}

/// Shows everything in a row.
///
/// # Errors
/// When the temporary store cannot be written.
pub async fn run(
    args: &TrackDemoArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let folder = Folder::new("track-demo").context("no folder for the temporary store")?;
    let until: Timestamp = UNTIL.parse().context("the demo's last instant")?;
    let store = StoreArgs {
        store: format!("sqlite://{}", folder.path().join("history.db").display()),
        only: None,
    };
    let format = if args.markdown {
        Format::Markdown
    } else {
        Format::Text
    };
    let history = simulate::SimulateArgs {
        seed: args.seed,
        days: args.days,
        until: Some(until),
        store: store.store.clone(),
        format,
    };
    simulate::run(&history, until, out).await?;
    let run = next_run(&store, until, format);
    writeln!(out)?;
    forecast::run(
        &forecast::ForecastArgs {
            store: store.clone(),
            source: SourceArgs::default(),
            format,
        },
        out,
    )
    .await?;
    writeln!(out)?;
    track::run(&run, run.end, out, err).await?;
    writeln!(out)?;
    accuracy::run(
        &accuracy::AccuracyArgs {
            store: store.clone(),
            source: SourceArgs::default(),
            format,
        },
        out,
    )
    .await?;
    writeln!(out)?;
    health::run(
        &health::HealthArgs {
            store: store.clone(),
            source: SourceArgs::default(),
            format,
        },
        out,
    )
    .await?;
    writeln!(out)?;
    let source = SourceArgs::default();
    report::run(
        &report::ReportArgs {
            store,
            source,
            format,
        },
        out,
    )
    .await
}

/// The night after the history: the first workflow's run, half an hour long.
fn next_run(store: &StoreArgs, until: Timestamp, format: Format) -> track::TrackArgs {
    let start = until + TimeDelta::hours(18);
    track::TrackArgs {
        workflow: cast::first().into(),
        start,
        end: start + TimeDelta::minutes(26),
        success: true,
        run_id: None,
        event: "schedule".to_owned(),
        branch: None,
        new: false,
        store: store.store.clone(),
        format,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_demo_shows_every_mode_in_a_row_and_the_same_seed_prints_the_same() {
        let args = TrackDemoArgs {
            seed: 7,
            days: 14,
            markdown: false,
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());

        let code = run(&args, &mut out, &mut err).await.expect("a demo");

        assert_eq!((code, err.len()), (ExitCode::SUCCESS, 0));
        insta::assert_snapshot!(String::from_utf8(out).expect("text"));
    }
}

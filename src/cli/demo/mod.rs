//! `cronwright demo`: the whole story against a simulated GitHub on this machine.
//!
//! No cluster and no network: the standalone shell with SQLite makes its rounds over real HTTP on loopback, on the
//! simulated world's time. What happens is checked while it is told; a story that does not come out is exit status 1.

use std::{io::Write, net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;

mod pulls;
mod runs;
mod stage;
mod story;
mod summary;
mod tell;

use stage::Stage;
use tell::Teller;

/// Arguments of `cronwright demo`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright demo\n  cronwright demo --json | jq .pullRequests[0].diff\n  cronwright demo --runs history.csv.gz\n  cronwright demo --stay"
)]
pub struct DemoArgs {
    /// The manifests to apply instead of the built-in ones (`examples` in the sources); their connections are pointed to the
    /// simulated GitHub.
    #[arg(long, value_name = "PATH")]
    pub manifests: Option<PathBuf>,
    /// The seed of the simulated world: the same seed tells the same story.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Replays recorded runs instead of drawing durations: a CSV file, packed with gzip or not, whose header names at least
    /// repo, workflow, conclusion and duration_s. Each workflow gets the history whose median is nearest to its own.
    #[arg(long, value_name = "FILE")]
    pub runs: Option<PathBuf>,
    /// Prints the summary as one JSON document and nothing else.
    #[arg(long)]
    pub json: bool,
    /// Keeps the simulated GitHub and the admin server up afterwards, until Ctrl-C.
    #[arg(long)]
    pub stay: bool,
    /// Where the simulated GitHub listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub address: SocketAddr,
}

/// Tells the story.
///
/// # Errors
/// When the manifests cannot be read, or the stage cannot be set.
pub async fn run(args: DemoArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let mut stage = Stage::set(&args)
        .await
        .context("the demo could not set its stage")?;
    let mut teller = Teller::new(out, args.json);
    let summary = story::tell(&mut stage, &mut teller).await?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&summary)?)?;
    }
    let code = if summary.came_out() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    };
    if args.stay {
        stage.stay(args.json).await?;
    }
    Ok(code)
}

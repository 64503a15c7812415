//! `cronwright run`: rounds without a cluster, once or for ever.

use std::{io::Write, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Concluded, Manifests, Shell, table};
use crate::{
    cli::{now, stop},
    decide::EventKind,
    domain::Seconds,
    metrics::Metrics,
    round::Upkeep,
    store::{Retention, Store},
};

/// Arguments of `cronwright run`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright run --manifests examples --store sqlite://cronwright.db --once\n  cronwright run --manifests ./declared\n\nSecrets are v1 Secret manifests in the same folder; keep that folder private."
)]
pub struct StandaloneArgs {
    /// The folder, or the file, with the manifests that kubectl would apply.
    #[arg(long, value_name = "PATH")]
    pub manifests: PathBuf,
    /// Where the history is kept.
    #[arg(
        long,
        env = "CRONWRIGHT_STORE",
        default_value = "sqlite://cronwright.db"
    )]
    pub store: String,
    /// Makes one round of everything and ends.
    #[arg(long)]
    pub once: bool,
    /// How long runs and their scores are kept, such as 400d; of each workflow the newest stay in any case.
    #[arg(long, env = "CRONWRIGHT_KEEP_HISTORY", default_value = "400d")]
    pub keep_history: Retention,
}

/// Makes rounds until it is told to stop, and prints the table of schedules after each that changed something.
///
/// # Errors
/// When the manifests or the store cannot be read.
pub async fn run(args: StandaloneArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let mut stop = stop::on_signal()?;
    let manifests = Manifests::read(&args.manifests)?;
    let store = Store::open(&args.store).await?;
    let upkeep =
        (!args.once).then(|| tokio::spawn(keep_up(Upkeep::new(store.clone(), args.keep_history))));
    let mut shell = Shell::new(manifests, store.clone(), Metrics::default(), Arc::new(now));
    let mut shown = String::new();
    loop {
        let bar = bar(shell.manifests().schedules.len());
        let concluded = shell
            .round(|object| {
                bar.set_message(object.to_owned());
                bar.inc(1);
            })
            .await;
        bar.finish_and_clear();
        tell(&concluded);
        let table = table(&shell);
        if table != shown {
            write!(out, "{table}").context("the table could not be printed")?;
            shown = table;
        }
        if args.once {
            break;
        }
        let wait = shell
            .next_due()
            .map_or(Seconds::minutes(1), |due| Seconds::between(now(), due));
        let stopped = tokio::time::timeout(
            Duration::from_secs(wait.0.max(1)),
            stop.wait_for(|stop| *stop),
        )
        .await;
        if stopped.is_ok() {
            break;
        }
    }
    if let Some(upkeep) = upkeep {
        // A step that is cut off is undone.
        upkeep.abort();
    }
    store.close().await;
    Ok(if shell.is_ready() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Lets go of old history, a little at a time.
async fn keep_up(mut upkeep: Upkeep) {
    let mut wait = upkeep.first();
    loop {
        tokio::time::sleep(wait).await;
        wait = upkeep.step(now()).await;
    }
}

fn bar(length: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} {msg}");
    let bar = ProgressBar::new(length as u64);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn tell(concluded: &[Concluded]) {
    for Concluded { object, events } in concluded {
        for event in events {
            match event.kind {
                EventKind::Normal => {
                    tracing::info!(object, reason = event.reason, "{}", event.message)
                }
                EventKind::Warning => {
                    tracing::warn!(object, reason = event.reason, "{}", event.message)
                }
            }
        }
    }
}
